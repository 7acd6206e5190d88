"""One X-ray of a gallery, opened: full size, its facts, heat map, neighbours, next and previous."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from engine.explaining import methods
from engine.judging import cases
from engine.judging.scores import Scores
from engine.judging.sentences import cut, word
from engine.vision.preprocessing import preprocess
from engine.words.errors import CxrError
from pages.shared import back, cached, case_tiles, folded, heat, inference, inline, seeing, state
from pages.shared.case_tiles import Shown
from pages.shared.state import Key

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

LAST = Key.IMAGE.of("last")  # the last one that was looked at of the gallery itself
HEAT = Key.IMAGE.of("heat")
LARGE = 1280  # pixels that are sent of a large X-ray
NEAR, NEAR_SIDE = 6, 84
OUTCOMES = {(0, 0): "left alone", (0, 1): "false alarm", (1, 0): "missed", (1, 1): "found"}


def show(shown: Shown, title: str, closed: Callable[[int], None]) -> None:
    """Draw the open image over the page, if one is; `closed` gets its index in the gallery."""
    image_id = state.choice(Key.IMAGE)
    if not image_id:
        return
    if shown.place is None:
        part = shown.scores.split
        st.caption(f"The X-ray that the address names is not among this run's {part} images.")
        return

    def close() -> None:
        at = np.flatnonzero(shown.found == shown.place)
        if len(at):
            closed(int(at[0]))
        state.choose(Key.IMAGE, None)

    st.dialog(title, width="large", on_dismiss=close)(_view)(shown)


def facts(scores: Scores, threshold: float | None, place: int) -> str:
    """Return the caption of an opened X-ray: classes, score, kind, patient, file."""
    row = _row(scores, threshold, place)
    inside = f" ({case_tiles.kind(row)})" if case_tiles.kind(row) else ""
    if scores.binary:
        outcome = OUTCOMES[int(scores.truth[place]), scores.classes.index(row.predicted)]
        said = f"Score for {word(scores.positive)} **{row.score:.3f}**"
        said += f", threshold {cut(threshold or 0.0)}"
    else:
        outcome = "right" if row.right else "wrong"
        each = zip(scores.classes, scores.probabilities[place], strict=True)
        said = "Scores: " + ", ".join(f"{word(name)} **{value:.3f}**" for name, value in each)
    return (
        f"True **{word(row.true)}**{inside}, called **{word(row.predicted)}**: {outcome}  \n"
        f"{said}  \nPatient {row.patient}, file {row.file}"
    )


def _view(shown: Shown) -> None:
    place = shown.place
    if place is None:  # closed meanwhile
        return
    scores, threshold = shown.scores, shown.threshold
    row = _row(scores, threshold, place)
    left, right = st.columns([9, 11], gap="medium")
    with left:
        picture = st.empty()
        image = _draw(picture, shown, row)
    with right:
        _steps(shown, place)
        st.markdown(facts(scores, threshold, place))
        with st.container(horizontal=True, vertical_alignment="center"):
            wanted = _heat_wanted()
            if st.button("Explain it", icon=":material/visibility:", type="tertiary"):
                back.explain_image(shown.run, scores, row.file)
        said = st.empty()
        st.caption("Nearest in score")
        near = cases.neighbours(scores, row.image_id, NEAR, threshold)
        case_tiles.draw(near, shown.root, Key.IMAGE.of("near"), NEAR_SIDE)
    if wanted and image is not None:  # last: all else is on the screen while a network loads
        _heat(picture, said, shown, row, image)


def _heat_wanted() -> bool:
    """A button that stays pressed; the focus of a switch would swallow the arrow keys."""
    on = bool(state.get(HEAT))
    st.button(
        "Hide the heat map" if on else "Show the heat map",
        key=Key.IMAGE.of("switch"),
        icon=":material/local_fire_department:",
        type="primary" if on else "secondary",
        shortcut="H",
        help="Grad-CAM: what in the X-ray raised the score under it.",
        on_click=lambda: state.put(HEAT, not on),
    )
    return on


def _row(scores: Scores, threshold: float | None, place: int) -> object:
    return next(cases.table(scores, threshold, np.array([place])).itertuples())


def _steps(shown: Shown, place: int) -> None:
    found = shown.found
    at = np.flatnonzero(found == place)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not len(at):
            last = found[found == state.get(LAST)]
            _step("Back", "Left", last if len(last) else found[:1], shown)
            st.caption("This one lies outside the gallery that was open.", width="content")
            return
        here = int(at[0])
        state.put(LAST, place)
        _step("Previous", "Left", found[max(here - 1, 0) : here], shown)
        _step("Next", "Right", found[here + 1 : here + 2], shown)
        st.caption(f"{here + 1:,} of {len(found):,}", width="content")


def _step(label: str, shortcut: str, target: cases.Places, shown: Shown) -> None:
    """A button that opens the image at `target`, an array of one place or of none."""
    ids = [str(shown.scores.rows["image_id"].iloc[place]) for place in target]
    st.button(
        label,
        key=Key.IMAGE.of(label.lower()),
        shortcut=shortcut,
        disabled=not ids,
        on_click=case_tiles.go,
        args=(ids[0], int(target[0])) if ids else None,
    )


def _draw(picture: DeltaGenerator, shown: Shown, row: object) -> np.ndarray | None:
    from engine.explaining.overlay import framed

    try:
        image = cached.picture(str(shown.root / row.file), row.image_id)
    except (CxrError, OSError) as error:
        picture.caption(f"{row.file}: {error}")
        return None
    side = max(seeing.SIDE, min(max(image.shape), LARGE))
    address = inline.address(framed(image, side))
    picture.image(address, width="stretch", alt=f"Chest X-ray {row.file}")
    return image


def _heat(
    picture: DeltaGenerator, said: DeltaGenerator, shown: Shown, row: object, image: np.ndarray
) -> None:
    """Lay the map of the class that is looked for over the X-ray, or say why there is none.

    Of two classes that is the positive one: what spoke for pneumonia, also where it was too little.
    """
    from engine.explaining.cam import choose_layer

    name = shown.scores.positive if shown.scores.binary else row.predicted
    began = time.perf_counter()
    try:
        run = folded.network(shown.run, row.file)
        seen = preprocess(image, run.recipe.size, run.recipe.preprocessing)
        with said.container():
            layer = choose_layer(inference.layers(run))  # the Explain page's own: one cache
            result, kept = inference.kept_map(run, seen, run.classes.index(name), layer.index)
    except CxrError as error:
        said.error(str(error), icon=":material/error:")
        return
    took = time.perf_counter() - began
    with picture.container():
        title = f"{methods.row(result.method).label} for {word(name)}"
        heat.show([heat.Heated(seen, result, title, word(name))], Key.IMAGE.of("map"))
    how = "from the cache" if kept else "computed now and kept"
    text = f"Heat for {word(name)}: {how}, {took:.1f} s."
    said.caption(f"{text} {folded.told(shown.run, run)}".rstrip())
