"""The gate before a prediction: is this a frontal chest X-ray? It warns and forbids nothing.

A picture shrunk to 32 x 32 is compared with the mean chest and the 16 ways in which chests differ
most (principal components of real X-rays and phantoms). A logistic regression weighs what is left
over, how far out it lies and the components; `python -m benchmarks.gate` fits and measures it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Row = NDArray[np.float64]

SIDE = 32  # pixels a chest is compared at
FLAGGED = 0.5
BLANK = 4.0  # standard deviation in grey levels
COLOUR = 0.05  # colourfulness from which a picture counts as coloured
BLACK = 20  # rows and columns that are darker throughout were added, or shut off by the collimator
FARTHEST = 8.0  # standard deviations: what lies farther out is no more foreign
MODEL = Path(__file__).with_name("gate_model.npz")


@dataclass(frozen=True)
class Verdict:
    """What the gate says: `score` 0..1 (flagged from 0.5), and why in one sentence."""

    flagged: bool
    score: float
    sentence: str


@dataclass(frozen=True, eq=False)
class Model:
    """What chests look like at 32 x 32 pixels, and how far a picture may stray from it."""

    mean: Row  # (1024,)
    parts: NDArray[np.float64]  # (16, 1024), the principal components
    spread: Row  # (16,), their standard deviations
    centre: Row  # (34,), of the features of chests
    scale: Row  # (34,)
    weights: Row  # (34,), of the logistic regression
    bias: float

    def features(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 34): `raw`, standardised."""
        away = (self.raw(vectors) - self.centre) / self.scale
        return np.asarray(np.clip(away, -FARTHEST, FARTHEST))

    def raw(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 34): what is left over, how far out, the components and their squares."""
        off = vectors - self.mean
        along = off @ self.parts.T
        left = ((off - along @ self.parts) ** 2).mean(axis=1)
        along = along / self.spread
        far = (along**2).mean(axis=1)
        return np.column_stack([np.log(left + 1e-6), np.log(far + 1e-9), along, along**2])

    def score(self, vectors: NDArray[np.float64]) -> Row:
        """Return how foreign each vector is, 0..1."""
        return np.asarray(1 / (1 + np.exp(-self.features(vectors) @ self.weights - self.bias)))


def judge(image: Grey, colour: float = 0.0) -> Verdict:
    """Judge a picture (H, W) uint8; `colour` is its file's colourfulness (engine.vision.colour)."""
    if float(image.std()) < BLANK:
        return Verdict(True, 1.0, "The picture is blank, or nearly so.")
    foreign = round(_foreign(image), 4)
    if colour >= COLOUR:
        sentence = "The picture is in colour; X-rays are grey."
        return Verdict(True, max(foreign, 0.5 + min(colour, 0.5)), sentence)
    if foreign < FLAGGED:
        return Verdict(False, foreign, "It looks like a frontal chest X-ray.")
    for look, sentence in LOOKS:
        if _foreign(look(image)) < FLAGGED:
            return Verdict(True, foreign, sentence)
    return Verdict(True, foreign, "It does not look like a frontal chest X-ray.")


LOOKS: tuple[tuple[Callable[[Grey], Grey], str], ...] = (
    (
        lambda image: np.asarray(255 - image, np.uint8),
        "It looks like a chest X-ray with black and white swapped: bones should be bright.",
    ),
    (lambda image: image[::-1], "It looks like a chest X-ray that stands on its head."),
    (lambda image: np.rot90(image), "It looks like a chest X-ray that lies on its side."),
    (lambda image: np.rot90(image, 3), "It looks like a chest X-ray that lies on its side."),
)


def vector(image: Grey) -> Row:
    """Return a picture (H, W) as (1024,): black borders cut off, shrunk, mean 0, deviation 1."""
    rows = np.flatnonzero(image.max(axis=1) > BLACK)
    columns = np.flatnonzero(image.max(axis=0) > BLACK)
    if min(rows.size, columns.size) >= SIDE // 2:
        image = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    small -= small.mean()
    return np.asarray(small.ravel() / max(float(small.std()), BLANK), np.float64)


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the fitted model that ships with the product."""
    with np.load(MODEL) as stored:
        values = {name: stored[name].astype(np.float64) for name in stored.files}
    return Model(**{**values, "bias": float(values["bias"])})


def _foreign(image: Grey) -> float:
    return float(model().score(vector(np.ascontiguousarray(image))[None])[0])
