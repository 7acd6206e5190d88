"""The command line's `means`: the mean heat map of every class and every cell of a stored run."""

import argparse
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.cli import Answer, load_keras, tell
from engine.data import sources
from engine.explaining import methods, sentences_averages
from engine.explaining.averages import Average, Grey, average, difference, sampled
from engine.explaining.averages_drawn import painted
from engine.explaining.cam import CamResult
from engine.judging.groups import Group, beside, groups
from engine.judging.scores import Scores
from engine.judging.sentences import cut, word
from engine.judging.thresholds import Threshold, run_threshold
from engine.runs import store
from engine.runs.out_of_fold import MEMBER, is_joined
from engine.runs.run import Run
from engine.vision.decoding import read
from engine.vision.preprocessing import pipeline
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic
from engine.words.options import Choice

SIDE = 448  # pixels a side of a picture
MOST = 1000  # X-rays of a group
PAUSE = 2.0  # seconds between two lines of progress
Line = Callable[[int, int], None]


def means(args: argparse.Namespace) -> Answer:
    """Write the mean heat map of each class and cell as PNG; say where the heat is."""
    if not 1 <= args.images <= MOST:
        raise CxrError(f"--images must lie between 1 and {MOST:,}, got {args.images:,}.")
    run, method = store.resolve_run(args.run), methods.read(args.method)
    predictions = store.predictions(run.id)
    scores = Scores.of(predictions, args.split, run.classes)
    threshold = run_threshold(predictions, run.classes, run.recipe.threshold)
    if args.threshold is not None:
        if not 0 <= args.threshold <= 1 or not scores.binary:
            raise CxrError("--threshold must lie between 0 and 1 and needs a run of two classes.")
        threshold = Threshold(args.threshold, "hand")
    name = args.of_class or run.classes[-1]
    if name not in run.classes:
        raise CxrError(f"--class must be one of {', '.join(run.classes)}; got '{name}'.")
    found = groups(scores, threshold.value)
    ids = scores.rows["image_id"].to_numpy()
    places = {key: group.places for key, group in found.items()}
    union, members = sampled(ids, places, args.images)
    looks = _looks(run, scores.rows.iloc[union], run.classes.index(name), method)
    made = {}
    for key, own in members.items():
        good = [looks[place] for place in own if looks[place] is not None]
        if good:
            made[key] = average(*map(list, zip(*good, strict=True)))
    return _answer(Path(args.out), found, made, name, threshold.value if scores.binary else None)


def _looks(
    run: Run, rows: pd.DataFrame, index: int, method: Choice
) -> list[tuple[Grey, CamResult] | None]:
    """Read the X-rays and ask the network; None for a file that cannot be read, which is told.

    Of a run that is k folds each X-ray is asked of the network that judged it.
    """
    seen = _squares(run, rows["file"])
    names = rows[MEMBER] if is_joined(run) else [run.id] * len(rows)
    found: list[tuple[Grey, CamResult] | None] = [None] * len(seen)
    load_keras()
    for name in dict.fromkeys(names):
        own = [at for at, other in enumerate(names) if other == name and seen[at] is not None]
        squares = [square for square in (seen[at] for at in own) if square is not None]
        results = _maps(store.get_run(str(name)), squares, index, method) if own else []
        for at, square, result in zip(own, squares, results, strict=True):
            found[at] = (square, result)
    if not any(found):
        raise CxrError("None of the X-rays can be read, so there is no mean of their maps.")
    return found


def _squares(run: Run, files: pd.Series) -> list[Grey | None]:
    root, view = _root(run), pipeline(run.recipe.size, run.recipe.preprocessing)
    seen: list[Grey | None] = []
    for file in files:
        try:
            seen.append(view(read(root / file)))
        except (CxrError, OSError) as error:
            tell(f"left out: {file}: {error}")
            seen.append(None)
    return seen


def _maps(run: Run, squares: list[Grey], index: int, method: Choice) -> list[CamResult]:
    from engine.explaining import cached
    from engine.learning import prediction

    model_file = store.model_file(run.id)
    return cached.views(
        cached.model_key(model_file),
        cache(lambda: prediction.load(model_file)),
        np.stack(squares),
        [index] * len(squares),
        method,
        progress=_telling(f"Asking {run.name}"),
    )


def _root(run: Run) -> Path:
    try:
        return sources.find_by_hash(run.recipe.data).root
    except NotFound:
        root = sources.find_by_names(store.predictions(run.id)["file"].tolist())
        if root is None:
            raise
        return root


def _answer(
    out: Path,
    found: dict[str, Group],
    made: dict[str, Average],
    name: str,
    threshold: float | None,
) -> Answer:
    value: dict[str, Any] = {"class": name, "threshold": threshold, "groups": {}}
    lines = [f"Mean heat maps for {word(name)}"]
    if threshold is not None:
        lines[0] += f", cells at {cut(threshold)}"
    for key, mean in made.items():
        group, file = found[key], out / f"{key}.png"
        _write(file, mean)
        said = [sentences_averages.told(mean, word(name))]
        said.append(sentences_averages.counted(mean, len(group.places)))
        other = made.get(beside(found, group.case)) if group.case and not group.right else None
        if other is not None and group.case is not None:
            apart = difference(mean, other)
            title = found[beside(found, group.case)].title
            said.append(sentences_averages.apart(apart, group.title, title))
        value["groups"][key] = {
            "title": group.title,
            "images": mean.images,
            "of": len(group.places),
            "empty": mean.empty,
            "ninths": mean.parts.tolist(),
            "said": said,
            "out": str(file),
        }
        lines.append(f"{group.title}: {' '.join(said)} {file}")
    return Answer(value, "\n".join(lines))


def _write(file: Path, mean: Average) -> None:
    from engine.explaining.overlay import png

    picture = png(painted(mean, SIDE))
    write_atomic(file, lambda path: path.write_bytes(picture))


def _telling(what: str) -> Line:
    last = [time.monotonic()]

    def line(done: int, total: int) -> None:
        if time.monotonic() - last[0] > PAUSE:
            last[0] = time.monotonic()
            tell(f"{what}: {done:,} of {total:,}")

    return line
