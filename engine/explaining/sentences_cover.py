"""What covering a part of a picture did to a score, in plain words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.explaining.covering import Baseline, Scores
from engine.explaining.occlusion import HOW, Box, share
from engine.explaining.sensitivity import FAINT, Sensitivity
from engine.explaining.sentences import place

LITTLE = 0.05  # of a score: less is hardly a change


def decided(scores: Scores, threshold: float | None) -> int:
    """The class that scores (classes,) are called: with a threshold 1 from there on."""
    if threshold is not None:
        return int(scores[1] >= threshold)
    return int(scores.argmax())


def moved(
    before: Scores, after: Scores, index: int, classes: Sequence[str], threshold: float | None
) -> str:
    """Say how the score of class `index` changed, against the threshold, and what is decided."""
    old, new = (classes[decided(scores, threshold)] for scores in (before, after))
    said = (
        f"Covered, the score for {classes[index]} goes from **{before[index]:.3f}** to "
        f"**{after[index]:.3f}**"
    )
    if threshold is not None:
        side = "at or above" if after[1] >= threshold else "below"
        said += f", {side} the threshold {_cut(threshold)}"
    if old == new:
        return f"{said}. The decision stays **{new}**."
    return f"{said}. The decision changes from {old} to **{new}**."


def beside(before: Scores, after: Scores, found: Baseline, index: int) -> str:
    """Weigh what a cover did against the same cover at random places and at the hottest."""
    random = found.random[:, index]
    change = abs(float(after[index] - before[index]))
    stronger = int((np.abs(random - before[index]) >= change).sum())
    said = (
        f"As much covered at {len(random)} random places gives {random.min():.3f} to "
        f"{random.max():.3f} (median {np.median(random):.3f})"
    )
    if found.hot is None:
        said += "; the heat map is empty, so there is no hottest place"
    else:
        said += f", at the hottest place of the heat map **{found.hot[index]:.3f}**"
    return f"{said}. {_weighed(change, stronger, len(random))}"


def _weighed(change: float, stronger: int, places: int) -> str:
    if change < FAINT:
        return "This place hardly moves the score."
    if stronger == 0:
        return "No random place moves the score as much as this one."
    those = f"{stronger} of {places} random places move{'s' if stronger == 1 else ''}"
    if stronger <= places // 4:
        return f"Only {those} the score as much as this one."
    return f"{those} the score as much as this one or more: the change says little about it."


def ways(given: dict[str, Scores], before: Scores, index: int) -> str:
    """Say how far the ways to cover agree about one and the same place."""
    changes = {how: float(scores[index] - before[index]) for how, scores in given.items()}
    low, high = (pick(changes, key=lambda how: changes[how]) for pick in (min, max))
    text = (
        f"From {changes[low]:+.3f} ({HOW[low].label.lower()}) to {changes[high]:+.3f} "
        f"({HOW[high].label.lower()})."
    ).replace("-", "\N{MINUS SIGN}")
    if changes[low] < -LITTLE and changes[high] > LITTLE:
        return f"{text} They do not even agree on the direction: part of it is the cover itself."
    if changes[high] - changes[low] > 4 * LITTLE:
        return f"{text} They differ much: part of it is the cover itself, not what it hides."
    return f"{text} They agree: what they hide counts more than how they hide it."


def slid(found: Sensitivity, index: int, name: str) -> str:
    """Say where the sliding patch moved the score of class `name`, or that nowhere it did."""
    drops, spread = found.drops(index), found.spread(index)
    size = f"a patch of {found.patch:.0%} of each side"
    if drops.max() < FAINT:
        said = (
            f"Nowhere does {size} lower the score for {name} by {FAINT} or more (it is "
            f"{found.plain[index]:.3f}): no single place carries it, or a larger patch is needed. "
            "Nothing is coloured."
        )
    else:
        said = (
            f"Warm parts carry the score for {name}: covering them with {size} lowers it, by up "
            f"to {drops.max():.3f} from {found.plain[index]:.3f}, most in {place(spread)}."
        )
    if drops.min() <= -FAINT:
        said += f" At other places the cover raises it, by up to {-drops.min():.3f}."
    return said


def painted(found: Sensitivity, index: int) -> NDArray[np.float32]:
    """The map to be coloured, 0..1 (rows, columns); all zero where no place moves the score."""
    positive = np.maximum(found.spread(index), 0)
    if found.drops(index).max() < FAINT or not positive.any():
        return np.zeros_like(positive)
    return np.asarray(positive / positive.max(), np.float32)


def patches(boxes: Sequence[Box]) -> str:
    """Name what is covered: "2 patches, 8% of the picture"."""
    if not boxes:
        return "nothing"
    many = "1 patch" if len(boxes) == 1 else f"{len(boxes)} patches"
    return f"{many}, {share(boxes):.0%} of the picture"


def _cut(value: float) -> str:
    """At least two decimals, none lost: as the threshold is written everywhere."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:.10g}"
