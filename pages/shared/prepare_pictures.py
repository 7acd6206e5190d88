"""The X-rays that Prepare shows: of each class one from the source, else drawn; or one's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.data import sources
from engine.vision.decoding import decode
from engine.words.errors import CxrError, UnreadableImage
from pages.shared import cached, cached_prepare, data_source, layout, state
from pages.shared.state import Key
from pages.shared.trying import plain

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from engine.data.catalogue import Catalogue
    from engine.words.options import Choice

DRAWN = "Drawn by a program"
KINDS = {"normal": "NORMAL", "bacterial": "PNEUMONIA", "viral": "PNEUMONIA"}
FIRST = {"normal": 5, "bacterial": 9, "viral": 18}  # seeds
MOST = 4  # X-rays at once, uploads aside
MEGABYTES = 50
OTHERS, OWN = Key.PREPARE.of("others"), Key.PREPARE.of("own")


@dataclass(frozen=True, eq=False)
class Picture:
    """An X-ray to prepare: pixels (H, W) uint8, and what is known of it."""

    key: str  # of its content
    name: str  # short, such as "bacterial"
    label: str  # its class, "" where nobody knows
    caption: str
    image: np.ndarray
    private: bool = False  # an upload: kept in no cache that others share

    @property
    def size(self) -> str:
        """Width and height in words."""
        return f"{self.image.shape[1]:,} x {self.image.shape[0]:,} px"


@dataclass(frozen=True, eq=False)
class Asked:
    """Which X-rays are to be shown: one's own, then the `number`-th ones of a source."""

    own: list[Picture]
    source: str | None
    number: int


def choose() -> Asked:
    """Draw the choice of X-rays."""
    name = _source()
    number = int(str(state.get(OTHERS, 0)))
    st.button(
        "Others",
        icon=":material/refresh:",
        key=Key.PREPARE.of("again"),
        help="Other X-rays of the same classes.",
        on_click=lambda: state.put(OTHERS, number + 1),
    )
    with st.popover("Your own", icon=":material/upload_file:"):
        own = _uploads()
    return Asked(own, name, number)


def opened(asked: Asked) -> list[Picture]:
    """Return the X-rays, one's own first; those of a source that is being listed come later."""
    catalogue = data_source.ready(asked.source) if asked.source else None
    if asked.source and catalogue is None:
        data_source.reading(asked.source, "Until then you see X-rays that a program drew.")
    rows = _rows(catalogue.images, asked.number) if catalogue is not None else []
    found = [picture for row in rows if (picture := _read(catalogue, row))]
    return asked.own + (found or [_drawn(kind, asked.number) for kind in KINDS])


def prepared(picture: Picture, size: int, steps: tuple[Choice, ...]) -> np.ndarray:
    """Return the picture after the steps, (size, size) uint8; raise CxrError."""
    if picture.private:
        from engine.vision.preprocessing import preprocess

        return preprocess(picture.image, size, steps)
    return cached_prepare.prepared(picture.key, size, steps, picture.image)


def _source() -> str | None:
    with layout.errors_as_message():
        names = [source.name for source in sources.list_sources()]
    key, current = Key.PREPARE.of("source"), state.current_source()
    state.put(key, current if current in names else DRAWN)

    def take() -> None:
        name = str(state.get(key))
        state.set_current_source(None if name == DRAWN else name)

    st.selectbox("X-rays from", [DRAWN, *names], key=key, on_change=take, width=200)
    return current if current in names else None


def _uploads() -> list[Picture]:
    files = st.file_uploader(
        "One or several X-rays",
        accept_multiple_files=True,
        max_upload_size=MEGABYTES,
        key=Key.PREPARE.of("files"),
    )
    st.caption("Uploads stay in your session alone: they are not stored and nobody else sees them.")
    kept = state.get(OWN)
    before: dict[str, Picture | str] = kept if isinstance(kept, dict) else {}
    decoded = {file.file_id: before.get(file.file_id) or _decoded(file) for file in files}
    state.put(OWN, decoded)
    for trouble in (entry for entry in decoded.values() if isinstance(entry, str)):
        st.error(trouble, icon=":material/error:")
    return [entry for entry in decoded.values() if isinstance(entry, Picture)]


def _decoded(file: Any) -> Picture | str:
    """Return an upload's picture, or why there is none."""
    name, data = plain(file.name), file.getvalue()
    try:
        image = decode(data)
    except UnreadableImage as error:
        return f"`{name}` was left out. {error}"
    key = hashlib.sha256(data).hexdigest()[:16]
    return Picture(key, name, "", f"**Your own** `{name}`", image, private=True)


def _rows(images: pd.DataFrame, number: int) -> list[tuple[str, ...]]:
    """One image of each class and kind, the `number`-th in an order by content."""
    found = []
    for _, group in images.sort_values("image_id").groupby(["label", "kind"], sort=True):
        found.append(group.iloc[number % len(group)])
    return found[:MOST]


def _read(catalogue: Catalogue, row: pd.Series) -> Picture | None:
    try:
        image = cached.picture(str(catalogue.root / row["file"]), row["image_id"])
    except (CxrError, OSError) as error:
        st.warning(f"`{row['file']}` cannot be shown: {error}")
        return None
    kind = row["kind"] if row["kind"] and row["kind"] != row["label"].lower() else ""
    words = f"**{row['label']}**{f' ({kind})' if kind else ''}, {row['patient']}"
    return Picture(row["image_id"], kind or row["label"], row["label"], words, image)


def _drawn(kind: str, number: int) -> Picture:
    image = cached_prepare.drawn(kind, FIRST[kind] + 100 * number)
    words = f"**{KINDS[kind]}** ({kind}), drawn by a program"
    return Picture(f"{kind}-{number}", kind, KINDS[kind], words, image)
