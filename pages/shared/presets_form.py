"""The presets, report by report: what each is and what its report found."""

from __future__ import annotations

import streamlit as st

from engine.judging import sentences
from engine.learning.presets import PRESETS, Preset
from engine.words.cutoffs import USUAL, rule_of
from engine.words.recipe import Recipe
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
            format_func=_short,
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
    return dict(sorted(groups.items(), key=lambda entry: (_place(entry[0]), entry[0])))


def group_of(name: str) -> str:
    """Return the group of a preset: its report, such as "Report A" for A2-GAP, else its own."""
    if name in PRESETS and PRESETS[name].group:
        return PRESETS[name].group
    return f"Report {name[0]}" if name[1:2].isdigit() or name[1:2] == "-" else name


def _place(group: str) -> int:
    return 0 if group == "Quick" else 1 if group.startswith("Report") else 2


def _short(group: str) -> str:
    """A group's name as it stands in the row: of the reports only the first is spelled out."""
    return group[-1] if group.startswith("Report") and group != "Report A" else group


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
    if rule := ruled(preset.recipe("")):
        st.caption(rule)


def ruled(recipe: Recipe) -> str:
    """Say by which rule a training's threshold is chosen; empty where it asks for none."""
    if recipe.threshold == USUAL:
        return ""
    by = sentences.by_rule(*rule_of(recipe.threshold))
    return (
        f"Its threshold is chosen by {by} on the validation images, and Evaluate begins there. "
        "The test images choose nothing."
    )


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
