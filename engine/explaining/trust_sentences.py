"""What the measures of trust found, in plain words."""

from dataclasses import dataclass

import numpy as np

from engine.explaining.trust import BLOB, Measured, Trust
from engine.explaining.trust_baselines import label
from engine.explaining.trust_table import (
    CHANGES,
    FIGURES,
    SURVIVES,
    beats,
    columns,
    counts,
    forgets,
    gain,
    value,
)

NOTHING_LEFT = 0.1  # a covered X-ray that keeps its score within this leaves nothing to measure


@dataclass(frozen=True)
class Told:
    """A measure for the screen: what is done, what a good and a bad value looks like, its doubt."""

    title: str
    what: str
    good: str
    bad: str
    doubt: str
    source: str


MEASURES = {
    "curves": Told(
        "Taking pixels away",
        "The hottest pixels are covered first, then the next ones, until none is left, and the "
        "network is asked each time (deletion); or they are put into a covered X-ray first "
        "(insertion).",
        "Deletion falls early and insertion rises early, both well beside the random order.",
        "The lines run with the random order: the heat is not where the score comes from.",
        "A half-covered X-ray is like nothing that the network has learned from, so part of every "
        "change is surprise.",
        "Petsiuk, Das, Saenko 2018: RISE, arXiv 1806.07421",
    ),
    "weights": Told(
        "Random weights",
        "In a copy of the network the weights are drawn anew, from the last layer on, until "
        "nothing learned is left, and the maps are drawn again.",
        "The maps stop being alike (towards 0): what they showed had been learned.",
        "The maps stay alike (towards 1): they show the X-ray's edges and brightness, and would "
        "look as convincing for a network that knows nothing.",
        "Passing proves little: a random map passes as well. Failing proves much.",
        "Adebayo et al. 2018: Sanity checks for saliency maps, arXiv 1810.03292",
    ),
    "lungs": Told(
        "In the lung field",
        "The box around both lungs is found without a network, and the share of the heat in it is "
        "added up.",
        "More than the random map and the blob: the heat keeps to the chest's inside.",
        "As much as a random map, or less: the heat is on arms, neck, markers or the border.",
        "A box is no outline, and lungs that are white with disease are not found: those X-rays "
        "are left out. Heat in the lungs may still be at the wrong place there.",
        "Share of energy as in Wang et al. 2020: Score-CAM, arXiv 1910.01279",
    ),
    "truth": Told(
        "Against the truth",
        "Phantoms are drawn with an opacity whose exact outline is known. Does the hottest point "
        "lie in it (pointing game), how much of the heat, and how well do the hottest pixels "
        "cover it?",
        "Well above the random map and the blob in the centre.",
        "Like the random map: the map does not find what makes these pictures diseased.",
        "",
        "Zhang et al. 2016: Excitation Backprop, arXiv 1608.00507; Wang et al. 2020: Score-CAM, "
        "arXiv 1910.01279",
    ),
}
STRANGERS = (
    "This network learned from other X-rays, not from phantoms: a miss may mean that it does not "
    "recognise a drawn opacity, not that its map is wrong. Compare with a run trained on phantoms."
)
MARK = (
    "\N{BLACK CIRCLE} beats both the random map and the blob beyond the chance of these X-rays; "
    f"for random weights: the map changes (below {CHANGES})."
)


def headline(found: Trust) -> str:
    """Say which method beats the baselines most often."""
    names = columns(found)
    won = {row.method: sum(beats(found, row, name) for name in names) for row in found.methods}
    most = max(won.values())
    if not most:
        return (
            f"No map passes any of {len(names)} measures: none is better than a random map and a "
            "blob in the centre"
        )
    best = [label(method) for method, count in won.items() if count == most]
    verb = "passes" if len(best) == 1 else "pass"
    return f"{_listed(best)} {verb} {most} of {len(names)} measures"


def judged_on(found: Trust) -> str:
    """Say whose X-rays the figures are of, and where the truth comes from."""
    whose = "drawn phantoms" if found.pictures.drawn else "diseased X-rays of this run"
    said = (
        f"Judged on {len(found.pictures)} {whose}, one a patient, for the map of their true class."
    )
    if found.truth is None:
        return f"{said} The truth is known of none."
    if found.truth.drawn:
        return f"{said} The true opacity is known of {len(found.truth)} drawn phantoms."
    return f"{said} Their true opacities are known ({len(found.truth)} X-rays)."


def numbers(found: Trust) -> str:
    """Say how many X-rays stand behind each column."""
    behind: dict[str, list[str]] = {}
    for name in columns(found):
        behind.setdefault(counts(found, name), []).append(FIGURES[name].label)
    parts = [f"{count} for {_listed(names)}" for count, names in behind.items()]
    return f"X-rays behind a figure: {'; '.join(parts)}."


