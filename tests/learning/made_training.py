"""A small data set with unequal classes, recipes on a small backbone, and what a run left."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.catalogue import Catalogue
from engine.learning.listener import Listener, Silent
from engine.words.files import read_json
from engine.words.options import Choice
from engine.words.recipe import Recipe

SIZES = {"train": (12, 28), "val": (10, 14), "test": (8, 8)}  # normal and sick images
SIDE = 32


def write_squares(root: Path) -> Path:
    """Draw noise, and noise with a bright square: half of the sick viral, half bacterial."""
    random = np.random.default_rng(0)
    for part, sizes in SIZES.items():
        for sick, images in enumerate(sizes):
            folder = root / part / ("PNEUMONIA" if sick else "NORMAL")
            folder.mkdir(parents=True)
            for number in range(images):
                image = random.integers(0, 90, (SIDE, SIDE), dtype=np.uint8)
                image[8:20, 10:22] += np.uint8(60 * sick)
                kind = ("virus", "bacteria")[number % 2]
                name = f"person{number}_{kind}_1" if sick else f"IM-{number:04}-0001"
                assert cv2.imwrite(str(folder / f"{name}.png"), image)
    return root


def recipe(catalogue: Catalogue, **changes: Any) -> Recipe:
    """Ask for a head that averages, on the tiny backbone frozen, unless told otherwise."""
    base = Recipe(
        catalogue.hash,
        Choice("tiny"),
        Choice.of("adam", learning_rate=0.01),
        Choice.of("gap", output="sigmoid"),
        Choice("frozen"),
        size=SIDE,
        batch=8,
        epochs=3,
    )
    return replace(base, **changes)


@dataclass(frozen=True)
class Ran:
    """What a run left in its folder."""

    folder: Path
    history: list[dict[str, float]]
    table: pd.DataFrame  # of predictions
    meta: dict[str, Any]

    @property
    def scores(self) -> NDArray[np.float32]:
        """The stored probabilities (n, classes)."""
        scores: NDArray[np.float32] = self.table.filter(like="score_").to_numpy()
        return scores

    @property
    def words(self) -> str:
        """What the engine said of each phase."""
        return " ".join(note["words"] for note in self.meta["kept"])


def run(one: Recipe, catalogue: Catalogue, folder: Path, listener: Listener | None = None) -> Ran:
    """Train a recipe and read what it left."""
    from engine.learning.training import train

    train(one, catalogue, folder, listener or Silent())
    return Ran(
        folder,
        read_json(folder / "history.json"),
        pd.read_parquet(folder / "predictions.parquet"),
        read_json(folder / "meta.json"),
    )
