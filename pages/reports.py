"""Reports: what the course reports found, and whether we find it too."""

from __future__ import annotations

from pages.shared import (
    layout,
    reports_beyond,
    reports_experiments,
    reports_published,
    reports_together,
    state,
    views,
)
from pages.shared.state import Key

VIEW = Key.REPORTS.of("view")
VIEWS = {
    "experiments": ("Experiments", reports_experiments.show),
    "together": ("What they show together", reports_together.show),
    "beyond": (reports_beyond.NAME, reports_beyond.show),
    "published": ("Published elsewhere", reports_published.show),
}


def page() -> None:
    """Draw the page."""
    layout.header("Do the reports' findings hold here?", ":material/history_edu:")
    state.show(Key.REPORTS_VIEW, Key.REPORT)
    with layout.errors_as_message():
        names = {key: name for key, (name, _) in VIEWS.items()}
        view = views.choose("Look at", names, Key.REPORTS_VIEW, VIEW)
        VIEWS[view][1]()


page()
