"""The shortcut lab's sentences: figures in, plain words out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SIGN = {  # with it, without it
    "marker": ("with the marker", "without it"),
    "exposure": ("brighter", "darker"),
    "border": ("with the border", "without it"),
}
GOES = {
    "marker": ("carries the marker", "carries none"),
    "exposure": ("is brighter", "is darker"),
    "border": ("has the border", "has none"),
}
THING = {"marker": "marker", "exposure": "exposure", "border": "border"}
NEAR = 0.15  # of an AUC: so much more is next to nothing
GUESSED = 0.05  # one so near is guessing
HIGH = 0.95


def goes(shortcut: str) -> str:
    """Say how the sign goes with the label in training."""
    ill, healthy = GOES[shortcut]
    return f"Every ill child's X-ray {ill}, every healthy one's {healthy}."


def carrying(shortcut: str, ill: bool, carries: bool | None) -> str:
    """Name a group of X-rays: "healthy, with the marker"."""
    who = "ill" if ill else "healthy"
    return who if carries is None else f"{who}, {SIGN[shortcut][0 if carries else 1]}"


def area(split: str, value: float, images: int) -> str:
    """Say what an AUC means for one split."""
    if value >= HIGH:
        how = "nearly every ill X-ray scores higher than every healthy one"
    elif abs(value - 0.5) <= GUESSED:
        how = "an ill X-ray scores higher than a healthy one about as often as not: guessing"
    else:
        how = (
            f"an ill X-ray scores higher than a healthy one in {value:.0%} of the pairs, "
            "guessing in 50%"
        )
    return f"On {images:,} {split} X-rays {how}."


def verdict(shortcut: str, validation: float, test: float) -> str:
    """Say what validation and test say together."""
    thing = THING[shortcut]
    if validation >= HIGH and abs(test - 0.5) <= NEAR:
        how = "not" if abs(test - 0.5) <= GUESSED else "hardly"
        return (
            f"The network learned the {thing} and {how} the illness. Validation could not show it: "
            f"its X-rays come from where the training's came from, so the {thing} goes with the "
            "label there too. A validation score is only worth what its images are worth."
        )
    if test >= 0.8:
        return (
            "The test's score stands without the shortcut's help: in the test it lies at random. "
            "The network looks at something that goes with the illness there too."
        )
    return (
        f"The gap between the two is what the {thing} was worth. What is left on the test may be "
        "a little of the illness, or chance."
    )


def by_sign(shortcut: str, table: pd.DataFrame) -> str:
    """Compare the scores of the test with and without the sign (columns carries, ill, score)."""
    medians = {
        carries: float(table.loc[table["carries"] == carries, "score"].median())
        for carries in (True, False)
    }
    with_it, without = SIGN[shortcut]
    said = (
        f"Test X-rays {with_it} score {medians[True]:.2f} in the middle, those {without} "
        f"{medians[False]:.2f}"
    )
    if medians[True] - medians[False] > 0.3:
        return f"{said}, whether the child is ill or not: the score reads the sign."
    return f"{said}: the sign hardly moves the score."


def on_place(shortcut: str, share: float, of_picture: float, images: int) -> str:
    """Say how much of the heat lies where the shortcut is."""
    times = share / of_picture if of_picture else 0.0
    said = (
        f"On {images} test X-rays that carry it, {share:.0%} of the heat lies on the "
        f"{THING[shortcut]}, which is {of_picture:.0%} of the picture"
    )
    if times >= 2:
        return f"{said}: {times:.0f} times as much as by chance."
    return f"{said}: no more than a map that knows nothing would put there."


def covered(shortcut: str, before: float, after: float, other: float, images: int) -> str:
    """Say what covering the sign does to all test X-rays that carry it (medians)."""
    thing = THING[shortcut]
    return (
        f"On all {images:,} test X-rays that carry it, the median score goes from {before:.2f} to "
        f"**{after:.2f}** when the {thing} is covered, and to {other:.2f} when as much is covered "
        "at a random place."
    )


def remedy(teaching: str, before: float, after: float) -> str:
    """Compare the test AUC of the network that was misled with that of the remedy."""
    how = {
        "random": "With the sign at random in training it tells nothing, so the network had to "
        "look for something else",
        "none": "Without the sign in training there was nothing easy to learn, so the network had "
        "to look for something else",
    }[teaching]
    said = f"{how}: the test AUC goes from {before:.2f} to **{after:.2f}**"
    if after - before > NEAR:
        return f"{said}, with the same network, the same children and the same minute of training."
    return (
        f"{said}. It did not find the illness in so short a training: with more images or epochs "
        "it may."
    )
