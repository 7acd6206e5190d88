"""Test figures of a study: beside on request only, and that somebody looked is kept with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import cached_studies, layout, state, studies_words
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.groups import Study

LOOK = Key.STUDIES.of("look")


def asked(study: Study) -> bool:
    """Draw the switch that puts test figures beside, and note that they were seen."""
    state.put(LOOK, state.choice(Key.STUDY_TEST) == "yes")
    st.toggle(
        "Look at the test figures too",
        key=LOOK,
        help="They choose nothing. That they were looked at is kept with the study.",
        on_change=lambda: state.choose(Key.STUDY_TEST, "yes" if state.get(LOOK) else None),
    )
    seen = bool(state.get(LOOK))
    if seen and not study.looked:
        with layout.errors_as_message():
            study = cached_studies.look_at_test(study.id)
    if study.looked:
        st.badge("Test looked at", color="orange", icon=":material/visibility:")
        st.caption(studies_words.looked(study.looked))
    return seen
