"""Files of weights for tests without internet."""

import hashlib
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.learning import weights


def write_weights(path: Path, seed: int = 0, megabytes: int = 3) -> bytes:
    """Write an HDF5 file of random numbers and return its content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["kernel"] = np.random.default_rng(seed).integers(
            256, size=megabytes * 10**6, dtype="u1"
        )
    return path.read_bytes()


def let_be_keras_own(monkeypatch: pytest.MonkeyPatch, network: str, content: bytes) -> None:
    """Let the table take this content for the file that Keras has."""
    row = replace(weights.WEIGHTS[network], hash=hashlib.md5(content).hexdigest())
    monkeypatch.setattr(weights, "WEIGHTS", {**weights.WEIGHTS, network: row})
