"""How long work takes on this machine: models/cache/rates.json, written by finished trainings.

A rate holds for one kind of work on one device. What was never measured is scaled from the nearest
kind by the amount of work.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.learning.costs import Kind
from engine.words.files import read_json, write_json
from engine.words.settings import settings

KEPT = 400  # rates; the oldest go first
NEARLY = 0.05  # works that differ by less are equal
COMPUTING = ("features", "epochs")  # whose work is of one kind: arithmetic
GUESSED = {"reading": 0.005, "building": 0.0065, "features": 1e-11, "epochs": 1e-11}


@dataclass(frozen=True)
class Rate:
    """What one picture of a kind took here; of building, one member."""

    kind: Kind
    device: str
    seconds: float
    measured: int  # epochs; of features and reading, pictures


@dataclass(frozen=True)
class Answer:
    """What one picture of a kind will take, and where that comes from."""

    seconds: float
    source: Rate | None  # None: guessed
    exact: bool = False


def known(device: str = "") -> list[Rate]:
    """Return what was measured, the latest last, on a device or on the one that worked last.

    A damaged file counts as none: the next finished training writes it anew.
    """
    rates = _read()
    wanted = device or next((rate.device for rate in reversed(rates)), "")
    return [rate for rate in rates if rate.device == wanted]


def add(rates: Iterable[Rate]) -> None:
    """Keep rates in place of those of the same kinds."""
    new = list(rates)
    others = [
        old
        for old in _read()
        if not any(old.device == rate.device and same(old.kind, rate.kind) for rate in new)
    ]
    write_json(_file(), [asdict(rate) for rate in [*others, *new][-KEPT:]])


def find(kind: Kind, rates: Sequence[Rate]) -> Answer:
    """Return the time for one picture (member) of a kind: measured, scaled by work or guessed."""
    for rate in reversed(rates):
        if same(rate.kind, kind):
            return Answer(rate.seconds, rate, exact=True)
    alike = COMPUTING if kind.what in COMPUTING else (kind.what,)
    near = [rate for rate in rates if rate.kind.what in alike]
    if near:
        nearest = min(near, key=lambda rate: _distance(rate.kind, kind))
        return Answer(nearest.seconds * kind.work / nearest.kind.work, nearest)
    return Answer(GUESSED[kind.what] * kind.work, None)


def same(one: Kind, other: Kind) -> bool:
    """Whether both take as long."""
    names = (one.what, one.of, one.size, one.batch, one.steps, one.precision)
    others = (other.what, other.of, other.size, other.batch, other.steps, other.precision)
    return names == others and math.isclose(one.work, other.work, rel_tol=NEARLY)


def _distance(one: Kind, other: Kind) -> tuple[bool, bool, float, int]:
    """The same precision and network first, then the nearest work, then the nearest batch."""
    ratio = abs(math.log(one.work / other.work))
    return one.precision != other.precision, one.of != other.of, ratio, abs(one.batch - other.batch)


def _read() -> list[Rate]:
    try:
        return [Rate(**{**entry, "kind": _kind(entry["kind"])}) for entry in read_json(_file())]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return []  # it is a cache


def _kind(value: dict[str, Any]) -> Kind:
    return Kind(**{**value, "steps": tuple(value["steps"])})


def _file() -> Path:
    return settings().cache / "rates.json"
