"""What Augment computes, kept: pictures, draws, what they cost a label, first batches, answers.

Shared by all visitors; keys are contents, steps and seeds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.vision import at_risk
from engine.vision.augmentation import Pipeline, Told
from engine.words.files import digest_json
from pages.shared import cached, inline

if TYPE_CHECKING:
    import numpy as np

    from engine.data.catalogue import Catalogue
    from engine.learning.first_batch import Shown
    from engine.learning.preparing import Outline
    from engine.vision.at_risk import Risk
    from engine.words.options import Choice
    from engine.words.recipe import Recipe
    from pages.shared.augment_images import Sample

Steps = tuple["Choice", ...]


def key(steps: Steps) -> str:
    """Return a digest of the steps and their knobs."""
    return digest_json([step.to_json() for step in steps])


def seen(sample: Sample, size: int, steps: Steps) -> np.ndarray:
    """Return an X-ray (size, size) uint8 after preprocessing; raise CxrError, UnreadableImage."""
    return _seen(sample.key, size, key(steps), sample, steps)


@st.cache_data(max_entries=128, ttl=1800, show_spinner=False)
def _seen(key: str, size: int, steps_key: str, _sample: Sample, _steps: Steps) -> np.ndarray:
    from engine.vision import decoding
    from engine.vision.preprocessing import preprocess

    if _sample.path:
        image = decoding.read(Path(_sample.path))
    else:
        image = cached.drawn(_sample.kind, _sample.patient)
    return preprocess(image, size, _steps)


@st.cache_resource(max_entries=32, ttl=1800, show_spinner=False)
def pipeline(steps_key: str, _steps: Steps) -> Pipeline:
    """Return the composed pipeline: composing takes longer than drawing."""
    return Pipeline(_steps)


def drawn(
    sample: Sample, size: int, prepared: Steps, steps: Steps, seed: int
) -> tuple[str, tuple[Told, ...]]:
    """Return a draw's picture as a data address, and what each step did."""
    before, after = key(prepared), key(steps)
    return _drawn(sample.key, size, before, after, seed, sample, prepared, steps)


@st.cache_data(max_entries=1500, ttl=1800, show_spinner=False)
def _drawn(
    key: str,
    size: int,
    before: str,
    after: str,
    seed: int,
    _sample: Sample,
    _prepared: Steps,
    _steps: Steps,
) -> tuple[str, tuple[Told, ...]]:
    found = pipeline(after, _steps).look(_seen(key, size, before, _sample, _prepared), seed)
    return inline.address(found.image), found.told


def risk(steps: Steps, first: int) -> Risk:
    """Return what draws of the steps cut off phantoms' opacities."""
    return _risk(key(steps), first, steps)


@st.cache_data(max_entries=128, ttl=1800, show_spinner="Measuring on phantoms")
def _risk(steps_key: str, first: int, _steps: Steps) -> Risk:
    return at_risk.measure(_steps, first=first)


def worst(
    steps: Steps, patient: int, seed: int, size: int, colour: tuple[int, int, int]
) -> tuple[str, str]:
    """Return a phantom and its draw, outlined, as data addresses."""
    return _worst(key(steps), patient, seed, size, colour, steps)


@st.cache_data(max_entries=128, ttl=1800, show_spinner=False)
def _worst(
    steps_key: str,
    patient: int,
    seed: int,
    size: int,
    colour: tuple[int, int, int],
    _steps: Steps,
) -> tuple[str, str]:
    before, after = at_risk.before_and_after(_steps, patient, seed, size, colour)
    return inline.address(before), inline.address(after)


def first_batch(
    recipe: Recipe, catalogue: Catalogue, here: Outline, member: int, views: int
) -> tuple[Shown, ...]:
    """Return the pictures of a checked recipe's first batch; raise CxrError."""
    return _first_batch(recipe.hash, member, views, recipe, catalogue, here)


@st.cache_resource(max_entries=16, ttl=1800, show_spinner="Drawing the first batch")
def _first_batch(
    key: str, member: int, views: int, _recipe: Recipe, _catalogue: Catalogue, _here: Outline
) -> tuple[Shown, ...]:
    from engine.learning.first_batch import first_batch as batch

    return batch(_recipe, _catalogue, _here, member, views)


@st.cache_resource(max_entries=64, ttl=1800, show_spinner=False)
def answered(question: str) -> list[np.ndarray]:
    """Return the shelf of one question to a network: empty until it was answered once."""
    return []
