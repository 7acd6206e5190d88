"""Flawed images left out of training and validation; the test part is never filtered."""

import pandas as pd

from engine.data import quality
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress
from engine.vision.artefacts import DETECTORS
from engine.words.errors import CxrError
from engine.words.options import Choice

EXCLUDED = "excluded"  # the part of images that neither teach, choose nor judge
FILTERED = ("train", "validation")


def leave_out(
    parts: "pd.Series[str]",
    targets: "pd.Series[str]",
    exclude: tuple[Choice, ...],
    catalogue: Catalogue,
    progress: Progress | None = None,
) -> "pd.Series[str]":
    """Return the parts, with the images above a limit taken out of FILTERED.

    The split is drawn before, so that the same images judge with and without limits. Raises
    CxrError where a class would be empty.
    """
    if not exclude:
        return parts
    found = quality.table(catalogue, progress)
    flawed = pd.Series(False, index=parts.index)
    for limit in exclude:
        flawed |= quality.beyond(found, limit).to_numpy()
    kept = parts.mask(flawed & parts.isin(FILTERED), EXCLUDED)
    for part in FILTERED:
        for name in sorted(set(targets[parts == part])):
            own = (parts == part) & (targets == name)
            if not (kept[own] == part).any():
                raise CxrError(_empty(part, name, int(own.sum()), exclude, found[own]))
    return kept


def words(exclude: tuple[Choice, ...]) -> str:
    """Return the limits in words: grid lines above 0.5 or noise above 0.7."""
    parts = [
        f"{_word(limit)} above {float(limit.kwargs['above']):g}"
        for limit in quality.check_limits(exclude)
    ]
    return " or ".join(parts)


def _empty(
    part: str, name: str, images: int, exclude: tuple[Choice, ...], found: pd.DataFrame
) -> str:
    counts = {limit: int(quality.beyond(found, limit).sum()) for limit in exclude}
    worst = max(counts, key=lambda limit: counts[limit])
    return (
        f"Leaving out images with {words(exclude)} leaves no image of class {name} in the {part} "
        f"part: all {images:,} are above a limit, {counts[worst]:,} of them for "
        f"{_word(worst)}. Raise that limit or drop it."
    )


def _word(limit: Choice) -> str:
    label = DETECTORS[limit.name].label
    return label[:1].lower() + label[1:]
