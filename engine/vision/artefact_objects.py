"""Small bright things with sharp edges: letters and frames on one hand, metal on the other."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.artefact_view import Field, Measure, View, severity
from engine.vision.evidence import Box, Evidence


@dataclass(frozen=True)
class Thing:
    """One bright component; lengths in shares of the picture."""

    box: Box
    filled: float  # share of its box
    stroke: float  # width of its lines, share of its box's longer side
    level: float  # mean brightness
    edge: float  # brightness above what lies around it


def metal(view: View) -> Measure:
    """Bright compact things that are no letters."""
    found = [thing for thing in things(view.small) if not _letter(thing)]
    total = sum(thing.edge / 100 for thing in found)
    boxes = tuple(thing.box for thing in found)
    many = "one small white thing" if len(found) == 1 else f"{len(found)} small white things"
    sentence = f"There: {many}, sharper than any bone." if found else "No metal stands out."
    return Measure(severity(total, 0.8), sentence, Evidence(boxes if total >= 0.8 else ()))


def text(view: View) -> Measure:
    """Letters, beyond the one or two of a side marker."""
    letters = [thing for thing in things(view.small) if _letter(thing)]
    boxes = tuple(thing.box for thing in letters)
    sentence = f"{len(letters)} letters or signs are burned into the picture."
    spoiled = len(letters) >= 3
    return Measure(severity(len(letters), 2.5), sentence, Evidence(boxes if spoiled else ()))


def things(field: Field) -> list[Thing]:
    """Return the bright sharp components of a picture whose longer side is 256 pixels."""
    ground = cv2.medianBlur(np.rint(field).astype(np.uint8), 21).astype(np.float32)
    above = field - ground
    mask = ((above > 45) & (field > 150)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    away = np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 3), np.float32)
    return [
        _thing(labels == index, stats[index], field, above, away)
        for index in range(1, min(count, 200))
        if stats[index, cv2.CC_STAT_AREA] >= 6
    ]


def _thing(
    mask: NDArray[np.bool_],
    stats: NDArray[np.int32],
    field: Field,
    above: Field,
    away: NDArray[np.float32],
) -> Thing:
    height, width = field.shape
    x, y, wide, high, area = (int(value) for value in stats)
    return Thing(
        box=(x / width, y / height, wide / width, high / height),
        filled=area / (wide * high),
        stroke=2 * float(away[mask].max()) / max(wide, high),
        level=float(field[mask].mean()),
        edge=float(above[mask].mean()),
    )


def _letter(thing: Thing) -> bool:
    _, _, wide, high = thing.box
    return 0.015 < high < 0.09 and wide < 0.08 and thing.stroke < 0.45
