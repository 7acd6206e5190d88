"""Where a map's heat lies, against a place that is known: the lungs, or the true opacity."""

import numpy as np
from numpy.typing import NDArray

from engine.explaining.overlay import stretch
from engine.explaining.trust_curves import ranks
from engine.vision.lungs import lung_field

Mask = NDArray[np.bool_]  # (height, width)

TOLERANCE = 15 / 224  # of the side: 15 pixels of 224 in Zhang et al.


def inside(heat: NDArray[np.float32], mask: Mask) -> float:
    """Share of the heat within the mask, 0..1; not a number for an empty map.

    The energy-based pointing game of Wang et al. 2020: Score-CAM (arXiv 1910.01279). A map that
    knows nothing gets the mask's share of the picture.
    """
    full = np.maximum(stretch(heat, *mask.shape), 0).astype(np.float64)
    total = full.sum()
    return float(full[mask].sum() / total) if total > 0 else float("nan")


def hit(heat: NDArray[np.float32], mask: Mask, tolerance: float = TOLERANCE) -> float:
    """Whether the hottest point lies in the mask or at most `tolerance` of the side beside it.

    1 or 0; where several points are equally hot, the share of them that hit; not a number for an
    empty map or mask. The pointing game of Zhang et al. 2016: Excitation Backprop (arXiv
    1608.00507).
    """
    if not mask.any() or not (heat > 0).any():
        return float("nan")
    full = stretch(heat, *mask.shape)
    rows, columns = np.nonzero(full >= full.max())
    return float(near(mask, tolerance)[rows, columns].mean())


def near(mask: Mask, tolerance: float = TOLERANCE) -> Mask:
    """Return the mask grown by `tolerance` of the longer side in every direction."""
    import cv2

    if not mask.any():
        return mask
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= tolerance * max(mask.shape), bool)


def overlap(heat: NDArray[np.float32], mask: Mask, seed: int = 0) -> float:
    """Intersection over union of the mask and the hottest pixels, as many as the mask has.

    0..1; not a number for an empty map or mask. Taking as many makes it fair to every method, for
    no threshold is chosen (Jaccard 1912).
    """
    if not mask.any() or not (heat > 0).any():
        return float("nan")
    hot = ranks(heat, (mask.shape[0], mask.shape[1]), seed) < mask.sum()
    return float((hot & mask).sum() / (hot | mask).sum())


def lungs(image: NDArray[np.uint8]) -> Mask | None:
    """Return the box around both lungs as a mask; None where they are not found for sure."""
    x, y, width, height = lung_field(image)
    if (width, height) == image.shape[::-1]:
        return None
    mask = np.zeros(image.shape, bool)
    mask[y : y + height, x : x + width] = True
    return mask
