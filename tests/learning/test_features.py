"""Features equal the trunk's own answer, are computed once, and are known by what made them."""

import os
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.data import growing
from engine.learning import features
from engine.learning.features import CHUNK, Images, TooLarge, drawn, known, plain
from engine.vision.augmentation import Pipeline
from engine.vision.seeds import draw_seed
from engine.words.errors import CxrError
from engine.words.options import Choice
from tests.learning.made_features import (
    COUNT,
    KEY,
    PIXELS,
    TRUNK,
    Told,
    compute,
    direct,
    part_of,
    trunk,
)

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def never() -> keras.Model:
    pytest.fail("built again")


@pytest.mark.parametrize(("dtype", "error"), [("float32", 1e-6), ("float16", 1e-3)])
def test_features_are_the_trunks_own_answer(dtype: str, error: float) -> None:
    found = compute(dtype=dtype)
    assert found.values.shape == (COUNT, 8, 8, 4)
    assert found.values.dtype == dtype
    assert isinstance(found.values, np.memmap)
    np.testing.assert_allclose(found.values, direct(PIXELS), rtol=error, atol=error)
    assert (found.cached, found.computed) == (False, COUNT)


def test_the_second_time_nothing_is_computed() -> None:
    first = compute()
    second = compute(build=never)
    assert (second.cached, second.computed) == (True, 0)
    assert np.array_equal(first.values, second.values)


def test_features_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        compute().values[0] = 0


def test_a_pooled_trunk_gives_one_row_of_numbers() -> None:
    def pooled() -> keras.Model:
        model = trunk()
        return keras.Model(model.input, keras.layers.GlobalAveragePooling2D()(model.output))

    assert compute(build=pooled).values.shape == (COUNT, 4)


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1])
def test_any_number_of_images(count: int) -> None:
    found = compute(plain(PIXELS[:count], [KEY, count]))
    assert found.values.shape == (count, 8, 8, 4)
    np.testing.assert_allclose(found.values, direct(PIXELS[:count]), rtol=1e-6, atol=1e-6)


def test_whatever_determines_the_features_is_in_the_key() -> None:
    rows, draws = np.arange(3), np.array([0, 1, 1])

    def of(**changes) -> Images:
        values = {"key": KEY, "rows": rows, "draws": draws, "augment": Pipeline(()), "seed": 1}
        return drawn(PIXELS, **(values | changes))

    keys = [
        plain(PIXELS, KEY).key,
        of().key,
        of(key="other").key,
        of(rows=rows + 1).key,
        of(draws=draws + 1).key,
        of(seed=2).key,
    ]
    paths = {features._path(key, TRUNK, "float32") for key in keys}
    paths |= {features._path(KEY, "other", "float32"), features._path(KEY, TRUNK, "float16")}
    assert len(paths) == len(keys) + 2
    assert of(rows=rows.astype(np.int32)).key == of().key


def test_draws_are_those_of_their_image_and_number() -> None:
    augment = Pipeline((Choice.of("rotate", limit=20.0),))
    rows, draws = np.array([5, 5, 2, 5]), np.array([0, 2, 1, 2])
    images = drawn(PIXELS, KEY, rows, draws, augment, seed=7)
    got = images.get(0, 4)
    assert np.array_equal(got[0], PIXELS[5])
    assert np.array_equal(got[1], augment(PIXELS[5], draw_seed(7, 5, 2)))
    assert np.array_equal(got[1], got[3])
    assert not np.array_equal(got[1], got[0])
    assert np.array_equal(images.get(2, 3)[0], got[2])
    np.testing.assert_allclose(compute(images).values, direct(got), rtol=1e-6, atol=1e-6)


def test_known_needs_both_the_file_and_its_size() -> None:
    assert not known(KEY, TRUNK, "float32")
    path = compute().path
    assert known(KEY, TRUNK, "float32")
    assert not known(KEY, TRUNK, "float16")
    assert not known("other", TRUNK, "float32")
    os.truncate(path, path.stat().st_size - 1)
    assert not known(KEY, TRUNK, "float32")


def test_known_loads_no_keras() -> None:
    code = "import sys; from engine.learning.features import known; known(1, 2, 'float32'); "
    code += "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_float16_that_overflows_asks_for_float32() -> None:
    def bright() -> keras.Model:
        model = trunk()
        return keras.Model(model.input, keras.layers.Rescaling(1e6)(model.output))

    with pytest.raises(TooLarge, match="features=float32"):
        compute(build=bright, dtype="float16")
    assert growing.look(part_of("float16")) is None
    assert compute(build=bright).values.max() > 65504


def test_nan_is_never_kept() -> None:
    def broken() -> keras.Model:
        model = trunk()
        model.layers[-1].bias.assign([0, np.nan, 0, 0])
        return model

    with pytest.raises(CxrError, match="NaN"):
        compute(build=broken)
    assert not known(KEY, TRUNK, "float32")
    assert compute().computed == COUNT


def test_no_more_than_a_chunk_is_asked_for_at_once() -> None:
    asked = []

    def get(start: int, stop: int) -> NDArray[np.uint8]:
        asked.append((start, stop))
        return PIXELS[start:stop]

    compute(Images(COUNT, KEY, get))
    assert sorted(asked) == [(at, min(at + CHUNK, COUNT)) for at in range(0, COUNT, CHUNK)]


def test_images_are_not_drawn_far_ahead_of_the_network() -> None:
    many = 64 * (os.cpu_count() or 1) * CHUNK
    ahead = []
    told = Told()

    def get(start: int, stop: int) -> NDArray[np.uint8]:
        ahead.append(stop - (told.phases[-1][1] if told.phases else 0))
        return np.zeros((stop - start, 8, 8), np.uint8)

    compute(Images(many, "many", get), listener=told)
    assert max(ahead) <= (2 * (os.cpu_count() or 1) + 3) * CHUNK


def test_old_features_make_room_for_new_ones(monkeypatch) -> None:
    old = compute(plain(PIXELS, "old")).path
    size = old.stat().st_size
    os.utime(f"{old}.sum", (time.time() - 100,) * 2)
    monkeypatch.setenv("CXR_CACHE_GB", str(1.5 * size / 1e9))
    new = compute().path
    assert new.exists()
    assert not old.exists()
    assert not known("old", TRUNK, "float32")
