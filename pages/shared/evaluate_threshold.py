"""Evaluate's first view: the live explorer, and the X-rays of the cell or range chosen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.shared import cached_judging, cases, cutoff, judged, numbers, state
from pages.shared.components.explorer import explorer
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw the explorer; what is chosen in it is kept in the address."""
    index, cell = run.classes.index(scores.positive), state.choice(Key.EVALUATE_CELL)
    explorer(
        cached_judging.packet(run.id, scores.split, index),
        Key.EVALUATE.of("explorer"),
        threshold,
        cutoff.take,
        lambda pressed, _: _open(pressed),
        lambda low, high: _open(f"{low:.3g}..{high:.3g}"),
        cutoff.weigh,
        numbers.current(),
        cell or "",
        cutoff.weights(),
    )
    judged.vote(run, scores)
    cases.gallery(run, scores, threshold.value, cell)


def _open(what: str) -> None:
    state.choose(Key.EVALUATE_CELL, what)
    state.choose(Key.IMAGE, None)
