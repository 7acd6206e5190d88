"""Before launch: what it would be, how long it takes, whether it makes sense, and the start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from engine.learning import estimate, preparing, rules
from engine.words.errors import CxrError
from engine.words.recipe import Recipe
from pages.shared import background, cached, state, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.runs.run import Run

GUEST = "guest"


def card(recipe: Recipe, catalogue: Catalogue) -> None:
    """Draw what the recipe would do, and the button; nonsense is refused with its reason."""
    try:
        full = rules.check(recipe)
        table = preparing.counts(full, catalogue)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        _start(recipe, catalogue.name, disabled=True)
        return
    facts = st.container()  # filled last: what is counted slowly holds up nothing
    st.dataframe(table, column_config={"_index": "Images of class"})
    _start(full, catalogue.name)
    known = background.ready("tensorflow")
    with facts:
        (_facts if known else _facts_polling)(full, table.sum().to_dict(), len(table))


def duration(seconds: float) -> str:
    """Return a time in the digits that an estimate allows: 40 s, 12 min, 2 h 10 min."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@st.fragment(run_every=1)
def _facts_polling(recipe: Recipe, counts: dict[str, int], classes: int) -> None:
    if background.ready("tensorflow"):
        st.rerun()
    _facts(recipe, counts, classes)


def _facts(recipe: Recipe, counts: dict[str, int], classes: int) -> None:
    """Parameters and time as soon as TensorFlow is there to count them."""
    left, right = st.columns(2)
    if not background.ready("tensorflow"):
        left.metric("Parameters", "...")
        right.metric("Estimated time", "...")
        trouble = background.trouble().get("tensorflow")
        st.caption(
            f"TensorFlow could not be loaded: {trouble}. Run make install, then start the app anew."
            if trouble
            else "TensorFlow is loading; both follow in some seconds. You can go on meanwhile."
        )
        return
    with st.spinner("Counting parameters and estimating the time"):
        network = estimate.network_of(recipe.network, recipe.size, classes)
        expected = estimate.estimate(recipe, counts, network)
        if expected is None:
            expected = estimate.time_steps(recipe, counts, classes)
    at_most = "At most " if recipe.stopping.name != "none" else ""
    left.metric("Parameters", f"{network.total:,}", help=_layers(network))
    right.metric(
        "Estimated time",
        duration(expected.seconds),
        help=f"{expected.basis} With start, reading and predicting.",
    )
    epochs = wording.count(recipe.epochs, "epoch")
    st.caption(f"{at_most}{epochs} of about {duration(expected.per_epoch)}. {expected.basis}")


def _layers(network: estimate.Summary) -> str:
    rows = [
        f"| {row.name} | {row.output} | {row.params:,} |"
        for row in network.layers.itertuples()
        if row.params
    ]
    return "\n".join(["| Layer | Output | Parameters |", "|---|---|--:|", *rows])


def _start(recipe: Recipe, source: str, disabled: bool = False) -> None:
    finished = None if disabled else _equal(recipe)
    name = st.text_input(
        "Your name, for the queue",
        value=GUEST,
        max_chars=40,
        key=Key.TRAIN.of("owner"),
        persist_state="session",
    )
    if finished:
        st.info(
            f"{finished.name} with exactly these settings and images is finished already. It "
            "opens from the cache.",
            icon=":material/bolt:",
        )
    with st.container(horizontal=True):
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
    from engine.runs import queue

    began = time.monotonic()
    try:
        with st.spinner("Putting it into the queue"):
            answer = queue.submit(recipe, source, owner, retrain=retrain)
    except CxrError as error:
        st.error(str(error), icon=":material/error:")
        return False
    if answer.cached:
        took = time.monotonic() - began
        where = "from cache" if answer.status == "finished" else "found in the queue"
        state.put(Key.TRAIN.of("cached", answer.run_id), f"{where}, {took:.1f} s")
    state.set_current_job_id(answer.run_id)
    cached.forget_runs()
    return True


def _equal(recipe: Recipe) -> Run | None:
    """Return a finished run of the same recipe on the same images, if there is one."""
    wanted = recipe.hash
    done = (run for run in cached.runs() if run.status == "finished")
    return next((run for run in done if run.recipe.hash == wanted), None)
