"""Before a study starts: its trainings counted, what is there already, the time, and the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.words.errors import CxrError
from pages.shared import background, cached, cached_studies, foreseen, launch, state, wording
from pages.shared.state import Key
from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.runs.groups import Study
    from pages.shared.cached_studies import Plan

WORK = Key.STUDIES.of("work")


def show(plan: Plan, catalogue: Catalogue) -> None:
    """Draw what a study would do, and the button; nonsense is listed before anything is queued."""
    problems(plan)
    if plan.draft is None:
        return
    finished = cached_studies.finished()
    there = [one for one in plan.hashes if one in finished]
    passed = _passed(plan, finished)
    new = len(plan.hashes) - len(there)
    with st.container(border=True):
        with st.container(horizontal=True, gap="large"):
            st.metric("Trainings", len(plan.hashes), width="content")
            st.metric("From the cache", len(there), width="content", help="Finished already.")
            time = st.empty()
        st.caption(counted(plan, len(there), passed))
        notes = st.container()
        _start(plan, catalogue, new)
        with notes:  # filled last: what is timed slowly holds up nothing
            _time(plan, finished, catalogue, time)


def counted(plan: Plan, there: int, passed: int) -> str:
    """Say how the grid becomes so many trainings, and which of them need not be made."""
    assert plan.draft is not None
    draft = plan.draft
    sizes = [len(values) for values in draft.axes.values() if len(values) > 1]
    grid = " x ".join(map(str, [*sizes, wording.count(len(draft.seeds), "seed")]))
    text = f"{grid} = {wording.count(plan.cells, 'training')}"
    if draft.kind == "folds":
        folds, seeds = wording.count(sizes[0], "fold"), wording.count(len(draft.seeds), "seed")
        text = f"{folds} x {seeds} = {wording.count(plan.cells, 'training')}"
    if plan.problems:
        text += f", of which {len(plan.problems)} are left out"
    text += f". {there} finished already and come from the cache." if there else "."
    if passed:
        text += (
            f" {passed} of {'the others' if there else 'them'} come with a longer training, which "
            "passes through them on its way."
        )
    return text


def problems(plan: Plan) -> None:
    """List the cells that make no sense, each with its reason, and let them be left out."""
    if not plan.problems:
        return
    wrong = len(plan.problems)
    first, why = plan.problems[0]
    st.warning(
        f"{wrong} of {wording.count(plan.cells, 'cell')} make no sense. {first.label}: {why}",
        icon=":material/warning:",
    )
    rows = [{"Cell": cell.label, "Seed": cell.seed, "Why": why} for cell, why in plan.problems]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(220, 45 + 35 * wrong))
    if wrong == plan.cells:
        st.caption("Nothing is left to train. Change the settings above.")
        return
    widget = Key.STUDIES.of("leave")
    state.put(widget, state.choice(Key.STUDY_LEAVE) == "yes")
    st.toggle(
        f"Leave them out and train the other {plan.cells - wrong}",
        key=widget,
        on_change=lambda: state.choose(Key.STUDY_LEAVE, "yes" if state.get(widget) else None),
    )


def begin(what: str, work: Work[Study]) -> None:
    """Keep what works on a study, so that turning the page stops nothing."""
    state.put(WORK, (what, work))


@st.fragment(run_every=0.5)
def working() -> None:
    """Draw how far the start of a study is; the page is drawn anew when it has ended."""
    found = state.get(WORK)
    if not isinstance(found, tuple) or found[1].wait(0):
        st.rerun()
    st.progress(found[1].share(), found[1].line())
    st.caption("You may go to another page meanwhile; this goes on.")


def settle() -> bool:
    """Open what was started; draw its progress and return True while it is still at work."""
    found = state.get(WORK)
    if not isinstance(found, tuple):
        return False
    what, work = found
    if not work.soon():
        working()
        return True
    state.drop(WORK)
    try:
        study = work.result()
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return False
    cached.forget_runs()
    state.choose(Key.STUDY, study.id)
    state.choose(Key.STUDY_TEST, None)
    st.toast(f"{what}: {study.name}")
    return False


def _passed(plan: Plan, finished: frozenset[str]) -> int:
    """Count the trainings that come with a longer one of this study."""
    open_ones = [
        family
        for one, family in zip(plan.hashes, plan.families, strict=True)
        if one not in finished
    ]
    return len(open_ones) - len(set(open_ones))


def _time(plan: Plan, finished: frozenset[str], catalogue: Catalogue, slot: object) -> None:
    """Draw how long what is left will take, one training after the other."""
    longest: dict[str, int] = {}
    for number, (one, family) in enumerate(zip(plan.hashes, plan.families, strict=True)):
        known = longest.get(family)
        if one not in finished and (
            known is None or plan.recipes[number].epochs > plan.recipes[known].epochs
        ):
            longest[family] = number
    if not longest:
        return
    if not background.ready("tensorflow"):
        st.caption("How long it takes is known when TensorFlow has been loaded, in some seconds.")
        return
    recipes = tuple(plan.recipes[number] for number in longest.values())
    with st.spinner("Estimating the time"):
        found = cached_studies.estimates(recipes, catalogue)
    known_ones = [one for one in found if one is not None]
    if len(known_ones) < len(found):
        st.caption(
            "No training was measured here yet: the time is known when the first one is over."
        )
        return
    seconds = sum(one.seconds for one in known_ones)
    slot.metric("Estimated time", foreseen.duration(seconds), width="content")  # type: ignore[attr-defined]
    st.caption(
        f"For {wording.count(len(recipes), 'training')} one after the other on the device that "
        f"trained last. {known_ones[-1].basis}"
    )


def _start(plan: Plan, catalogue: Catalogue, new: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = st.text_input(
            "Your name",
            value=launch.GUEST,
            max_chars=40,
            key=Key.TRAIN.of("owner"),
            help="The queue shows it.",
            persist_state="session",
            width=120,
        )
        if st.button(
            f"Queue {wording.count(new, 'training')}" if new else "Open it from the cache",
            type="primary",
            icon=":material/play_arrow:" if new else ":material/bolt:",
            key=Key.STUDIES.of("start"),
        ):
            begin("Started", _started(plan, catalogue, owner or launch.GUEST))
            st.rerun()


def _started(plan: Plan, catalogue: Catalogue, owner: str) -> Work[Study]:
    assert plan.draft is not None
    draft = plan.draft

    def make(report: Report) -> Study:
        from engine.runs import drafts, studies

        drafts.check_data(draft, catalogue, report)
        return studies.start(draft, catalogue.name, owner, report)

    return Work(make, "start a study", "Dividing the images")
