"""Heat maps of many X-rays of a run, and their means: work that all visitors share, kept.

Keys are contents: the network's file, the X-rays' ids, the classes and the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.words.files import digest_json
from pages.shared import cached, inference, inline, palette
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.explaining.averages import Average, Difference
    from engine.explaining.cam import CamResult
    from engine.runs.run import Run

OPACITY = 0.45
COLOURS = "inferno"


@dataclass(frozen=True, eq=False)
class Wanted:
    """Whose maps are wanted: files below `root` with their content ids, each for its own class.

    `networks` has the run that is asked about each: of a run that is k folds, who judged it.
    """

    run: Run
    networks: tuple[Run, ...]
    root: Path
    files: tuple[str, ...]
    image_ids: tuple[str, ...]
    indices: tuple[int, ...]
    method: str

    @property
    def key(self) -> str:
        """What determines the maps."""
        asked = {run.id: cached.model_key(run.id) for run in self.networks}
        each = [run.id for run in self.networks]
        return digest_json([asked, each, self.image_ids, self.indices, self.method])


@dataclass(frozen=True)
class Picture:
    """An X-ray under its heat, as a data address; or why there is none."""

    address: str = ""
    place: str = ""  # where most of the heat is; empty where the map is
    broken: str = ""


def grid(wanted: Wanted, side: int) -> Work[tuple[Picture, ...]]:
    """Return the pictures of `side` pixels, begun where they were not."""
    return _grid(wanted.key, side, wanted)


def forget_grid(wanted: Wanted, side: int) -> None:
    """Let it begin anew, as after a stop: the maps that were done are kept."""
    _grid.clear(wanted.key, side, wanted)


def work_key(wanted: Wanted, groups: Mapping[str, tuple[int, ...]]) -> str:
    """Name the means of groups of places in `wanted`: the same X-rays may be grouped anew."""
    return digest_json([wanted.key, groups])


def means(wanted: Wanted, groups: Mapping[str, tuple[int, ...]]) -> Work[dict[str, Average]]:
    """Return the mean maps of groups of places in `wanted`; a group without an X-ray has none."""
    return _means(work_key(wanted, groups), wanted, groups)


def forget_means(wanted: Wanted, groups: Mapping[str, tuple[int, ...]]) -> None:
    """Let it begin anew."""
    _means.clear(work_key(wanted, groups), wanted, groups)


@st.cache_resource(max_entries=128, ttl=1800, show_spinner=False)
def _grid(key: str, side: int, _wanted: Wanted) -> Work[tuple[Picture, ...]]:
    def make(report: Report) -> tuple[Picture, ...]:
        return tuple(_picture(look, side) for look in _looks(_wanted, report))

    return Work(make, f"heat maps {key}", "Reading the X-rays")


@st.cache_resource(max_entries=12, ttl=1800, show_spinner=False)
def _means(
    key: str, _wanted: Wanted, _groups: Mapping[str, tuple[int, ...]]
) -> Work[dict[str, Average]]:
    def make(report: Report) -> dict[str, Average]:
        from engine.explaining.averages import average

        looks = _looks(_wanted, report)
        found = {}
        for name, places in _groups.items():
            good = [looks[place] for place in places if looks[place].result is not None]
            if good:
                seen, results = zip(*((look.seen, look.result) for look in good), strict=True)
                found[name] = average(seen, results)
        return found

    return Work(make, f"mean heat maps {key}", "Reading the X-rays")


@st.cache_resource(max_entries=64, ttl=1800, show_spinner=False)
def difference(key: str, one: str, other: str, _one: Average, _other: Average) -> Difference | None:
    """Return how two means of one work (its `key`) differ."""
    from engine.explaining.averages import difference as between

    return between(_one, _other)


@st.cache_data(max_entries=256, ttl=1800, show_spinner=False)
def painted(key: str, name: str, side: int, _mean: Average) -> str:
    """Return the picture of a mean of one work as a data address."""
    from engine.explaining import averages_drawn

    return inline.address(averages_drawn.painted(_mean, side))


@st.cache_data(max_entries=64, ttl=1800, show_spinner=False)
def contrasted(key: str, one: str, other: str, side: int, _one: Average, _two: Difference) -> str:
    """Return the picture of a difference between two means of one work as a data address."""
    from engine.explaining import averages_drawn

    more, less = palette.rgb(palette.MORE), palette.rgb(palette.LESS)
    return inline.address(averages_drawn.contrasted(_one.xray, _two, side, more, less))


@dataclass(frozen=True, eq=False)
class _Look:
    seen: np.ndarray | None
    result: CamResult | None
    broken: str = ""


def _looks(wanted: Wanted, report: Report) -> list[_Look]:
    """Read the X-rays and ask the networks; a file that cannot be read costs only itself."""
    seen = _squares(wanted, report)
    found = [_Look(square, None, broken) for square, broken in seen]
    for run in {one.id: one for one in wanted.networks}.values():
        own = [
            place
            for place, asked in enumerate(wanted.networks)
            if asked.id == run.id and seen[place][0] is not None
        ]
        for place, result in zip(own, _maps(run, wanted, seen, own, report), strict=True):
            found[place] = _Look(seen[place][0], result)
    return found


def _squares(wanted: Wanted, report: Report) -> list[tuple[np.ndarray | None, str]]:
    from engine.vision import decoding
    from engine.vision.preprocessing import pipeline
    from engine.words.errors import CxrError

    view = pipeline(wanted.run.recipe.size, wanted.run.recipe.preprocessing)
    found: list[tuple[np.ndarray | None, str]] = []
    for file in wanted.files:
        report(len(found), len(wanted.files), "Reading the X-rays")
        try:
            found.append((view(decoding.read(wanted.root / file)), ""))
        except (CxrError, OSError) as error:
            found.append((None, f"{file}: {error}"))
    return found


def _maps(
    run: Run,
    wanted: Wanted,
    seen: list[tuple[np.ndarray | None, str]],
    places: list[int],
    report: Report,
) -> list[CamResult]:
    if not places:
        return []
    return inference.kept_maps(
        run,
        np.stack([square for square, _ in (seen[place] for place in places) if square is not None]),
        [wanted.indices[place] for place in places],
        None,
        wanted.method,
        report,
    )


def _picture(look: _Look, side: int) -> Picture:
    from engine.explaining import overlay, sentences

    if look.seen is None or look.result is None:
        return Picture(broken=look.broken)
    painted = overlay.overlay(overlay.framed(look.seen, side), look.result.heat, OPACITY, COLOURS)
    where = "" if look.result.empty else sentences.place(look.result.heat)
    return Picture(inline.address(painted), where)
