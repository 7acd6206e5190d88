"""Removing a source: what goes with it is said first."""

from __future__ import annotations

import streamlit as st

from engine.data import removal
from engine.words.errors import CxrError
from pages.shared import cached, layout, state, wording
from pages.shared.state import Key

PANEL = "remove"
SHOWN = 12  # names of runs


def is_open() -> bool:
    """Tell whether the panel is open."""
    return state.get(Key.DATA_PANEL) == PANEL


def toggle() -> None:
    """Open the panel, or close it."""
    state.put(Key.DATA_PANEL, None if is_open() else PANEL)


def show(name: str) -> None:
    """Say what goes with a source, and ask."""
    with st.container(border=True):
        if name == removal.PHANTOM:
            st.markdown("The phantom comes with the product and stays in the list.")
            st.button("Close", key=Key.DATA_PANEL.of("close"), on_click=toggle)
            return
        with layout.errors_as_message():
            found = removal.foresee(name)
        st.markdown(f"**Remove '{name}'?** " + " ".join(_consequences(found)))
        with st.container(horizontal=True):
            st.button(
                "Remove it",
                icon=":material/delete:",
                type="primary",
                key=Key.DATA_SURE,
                on_click=_remove,
                args=(name,),
            )
            st.button("Keep it", key=Key.DATA_PANEL.of("close"), on_click=toggle)
        error = state.take(Key.DATA_PANEL.of("error"))
        if error:
            st.error(str(error), icon=":material/error:")


def _consequences(found: removal.Removal) -> list[str]:
    said = []
    if found.source.kind == "upload":
        said.append(f"Its own copy of the pictures, {_megabytes(found.files)}, is deleted.")
    else:
        said.append(f"The folder {found.source.path} stays as it is.")
    if found.caches:
        said.append(
            f"{_megabytes(found.cached)} of caches that were computed from it alone are deleted."
        )
    if not found.content:
        said.append("No run loses its pictures: none knows these, or other data are the same.")
        return said
    runs = [run for run in cached.runs() if run.recipe.data == found.content and not run.showcase]
    ended = [run.name for run in runs if run.status == "finished"]
    going = [run.name for run in runs if run.status in ("queued", "running")]
    if ended:
        said.append(
            f"{wording.count(len(ended), 'run')} trained on it {_keep(len(ended))} figures and "
            f"{'its' if len(ended) == 1 else 'their'} network but no pictures: {_listed(ended)}."
        )
    if going:
        said.append(
            f"{wording.count(len(going), 'run')} waiting for it or learning from it will fail: "
            f"{_listed(going)}."
        )
    if not runs:
        said.append("No run was trained on it.")
    return said


def _keep(count: int) -> str:
    return "keeps its" if count == 1 else "keep their"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 10**7 else f"{size / 1e6:,.0f} MB"


def _remove(name: str) -> None:
    try:
        removal.remove_source(name)
    except CxrError as error:
        state.put(Key.DATA_PANEL.of("error"), str(error))
        return
    cached.forget_catalogue(name)
    state.put(Key.DATA_PANEL, None)
    state.set_current_source(None)
    state.put(Key.DATA_MESSAGE, f"'{name}' was removed.")
