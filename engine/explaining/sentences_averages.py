"""What a mean of heat maps and the difference between two show, in plain words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from engine.explaining.averages import SMALL, Average, Difference, thirds
from engine.explaining.sentences import ninth

MUCH = 1.3  # times as much heat at the edge as even heat would be: worth a sentence
FLAT = 0.2  # up to this share in its ninth, a place would be too much said
METHOD = (
    "Each map is stretched to the network's square and divided by its own sum, so that every X-ray "
    "counts alike whatever its score; empty maps hold no heat and are left out of the mean. "
    "The colours end at the mean's own hottest spot."
)


def told(found: Average, name: str) -> str:
    """Say where the mean of maps for class `name` has its heat, and how many maps agree."""
    if not found.maps:
        what = "The only map is" if found.images == 1 else f"All {found.images:,} maps are"
        return f"{what} empty: nothing in these X-rays speaks for {name}. There is no mean to draw."
    at = int(found.parts.argmax())
    share, agree = float(found.parts.flat[at]), int(found.ninths.flat[at])
    if share <= FLAT:
        said = f"The heat for {name} has no place of its own: {ninth(at)} ninth, the warmest, "
        said += f"holds {share:.0%} of it"
    else:
        said = f"{share:.0%} of the heat for {name} lies in {ninth(at)} ninth"
    said = f"{said}; even heat would put 11% there. {_agreed(found, at, agree)}"
    edge, even = found.edge
    if edge > MUCH * even:
        said += f" {edge:.0%} lies within a tenth of the edge, where even heat would be {even:.0%}."
    return said


def counted(found: Average, of: int) -> str:
    """Say how many X-rays are in the mean, how many maps were empty, and where that is few."""
    said = f"{found.images:,} of {of:,} X-rays" if found.images < of else f"{of:,} X-rays"
    said = "1 X-ray" if of == 1 else said
    if found.images < of:
        said += ", drawn by lot"
    if found.empty:
        said += f"; {found.empty:,} {'map' if found.empty == 1 else 'maps'} empty, left out"
    if 0 < found.maps < SMALL:
        said += ". So few say little: look at them one by one"
    return f"{said}."


def short(found: Average) -> str:
    """Return the warmest ninth with its share of the heat, for a tile."""
    if not found.maps:
        return "empty"
    at = int(found.parts.argmax())
    return f"{found.parts.flat[at]:.0%} {ninth(at).removeprefix('the ')}"


def apart(found: Difference | None, one: str, other: str) -> str:
    """Say how the mean maps of two groups differ, and whether chance would do."""
    if found is None:
        return "There is no difference to draw: one of the two has no map with heat."
    parts = thirds(found.shares)
    more, less = ninth(int(parts.argmax())), ninth(int(parts.argmin()))
    said = f"{found.moved:.0%} of the heat lies elsewhere in {one} than in {other}"
    if found.moved >= 0.005:
        said += f": more of it in {more}, less in {less}"
    return f"{said}. {_chance(found)}"


def _chance(found: Difference) -> str:
    few = min(found.sizes)
    if few < 2:
        return "With one map in a group nothing can be said about chance."
    between = f"Random groups of {found.sizes[0]:,} and {found.sizes[1]:,} of these maps differ by"
    verdict = "more than chance makes" if found.clear else "no more than chance makes"
    said = f"{between} up to {found.chance:.0%} (95% of shuffles), so this is {verdict}."
    return f"{said} Few maps: only a large difference could show." if few < SMALL else said


def _agreed(found: Average, at: int, agree: int) -> str:
    if found.maps == 1:
        return "It is the map of one X-ray."
    best = int(np.argmax(found.ninths))
    said = f"{agree:,} of {found.maps:,} maps are warmest there"
    if best != at and found.ninths.flat[best] > agree:
        said += f", {int(found.ninths.flat[best]):,} in {ninth(best)}"
    return f"{said}."


def several(places: Sequence[str], name: str) -> str:
    """Say of maps side by side where most have their heat; an empty map's place is "".

    `places` are as sentences.place names them.
    """
    there = Counter(place for place in places if place)
    empty = len(places) - there.total()
    if not there:
        return f"All of these maps are empty: nothing here speaks for {name}."
    where, most = there.most_common(1)[0]
    said = f"In {most:,} of these {len(places):,} maps {where} holds the most heat for {name}"
    return f"{said}{f'; {empty:,} empty' if empty else ''}. Press one to look closer."
