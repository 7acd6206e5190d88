"""The presets, report by report: what each is and what its report found."""

from __future__ import annotations

import streamlit as st

from engine.learning.presets import PRESETS, Preset
from pages.shared import state
from pages.shared.state import Key

REPORTED = {
    "accuracy": "accuracy",
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
    "val_acc": "validation accuracy",
    "loss": "loss",
}


def choose_preset() -> Preset:
    """Draw the presets, report by report; return the chosen one."""
    groups = by_report()
    with st.container(horizontal=True, gap="medium"):
        group = st.segmented_control(
            "Start from",
            list(groups),
            default=next(iter(groups)),
            required=True,
            format_func=lambda name: name if name in ("Quick", "Report A") else name[-1],
            key=Key.TRAIN.of("report"),
            persist_state="session",
            help="A preset fills in every setting. A to D are four student reports.",
        )
        names = groups[group or next(iter(groups))]
        if len(names) == 1:
            return PRESETS[names[0]]
        name = st.pills(
            "Experiment",
            names,
            default=names[0],
            required=True,
            format_func=lambda name: name.removeprefix("B-"),
            key=Key.TRAIN.of("preset", group),
            persist_state="session",
        )
    return PRESETS[name or names[0]]


def by_report() -> dict[str, list[str]]:
    """Return the presets' names by the report that they follow."""
    groups: dict[str, list[str]] = {}
    for name in PRESETS:
        groups.setdefault(group_of(name), []).append(name)
    return dict(sorted(groups.items(), key=lambda entry: (entry[0].startswith("Report"), entry[0])))


def group_of(name: str) -> str:
    """Return the group of a preset: its report, such as "Report A" for A2-GAP, else itself."""
    return f"Report {name[0]}" if name[1:2].isdigit() or name[1:2] == "-" else name


def choose(name: str) -> None:
    """Choose a preset on the Train page, as it comes, before that page is drawn."""
    version = Key.TRAIN.of("version", name)
    state.put(version, int(str(state.get(version, 0))) + 1)  # its knobs begin anew
    state.put(Key.TRAIN.of("report"), group_of(name))
    state.put(Key.TRAIN.of("preset", group_of(name)), name)
    state.set_current_job_id(None)


def story(preset: Preset) -> None:
    """Say what the preset is and what its report found."""
    st.subheader(preset.title, anchor=False)
    st.markdown(preset.story)
    line = reported(preset)
    if line:
        st.caption(f"{preset.cite}: {line}.")


def reported(preset: Preset) -> str:
    """Return the report's figures as one line; empty where there is no report."""
    figures = [
        f"{words} {preset.reported[name]:.2f}"
        for name, words in REPORTED.items()
        if name in preset.reported
    ]
    confusion = preset.reported.get("confusion")
    if confusion:
        (healthy, alarmed), (missed, found) = confusion
        figures.append(
            f"it missed {missed:,} of {missed + found:,} with pneumonia and alarmed "
            f"{alarmed:,} of {healthy + alarmed:,} without"
        )
    return ", ".join(figures)
