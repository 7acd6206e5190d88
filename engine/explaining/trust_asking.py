"""A network that is asked for scores and maps, as it learned and with weights drawn anew."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.explaining import cached
from engine.explaining.cam import cam
from engine.explaining.trust_weights import copied, randomise, stages, weighted
from engine.learning.prediction import predict

Heat = NDArray[np.float32]
Step = Callable[[], object]  # told after each map; it may raise Cancelled


class Asked:
    """A run's network; it is loaded when first needed, and `turn` is held whenever it works.

    `key` is its content hash (`cached.model_key`). The network that `load` gives is never changed.
    """

    def __init__(
        self,
        key: str,
        load: Callable[[], Any],
        turn: AbstractContextManager[object] | None = None,
    ) -> None:
        self.key = key
        self._load, self._turn = load, turn or nullcontext()

    def scores(self, images: NDArray[np.uint8], class_index: int) -> NDArray[np.float32]:
        """Return the probability (n,) of a class for images (n, s, s)."""
        with self._turn:
            return predict(self._load(), images)[:, class_index]

    def heats(
        self, images: NDArray[np.uint8], classes: Sequence[int], method: str, step: Step
    ) -> list[Heat]:
        """Return a map for each image (n, s, s) and class; they are kept like any other."""
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            for _ in range(told, done):
                step()
            told = done

        found = cached.views(
            self.key, self._load, images, classes, method, progress=progress, turn=self._turn
        )
        progress(len(images), len(images))  # those that were kept
        return [result.heat for result in found]

    @cached_property
    def stages(self) -> tuple[int, int]:
        """How many layers hold learned weights, and how many stages randomise them."""
        with self._turn:
            layers = len(weighted(self._load()))
        return layers, len(stages(layers))

    def forgetful_heats(
        self, images: NDArray[np.uint8], classes: Sequence[int], method: str, step: Step
    ) -> tuple[list[int], list[list[Heat]]]:
        """Return how many of the last layers are randomised, and for each the maps of the images.

        Each image has random weights of its own, so that no figure hangs on one draw.
        """
        with self._turn:
            copy = copied(self._load())
            learned = copy.get_weights()
            counts = stages(len(weighted(copy)))
        found: list[list[Heat]] = [[] for _ in counts]
        for number, (image, index) in enumerate(zip(images, classes, strict=True)):
            for place, last in enumerate(counts):
                with self._turn:
                    copy.set_weights(learned)
                    randomise(copy, last, number, images)
                    found[place].append(cam(copy, image, index, method).heat)
                step()
        return counts, found
