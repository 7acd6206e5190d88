"""Draw one synthetic chest X-ray look-alike, with the exact mask of its opacities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_anatomy import build_chest, make_anatomy
from engine.vision.phantom_bones import build_bones
from engine.vision.phantom_canvas import Canvas
from engine.vision.phantom_disease import apply_disease, make_disease
from engine.vision.phantom_film import expose, make_film, make_pose
from engine.vision.phantom_vessels import build_vessels
from engine.words.errors import CxrError

KINDS = ("normal", "bacterial", "viral")


@dataclass(frozen=True)
class Phantom:
    """A picture (height, width) uint8 and the mask (bool) of what the disease changed."""

    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]


def draw(seed: int, kind: str, size: int = 224, picture: int = 0, aspect: float = 1.0) -> Phantom:
    """Draw patient `seed`: the same seed gives the same bytes.

    `picture` counts further exposures of the patient (other pose, technique and severity).
    The picture is `size` pixels high and `size * aspect` wide. Raises CxrError for an unknown
    kind or a size below 32.
    """
    if kind not in KINDS:
        raise CxrError(f"The kind must be one of {', '.join(KINDS)}, got '{kind}'. Choose one.")
    if size < 32:
        raise CxrError(f"The size must be at least 32 pixels, got {size}. Choose a larger one.")
    anatomy = make_anatomy(_rng(seed, 0))
    technique = _rng(seed, 2, picture)
    canvas = Canvas(size, max(32, round(size * aspect)), make_pose(technique))
    film = make_film(technique)
    chest = build_chest(anatomy, canvas)
    disease = make_disease(kind, anatomy, _rng(seed, 1))
    severity = _rng(seed, 3, picture).uniform(0.8, 1.15)
    added, open_air, mask = apply_disease(disease, chest.air, chest.lungs, canvas, severity)
    vessels = build_vessels(anatomy, canvas) * np.minimum(1, open_air * (0.4 + 1.2 * chest.lungs))
    path = chest.tissue - chest.air + added + vessels + build_bones(anatomy, canvas)
    return Phantom(expose(path.astype(np.float32), film, _rng(seed, 4, picture)), mask)


def _rng(*key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(key))
