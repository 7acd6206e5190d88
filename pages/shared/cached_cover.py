"""Answers about X-rays that were covered, and sliding patches: kept by content for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from pages.shared.working import Report, Work

if TYPE_CHECKING:
    from engine.explaining.sensitivity import Sensitivity

T = TypeVar("T")


def kept(question: str, make: Callable[[], T]) -> T:
    """Return the answer to a question (a content hash), made where nobody asked it yet."""
    shelf = _shelf(question)
    if not shelf:
        shelf.append(make())
    found: T = shelf[0]
    return found


@st.cache_resource(max_entries=1024, ttl=1800, show_spinner=False)
def _shelf(question: str) -> list[Any]:
    return []


@st.cache_resource(max_entries=16, ttl=1800, show_spinner=False)
def slid(question: str, _make: Callable[[Report], Sensitivity]) -> Work[Sensitivity]:
    """Return the work of sliding a patch, begun where it was not."""
    return Work(_make, f"sliding {question}", "Sliding the patch")


def forget_slid(question: str) -> None:
    """Let it begin anew, as after a stop."""
    slid.clear(question)
