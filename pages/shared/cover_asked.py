"""An X-ray that is covered: what its network is asked about it, each question once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.explaining import covering
from engine.explaining.occlusion import DEFAULT, Box, cover
from engine.vision import framing
from engine.vision.preprocessing import pipeline
from engine.words.errors import CxrError
from pages.shared import cached, inference

if TYPE_CHECKING:
    from engine.explaining.cam import CamResult
    from engine.explaining.covering import Baseline, View
    from engine.explaining.sensitivity import Sensitivity
    from engine.runs.run import Run
    from pages.shared.working import Report

Keep = Callable[[tuple[Any, ...], Callable[[], Any]], Any]  # what was asked, what answers it
Boxes = Sequence[Box]
DIGITS = 3  # of the sizes that a baseline is asked for: a moved patch keeps its own


@dataclass(frozen=True, eq=False)
class Case:
    """A picture (h, w) uint8 and the network that is asked about it.

    `name` is the picture's content, `keep` returns what was answered before, `heat` the map of what
    the network saw for a class. `stored`: answers may be kept on disk.
    """

    run: Run
    image: np.ndarray
    name: str
    label: str
    threshold: float | None
    keep: Keep
    heat: Callable[[np.ndarray, int], CamResult]
    stored: bool

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the network's classes."""
        return self.run.classes

    @property
    def view(self) -> View:
        """The run's preprocessing: (h, w) -> (s, s)."""
        return pipeline(self.run.recipe.size, self.run.recipe.preprocessing)

    def seen(self, boxes: Boxes = (), how: str = DEFAULT) -> np.ndarray:
        """Return what the network sees (s, s) of the picture under boxes."""
        return self.view(cover(self.image, boxes, how))

    def scores(self, boxes: Boxes = (), how: str = DEFAULT) -> np.ndarray:
        """Return a score per class (classes,) of the picture under boxes."""
        way = how if boxes else ""
        return self.keep(
            ("scores", _edges(boxes), way),
            lambda: covering.ask(self._predict, self.image, self.view, [boxes], how)[0],
        )

    def baseline(self, boxes: Boxes, how: str, index: int) -> Baseline:
        """Return what as much cover does elsewhere; the hottest place is class `index`'s."""
        sizes = [
            Box(0, 0, min(1, round(box.width, DIGITS)), min(1, round(box.height, DIGITS)))
            for box in boxes
        ]
        return self.keep(
            ("baseline", _edges(sizes), how, index),
            lambda: covering.baseline(
                self._predict, self.image, self.view, sizes, how, self._heat_or_none(index)
            ),
        )

    def each_way(self, boxes: Boxes) -> dict[str, np.ndarray]:
        """Return the scores (classes,) under boxes for each way to cover."""
        return self.keep(
            ("ways", _edges(boxes)),
            lambda: covering.each_way(self._predict, self.image, self.view, boxes),
        )

    def heat_over(self, index: int) -> np.ndarray:
        """Return a class's heat map on the picture as it came; raise CxrError where none is."""
        heat = self.heat(self.seen(), index).heat
        shown = framing.part(self.image, self.run.recipe.preprocessing)
        return framing.taken_back(heat, shown, covering.GRID, covering.GRID)

    def hottest(self, boxes: Boxes, index: int) -> tuple[Box, ...]:
        """Return boxes of the same sizes where a class's map is hottest; none: it is empty."""
        return covering.hottest(self.heat_over(index), boxes)

    def slide(self, how: str, patch: float, report: Report) -> Sensitivity:
        """Slide a patch over the picture, in a thread of its own."""
        from engine.explaining import sensitivity
        from engine.learning.prediction import predict

        def turn(squares: np.ndarray) -> np.ndarray:
            model = inference.network(self.run)
            with inference.TURN:
                return predict(model, squares)

        steps = [self.run.recipe.size, [step.to_json() for step in self.run.recipe.preprocessing]]
        key = cached.model_key(self.run.id)
        return sensitivity.kept(key, turn, self.image, self.view, steps, how, patch, report)

    def _heat_or_none(self, index: int) -> np.ndarray | None:
        try:
            return self.heat_over(index)
        except CxrError:  # a network without maps; who asks for the map itself is told
            return None

    def _predict(self, squares: np.ndarray) -> np.ndarray:
        return inference.several(self.run, squares)


def _edges(boxes: Boxes) -> tuple[tuple[float, ...], ...]:
    return tuple((box.left, box.top, box.right, box.bottom) for box in boxes)
