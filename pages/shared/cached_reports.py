"""What the Reports page shows of our runs, kept: which run stands where, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.judging.attempts import Attempt
    from engine.judging.reproduction import Reproduction
    from engine.runs.over_seeds import Seeds
    from engine.runs.reproduced import Match
    from engine.runs.run import Run


def matches(finished: Sequence[Run]) -> dict[str, Match]:
    """Return the run that stands beside each experiment, by the experiment's name."""
    from engine.runs import reproduced

    return _matches(_key(finished), reproduced.synthetic_sources(), finished)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _matches(
    key: tuple[str, ...], synthetic: frozenset[str], _finished: Sequence[Run]
) -> dict[str, Match]:
    from engine.learning.presets import PRESETS
    from engine.learning.reported import table
    from engine.runs import reproduced

    presets = [PRESETS[name] for name in table().experiments]
    return reproduced.best_matches(presets, _finished, synthetic)


def cells(sweep: str, finished: Sequence[Run]) -> tuple[list[Run], int]:
    """Return the finished cells of a report's sweep, and how many cells there are."""
    return _cells(sweep, _key(finished), finished)


@st.cache_resource(max_entries=24, ttl=600, show_spinner=False)
def _cells(sweep: str, key: tuple[str, ...], _finished: Sequence[Run]) -> tuple[list[Run], int]:
    from engine.learning import sweeps
    from engine.runs import reproduced

    return reproduced.finished_cells(sweeps.get_sweep(sweep), _finished)


@st.cache_resource(max_entries=64, ttl=600, show_spinner=False)
def reproduction(run_id: str) -> Reproduction:
    """Return a run's figures on its test images; raise CxrError where it has none."""
    from engine.judging.reproduction import reproduce

    run = cached.run(run_id)
    return reproduce(cached.predictions(run_id), run.classes, run.recipe.threshold)


def beyond(finished: Sequence[Run]) -> tuple[Seeds | None, Run | None]:
    """Return the seeds of the preset that goes beyond the reports, else its one run."""
    from engine.runs import reproduced

    return _beyond(_key(finished), reproduced.synthetic_sources(), finished)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _beyond(
    key: tuple[str, ...], drawn: frozenset[str], _finished: Sequence[Run]
) -> tuple[Seeds | None, Run | None]:
    from engine.learning.presets import get_preset
    from engine.learning.reported import table
    from engine.runs import over_seeds

    return over_seeds.of_preset(_finished, get_preset(table().beyond.preset), drawn)


def seeds(finished: Sequence[Run]) -> dict[str, Seeds]:
    """Return the seeds of each experiment that was trained under two or more on one split."""
    from engine.runs import reproduced

    return _seeds(_key(finished), reproduced.synthetic_sources(), finished)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _seeds(
    key: tuple[str, ...], drawn: frozenset[str], _finished: Sequence[Run]
) -> dict[str, Seeds]:
    from engine.learning.presets import PRESETS
    from engine.learning.reported import table
    from engine.runs import over_seeds

    known = over_seeds.groups(_finished)
    found = {
        name: over_seeds.of_preset(_finished, PRESETS[name], drawn, known)[0]
        for name in (table().experiments if known else ())
    }
    return {name: group for name, group in found.items() if group}


def attempts(group: Seeds) -> list[Attempt]:
    """Return what a preset's seeds reached on their test images, as rows beside others' figures."""
    key = tuple(run.id for run in (*group.runs, group.mean) if run)
    return _attempts(key, group)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _attempts(key: tuple[str, ...], _group: Seeds) -> list[Attempt]:
    from engine.judging import attempts
    from engine.runs import over_seeds

    name = f"{_group.recipe.preset}, mean ± sd of {len(_group.seeds)} seeds"
    tables, on = over_seeds.predictions(_group), over_seeds.judged_on(_group)
    rule = _group.recipe.threshold
    return attempts.of_seeds(name, on, tables, _group.first.classes, rule)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def hashes(data_hash: str) -> dict[str, str]:
    """Return the hash of each preset's recipe on these images, by the preset's name."""
    from engine.learning.presets import PRESETS
    from engine.learning.rules import check

    return {name: check(preset.recipe(data_hash)).hash for name, preset in PRESETS.items()}


def _key(finished: Sequence[Run]) -> tuple[str, ...]:
    return tuple(run.id for run in finished)


cached.FOLLOWING += [_matches, _cells, reproduction, _beyond, _seeds, _attempts]
