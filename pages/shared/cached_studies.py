"""What the Studies page shows, kept: one look a second at a study, whoever watches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.words.files import digest_json
from pages.shared import cached, cached_train

if TYPE_CHECKING:
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.learning.estimate import Estimate
    from engine.runs.drafts import Draft
    from engine.runs.groups import Cell, Study
    from engine.runs.study_tables import Standing
    from engine.words.recipe import Recipe

TIMED = 2  # networks that are timed on the spot, some seconds each, where nothing is known


@dataclass(frozen=True)
class Look:
    """A study as it stands this second."""

    study: Study
    standings: tuple[Standing, ...]
    counts: Mapping[str, int]  # cells by status

    @property
    def going(self) -> bool:
        """Whether something of it waits or runs."""
        return any(self.counts.get(status, 0) for status in ("waiting", "running"))

    @property
    def filling(self) -> bool:
        """Whether cells have no run although nothing keeps them from it: they are being queued."""
        return self.study.state == "active" and bool(self.counts.get("missing", 0))

    @property
    def done(self) -> int:
        """How many cells are finished."""
        return self.counts.get("finished", 0)

    @property
    def signature(self) -> tuple[object, ...]:
        """What must change before its page is drawn anew."""
        return self.study.state, tuple(self.counts.items()), tuple(self.study.joined.items())


@dataclass(frozen=True)
class Plan:
    """A study before it is started: what of it makes sense, and what that would train."""

    draft: Draft | None  # None where nothing of it makes sense
    cells: int  # of the whole grid
    problems: tuple[tuple[Cell, str], ...]
    hashes: tuple[str, ...] = ()  # of what the draft's cells train
    families: tuple[str, ...] = ()  # equal where one training passes through the other
    recipes: tuple[Recipe, ...] = ()  # checked


@st.cache_resource(ttl=1, max_entries=64, show_spinner=False)
def look(study_id: str) -> Look:
    """Return how a study stands, asked at most once a second; raise NotFound, CxrError."""
    from engine.runs import studies

    return _look(studies.get(study_id))


def look_at_test(study_id: str) -> Study:
    """Note that a study's test figures were seen; return it. Raises NotFound."""
    from engine.runs import studies

    study = studies.look_at_test(study_id)
    look.clear()
    return study


@st.cache_resource(ttl=2, max_entries=1, show_spinner=False)
def every() -> list[Look]:
    """Return how all studies stand, newest first."""
    from engine.runs import studies

    return [_look(study) for study in studies.list_studies()]


def _look(study: Study) -> Look:
    from engine.runs import study_tables

    standings = tuple(map(_settled, study_tables.standing(study, cached.runs())))
    return Look(study, standings, study_tables.counts(standings))


def _settled(one: Standing) -> Standing:
    """A run whose figures are not read yet is about to finish."""
    late = one.status == "finished" and one.run is not None and one.run.status != "finished"
    return replace(one, status="running") if late else one


@st.cache_resource(ttl=2, max_entries=8, show_spinner=False)
def curves(study_id: str) -> pd.DataFrame:
    """Return the epochs of all cells (see study_tables.curves)."""
    from engine.runs import study_tables

    here = look(study_id)
    return study_tables.curves(here.study, here.standings)


def figures(here: Look) -> pd.DataFrame:
    """Return a row a training (see study_tables.figures); nobody may change it."""
    return _figures(here.study.id, here.signature, here)


def summary(here: Look, measure: str) -> pd.DataFrame:
    """Return a row a combination (see study_tables.summary); nobody may change it."""
    return _summary(here.study.id, here.signature, measure, here)


@st.cache_resource(ttl=60, max_entries=32, show_spinner=False)
def _figures(study_id: str, signature: tuple[object, ...], _here: Look) -> pd.DataFrame:
    from engine.runs import study_tables

    return study_tables.figures(_here.study, _here.standings)


@st.cache_resource(ttl=60, max_entries=32, show_spinner=False)
def _summary(
    study_id: str, signature: tuple[object, ...], measure: str, _here: Look
) -> pd.DataFrame:
    from engine.runs import study_tables

    return study_tables.summary(_here.study, _here.standings, measure)


