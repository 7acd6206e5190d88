"""A new study: the forms of folds, of seeds and of a sweep."""

from __future__ import annotations

import streamlit as st

from engine.learning import sweeps
from engine.learning.reported import table
from engine.runs import study_tables
from engine.words.errors import CxrError
from engine.words.recipe import FOLD_COUNT, Recipe
from pages.shared import cached_studies, state, studies_base, studies_before, studies_knobs, views
from pages.shared.state import Key
from pages.shared.studies_knobs import Knob

FOLDS_BASE, SEEDS_BASE, SWEEP_BASE = "D1", "D1", "D1"
SPLITS = {"one": "One for all seeds", "own": "One for each seed"}
BY = {"patient": "By patient", "image": "By image"}
BY_WORDS = {
    "patient": "A patient's images are all in one fold, so no fold is judged on a patient that "
    "its network knows.",
    "image": "As report B did: images of one patient fall into several folds, so the scores "
    "flatter the model. Use it only to see how much.",
}
OWN = "My own grid"
ABREAST = 2  # settings side by side
FIRST = "optimizer.learning_rate"  # what a grid begins with


def folds() -> None:
    """Draw the form of folds, what it would train, and the start."""
    st.caption(
        "The images are cut into k parts. k networks are trained; each is judged on the part that "
        "it has not seen, so every image is judged once, and the spread says how far one split "
        "can be trusted."
    )
    base = studies_base.choose(FOLDS_BASE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        help = "Each fold is the test once. Report B has three."
        k = studies_base.number(Key.STUDY_FOLDS, "Folds", 2, 20, FOLD_COUNT, help)
        by = views.choose("Cut", BY, Key.STUDY_BY, Key.STUDIES.of("by"), hidden=False)
        seeds = studies_base.seeds()
    st.caption(BY_WORDS[by])
    if base is None:
        return
    studies_before.show(cached_studies.folds(base.recipe, k, by, seeds), base.catalogue)


def seeds() -> None:
    """Draw the form of a study over seeds, what it would train, and the start."""
    st.caption(
        "The same training under several seeds: mean and spread say what luck is worth, and the "
        "mean of their scores can be one more run."
    )
    base = studies_base.choose(SEEDS_BASE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        help = "Three are the least that say something about the spread."
        count = studies_base.number(Key.STUDY_SEEDS, "Seeds", 2, studies_base.MOST_SEEDS, 3, help)
        splits = views.choose(
            "Split", SPLITS, Key.STUDY_SPLITS, Key.STUDIES.of("splits"), hidden=False
        )
    st.caption(study_tables.SPLITS[splits == "one"])
    if base is None:
        return
    plan = cached_studies.seeds(base.recipe, count, splits == "one")
    studies_before.show(plan, base.catalogue)


def sweep() -> None:
    """Draw the form of a sweep, what it would train, and the start."""
    st.caption(
        "Every combination of the chosen values is trained. The best one is chosen on the "
        "validation images; the test images judge it afterwards and choose nothing."
    )
    _ready_made()
    base = studies_base.choose(SWEEP_BASE)
    over = _over()
    if base is None:
        st.caption("The settings and their values follow when the images are there.")
        return
    if not over and state.choice(Key.STUDY_OVER) is None:
        over = {FIRST: studies_knobs.begin(studies_knobs.offered(base.recipe, {})[FIRST])}
        state.choose(Key.STUDY_OVER, studies_knobs.written(over))
    offered = studies_knobs.offered(base.recipe, over)
    _settings(over, offered)
    for place, path in enumerate(over):
        if place % ABREAST == 0:
            columns = st.columns(ABREAST)
        with columns[place % ABREAST]:
            _values(path, over[path], over, offered.get(path, unknown(path)))
    seeds = studies_base.seeds()
    fixed, axes = studies_knobs.parted(over)
    if not axes:
        st.info("Choose a setting and two values or more.", icon=":material/grid_on:")
        return
    leave = state.choice(Key.STUDY_LEAVE) == "yes"
    said = ", ".join(value for path, value in fixed.items() if path != "stopping")
    plan = cached_studies.sweep(_with(base.recipe, fixed), axes, seeds, leave, said)
    studies_before.show(plan, base.catalogue)


def unknown(path: str) -> Knob:
    """A setting that the recipe does not have: the address may name any."""
    return Knob(studies_knobs.label(path), "", ())


def _with(recipe: Recipe, fixed: dict[str, str]) -> Recipe:
    for path in sorted(fixed, key=lambda path: path.count(".")):
        recipe = recipe.with_setting(path, fixed[path])
    return recipe


def _over() -> dict[str, list[str]]:
    try:
        return studies_knobs.read(state.choice(Key.STUDY_OVER) or "")
    except CxrError as error:
        st.warning(f"The address names a grid that cannot be read. {error}")
        return {}


def _ready_made() -> None:
    """Draw the reports' sweeps, each grid a study; choosing one fills in the form."""
    grids = {
        f"{sweep.title} ({number} of {len(sweep.grids)})": (sweep, grid)
        for sweep in table().sweeps.values()
        for number, grid in enumerate(sweep.grids, 1)
    }
    widget = Key.STUDIES.of("ready")

    def fill() -> None:
        chosen = str(state.get(widget))
        if chosen == OWN:
            return
        sweep, grid = grids[chosen]
        over = {"stopping": ("none",)} | sweeps.over(grid)  # its epochs are trained to the end
        state.choose(Key.STUDY_BASE, sweep.name)
        state.choose(Key.STUDY_OVER, studies_knobs.written(over))

    st.selectbox(
        "A report's sweep, or your own",
        [OWN, *grids],
        key=widget,
        on_change=fill,
        persist_state="session",
        width=480,
        help="A report's sweep is several grids, each a study of its own.",
    )


def _settings(over: dict[str, list[str]], offered: dict[str, Knob]) -> None:
    """Draw which settings are gone over."""
    widget = Key.STUDIES.of("settings")
    state.put(widget, list(over))

    def change() -> None:
        paths = list(state.get(widget) or [])  # type: ignore[call-overload]
        begin = {path: studies_knobs.begin(offered[path]) for path in paths if path in offered}
        kept = {path: over.get(path, begin.get(path, [])) for path in paths}
        state.choose(Key.STUDY_OVER, studies_knobs.written(kept))

    st.multiselect(
        "Settings to go over",
        list(dict.fromkeys((*offered, *over))),
        format_func=lambda path: offered.get(path, unknown(path)).label,
        key=widget,
        on_change=change,
        placeholder="Choose settings",
    )


def _values(path: str, values: list[str], over: dict[str, list[str]], knob: Knob) -> None:
    """Draw a setting's values; others than those offered can be typed."""
    widget = Key.STUDIES.of("values", path)
    state.put(widget, values)

    def change() -> None:
        chosen = [str(value) for value in state.get(widget) or []]  # type: ignore[attr-defined]
        now = {**over, path: chosen}
        state.choose(
            Key.STUDY_OVER, studies_knobs.written({key: of for key, of in now.items() if of})
        )

    st.multiselect(
        knob.label,
        list(dict.fromkeys((*knob.values, *values))),
        format_func=lambda value: studies_knobs.shown(path, value),
        key=widget,
        on_change=change,
        accept_new_options=True,
        help=f"{knob.help} Type any other value and press enter.".strip(),
    )
