"""What the shortcut lab keeps for all visitors: work under way, samples, who carries what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.lab_making import Desk

if TYPE_CHECKING:
    import numpy as np

    from engine.data.lab import Lab

SAMPLE_SIDE = 176  # pixels, drawn as large as they are shown
SICK = ("bacterial", "viral")


@dataclass(frozen=True, eq=False)
class Sample:
    """A phantom as a lab shows it (h, w) uint8, its true opacity (h, w), and what it carries."""

    image: np.ndarray
    opacity: np.ndarray
    ill: bool
    carries: bool


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Return the desk with the work of this server."""
    return Desk()


@st.cache_resource(max_entries=8, show_spinner="Drawing examples")
def samples(shortcut: str) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Return examples of the training images and of the test images."""
    training = [(ill, ill) for ill in (False, False, True, True)]
    test = [(ill, carries) for ill in (False, True) for carries in (True, False)]
    return (
        tuple(_sample(shortcut, ill, carries, n) for n, (ill, carries) in enumerate(training)),
        tuple(_sample(shortcut, ill, carries, n + 9) for n, (ill, carries) in enumerate(test)),
    )


@st.cache_resource(max_entries=16, ttl=60, show_spinner=False)
def lab(root: Path) -> Lab:
    """Return what a folder of the lab is; raise CxrError where it is none."""
    from engine.data import lab as making

    return making.read(root)


@st.cache_data(max_entries=512, ttl=600, show_spinner=False)
def place(root: Path, file: str) -> np.ndarray:
    """Return where the shortcut lies on a file's picture, (h, w) bool."""
    return lab(root).place(root, file)


def _sample(shortcut: str, ill: bool, carries: bool, number: int) -> Sample:
    import numpy as np

    from engine.vision import phantom, shortcuts

    kind = SICK[number % 2] if ill else "normal"
    drawn = phantom.draw(700 + number, kind, SAMPLE_SIDE)
    rng = np.random.default_rng(number)
    image, _ = shortcuts.apply(drawn.image, shortcut, carries, rng)
    return Sample(image, drawn.mask, ill, carries)
