"""Studies: groups of trainings that answer one question together."""

from __future__ import annotations

from pages.shared import (
    background,
    cluster_line,
    layout,
    state,
    store_opening,
    studies_before,
    studies_list,
    studies_new,
    studies_one,
    views,
)
from pages.shared.state import Key

VIEWS = {
    "all": ("Studies", studies_list.show),
    "folds": ("New: folds", studies_new.folds),
    "seeds": ("New: seeds", studies_new.seeds),
    "sweep": ("New: sweep", studies_new.sweep),
}


def page() -> None:
    """Draw one study, or all of them and the forms of a new one."""
    layout.header("What does chance do, and what a knob?", ":material/grid_on:")
    cluster_line.show()
    if not background.ready("mlflow"):
        store_opening.wait()
        return
    with layout.errors_as_message():
        if studies_before.settle():
            return
        study = state.choice(Key.STUDY)
        _address(bool(study))
        if study:
            studies_one.show(study)
            return
        names = {key: name for key, (name, _) in VIEWS.items()}
        view = views.choose("Look at", names, Key.STUDIES_VIEW, Key.STUDIES.of("view"))
        VIEWS[view][1]()


def _address(opened: bool) -> None:
    """Let the address hold the choices of what is shown."""
    one = (Key.STUDY_PART, Key.STUDY_MEASURE, Key.STUDY_ACROSS, Key.STUDY_TEST)
    new = (
        *(Key.STUDY_BASE, Key.STUDY_FOLDS, Key.STUDY_BY, Key.STUDY_SEEDS, Key.STUDY_OVER),
        Key.STUDY_SPLITS,
    )
    state.show(Key.STUDY, *(one if opened else (Key.STUDIES_VIEW, *new, Key.STUDY_LEAVE)))


page()
