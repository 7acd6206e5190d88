"""What else a covered X-ray tells: tries, heat maps, each way to cover, a sliding patch."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.explaining import methods, overlay, sensitivity, sentences, sentences_cover
from engine.explaining.occlusion import HOW, Box
from engine.words.files import digest_json
from pages.shared import cached, cached_cover, cover_tried, heat, inline, layout, seeing, working
from pages.shared.components.heat import Card, heats
from pages.shared.heat import Heated
from pages.shared.state import Key

if TYPE_CHECKING:
    from engine.explaining.sensitivity import Sensitivity
    from pages.shared.cover_asked import Case

TRIED, MAPS, WAYS, SLIDE = "tried", "maps", "ways", "slide"
NAMES = {
    TRIED: "Tried so far",
    MAPS: "Heat maps before and after",
    WAYS: "Each way to cover",
    SLIDE: "Slide a patch over all of it",
}
SIZES = (0.1, 0.15, 0.2, 0.3)
WIDE = 460  # pixels of the sliding patch's map
CELLS = 128  # a side of the sliding patch's map on its square frame
RAW = "How much the score falls while a place is covered, before the colours."

Boxes = tuple[Box, ...]


def show(case: Case, boxes: Boxes, how: str, index: int) -> None:
    """Let one be chosen, and draw it; what takes long is asked only then."""
    names = NAMES if case.stored else {key: NAMES[key] for key in NAMES if key != SLIDE}
    chosen = st.segmented_control(
        "More about it",
        list(names),
        default=TRIED,
        required=True,
        format_func=names.__getitem__,
        key=Key.COVER.of("more", case.stored),
        persist_state="session",
        label_visibility="collapsed",
    )
    with layout.errors_as_message():
        if chosen == TRIED:
            cover_tried.show(case, index)
        elif chosen == SLIDE:
            slide(case, how, index)
        elif not boxes:
            st.caption("Cover something first: this compares the X-ray before and after.")
        elif chosen == MAPS:
            maps(case, boxes, how, index)
        else:
            ways(case, boxes, index)


def maps(case: Case, boxes: Boxes, how: str, index: int) -> None:
    """The heat map after covering beside the one before, in the same colours."""
    name = case.classes[index]
    pictures = []
    for title, seen in (("Before", case.seen()), ("After covering", case.seen(boxes, how))):
        result = case.heat(seen, index)
        method = methods.row(result.method).label
        pictures.append(Heated(seen, result, f"{title}: {method} for {name}", name))
    heat.show(pictures, Key.COVER.of("maps"))
    st.caption(
        "Each map is coloured up to its own maximum: compare the raw values below them, not the "
        "colours. Where the heat moves to after covering is what the network turns to next."
    )


def ways(case: Case, boxes: Boxes, index: int) -> None:
    """The same patches covered in each way: how much of the change is the cover itself."""
    plain, given = case.scores(), case.each_way(boxes)
    rows = [
        {
            "cover": HOW[how].label,
            "score": float(scores[index]),
            "change": float(scores[index] - plain[index]),
            "decision": case.classes[sentences_cover.decided(scores, case.threshold)],
            "when it misleads": HOW[how].harms,
        }
        for how, scores in given.items()
    ]
    st.markdown(sentences_cover.ways(given, plain, index))
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "score": st.column_config.NumberColumn(format="%.3f", width="small"),
            "change": st.column_config.NumberColumn(format="%+.3f", width="small"),
            "when it misleads": st.column_config.TextColumn(width="large"),
        },
    )


def slide(case: Case, how: str, index: int) -> None:
    """A patch slides over the whole X-ray: which places does the score depend on?"""
    patch = float(
        st.segmented_control(
            "Side of the patch",
            SIZES,
            default=0.2,
            required=True,
            format_func=lambda size: f"{size:.0%}",
            key=Key.COVER.of("size"),
            persist_state="session",
            help=sensitivity.PATCH.help,
        )
        or SIZES[0]
    )
    recipe = case.run.recipe
    question = digest_json([cached.model_key(case.run.id), recipe.hash, case.name, how, patch])
    work = working.finished(
        lambda: cached_cover.slid(question, lambda report: case.slide(how, patch, report)),
        cancel=Key.COVER.of("stop"),
    )
    if work is None:
        return
    if work.failed:
        cached_cover.forget_slid(question)
    if work.failed and work.cancelled:
        st.markdown(f"**Stopped** after {work.done:,} of {work.total:,} places.")
        st.button("Slide it again", icon=":material/play_arrow:", key=Key.COVER.of("again"))
        return
    slid(case, work.result(), index)


def slid(case: Case, found: Sensitivity, index: int) -> None:
    """Draw the map over the X-ray as it came, with its scale."""
    name, drops = case.classes[index], found.drops(index)
    said = sentences_cover.slid(found, index, name)
    frame = inline.address(overlay.framed(case.image, seeing.SIDE))
    title = f"Occlusion sensitivity for {name}"
    painted = _framed(sentences_cover.painted(found, index), case.image)
    note = (
        f"{drops.size} places, each covered in turn (Zeiler and Fergus 2014); a place counts the "
        "mean of the patches over it."
    )
    card = Card(0, title, f"{title}. {said}", (said, note))
    if painted.any():
        levels = np.rint(painted * 255).astype(np.uint8)
        spread = found.spread(index)
        card = Card(
            0,
            title,
            f"{title}. {said}",
            (said, note),
            rows=CELLS,
            columns=CELLS,
            cells=b64encode(levels.tobytes()).decode(),
            low=sentences.number(float(spread.min())),
            high=sentences.number(float(spread.max())),
            raw=RAW,
        )
    with st.container(width=WIDE):
        heats([frame], [card], Key.COVER.of("slid"), heat.SIDE)


def _framed(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A map of the picture on the black square that the picture is shown on."""
    height, width = (max(1, round(CELLS * side / max(image.shape))) for side in image.shape)
    frame = np.zeros((CELLS, CELLS), np.float32)
    top, left = (CELLS - height) // 2, (CELLS - width) // 2
    frame[top : top + height, left : left + width] = overlay.stretch(values, height, width)
    return frame
