"""Patches painted on a picture: what a browser sends is checked, what was painted stays."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.vision.boxes import Box
from pages.shared import patch
from pages.shared.components.patch import MOST

NAN = float("nan")


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ([[0.1, 0.2, 0.3, 0.4]], (Box(0.1, 0.2, 0.3, 0.4),)),
        ([[-1, 0, 7, 0.5]], (Box(0, 0, 1, 0.5),)),
        ([[0.4, 0, 0.2, 1], [0, 0, 1, 1]], (Box(0, 0, 1, 1),)),
        ([[NAN, 0, 1, 1], [0, 0, 1], "left", None, ["a", 0, 1, 1]], ()),
        (None, ()),
        ("everything", ()),
        ({"left": 1}, ()),
    ],
)
def test_only_boxes_are_read_from_what_a_browser_sends(told: object, read: tuple[Box, ...]) -> None:
    assert patch._read(told) == read


def test_no_more_than_the_most_are_read() -> None:
    assert len(patch._read([[0, 0, 1, 1]] * (MOST + 5))) == MOST


def script() -> None:
    import numpy as np
    import streamlit as st

    from engine.vision.boxes import Box
    from pages.shared import patch

    picture = np.zeros((900, 1200), np.uint8)
    st.button("here", on_click=lambda: patch.put("one", [Box(0, 0, 0.5, 0.5)]))
    painted = patch.paint(picture, "one")
    st.write(f"{len(painted)} and {len(patch.paint(picture, 'two'))}")


def test_patches_that_python_puts_there_belong_to_their_picture_and_stay() -> None:
    app = AppTest.from_function(script, default_timeout=300).run()
    assert not app.exception
    assert app.markdown[0].value == "0 and 0"
    app = app.button[0].click().run()
    assert app.markdown[0].value == "1 and 0"
    assert app.run().markdown[0].value == "1 and 0"
