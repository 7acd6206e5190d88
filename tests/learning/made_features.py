"""A small trunk and images; run as a module, a job that waits after its first chunk."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.learning import features
from engine.learning.features import CHUNK, Images, fetch, plain
from engine.learning.listener import Silent

if TYPE_CHECKING:
    import keras

COUNT = 4 * CHUNK + 10
ROW = 8 * 8 * 4  # values that the trunk gives for an image
KEY, TRUNK = "pixels", {"network": "two kernels"}
PIXELS = np.random.default_rng(0).integers(0, 256, (COUNT, 8, 8), dtype=np.uint8)


def trunk() -> "keras.Model":
    """Return a small network that is the same in every process."""
    import keras

    grey = keras.Input((8, 8, 1))
    x = keras.layers.Rescaling(1 / 255)(grey)
    start = keras.initializers.GlorotUniform(seed=3)
    x = keras.layers.Conv2D(4, 3, padding="same", kernel_initializer=start)(x)
    return keras.Model(grey, x)


def direct(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what the trunk says when it is simply called."""
    return np.asarray(trunk()(images[..., np.newaxis].astype(np.float32), training=False))


def compute(images: Images | None = None, dtype: str = "float32", **more) -> features.Features:
    """Fetch features with what is not given filled in."""
    values = {"trunk_key": TRUNK, "build": trunk, "listener": Silent(), **more}
    return fetch(images or plain(PIXELS, KEY), dtype=dtype, **values)


def part_of(dtype: str = "float32") -> Path:
    """Return the file in which the features of PIXELS grow."""
    return features._path(KEY, TRUNK, dtype).with_suffix(cache.PART)


class Told(Silent):
    """Keeps what it is told; asks to stop after so many tellings."""

    def __init__(self, patience: int = 10**9) -> None:
        self.phases: list[tuple[str, int, int]] = []
        self.patience = patience

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Keep it."""
        self.phases.append((text, done, total))

    def stop_requested(self) -> bool:
        """Say whether the patience is over."""
        return len(self.phases) > self.patience


def let_go() -> Path:
    """The file that a job waits for after its first chunk."""
    return Path(os.environ["CXR_MODELS_DIR"]) / "go"


class Held(Silent):
    """Goes on after the first chunk when it is let go."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Wait, so that another process can be seen to wait for this one."""
        end = time.monotonic() + 600
        while done and not let_go().exists() and time.monotonic() < end:
            time.sleep(0.02)


def get(start: int, stop: int) -> NDArray[np.uint8]:
    """Return these images."""
    return PIXELS[start:stop]


if __name__ == "__main__":
    found = fetch(Images(COUNT, KEY, get), TRUNK, "float32", trunk, Held())
    print("computed", found.computed)
