"""The sheet that the phantom is drawn on: body coordinates to pixels, filled shapes, smooth noise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Points = NDArray[np.float64]

_FINE = 2  # shapes are filled at twice the size and averaged down: smooth edges, sub-pixel widths
_SHIFT = 4  # fractional bits of cv2's fixed-point coordinates


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
    """Body coordinates (x to the picture's right, y down, origin at mid-chest) on height x width pixels."""

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
        """Draw a line on a fine sheet; thickness in body units."""
        pixels = round(thickness * self.pose.scale * self.height * _FINE / 2)
        corners = self._fixed(points, depth)
        cv2.polylines(sheet, [corners], False, level * 255, max(1, pixels), cv2.LINE_AA, _SHIFT)

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
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    u, v = a * np.cos(angle), b * np.sin(angle)
    cos, sin = np.cos(lean), np.sin(lean)
    return np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=1)


def curve(knots: Points, count: int = 32) -> Points:
    """A smooth line through the knots (Catmull-Rom)."""
    ends = np.vstack([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    at = np.linspace(0, len(knots) - 1 - 1e-9, count)
    index = at.astype(int)
    t = (at - index)[:, None]
    a, b, c, d = (ends[index + step] for step in range(4))
    bend = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return np.asarray(0.5 * (2 * b + (c - a) * t + bend))


def ribbon(line: Points, width: NDArray[np.float64] | float) -> Points:
    """Outline of a band of this width along a line."""
    along = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    half = np.broadcast_to(np.asarray(width) / 2, len(line))[:, None]
    return np.vstack([line + normal * half, (line - normal * half)[::-1]])


def smooth_noise(rng: np.random.Generator, side: int, cells: int) -> Field:
    """A square of smooth noise, mean about 0 and deviation about 1, `cells` bumps across."""
    coarse = rng.standard_normal((cells + 3, cells + 3), dtype=np.float32)
    field = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)