def took(found: Trust) -> str:
    """Say how long each method took to measure, when it was."""
    parts = [f"{label(row.method)} {row.seconds:.0f} s" for row in found.methods]
    rest = sum(row.seconds for row in found.rows if row.is_baseline)
    return f"Measuring took: {', '.join(parts)}, the baselines {rest:.0f} s."


def curves(found: Trust, row: Measured) -> str:
    """Say what deletion and insertion found of a method, or that they could find nothing."""
    parts = []
    for name, verb in (("deletion", "taken away"), ("insertion", "put in")):
        mean, chance = value(row, name), value(found.row(row.against), name)
        if not mean.n:
            return f"All maps of {label(row.method)} are empty: they give no order to take pixels."
        better = gain(row, found.row(row.against), name)
        # Where there is nothing to measure a difference of a hundredth is no verdict.
        compared = "" if covered(found) else f": {_compared(better.low, better.high)}"
        parts.append(
            f"With the hottest pixels {verb} first the score averages **{mean.text}**, in a "
            f"random order {chance.text}{compared}."
        )
    return " ".join(parts)


def covered(found: Trust) -> str:
    """Warn where a wholly covered X-ray keeps its score; empty where it does not."""
    scores = found.rows[0].arrays["deletion"]
    whole, none = float(scores[:, 0].mean()), float(scores[:, -1].mean())
    if none < whole - NOTHING_LEFT:
        return ""
    return (
        f"Wholly covered, these X-rays still score {none:.2f} (whole: {whole:.2f}). For this "
        "network a picture without a chest is no healthier, so taking pixels away can hardly lower "
        "its score, and these curves say little about any map. Another cover may say more."
    )


def weights(row: Measured) -> str:
    """Say whether a method's maps depend on what was learned."""
    name, found = label(row.method), value(row, "rank")
    if not found.n:
        if forgets(row):
            return f"With all weights random the maps of {name} are empty: they changed wholly."
        return f"The maps of {name} are empty already before the weights are drawn anew."
    others = row.arrays["rank_others"]
    others = others[np.isfinite(others)]
    yard = f" Maps of different X-rays have {others.mean():.2f} in common." if len(others) else ""
    if found.mean >= SURVIVES:
        said = "They survive: these maps show the X-ray rather than the network"
    elif found.mean >= CHANGES:
        said = "They change in part: something of these maps comes from the X-ray alone"
    else:
        said = "They change: these maps depend on what was learned"
    return (
        f"With all weights random the maps of {name} are alike by **{found.text}**. {said}.{yard}"
    )


def lungs(found: Trust, row: Measured) -> str:
    """Say how much of the heat lies in the lung field, and of how many X-rays that is known."""
    boxed = int(np.isfinite(found.row(BLOB).figure("lungs")).sum())
    if not boxed:
        return "Lungs were found in none of these X-rays for sure, so there is no such figure."
    left = "" if boxed == len(found.pictures) else "; the others are left out"
    said = f"Lungs were found in {boxed} of {len(found.pictures)} X-rays{left}. "
    mean, chance, blob = (
        value(entry, "lungs") for entry in (row, found.row(row.against), found.row(BLOB))
    )
    if not mean.n:
        return f"{said}The maps of {label(row.method)} are empty there."
    return (
        f"{said}Of the heat of {label(row.method)} **{mean.text}** lies in the box, of a random "
        f"map {chance.text}, of the blob {blob.text}."
    )


def truth(found: Trust, row: Measured) -> str:
    """Say how often and how well a method finds the true opacity."""
    if found.truth is None:
        return (
            "This network knows no class that a phantom could have, so there is no picture whose "
            "truth is known."
        )
    rivals = (row, found.row(row.against), found.row(BLOB))
    hits = [value(entry, "pointing") for entry in rivals]
    if not hits[0].n:
        return f"The maps of {label(row.method)} are empty for all phantoms."
    empty = len(found.truth) - hits[0].n
    lost = f" {empty} maps are empty and left out." if empty else ""
    inside = [value(entry, "inside").text for entry in rivals]
    return (
        f"{label(row.method)} points at the opacity in **{hits[0].mean * hits[0].n:.0f} of "
        f"{hits[0].n}** phantoms, a random map in {hits[1].mean:.0%}, the blob in "
        f"{hits[2].mean:.0%}. Of its heat **{inside[0]}** lies in the opacity, of a random map's "
        f"{inside[1]}, of the blob's {inside[2]}.{lost}"
    )


def _compared(low: float, high: float) -> str:
    if low > 0:
        return "better than chance"
    if high < 0:
        return "worse than chance"
    return "no different from chance here"


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
