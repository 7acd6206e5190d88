"""How far the maps of runs may be trusted: measured in a thread that all visitors share, kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached, inference
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    import pandas as pd

    from engine.explaining.trust import Trust
    from engine.explaining.trust_own import Folder
    from engine.explaining.trust_parts import Plan
    from engine.explaining.trust_pictures import Pictures
    from engine.runs.run import Run

MOST = 16  # measurements that are held in memory
_lock = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """What is to be measured: runs by id, by which methods, on how many X-rays of which split."""

    runs: tuple[str, ...]
    split: str
    methods: tuple[str, ...]
    count: int
    cover: str

    @property
    def plan(self) -> Plan:
        """How maps are judged."""
        from engine.explaining.trust_parts import Plan

        return Plan(self.cover)


@dataclass(frozen=True, eq=False)
class Judged:
    """A run's figures, as they are and as a table for people."""

    run: Run
    trust: Trust
    shown: pd.DataFrame


@st.cache_resource(show_spinner=False)
def _works() -> dict[Wanted, Work[list[Judged]]]:
    return {}


def find(wanted: Wanted) -> Work[list[Judged]] | None:
    """Return the measurement, at work or done; None where nobody has asked for it."""
    return _works().get(wanted)


def begin(wanted: Wanted) -> Work[list[Judged]]:
    """Return the measurement, begun where it was not."""
    works = _works()
    with _lock:
        if wanted not in works:
            for old in [key for key, work in works.items() if work.wait(0)][
                : len(works) - MOST + 1
            ]:
                del works[old]
            works[wanted] = Work(lambda tell: _measure(wanted, tell), "trust", "Finding the X-rays")
        return works[wanted]


def forget(wanted: Wanted) -> None:
    """Drop a measurement that was stopped or failed; what it has measured stays on the disk."""
    _works().pop(wanted, None)


def is_ready(wanted: Wanted) -> bool:
    """Say at once whether all of it was measured before."""
    from engine.explaining import trust, trust_own, trust_pictures

    for run_id in wanted.runs:
        run = cached.run(run_id)
        there, recipe = folder(run, wanted.split), run.recipe
        drawn = there is None or there.masks is None
        needed = drawn and trust_pictures.phantoms_of(run.classes)
        asked = (run.classes, trust_own.TRUTHS, recipe.size, recipe.preprocessing)
        if needed and not trust_pictures.are_drawn(*asked):
            return False
        pictures, truth = _gathered(run_id, wanted.split, wanted.count, _place(there))
        key = cached.model_key(run_id)
        if not trust.is_kept(key, wanted.methods, pictures, truth, wanted.plan):
            return False
    return True


def folder(run: Run, split: str) -> Folder | None:
    """Return where the X-rays of a run's split lie; None where they are not on this machine."""
    from engine.data.phantom import MASKS
    from engine.explaining.trust_own import Folder

    root, _ = cached.folder_of(run.id)
    if root is None or not root.is_dir():  # taken away since it was found
        return None
    rows = cached.predictions(run.id)
    masks = root / MASKS
    return Folder(root, rows[rows["split"] == split], masks if masks.is_dir() else None)


def _place(there: Folder | None) -> Path | None:
    return there.root if there else None


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _gathered(
    run_id: str, split: str, count: int, root: Path | None
) -> tuple[Pictures, Pictures | None]:
    return gather(run_id, split, count)


def gather(
    run_id: str, split: str, count: int, tell: Report | None = None
) -> tuple[Pictures, Pictures | None]:
    """Return the X-rays that a run's maps are judged on, and those whose truth is known."""
    from engine.explaining import trust_own

    run = cached.run(run_id)
    there, recipe = folder(run, split), run.recipe
    return trust_own.gather(
        run.classes, recipe.size, recipe.preprocessing, there, count, trust_own.TRUTHS, tell
    )


def _measure(wanted: Wanted, tell: Report) -> list[Judged]:
    from engine.explaining import trust, trust_table
    from engine.explaining.trust_asking import Asked

    found = []
    for run_id in wanted.runs:
        run = cached.run(run_id)

        def report(done: int, total: int, what: str, name: str = run.name) -> None:
            tell(done, total, f"{name}: {what}")

        pictures, truth = gather(run_id, wanted.split, wanted.count, report)

        def load(run_id: str = run_id) -> object:
            return cached.model(run_id)

        asked = Asked(cached.model_key(run_id), load, inference.TURN)
        one = trust.judge(asked, wanted.methods, pictures, truth, wanted.plan, report)
        found.append(Judged(run, one, trust_table.shown(one, short=True)))
    return found
