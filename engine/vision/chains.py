"""Chains of preprocessing steps to begin with: a new one is one row."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.words.options import Choice


@dataclass(frozen=True)
class Chain:
    """A chain with its name and one sentence on what it is good for."""

    label: str
    help: str
    steps: tuple[Choice, ...]


REPORT_B = (
    Choice.of("pad", interpolation="cubic"),
    Choice.of("clahe", clip_limit=2.0, tiles=16),
    Choice.of("blur", sigma=1.0),
)
CHAINS: Mapping[str, Chain] = {
    "report_b": Chain(
        "Report B",
        "Padded with INTER_CUBIC as the report did, CLAHE 2.0 on 16 x 16 tiles, a little blur. Its "
        "presets in Train let the interpolation be chosen automatically.",
        REPORT_B,
    ),
    "plain": Chain(
        "The square alone",
        "Squashed, nothing else: reports A, C and D.",
        (Choice("squash"),),
    ),
    "even": Chain(
        "Films made alike",
        "The darkest and brightest percent clipped before the picture shrinks, then padded.",
        (Choice.of("window", low=1.0, high=99.0), Choice("pad")),
    ),
    "lungs": Chain(
        "Lungs only",
        "Cut to the lung field, padded, contrast evened out.",
        (
            Choice.of("lungs", margin=0.1),
            Choice("pad"),
            Choice.of("clahe", clip_limit=2.0, tiles=8),
        ),
    ),
    "grid": Chain(
        "Grid lines out",
        "The stripes of an anti-scatter grid are cut from the spectrum while they are still fine.",
        (Choice.of("notch", strength=8.0, width=2), Choice("pad")),
    ),
    "equalized": Chain(
        "Equalised, to compare with CLAHE",
        "Histogram equalisation of the whole picture: watch the borders take the range.",
        (Choice("pad"), Choice("equalize")),
    ),
    "too_much": Chain(
        "Too much",
        "Everything at once: texture that no chest has.",
        (
            Choice("squash"),
            Choice.of("clahe", clip_limit=20.0, tiles=24),
            Choice.of("unsharp", sigma=2.0, amount=3.0),
            Choice.of("median", radius=2),
        ),
    ),
}
