"""One X-ray of a source in full: everything that the detectors find, and where they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.words.errors import CxrError
from pages.shared import cached, cached_quality, inline, state
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.data.catalogue import Catalogue
    from engine.vision.artefacts import Finding

SIDE = 640  # pixels that are sent, at least
LARGE = 1280  # and at most
NOTHING = "Nothing"


def put(catalogue: Catalogue, place: int | None, flaw: str = "") -> None:
    """Open the X-ray in a row of the catalogue, with a flaw's evidence; None closes it."""
    state.put(_key(catalogue), place)
    if flaw:
        state.put(Key.QUALITY.of("evidence"), flaw)


def show(catalogue: Catalogue, found: pd.DataFrame, order: pd.Index) -> None:
    """Draw the open X-ray over the page, if one is; `order` is what next and previous go by."""
    if state.get(_key(catalogue)) is None:
        return
    title = "What is wrong with this X-ray?"
    dialog = st.dialog(title, width="large", on_dismiss=lambda: put(catalogue, None))
    dialog(_view)(catalogue, found, order)


def _key(catalogue: Catalogue) -> str:
    return Key.QUALITY.of("open", catalogue.hash)


def _view(catalogue: Catalogue, found: pd.DataFrame, order: pd.Index) -> None:
    place = state.get(_key(catalogue))
    if not isinstance(place, int) or place not in found.index:  # closed meanwhile
        return
    row = found.loc[place]
    path = str(catalogue.root / row["file"])
    try:
        findings, verdict = cached_quality.findings(path, row["image_id"])
        image = cached.picture(path, row["image_id"], LARGE)
    except (CxrError, OSError) as error:
        st.error(f"{row['file']}: {error}", icon=":material/error:")
        return
    left, right = st.columns([9, 11], gap="medium")
    with right:
        _steps(catalogue, order, place)
        st.markdown(_facts(row, image))
        chosen = _choose(findings)
        _table(findings)
        st.caption(f"The gate before a prediction: {verdict.sentence}")
    with left:
        _draw(image, chosen, str(row["file"]))


def _facts(row: pd.Series, image: np.ndarray) -> str:
    kind = f" ({row['kind']})" if row["kind"] not in ("", str(row["label"]).lower()) else ""
    split = f", {row['split']}" if row["split"] else ""
    return f"**{row['label']}**{kind}{split}  \nPatient {row['patient']}, file {row['file']}"


def _steps(catalogue: Catalogue, order: pd.Index, place: int) -> None:
    at = np.flatnonzero(order == place)
    if not len(at):
        return
    here = int(at[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, shortcut, other in (("Previous", "Left", here - 1), ("Next", "Right", here + 1)):
            there = 0 <= other < len(order)
            st.button(
                label,
                key=Key.QUALITY.of(label.lower()),
                shortcut=shortcut,
                disabled=not there,
                on_click=put,
                args=(catalogue, int(order[other])) if there else None,
            )
        st.caption(f"{here + 1:,} of {len(order):,}", width="content")


def _choose(findings: tuple[Finding, ...]) -> Finding | None:
    """Draw the choice of what is pointed at; None: the X-ray alone."""
    key, names = Key.QUALITY.of("evidence"), {finding.label: finding for finding in findings}
    by_name = {finding.name: finding.label for finding in findings}
    wanted = state.get(key)
    wanted = by_name.get(str(wanted), wanted)
    if wanted not in (*names, NOTHING):
        wanted = max(findings, key=lambda finding: finding.severity).label
    state.put(key, wanted)
    label = st.selectbox("Point at", [*names, NOTHING], key=key)
    return names.get(str(label))


def _draw(image: np.ndarray, finding: Finding | None, file: str) -> None:
    from engine.explaining.overlay import framed
    from engine.vision.evidence import draw

    # Enlarged first, so that pixels stay crisp and lines are thin.
    factor = -(-SIDE // max(image.shape)) if max(image.shape) < SIDE else 1
    large = image.repeat(factor, axis=0).repeat(factor, axis=1)
    picture = draw(large, finding) if finding else large
    side = max(SIDE, min(max(image.shape), LARGE))
    alt = f"Chest X-ray {file}" + (f", {finding.label}: {finding.sentence}" if finding else "")
    st.image(inline.address(framed(picture, side)), width="stretch", alt=alt)
    if finding:
        st.markdown(f"**{finding.label}, {finding.severity:.2f}.** {finding.sentence}")
        if not finding.evidence:
            st.caption("There is nothing to point at.")


def _table(findings: tuple[Finding, ...]) -> None:
    order = sorted(findings, key=lambda finding: -finding.severity)
    rows = [
        {
            "Flaw": finding.label,
            "Severity": finding.severity,
            "Flagged": finding.flagged,
            "What was found": finding.sentence,
        }
        for finding in order
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        row_height=29,
        height=29 * len(rows) + 40,  # and the header
        column_config={
            "Flaw": st.column_config.Column(width=165),
            "Severity": st.column_config.ProgressColumn(
                min_value=0.0, max_value=1.0, format="%.2f", width=90
            ),
            "Flagged": st.column_config.CheckboxColumn(width=60),
        },
        alt="All that the detectors find in this X-ray, the worst first",
    )
