from pathlib import Path

import numpy as np
import pytest

from engine.data import brightness, pixels, sources
from engine.data.catalogue import build_catalogue
from engine.vision.decoding import read


def test_the_mean_grey_is_that_of_the_picture_and_computed_once(
    cxr_dirs: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = build_catalogue("tiny", tiny_folder)
    assert not brightness.is_quick(catalogue)
    values = brightness.mean_grey(catalogue)
    own = [read(catalogue.root / file).mean() for file in catalogue.images["file"]]
    assert values == pytest.approx(np.array(own), abs=1.5)  # resized to the preview's size
    assert brightness.is_quick(catalogue)
    monkeypatch.setattr(brightness, "pixels", lambda *_: pytest.fail("computed again"))
    assert (brightness.mean_grey(catalogue) == values).all()


def test_it_is_quick_where_the_previews_are_there(cxr_dirs: Path, tiny_folder: Path) -> None:
    catalogue = build_catalogue("tiny", tiny_folder)
    pixels.pixels(catalogue, *sources.PREVIEW)
    assert brightness.is_quick(catalogue)
