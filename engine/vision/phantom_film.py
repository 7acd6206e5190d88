"""From beam paths to a picture: scatter, exposure, noise, collimation, side markers."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.phantom_canvas import Field, Pose, smooth_noise


@dataclass(frozen=True)
class Film:
    """One exposure's technique, drawn independently of the class."""

    scatter: float  # share of a wide blur in the picture
    sharp: float  # blur of the detector, share of the picture's height
    noise: float
    gain: float
    offset: float
    gamma: float
    edge: float  # strength of the maker's contrast enhancement
    border: tuple[float, float, float, float]  # collimated share: left, top, right, bottom
    marker: str  # "R", "L" or empty
    marker_at: tuple[float, float, float]  # x, y, size; shares of the picture


def make_pose(rng: np.random.Generator) -> Pose:
    """A random pose."""
    return Pose(
        turn=float(rng.normal(0, 0.035)),
        tilt=float(rng.normal(0, 0.035)),
        scale=float(rng.uniform(1.02, 1.18)),
        shift=(float(rng.normal(0, 0.03)), float(rng.normal(0.06, 0.03))),
        breath=float(rng.uniform(-1, 1)),
    )


def make_film(rng: np.random.Generator) -> Film:
    """A random technique."""
    border = rng.uniform(-0.12, 0.07, 4).clip(0)
    marker = str(rng.choice(["R", "L", ""], p=[0.6, 0.12, 0.28]))
    side = rng.uniform(0.03, 0.1) if marker == "R" else rng.uniform(0.85, 0.92)
    return Film(
        scatter=float(rng.uniform(0.1, 0.35)),
        sharp=float(rng.uniform(0.0016, 0.0034)),
        noise=float(rng.uniform(0.008, 0.022)),
        gain=float(rng.uniform(0.9, 1.08)),
        offset=float(rng.normal(0, 0.025)),
        gamma=float(np.exp(rng.normal(-0.22, 0.15))),
        edge=float(rng.uniform(0, 0.7)),
        border=(float(border[0]), float(border[1]), float(border[2]), float(border[3])),
        marker=marker,
        marker_at=(float(side), float(rng.uniform(0.07, 0.3)), float(rng.uniform(0.6, 1.2))),
    )


def expose(path: Field, film: Film, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture (height, width) of these beam paths; dense is bright."""
    height, width = path.shape
    wide = _blur(path, height * 0.05)
    seen = (1 - film.scatter) * _blur(path, height * film.sharp) + film.scatter * wide
    seen = seen + film.edge * 0.5 * (seen - _blur(seen, height * 0.025))
    side = max(height, width)
    seen = seen * (1 + 0.015 * smooth_noise(rng, side, 5)[:height, :width])
    grain = rng.standard_normal((height, width), dtype=np.float32)
    grain = 0.7 * _blur(grain, 0.7) * 2 + 0.3 * grain
    seen = seen + film.noise * np.exp(0.45 * (path - 0.8)) * grain
    level = _tone(seen, film)
    level[path < 0.02] *= 0.8
    _collimate(level, film)
    picture = np.round(level * 255).astype(np.uint8)
    _mark(picture, film)
    return picture


def _tone(seen: Field, film: Film) -> Field:
    """Auto-exposed to its own range, as the machines do; then gain, gamma and a soft shoulder."""
    dark, bright = np.percentile(seen[::3, ::3], [2, 98])
    level = (seen - dark) / max(float(bright - dark), 1e-3)
    level = np.clip(0.04 + 0.84 * level, 0, 1.3) ** film.gamma
    level = np.clip(film.gain * level + film.offset, 0, None)
    knee = 0.8
    over = level > knee
    level[over] = knee + (1 - knee) * (1 - np.exp(-(level[over] - knee) / (1 - knee)))
    return np.asarray(np.clip(level, 0, 1), np.float32)


def _collimate(level: Field, film: Film) -> None:
    height, width = level.shape
    left, top, right, bottom = film.border
    shade = np.zeros_like(level)
    shade[
        int(top * height) : height - int(bottom * height),
        int(left * width) : width - int(right * width),
    ] = 1
    level *= 0.03 + 0.97 * _blur(shade, height * 0.004)


def _mark(picture: NDArray[np.uint8], film: Film) -> None:
    height, width = picture.shape
    x, y, size = film.marker_at
    at = (int(x * width), int(y * height))
    scale, weight = size * height / 300, max(1, round(size * height / 200))
    cv2.putText(picture, film.marker, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 235, weight, cv2.LINE_AA)


def _blur(field: Field, sigma: float) -> Field:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), max(sigma, 0.3)), np.float32)
