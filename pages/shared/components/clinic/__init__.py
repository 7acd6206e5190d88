"""Prevalence by hand: PPV, NPV, their curves and 1,000 people, redrawn in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from engine.judging import sentences_clinic
from engine.judging.prevalence import LEAST, MOST, Band
from pages.shared import palette, state

HERE = Path(__file__).parent
TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)
PRESETS = (0.01, 0.05, 0.2)

_component = st.components.v2.component(
    "cxr_clinic",
    html=(HERE / "clinic.html").read_text(encoding="utf-8"),
    css=(HERE / "clinic.css").read_text(encoding="utf-8"),
    js=(HERE / "clinic.js").read_text(encoding="utf-8"),
)


def clinic(
    rates: tuple[float, float],
    bands: tuple[Band | None, Band | None],
    prevalence: float,
    here: tuple[float, str],
    classes: tuple[str, ...],
    choose: Callable[[float], None],
    key: str,
) -> None:
    """Draw it for (recall, specificity) with their 95% intervals; `choose` gets the prevalence.

    `here` is the prevalence among the images that are judged, and what to call them.
    """

    def moved() -> None:
        value = getattr(state.get(key), "prevalence", None)
        if isinstance(value, int | float):
            choose(min(max(float(value), LEAST), MOST))

    data = {
        "recall": rates[0],
        "specificity": rates[1],
        "recallBand": bands[0],
        "specificityBand": bands[1],
        "prevalence": prevalence,
        "least": LEAST,
        "most": MOST,
        "ticks": TICKS,
        "presets": _presets(here),
        "colours": {
            "ill": palette.class_colour(classes[1]),
            "well": _other_colour(classes),
        },
        "words": _words(classes),
    }
    _component(key=key, data=data, on_prevalence_change=moved)


def _presets(here: tuple[float, str]) -> list[tuple[float, str]]:
    found = [(value, sentences_clinic.share(value)) for value in PRESETS]
    value, name = round(here[0], 3), here[1]
    if LEAST <= value <= MOST:
        found.append((value, f"{sentences_clinic.share(value)}, as in {name}"))
    return found


def _words(classes: tuple[str, ...]) -> dict[str, object]:
    phrases = sentences_clinic.phrases(classes)
    who = "with" if phrases.many.startswith("have") else "who are"
    return {
        **asdict(phrases),
        **sentences_clinic.PEOPLE,
        "question": f"Prevalence: people {who} {phrases.case}",
        "presets": "Prevalences to try",
        "ppv": "PPV: alarms that are right",
        "npv": "NPV: rightly left alone",
        "axis": "prevalence",
        "curves": "PPV and NPV over prevalence. Now",
        "groups": sentences_clinic.groups(classes),
    }


def _other_colour(classes: tuple[str, ...]) -> str:
    known = palette.class_colour(classes[0])
    return known if known != palette.class_colour(classes[1]) else palette.REST
