"""Cases of which `make test` takes a few of each kind, and `make test-thorough` the rest."""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def few(cases: Iterable[Any], chosen: Container[Any]) -> list[Any]:
    """Return cases as parameters; those that are not `chosen` are marked `thorough`."""
    return [case if case in chosen else thorough(case) for case in cases]


def thorough(case: Any) -> Any:
    """Return a case (several values as a tuple) that only `make test-thorough` runs."""
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.thorough)
