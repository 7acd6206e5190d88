"""Probabilities per class from a saved model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError

CHUNK = 64  # images handed to the network at once


def load(path: Path) -> Any:
    """Load a `.keras` file for inference; raise CxrError where it is missing or broken."""
    import keras

    if not path.is_file():
        raise CxrError(f"The model file {path.name} is missing. Train the run again.")
    try:
        return keras.saving.load_model(path, compile=False)
    except (ValueError, OSError) as error:
        raise CxrError(f"The model file {path.name} cannot be read ({error}).") from error


def predict(
    model: Any,
    pixels: NDArray[np.uint8],
    tell: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Return probabilities (n, classes) for grey images (n, s, s) or features (n, ...).

    One sigmoid unit becomes two classes; sigmoid units of several classes are brought to sum 1.
    """
    parts = []
    pictures = len(model.input_shape) == 4 and model.input_shape[-1] == 1
    for start in range(0, len(pixels), CHUNK):
        chunk = np.asarray(pixels[start : start + CHUNK], np.float32)
        chunk = chunk[..., np.newaxis] if pictures and chunk.ndim == 3 else chunk
        parts.append(np.asarray(model.predict_on_batch(chunk), np.float32))
        if tell:
            tell(min(start + CHUNK, len(pixels)), len(pixels))
    outputs = model.output_shape[-1]
    scores = np.concatenate(parts) if parts else np.empty((0, outputs), np.float32)
    if outputs == 1:
        return np.hstack([1 - scores, scores])
    return scores / scores.sum(axis=1, keepdims=True)
