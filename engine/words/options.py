"""Options as tables: a row names, explains, bounds and builds one choice."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.words.errors import CxrError, NotFound

Value = bool | int | float | str


@dataclass(frozen=True)
class Param:
    """A knob of an option: its default, its bounds and one sentence for the screen."""

    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    later: bool = False  # recipes did not always have it: at its default it is left out of them

    def check(self, value: Any, where: str) -> Value:
        """Return `value` in the default's type; raise CxrError where it does not fit."""
        kind = type(self.default)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is str and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # a layer's number where a name may stand as well
        if type(value) is not kind:
            raise CxrError(f"{where} must be of type {kind.__name__}, got {value!r}.")
        if self.choices and value not in self.choices:
            allowed = ", ".join(map(str, self.choices))
            raise CxrError(f"{where} must be one of {allowed}; got {value!r}.")
        if isinstance(value, (int, float)) and not self._inside(value):
            raise CxrError(f"{where} must lie between {self.low} and {self.high}, got {value}.")
        return value

    def _inside(self, value: float) -> bool:
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Option:
    """One row of a table: what it is called, one sentence, what builds it, its knobs."""

    label: str
    help: str
    build: str  # "package.module:function", imported only when it is used
    params: Mapping[str, Param] = field(default_factory=dict)
    harms: str = ""  # when it does harm, one sentence; empty where it cannot

    def load(self) -> Callable[..., Any]:
        """Import and return the builder."""
        module, _, name = self.build.partition(":")
        builder: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return builder


@dataclass(frozen=True)
class Choice:
    """An option by name, with the values of its knobs (sorted by key, so equal means equal)."""

    name: str
    params: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, name: str, **params: Value) -> "Choice":
        """Build a choice from keyword arguments."""
        return cls(name, tuple(sorted(params.items())))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Choice":
        """Read `{"name": ..., **params}`."""
        rest = {key: entry for key, entry in value.items() if key != "name"}
        return cls.of(str(value["name"]), **rest)

    def to_json(self) -> dict[str, Value]:
        """Return `{"name": ..., **params}`."""
        return {"name": self.name, **self.kwargs}

    @property
    def kwargs(self) -> dict[str, Value]:
        """The knobs as keyword arguments for the builder."""
        return dict(self.params)


Table = Mapping[str, Option]


def find(table: Table, name: str, what: str) -> Option:
    """Return the row `name`; raise NotFound with the list of rows."""
    if name not in table:
        raise NotFound(f"There is no {what} '{name}'. Choose one of: {', '.join(table)}.")
    return table[name]


def complete(choice: Choice, table: Table, what: str) -> Choice:
    """Fill in the defaults and check every knob; raise CxrError or NotFound.

    A knob that came later is left out at its default, so that recipes from before keep their hash;
    the builder's own default is the same.
    """
    option = find(table, choice.name, what)
    unknown = choice.kwargs.keys() - option.params.keys()
    if unknown:
        known = ", ".join(option.params) or "none"
        raise CxrError(
            f"The {what} '{choice.name}' has no setting '{min(unknown)}'. It has: {known}."
        )
    values = {
        key: param.check(choice.kwargs.get(key, param.default), f"{what} {choice.name}: {key}")
        for key, param in option.params.items()
    }
    kept = {
        key: value
        for key, value in values.items()
        if not (option.params[key].later and value == option.params[key].default)
    }
    return Choice.of(choice.name, **kept)


def build(choice: Choice, table: Table, what: str, *args: Any) -> Any:
    """Call the row's builder with `args` and the completed knobs."""
    full = complete(choice, table, what)
    return table[choice.name].load()(*args, **full.kwargs)
