"""Before launch: what it would be, how long it takes, whether it makes sense, and the start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning import rules
from engine.learning.forecast import find_weights
from engine.words.errors import CxrError
from engine.words.recipe import Recipe
from pages.shared import background, cached, cached_train, foreseen, left_out, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.data.catalogue import Catalogue
    from engine.learning.forecast import Forecast
    from engine.learning.preparing import Outline
    from engine.runs.queue import Submitted
    from engine.runs.run import Run

GUEST = "guest"
REFUSED = Key.TRAIN.of("refused")


def card(recipe: Recipe, catalogue: Catalogue, beside: DeltaGenerator) -> None:
    """Draw what the recipe would do, and the button; nonsense is refused with its reason.

    The network's picture goes to `beside`.
    """
    try:
        full = rules.check(recipe)
        if not left_out.is_counted(full, catalogue):
            _start(full, catalogue.name, disabled=True)
            return
        here = cached_train.outline(full, catalogue)
        _check_network(full)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        _start(recipe, catalogue.name, disabled=True)
        with beside:
            foreseen.picture_before()
        return
    for text in foreseen.warnings(full):
        st.warning(text, icon=":material/warning:")
    facts = st.container()  # filled last: what is counted slowly holds up nothing
    foreseen.counts(here, full)
    _start(full, catalogue.name)
    rest = st.container(gap="xsmall")
    if not background.ready("tensorflow"):
        with facts:
            foreseen.loading()
        return
    with facts, st.spinner("Building the network to count it"):
        told = _foresee(full, here)
    with rest:
        foreseen.details(told)
    with beside:
        foreseen.picture(told)
    with facts:
        foreseen.facts(told)


def _check_network(recipe: Recipe) -> None:
    """Raise CxrError where it was found that this network cannot be built or loaded."""
    refused = state.get(REFUSED)
    if isinstance(refused, tuple) and refused[0] == recipe.hash:
        raise CxrError(refused[1])
    pretrained = find_weights(recipe)
    if pretrained.wrong:
        raise CxrError(pretrained.words)


def _foresee(recipe: Recipe, here: Outline) -> Forecast:
    """Foresee the training; a network that cannot be built is remembered as refused."""
    try:
        return cached_train.forecast(recipe, here)
    except CxrError as error:
        state.put(REFUSED, (recipe.hash, str(error)))
        st.rerun()


def _start(recipe: Recipe, source: str, disabled: bool = False) -> None:
    finished = None if disabled else _equal(recipe)
    if finished:
        st.info(
            f"{finished.name} with exactly these settings and images is finished already. It "
            "opens from the cache.",
            icon=":material/bolt:",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Your name",
            value=GUEST,
            max_chars=40,
            key=Key.TRAIN.of("owner"),
            help="The queue shows it.",
            persist_state="session",
            width=120,
        )
        if st.button(
            "Open the finished run" if finished else "Start training",
            type="primary",
            icon=":material/bolt:" if finished else ":material/play_arrow:",
            disabled=disabled,
            key=Key.TRAIN.of("start"),
        ) and submit(recipe, source, name or GUEST):
            st.rerun()
        if (
            finished
            and st.button(
                "Train anew with another seed",
                icon=":material/casino:",
                key=Key.TRAIN.of("anew"),
            )
            and submit(recipe, source, name or GUEST, retrain=True)
        ):
            st.rerun()


def submit(recipe: Recipe, source: str, owner: str, retrain: bool = False) -> bool:
    """Queue the training (or find it finished) and choose it for watching; False where refused."""
    began = time.monotonic()
    try:
        with st.spinner("Putting it into the queue"):
            answer = enqueue(recipe, source, owner, retrain)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return False
    if answer.cached:
        took = time.monotonic() - began
        where = "from cache" if answer.status == "finished" else "found in the queue"
        state.put(Key.TRAIN.of("cached", answer.run_id), f"{where}, {took:.1f} s")
    state.set_current_job_id(answer.run_id)
    return True


def enqueue(recipe: Recipe, source: str, owner: str, retrain: bool = False) -> Submitted:
    """Queue the training, or find it there or finished; raise CxrError."""
    from engine.runs import queue

    answer = queue.submit(recipe, source, owner, retrain=retrain)
    cached.forget_runs()
    return answer


def _equal(recipe: Recipe) -> Run | None:
    """Return a finished run of the same recipe on the same images, if there is one."""
    wanted = recipe.hash
    done = (run for run in cached.runs() if run.status == "finished")
    return next((run for run in done if run.recipe.hash == wanted), None)
