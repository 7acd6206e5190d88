"""Many pictures asked about at once: read in chunks while the network computes, a row for each."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.explaining import batch_table
from engine.explaining.batch_table import Answers, Row
from engine.explaining.cam import CamResult, cam_layers, cams, choose_layer
from engine.explaining.looking import File, Grey, Look, look
from engine.explaining.methods import has_layer
from engine.explaining.overlay import framed, overlay
from engine.learning.prediction import predict
from engine.runs.run import Run
from engine.vision.preprocessing import pipeline
from engine.words.errors import Cancelled, CxrError
from engine.words.options import Choice

Tell = Callable[[int, int, str], None]  # done, total, what; it may raise Cancelled

CHUNK = 16  # pictures that are read ahead and asked about together
AHEAD = 4  # heat maps that are computed together
SIDE = 448  # pixels a side of a heat map's picture
QUALITY = 90  # of its JPEG, 0..100
DIVERGED = "The network's scores are not numbers: its weights may have diverged in training."


@dataclass(frozen=True)
class Heat:
    """Which heat maps are drawn, always of the decided class, and what takes each one's JPEG."""

    keep: Callable[[str, bytes], object]  # the picture's file name, its content
    called: str = ""  # only pictures called this class; empty: every one
    most: int | None = None  # so many at most, the first ones
    method: str | Choice = "gradcam"


def predict_files(
    model: Any,
    run: Run,
    files: Sequence[File],
    threshold: float,
    heat: Heat | None = None,
    tell: Tell | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Answers:
    """Ask `model` about files, two chunks in memory at most; return a row for each, in order.

    With two classes the second is called from `threshold` on, else the largest score decides. A
    file that cannot be read costs only itself. Where `tell` raises Cancelled the rows so far are
    returned. `turn` is held whenever the network works, for those who share it.
    """
    began = time.monotonic()
    asking = _Asking(model, run, threshold, heat, turn or nullcontext())
    tell = tell or (lambda done, total, what: None)
    what = f"Asking {run.name}"
    try:
        tell(0, len(files), what)
        for looks in _looked(files, run, lambda: tell(len(asking.rows), len(files), what)):
            for row in asking.rows_of(looks):
                asking.rows.append(row)
                tell(len(asking.rows), len(files), what)
    except Cancelled:
        pass  # fewer rows than files: Answers.stopped tells
    return Answers(
        batch_table.table(asking.rows, run.classes),
        run.classes,
        threshold if len(run.classes) == 2 else None,
        len(files),
        time.monotonic() - began,
        asking.note,
    )


def _looked(files: Sequence[File], run: Run, heard: Callable[[], None]) -> Iterator[list[Look]]:
    """Yield chunks in order; while the caller works on one, threads read the next."""
    view = pipeline(run.recipe.size, run.recipe.preprocessing)
    pool = ThreadPoolExecutor(os.cpu_count() or 1)

    def results(chunk: list[Future[Look]]) -> Iterator[Look]:
        for future in chunk:
            heard()
            yield future.result()

    ahead: list[Future[Look]] = []
    try:
        for start in range(0, len(files), CHUNK):
            coming = [pool.submit(look, file, view) for file in files[start : start + CHUNK]]
            if ahead:
                yield list(results(ahead))
            ahead = coming
        yield list(results(ahead))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Asking:
    """The network's part: scores, decisions and heat maps of one chunk after another."""

    def __init__(
        self,
        model: Any,
        run: Run,
        threshold: float,
        heat: Heat | None,
        turn: AbstractContextManager[object],
    ) -> None:
        self.rows: list[Row] = []
        self.note = ""
        self._model, self._run, self._threshold, self._turn = model, run, threshold, turn
        self._heat = heat if heat and self._can_be_drawn(heat.method) else None
        self._drawn = 0

    def rows_of(self, looks: list[Look]) -> Iterator[Row]:
        """Yield each file's row once its heat map, if it gets one, is drawn."""
        squares = [entry.square for entry in looks if entry.square is not None]
        scores = iter(given := self._scores(squares))
        maps = self._maps(looks, given)
        for entry in looks:
            if entry.square is None:
                yield Row(entry.name, reason=entry.reason)
                continue
            given = next(scores)
            if not np.isfinite(given).all():
                yield Row(entry.name, reason=DIVERGED)
                continue
            index = self.decided(given)
            yield Row(
                entry.name,
                self._run.classes[index],
                tuple(map(float, given)),
                entry.warning,
                entry.flags,
                self._map(entry, index, maps),
            )

    def decided(self, scores: NDArray[np.float32]) -> int:
        """The class that the scores (classes,) are called."""
        if len(scores) == 2:
            return int(scores[1] >= self._threshold)
        return int(scores.argmax())

    def _scores(self, squares: list[Grey]) -> NDArray[np.float32]:
        if not squares:
            return np.empty((0, len(self._run.classes)), np.float32)
        with self._turn:
            return predict(self._model, np.stack(squares))

    def _maps(self, looks: list[Look], scores: NDArray[np.float32]) -> Iterator[CamResult | None]:
        """Yield the map of each picture that may get one, several computed at a time.

        None where it cannot be drawn: of this picture alone; its scores stand.
        """
        squares = [entry.square for entry in looks if entry.square is not None]
        asked = [
            (square, index)
            for square, given in zip(squares, scores, strict=True)
            if np.isfinite(given).all() and self._wanted(index := self.decided(given))
        ]
        for start in range(0, len(asked), AHEAD):
            yield from self._drawn_together(asked[start : start + AHEAD])

    def _drawn_together(self, asked: list[tuple[Grey, int]]) -> list[CamResult | None]:
        assert self._heat is not None
        try:
            with self._turn:
                images, classes = np.stack([square for square, _ in asked]), [i for _, i in asked]
                return [*cams(self._model, images, classes, self._heat.method)]
        except CxrError as error:
            if len(asked) > 1:
                return [self._drawn_together([one])[0] for one in asked]
            self.note = self.note or str(error)
            return [None]

    def _wanted(self, index: int) -> bool:
        heat = self._heat
        return heat is not None and heat.called in ("", self._run.classes[index])

    def _map(self, entry: Look, index: int, maps: Iterator[CamResult | None]) -> str:
        """Hand over a heat map where one is wanted; return its file name, or none."""
        heat = self._heat
        if heat is None or not self._wanted(index):
            return ""
        if heat.most is not None and self._drawn >= heat.most:
            return ""
        found = next(maps)
        if found is None:
            return ""
        if found.empty:
            return "empty: nothing speaks for it"
        assert entry.square is not None
        self._drawn += 1
        file = f"{len(self.rows) + 1:05}-{_slug(entry.name)}.jpg"
        side = max(SIDE, self._run.recipe.size)
        heat.keep(file, _jpeg(overlay(framed(entry.square, side), found.heat)))
        return file

    def _can_be_drawn(self, method: str | Choice) -> bool:
        try:
            if has_layer(method):
                choose_layer(cam_layers(self._model))
        except CxrError as error:
            self.note = str(error)
            return False
        return True


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", PurePosixPath(name).stem)[:60].strip(".-") or "image"


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    ordered = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise CxrError(f"A picture of shape {picture.shape} cannot be written as JPEG.")
    return data.tobytes()