@st.cache_data(ttl=2, max_entries=1, show_spinner=False)
def finished() -> frozenset[str]:
    """Return the hashes of all recipes that have a finished run."""
    return frozenset(run.recipe.hash for run in cached.runs() if run.status == "finished")


def sweep(
    base: Recipe, over: Mapping[str, tuple[str, ...]], seeds: int, leave_out: bool, fixed: str = ""
) -> Plan:
    """Return a sweep before it is started; raise CxrError for a grid that is none.

    `fixed` names the settings in which the base is not its preset: studies of one preset differ.
    """
    key = digest_json([base.to_json(), list(over.items()), seeds, leave_out, fixed])
    return _sweep(key, base, over, seeds, leave_out, fixed)


def folds(base: Recipe, k: int, by: str, seeds: int) -> Plan:
    """Return a study of folds before it is started; raise CxrError where there is none."""
    from engine.runs import drafts

    key = digest_json(["folds", base.to_json(), k, by, seeds])
    return _drafted(key, lambda: drafts.folds(base, k, by, seeds))


def seeds(base: Recipe, count: int, one_split: bool) -> Plan:
    """Return a study over seeds before it is started; raise CxrError where there is none."""
    from engine.runs import drafts

    key = digest_json(["seeds", base.to_json(), count, one_split])
    return _drafted(key, lambda: drafts.seeds(base, count, one_split))


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def _sweep(
    key: str,
    _base: Recipe,
    _over: Mapping[str, tuple[str, ...]],
    seeds: int,
    leave_out: bool,
    fixed: str,
) -> Plan:
    from engine.runs import drafts

    cells = drafts.grid(_base, _over, seeds)
    wrong = tuple(drafts.problems(_base, cells))
    if len(wrong) == len(cells) or (wrong and not leave_out):
        return Plan(None, len(cells), wrong)
    draft = drafts.sweep(_base, _over, seeds, leave_out=leave_out)
    if fixed:
        draft = replace(draft, name=f"{draft.name} ({fixed})")
    return _plan(draft, len(cells), wrong)


@st.cache_resource(max_entries=32, ttl=600, show_spinner=False)
def _drafted(key: str, _make: Callable[[], Draft]) -> Plan:
    draft = _make()
    return _plan(draft, len(draft.cells))


def _plan(draft: Draft, cells: int, wrong: tuple[tuple[Cell, str], ...] = ()) -> Plan:
    from engine.learning import prefixes, rules

    recipes = tuple(map(rules.check, draft.recipes))
    hashes = tuple(recipe.hash for recipe in recipes)
    return Plan(draft, cells, wrong, hashes, tuple(map(prefixes.family, recipes)), recipes)


def estimates(recipes: tuple[Recipe, ...], catalogue: Catalogue) -> list[Estimate | None]:
    """Return how long each checked recipe will take, None where nothing was measured.

    Folds and seeds of one training are taken to be as long as each other (imports Keras).
    """
    key = digest_json([recipe.hash for recipe in recipes])
    return _estimates(key, recipes, catalogue)


@st.cache_resource(max_entries=32, ttl=60, show_spinner=False)
def _estimates(
    key: str, _recipes: tuple[Recipe, ...], _catalogue: Catalogue
) -> list[Estimate | None]:
    from engine.learning import estimate

    known: dict[str, Estimate | None] = {}
    timed: set[object] = set()
    found = []
    for recipe in _recipes:
        one = _alike(recipe)
        if one.hash not in known:
            told = cached_train.forecast(one, cached_train.outline(one, _catalogue))
            counts = {**told.counts, "shown": told.planned.per_epoch}
            missing = [step.missing for step in told.steps]
            seen = estimate.estimate(one, counts, told.summary, missing)
            timed.add((one.network, one.optimizer, one.size, one.batch))
            if seen is None and len(timed) <= TIMED:
                seen = estimate.time_steps(one, counts, len(told.planned.table), missing)
            known[one.hash] = seen
        found.append(known[one.hash])
    return found


def _alike(recipe: Recipe) -> Recipe:
    """A recipe that takes as long: the first fold under the first seed."""
    split = replace(recipe.split, fold=1) if recipe.split.k else recipe.split
    return replace(recipe, seed=0, split=split)


cached.FOLLOWING += [look, every, curves, finished, _figures, _summary]
