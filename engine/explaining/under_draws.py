"""How far a network's answer holds when the picture is drawn differently."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.augmentation import Pipeline
from engine.words.options import Choice

Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]  # (n, s, s) -> (n, classes)


@dataclass(frozen=True)
class Strip:
    """One class's score of a picture as it is, and of its draws (n,)."""

    plain: float
    draws: NDArray[np.float32]
    decision: int  # on the picture as it is
    decisions: NDArray[np.intp]  # (n,) on its draws
    averaged: int  # on the mean over the draws

    @property
    def mean(self) -> float:
        """The mean over the draws: test-time augmentation."""
        return float(self.draws.mean())

    @property
    def changed(self) -> int:
        """How many draws change the decision."""
        return int((self.decisions != self.decision).sum())


def answers(
    predict: Predict,
    pictures: NDArray[np.uint8],
    steps: tuple[Choice, ...],
    draws: int,
    first: int = 0,
) -> NDArray[np.float32]:
    """Return probabilities (pictures, 1 + draws, classes): of each as it is, then of its draws.

    `pictures` (n, s, s) are what the network sees; draw k has the seed `first` + k.
    """
    pipeline = Pipeline(steps)
    drawn = [
        np.stack([picture, *(pipeline(picture, first + number) for number in range(draws))])
        for picture in pictures
    ]
    given = predict(np.concatenate(drawn))
    return given.reshape(len(pictures), 1 + draws, -1)


def strip(given: NDArray[np.float32], index: int, threshold: float | None) -> Strip:
    """Read one picture's answers (1 + draws, classes) as the score of class `index`.

    With a threshold the picture is called 1 from there on, else it gets the largest score's class.
    """
    averaged = given[1:].mean(axis=0, keepdims=True)
    decided = _decide(np.concatenate([given, averaged]), threshold)
    return Strip(
        float(given[0, index]), given[1:, index], int(decided[0]), decided[1:-1], int(decided[-1])
    )


def _decide(given: NDArray[np.float32], threshold: float | None) -> NDArray[np.intp]:
    if threshold is None:
        return given.argmax(axis=1)
    return (given[:, 1] >= threshold).astype(np.intp)


def sentence(strips: list[Strip], name: str) -> str:
    """Say how far the score of class `name` moves under the draws, and what their mean changes."""
    draws = len(strips[0].draws)
    count = draws * len(strips)
    spread = max(float(np.ptp(one.draws)) for one in strips)
    changed = sum(one.changed for one in strips)
    turned = sum(one.averaged != one.decision for one in strips)
    whose = "the X-ray" if len(strips) == 1 else f"each of {len(strips)} X-rays"
    return (
        f"Over {draws} draws of {whose} the score for {name} spreads by up to {spread:.2f}. "
        f"{changed} of {count} draws change the decision; the mean over the draws "
        f"(test-time augmentation) changes it for {turned} of {len(strips)}."
    )
