"""A heat map is computed once; a corrupt entry is computed again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.explaining import cached
from tests.explaining.test_cam import SIZE, network

IMAGE = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CXR_MODELS_DIR", str(tmp_path))
    return tmp_path


def never() -> Any:
    raise AssertionError("the model was loaded although the map is kept")


def test_the_second_call_needs_no_model() -> None:
    model = network(2)
    first, hit = cached.view("key", lambda: model, IMAGE, 1)
    assert not hit
    second, hit = cached.view("key", never, IMAGE, 1)
    assert hit
    np.testing.assert_array_equal(first.heat, second.heat)
    assert (first.layer, first.raw_min, first.raw_max) == (
        second.layer,
        second.raw_min,
        second.raw_max,
    )
    assert cached.layers("key", lambda: model) == cached.layers("key", never)


@pytest.mark.parametrize("other", ["key", "image", "class", "layer"])
def test_whatever_determines_the_map_is_in_the_key(other: str) -> None:
    model = network(2)
    cached.view("key", lambda: model, IMAGE, 1)
    _, hit = cached.view(
        "other" if other == "key" else "key",
        lambda: model,
        IMAGE.T.copy() if other == "image" else IMAGE,
        0 if other == "class" else 1,
        layer=2 if other == "layer" else None,
    )
    assert not hit


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04 half a file", b"no archive at all"])
def test_a_corrupt_entry_is_computed_again(junk: bytes, models: Path) -> None:
    model = network(2)
    first, _ = cached.view("key", lambda: model, IMAGE, 1)
    cached.layers("key", lambda: model)
    for path in (models / "cache" / "views").glob("*[nz]"):
        path.write_bytes(junk)
    again, hit = cached.view("key", lambda: model, IMAGE, 1)
    assert not hit
    np.testing.assert_array_equal(first.heat, again.heat)
    assert cached.layers("key", lambda: model)


def test_the_models_content_names_its_maps(tmp_path: Path) -> None:
    file = tmp_path / "model.keras"
    file.write_bytes(b"one")
    one = cached.model_key(file)
    file.write_bytes(b"two")
    assert cached.model_key(file) != one
