"""Where trainings go, on an app that sends them to a cluster: what that has, or what is wrong."""

from __future__ import annotations

import streamlit as st

from engine.words.settings import settings

EVERY = 5  # seconds between two looks


def show() -> None:
    """Draw one line, or an error where the settings are half of what it takes."""
    if settings().ray_address:
        _line()


def tile() -> tuple[str, str, str] | None:
    """Return label, value and help of Home's tile; None where trainings stay on this machine."""
    from engine.runs import cluster, cluster_state

    address = settings().ray_address
    if not address:
        return None
    seen = cluster_state.read(address)
    value = seen.words if seen else "not asked yet"
    if cluster.trouble():
        value = "not set up"
    elif seen and seen.trouble:
        value = "no answer"
    return "Cluster", value, f"Trainings go to the Ray cluster at {address}."


@st.fragment(run_every=EVERY)
def _line() -> None:
    from engine.runs import cluster, cluster_state

    address = settings().ray_address
    wrong, seen = cluster.trouble(), cluster_state.read(address)
    if wrong:
        st.error(f"Nothing can be trained: {wrong}", icon=":material/error:")
    elif seen and seen.trouble:
        st.warning(
            f"{seen.trouble} It is asked again every few seconds; what waits is sent as soon as it "
            "answers, and what trains there goes on.",
            icon=":material/cloud_off:",
        )
    elif seen:
        st.caption(
            f":material/dns: Trainings go to the cluster at {address}, which has {seen.words}."
        )
    else:
        st.caption(f":material/dns: Trainings go to the cluster at {address}; asking what it has.")
