"""Maps that are asked for: what is kept comes at once, the rest is computed and said so."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.words.errors import CxrError
from pages.shared import cached, inference
from pages.shared.heat import Heated

if TYPE_CHECKING:
    import numpy as np

    from engine.explaining.cam import CamResult
    from engine.runs.run import Run

Draw = Callable[[Sequence[Heated], bool], None]  # the maps, and whether some are still missing


@dataclass(frozen=True, eq=False)
class Asked:
    """One map: of which network, of what it saw (s, s), for which class, how, how deep."""

    run: Run
    seen: np.ndarray
    name: str  # of the class
    method: str
    layer: int | None
    title: str
    more: tuple[str, ...] = ()  # sentences under it

    def heated(self, result: CamResult | None, trouble: str = "") -> Heated:
        """Return it as it is drawn; without a result it is still to come or in trouble."""
        return Heated(self.seen, result, self.title, self.name, trouble, self.more)

    @property
    def class_index(self) -> int:
        """The class as the network numbers it."""
        return self.run.classes.index(self.name)


class _NotKept(Exception):
    pass


def kept(asked: Asked) -> CamResult | None:
    """Return a map that is kept, without waiting for anybody's network; None where it is not."""
    from engine.explaining import cached as views

    def load() -> Any:
        raise _NotKept

    key = cached.model_key(asked.run.id)
    try:
        found, _ = views.view(key, load, asked.seen, asked.class_index, asked.method, asked.layer)
    except _NotKept:
        return None
    return found


def draw(wanted: Sequence[Asked], show: Draw) -> None:
    """Show what is kept at once, compute what is missing, and show all of it in its place."""
    place, below = st.empty(), st.container()
    shown = [_looked_up(one) for one in wanted]
    missing = [at for at, one in enumerate(shown) if one.result is None and not one.trouble]
    with place.container():
        show(shown, bool(missing))
    if not missing:
        return
    began = time.perf_counter()
    with below:
        bar = st.progress(0.0, f"Computing {wanted[missing[0]].title}")
        for done, at in enumerate(missing):
            bar.progress(done / len(missing), _line(wanted[at].title, done, len(missing)))
            shown[at] = _computed(wanted[at])
    bar.empty()
    with place.container():
        show(shown, False)
    took = time.perf_counter() - began
    below.caption(f"{len(missing)} of {len(wanted)} computed now and kept: {took:.1f} s.")


def _line(title: str, done: int, total: int) -> str:
    return f"Computing {title}" + (f": {done + 1} of {total}" if total > 1 else "")


def _looked_up(asked: Asked) -> Heated:
    try:
        return asked.heated(kept(asked))
    except CxrError as error:
        return asked.heated(None, str(error))


def _computed(asked: Asked) -> Heated:
    try:
        result, _ = inference.kept_map(
            asked.run, asked.seen, asked.class_index, asked.layer, asked.method
        )
    except CxrError as error:
        return asked.heated(None, str(error))
    return asked.heated(result)
