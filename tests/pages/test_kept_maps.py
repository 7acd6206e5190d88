"""Many heat maps for a page or a thread: what is missing is computed, counted, one turn held."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.words.errors import Cancelled
from pages.shared import cached, inference
from tests.pages import little_showcase
from tests.pages.little_showcase import SIZE

RUN = "showcase-TINY"


@pytest.fixture
def images(quiet: Path, lungs: str) -> np.ndarray:
    """Pictures (9, size, size) for a showcase of tiny runs."""
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return np.random.default_rng(0).integers(0, 256, (9, SIZE, SIZE), dtype=np.uint8)


def test_a_thread_is_told_how_far_it_is_and_may_stop(
    images: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, told = cached.run(RUN), []

    def tell(done: int, total: int, what: str) -> None:
        assert not inference.TURN.locked()  # others may ask while it reports
        told.append((done, total, what))
        if done == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        inference.kept_maps(run, images, [1] * 9, None, tell=tell)
    assert told == [(0, 9, "Asking TINY where it looked"), (8, 9, "Asking TINY where it looked")]
    assert not inference.TURN.locked()
    monkeypatch.setattr(cached, "model", None)  # what is kept needs no network
    kept = inference.kept_maps(run, images[:8], [1] * 8, None)
    alone, hit = inference.kept_map(run, images[3], 1, None)
    assert hit
    np.testing.assert_array_equal(kept[3].heat, alone.heat)


def test_a_page_draws_no_bar_once_all_is_there(images: np.ndarray) -> None:
    def page() -> None:
        import numpy as np
        import streamlit as st

        from pages.shared import cached, inference

        images = np.random.default_rng(0).integers(0, 256, (9, 32, 32), dtype=np.uint8)
        run = cached.run("showcase-TINY")
        maps = inference.kept_maps(run, images, np.arange(9) % 2, None, "layercam")
        st.markdown(f"{len(maps)} maps of {maps[0].heat.shape}, {maps[0].method}")

    for _ in range(2):
        app = AppTest.from_function(page, default_timeout=300).run()
        assert not app.exception
        assert app.markdown[0].value == "9 maps of (16, 16), layercam"
        assert not app.get("progress")
