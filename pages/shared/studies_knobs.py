"""What a sweep can go over: every setting of the option tables, with values to begin with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.learning.imbalance import STRATEGIES
from engine.learning.networks import HEADS, NETWORKS
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.regimes import REGIMES
from engine.runs import drafts
from engine.words.options import Choice, Param, Table
from engine.words.recipe import LIMITS, PRECISIONS, STEPS, TASKS, Recipe
from pages.shared import knobs

Over = Mapping[str, Sequence[str]]
TABLES: Mapping[str, tuple[str, Table]] = {
    "optimizer": ("Optimizer", OPTIMIZERS),
    "schedule": ("Learning-rate schedule", SCHEDULES),
    "stopping": ("Stopping", STOPPING),
    "imbalance": ("Unequal classes", STRATEGIES),
    "regime": ("Layers that learn", REGIMES),
    "head": ("Head", HEADS),
    "network": ("Network", NETWORKS),
}
NUMBERS = {"epochs": "Epochs", "batch": "Batch size", "size": "Image size, pixels"}
FACTORS = (0.1, 10.0, 0.01, 100.0)  # of a value, in the order in which they are offered
DOUBLES = (2.0, 0.5, 3.0)
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)
APART = ";"  # between two settings in the address


@dataclass(frozen=True)
class Knob:
    """A setting with values that are offered; the first one is the recipe's own."""

    label: str
    help: str
    values: tuple[str, ...]


def offered(base: Recipe, over: Over) -> dict[str, Knob]:
    """Return every setting that a sweep can go over, by its path.

    `over` is what is chosen so far: of several optimizers only what they have in common is offered.
    """
    found = {name: Knob(label, "", _numbers(base, name)) for name, label in NUMBERS.items()}
    for name, (label, table) in TABLES.items():
        found[name] = Knob(label, "", _first(getattr(base, name).name, table))
        for path, knob in _settings(name, label, getattr(base, name), table, over.get(name, ())):
            found[path] = knob
    for name in STEPS:
        own = json.dumps([step.to_json() for step in getattr(base, name)])
        help = "As JSON: [] is none, [{...}, {...}] are steps."
        found[name] = Knob(name.capitalize(), help, tuple(dict.fromkeys((own, "[]"))))
    found["precision"] = Knob("Precision", "", _first(base.precision, PRECISIONS))
    found["task"] = Knob("Classes", "", _first(base.task, TASKS))
    shares = dict.fromkeys((f"{base.split.validation:g}", "0.1", "0.2"))
    found["split.validation"] = Knob("Validation share", "", tuple(shares))
    return found


def begin(knob: Knob) -> list[str]:
    """The values that a setting begins with."""
    return list(knob.values[:2])


def shown(path: str, value: str) -> str:
    """A value as the screen calls it."""
    table = TABLES.get(path, ("", {}))[1]
    return table[value].label if value in table else value


def label(path: str) -> str:
    """A setting as the screen calls it, where its recipe is not at hand."""
    if path in NUMBERS:
        return NUMBERS[path]
    if path in TABLES:
        return TABLES[path][0]
    head, _, rest = path.partition(".")
    both = head not in ("optimizer", "split")  # their settings speak for themselves
    return knobs.words(f"{head} {rest}" if rest and both else rest or head)


def written(over: Over) -> str:
    """Return what an address keeps of settings and their values."""
    return APART.join(f"{path}={','.join(values)}" for path, values in over.items())


def read(text: str) -> dict[str, list[str]]:
    """Read what `written` wrote; raise CxrError where it is something else."""
    return dict(drafts.values(part) for part in text.split(APART) if part)


def parted(over: Over) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Part settings of a single value, which the base takes, from those that are gone over.

    A single value stays among the others where they choose what it is a setting of: choosing an
    optimizer puts its rate back.
    """
    several = {path for path, values in over.items() if len(values) > 1}
    fixed = {
        path: values[0]
        for path, values in over.items()
        if len(values) == 1 and path.partition(".")[0] not in several
    }
    return fixed, {path: tuple(values) for path, values in over.items() if path not in fixed}


def _settings(
    name: str, label: str, own: Choice, table: Table, chosen: Sequence[str]
) -> Iterator[tuple[str, Knob]]:
    rows = [table[one] for one in chosen if one in table] or [table[own.name]]
    for key, param in rows[0].params.items():
        if all(key in row.params for row in rows):
            value = own.kwargs.get(key, param.default)
            values = tuple(dict.fromkeys(_values(param, value)))
            yield f"{name}.{key}", Knob(f"{label}: {knobs.words(key).lower()}", param.help, values)


def _values(param: Param, value: object) -> Iterator[str]:
    yield json.dumps(value) if isinstance(value, bool) else _text(value)
    if isinstance(value, bool):
        yield json.dumps(not value)
    elif param.choices:
        yield from map(_text, param.choices)
    elif isinstance(value, (int, float)):
        low = -float("inf") if param.low is None else param.low
        high = float("inf") if param.high is None else param.high
        for other in _others(value, high - low):
            if low <= other <= high:
                yield _text(other)


def _others(value: float, span: float) -> Iterator[float]:
    if isinstance(value, int):
        yield from (max(1, int(value * factor)) for factor in DOUBLES)
    elif span <= 1:
        yield from SHARES
    else:
        yield from (value * factor for factor in FACTORS)


def _numbers(base: Recipe, name: str) -> tuple[str, ...]:
    low, high = next((low, high) for field, low, high in LIMITS if field == name)
    own = getattr(base, name)
    every = (own, *(max(1, int(own * factor)) for factor in DOUBLES))
    return tuple(dict.fromkeys(str(value) for value in every if low <= value <= high))


def _first(own: str, table: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((own, *table)))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
