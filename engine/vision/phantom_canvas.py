"""The sheet that the phantom is drawn on: body coordinates to pixels, filled shapes, noise."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Points = NDArray[np.float64]

_FINE = 2  # shapes are filled at twice the size and averaged down: smooth edges, sub-pixel widths
_SHIFT = 4  # fractional bits of cv2's fixed-point coordinates
_ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@dataclass(frozen=True)
class Pose:
    """How one exposure sees the patient; lengths in half picture heights."""

    turn: float  # about the spine's axis: front structures slide against back ones
    tilt: float  # in the picture's plane, radians
    scale: float
    shift: tuple[float, float]
    breath: float  # -1 expiration .. 1 deep inspiration


@dataclass(frozen=True)
class Canvas:
    """A picture of height x width pixels; body coordinates: x right, y down, 0 at mid-chest."""

    height: int
    width: int
    pose: Pose

    def matrix(self, fine: int = 1) -> NDArray[np.float64]:
        """The 2 x 3 affine map from body coordinates at depth 0 to pixels."""
        half = self.height * fine / 2
        gain = half * self.pose.scale
        cos, sin = np.cos(self.pose.tilt) * gain, np.sin(self.pose.tilt) * gain
        dx, dy = self.pose.shift
        return np.array(
            [[cos, -sin, self.width * fine / 2 + dx * half], [sin, cos, half + dy * half]]
        )

    def place(self, points: Points, depth: float | Points = 0.0, fine: int = 1) -> Points:
        """Pixels of body points (n, 2); depth -1 is the back, 1 the front of the chest."""
        turned = points.astype(np.float64, copy=True)
        turned[:, 0] += self.pose.turn * depth
        matrix = self.matrix(fine)
        return turned @ matrix[:, :2].T + matrix[:, 2]

    def blank(self) -> NDArray[np.uint8]:
        """An empty fine sheet for `stamp`."""
        return np.zeros((self.height * _FINE, self.width * _FINE), np.uint8)

    def stamp(
        self, sheet: NDArray[np.uint8], points: Points, depth: float | Points, level: float
    ) -> None:
        """Fill a polygon on a fine sheet with level 0..1, over what is there."""
        corners = self._fixed(points, depth)
        cv2.fillPoly(sheet, [corners], level * 255, cv2.LINE_AA, _SHIFT)

    def stroke(
        self,
        sheet: NDArray[np.uint8],
        points: Points,
        depth: float | Points,
        level: float,
        thickness: float,
    ) -> None:
        """Draw a line (n, 2) or several (k, n, 2) on a fine sheet; thickness in body units."""
        pixels = round(thickness * self.pose.scale * self.height * _FINE / 2)
        corners = self._fixed(points.reshape(-1, 2), depth).reshape(points.shape)
        lines = list(corners) if points.ndim == 3 else [corners]
        cv2.polylines(sheet, lines, False, level * 255, max(1, pixels), cv2.LINE_AA, _SHIFT)

    def settle(self, sheet: NDArray[np.uint8], soft: float = 0.0) -> Field:
        """Average a fine sheet down to a field 0..1, blurred by `soft` body units."""
        small = cv2.resize(sheet, (self.width, self.height), interpolation=cv2.INTER_AREA)
        field = small.astype(np.float32) / np.float32(255)
        return self.blur(field, soft) if soft else field

    def fill(self, points: Points, depth: float = 0.0, soft: float = 0.0) -> Field:
        """One filled polygon as a field 0..1."""
        sheet = self.blank()
        self.stamp(sheet, points, depth, 1.0)
        return self.settle(sheet, soft)

    def blur(self, field: Field, sigma: float) -> Field:
        """Gaussian blur, sigma in body units."""
        pixels = max(0.3, sigma * self.pose.scale * self.height / 2)
        return np.asarray(cv2.GaussianBlur(field, (0, 0), pixels), np.float32)

    def rounded(self, mask: Field, depth: float) -> Field:
        """Thickness 0..1 of a solid with this outline: grows like a circle over `depth` units."""
        inside = (mask > 0.5).astype(np.uint8)
        away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
        near = 1 - np.minimum(away / (depth * self.pose.scale * self.height / 2), 1)
        return np.asarray(np.sqrt(1 - near * near) * np.minimum(1, mask * 1.5), np.float32)

    def bring(self, texture: Field) -> Field:
        """Carry a square texture that covers body coordinates -1..1 onto the sheet."""
        side = texture.shape[0]
        to_body = np.array([[2 / side, 0, -1], [0, 2 / side, -1], [0, 0, 1]])
        matrix = self.matrix() @ to_body
        size = (self.width, self.height)
        return np.asarray(cv2.warpAffine(texture, matrix, size, flags=cv2.INTER_LINEAR), np.float32)

    def _fixed(self, points: Points, depth: float | Points) -> NDArray[np.int32]:
        placed = self.place(points, depth, _FINE)
        return np.asarray(np.round(placed * (1 << _SHIFT)), np.int32)


def ellipse(x: float, y: float, a: float, b: float, lean: float = 0.0) -> Points:
    """Outline of an ellipse with half axes a, b, turned by `lean` radians."""
    cos, sin = np.cos(lean), np.sin(lean)
    turn = np.array([[a * cos, a * sin], [-b * sin, b * cos]])
    return np.asarray(_CIRCLE @ turn + [x, y])


def curve(knots: Points, count: int = 32) -> Points:
    """Smooth lines (..., count, 2) through the knots (..., n, 2), by Catmull and Rom."""
    return np.asarray(_spline(knots.shape[-2], count) @ knots)


@lru_cache(maxsize=64)
def _spline(knots: int, count: int) -> Points:
    """The matrix (count, knots) that turns knots into the points of a curve."""
    at = np.linspace(0, knots - 1 - 1e-9, count)
    index = at.astype(int)
    t = at - index
    rows = np.arange(count)
    padded = np.zeros((count, knots + 2))
    padded[rows, index] = 0.5 * (-t + 2 * t**2 - t**3)
    padded[rows, index + 1] = 0.5 * (2 - 5 * t**2 + 3 * t**3)
    padded[rows, index + 2] = 0.5 * (t + 4 * t**2 - 3 * t**3)
    padded[rows, index + 3] = 0.5 * (t**3 - t**2)
    inner = padded[:, 1:-1]
    inner[:, [0, 1]] += padded[:, [0]] * [2, -1]  # the ends go on as straight lines
    inner[:, [-1, -2]] += padded[:, [-1]] * [2, -1]
    return inner


def ribbon(line: Points, width: NDArray[np.float64] | float) -> Points:
    """Outlines (..., 2n, 2) of bands of this width along lines (..., n, 2)."""
    padded = np.concatenate([line[..., :1, :], line, line[..., -1:, :]], axis=-2)
    along = padded[..., 2:, :] - padded[..., :-2, :]
    normal = along[..., ::-1] * [-1.0, 1.0]
    normal /= np.sqrt((along * along).sum(axis=-1, keepdims=True)) + 1e-9
    edge = normal * (np.asarray(width)[..., None] / 2)
    return np.concatenate([line + edge, (line - edge)[..., ::-1, :]], axis=-2)


def smooth_noise(rng: np.random.Generator, side: int, cells: int) -> Field:
    """A square of smooth noise, mean about 0 and deviation about 1, `cells` bumps across."""
    coarse = rng.standard_normal((cells + 3, cells + 3), dtype=np.float32)
    field = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)
