"""A paged gallery of X-rays: on black, never enlarged, always with the same caption."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.words.errors import CxrError
from pages.shared import cached, inline, layout, wording
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.runs.run import Run

PER_PAGE = 12
SIDE = 130  # pixels on the page; half as many again are sent, for dense screens


def show(table: pd.DataFrame, root: Path, caption: Callable[[object], str], key: str) -> None:
    """Draw one page of `table` (columns image_id, file below `root`); `caption` words a row."""
    pages = max(1, -(-len(table) // PER_PAGE))
    number = 1
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            number = st.pagination(pages, key=Key.GALLERY.of(key, pages))
            st.caption(wording.count(len(table), "X-ray"))
    first = (number - 1) * PER_PAGE
    with st.container(horizontal=True, gap="xsmall"):
        for row in table.iloc[first : first + PER_PAGE].itertuples():
            tile(root, row, caption(row))


def tile(root: Path, row: object, caption: str, side: int = SIDE) -> None:
    """Draw one X-ray of `side` pixels with its caption, or say why it cannot be shown."""
    with st.container(width=side, gap="xxsmall"):
        try:
            picture = thumbnail(str(root / row.file), row.image_id, side * 3 // 2)
        except (CxrError, OSError) as error:
            st.caption(f"{row.file}: {error}")
            return
        st.image(picture, width=side, alt=f"Chest X-ray {row.file}")
        st.caption(caption)


@lru_cache(maxsize=2000)  # some 12 KB each
def thumbnail(path: str, image_id: str, side: int) -> str:
    """Return an X-ray on a black square of at most `side` pixels as a data address.

    Raises CxrError where the file is gone or unreadable.
    """
    return inline.address(on_black(cached.picture(path, image_id, side)))


def on_black(image: np.ndarray) -> np.ndarray:
    """Centre an image (H, W) on a black square, its aspect ratio kept."""
    side = max(image.shape)
    square = np.zeros((side, side), dtype=np.uint8)
    top, left = ((side - length) // 2 for length in image.shape)
    square[top : top + image.shape[0], left : left + image.shape[1]] = image
    return square


def folder(run: Run) -> Path | None:
    """Return the folder of a run's images, None where they are not here; other copies are named."""
    root, by_name = cached.folder_of(run.id)
    if root and by_name:
        st.caption(wording.OTHER_COPIES)
    return root


def missing(run: Run, images: int) -> None:
    """Say that a run's images are not on this machine, and how to get them."""
    layout.empty(
        f"**{wording.count(images, 'X-ray')} would be here.** This run was trained on "
        f"**{run.source or 'data without a name'}**, and its images are not on this machine. The "
        "figures need only the stored scores. "
        f"{wording.SHOWCASE_DATA if run.showcase else wording.SAME_FOLDER}",
        "pages/data.py",
        "Add the images",
        ":material/photo_library:",
    )
