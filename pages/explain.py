"""Explain: where a network looked, and whether its maps may be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.judging.thresholds import Threshold
from pages.shared import (
    back,
    cached,
    chosen,
    cutoff,
    explain_choices,
    explain_cover,
    explain_errors,
    explain_look,
    explain_trust,
    folded,
    layout,
    picking,
    state,
    views,
)
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

VIEW = Key.EXPLAIN.of("view")
VIEWS = {
    "look": "Heat map",
    "cover": "Cover and see",
    "errors": "From the errors",
    "trust": "May I trust it?",
}
OF_ONE = {  # of one X-ray, which is picked above
    "look": explain_look.show,
    "cover": explain_cover.show,
}
OF_RUN: dict[str, Callable[[Run], None]] = {  # of all X-rays of a run
    "errors": explain_errors.show,
    "trust": explain_trust.show,
}


def main() -> None:
    """Draw the page."""
    layout.header("What did the network look at?", ":material/visibility:")
    state.show(Key.EXPLAIN_VIEW, *explain_choices.KEPT, *back.CUT)
    with layout.errors_as_message():
        run = chosen.run()
        back.link()
        view = views.choose("Look at", VIEWS, Key.EXPLAIN_VIEW, VIEW)
        if view in OF_RUN:
            OF_RUN[view](run)
            return
        row, threshold = pick(run)
        if row is not None:
            OF_ONE[view](folded.choose(run, str(row["file"])), row, threshold)


def pick(run: Run) -> tuple[pd.Series | None, Threshold]:
    """Filters and steps; the image that is looked at, None where none fits."""
    threshold = cutoff.current(run.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        split = picking.choose_split(cached.predictions(run.id))
        table = picking.answers(cached.scores(run.id, split), threshold)
        table = picking.filtered(run, table)
    if table.empty:
        st.markdown("No X-ray fits these filters. Clear one of them.")
        return None, threshold
    return picking.current(table), threshold


main()
