"""Heat maps over what a network saw, one or several side by side, with scale and sentences."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.explaining import methods, sentences
from pages.shared import inline
from pages.shared.components.heat import Card, heats

if TYPE_CHECKING:
    from engine.explaining.cam import CamResult

SIDE = 200  # pixels of a map on the page, at least
SMALL = 92  # of a map that is pressed to choose it
WAITING = "This map is being computed."


@dataclass(frozen=True, eq=False)
class Heated:
    """What a network saw (s, s) uint8, its map of class `name`, and a title for the two.

    Without a result the picture stands alone: the map is still to come, or `trouble` says why not.
    `more`: sentences under the map's own.
    """

    seen: np.ndarray
    result: CamResult | None
    title: str
    name: str
    trouble: str = ""
    more: tuple[str, ...] = ()


def show(pictures: Sequence[Heated], key: str, side: int = SIDE) -> None:
    """Draw maps side by side; opacity and colours are changed in the browser, for all of them."""
    addresses, places = _addresses(pictures)
    cards = [_card(one, place) for one, place in zip(pictures, places, strict=True)]
    heats(addresses, cards, key, side)


def choose(
    pictures: Sequence[Heated],
    key: str,
    press: Callable[[int], None],
    chosen: int | None = None,
    label: str = "Heat maps to choose from",
    side: int = SMALL,
) -> None:
    """Draw small maps as buttons under their titles; `press` gets the place of the pressed one."""
    addresses, places = _addresses(pictures)
    cards = [_card(one, place) for one, place in zip(pictures, places, strict=True)]
    heats(addresses, cards, key, side, press, chosen, label)


def _addresses(pictures: Sequence[Heated]) -> tuple[list[str], list[int]]:
    """Each picture once, however many maps lie over it; and which one is under which map."""
    different: list[np.ndarray] = []
    places = []
    for one in pictures:
        same = (at for at, seen in enumerate(different) if np.array_equal(seen, one.seen))
        place = next(same, len(different))
        if place == len(different):
            different.append(one.seen)
        places.append(place)
    return [inline.address(seen) for seen in different], places


def _card(one: Heated, picture: int) -> Card:
    result = one.result
    if result is None:
        said = one.more if one.trouble else (WAITING, *one.more)
        alt = f"What the network saw, without a heat map: {one.title}"
        return Card(picture, one.title, alt, said, one.trouble, waiting=not one.trouble)
    said = (sentences.describe(result, one.name), sentences.note(result), *one.more)
    if result.empty:
        alt = f"Heat map for {one.name} over the X-ray, which is empty: {one.title}"
        return Card(picture, one.title, alt, said)
    levels = np.rint(np.clip(result.heat, 0, 1) * 255).astype(np.uint8)
    return Card(
        picture,
        one.title,
        f"Heat map for {one.name} over the X-ray: {one.title}",
        said,
        rows=levels.shape[0],
        columns=levels.shape[1],
        cells=b64encode(levels.tobytes()).decode(),
        low=sentences.number(result.raw_min),
        high=sentences.number(result.raw_max),
        raw=methods.row(result.method).raw,
    )
