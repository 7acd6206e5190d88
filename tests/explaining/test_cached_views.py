"""A heat map is computed once; a corrupt entry is computed again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.explaining import cached
from engine.words.errors import Cancelled
from engine.words.options import Choice
from tests.explaining.test_cam import SIZE, network

IMAGES = np.random.default_rng(0).integers(0, 256, (11, SIZE, SIZE), dtype=np.uint8)
IMAGE = IMAGES[0]


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


def test_views_computes_what_is_missing_and_reads_the_rest() -> None:
    model, told = network(2), []
    classes = [number % 2 for number in range(11)]
    for at in (3, 7):
        cached.view("key", lambda: model, IMAGES[at], classes[at])

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    found = cached.views("key", lambda: model, IMAGES, classes, progress=tell)
    assert told == [(2, 11), (10, 11), (11, 11)]
    for at in (0, 3, 10):
        alone, hit = cached.view("key", never, IMAGES[at], classes[at])
        assert hit
        np.testing.assert_array_equal(alone.heat, found[at].heat)
    told.clear()
    again = cached.views("key", never, IMAGES, classes, progress=tell)
    assert not told
    for first, second in zip(found, again, strict=True):
        np.testing.assert_array_equal(first.heat, second.heat)
        assert (first.layer, first.raw_min) == (second.layer, second.raw_min)


def test_an_image_that_comes_twice_is_computed_once() -> None:
    model, told = network(2), []
    twice = IMAGES[[0, 1, 0]]
    found = cached.views(
        "key", lambda: model, twice, [1, 1, 1], progress=lambda *counts: told.append(counts)
    )
    assert told == [(1, 3), (3, 3)]
    np.testing.assert_array_equal(found[0].heat, found[2].heat)


def test_a_stop_keeps_the_batches_that_are_done(models: Path) -> None:
    model = network(2)

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        cached.views("key", lambda: model, IMAGES, [1] * 11, progress=stop)
    assert len(list((models / "cache" / "views").glob("*.npz"))) == cached.CHUNK
    cached.views("key", never, IMAGES[: cached.CHUNK], [1] * cached.CHUNK)


def test_the_turn_is_held_while_the_network_works_and_given_up_between() -> None:
    model, held = network(2), []

    class Turn:
        def __enter__(self) -> None:
            held.append("taken")

        def __exit__(self, *_: object) -> None:
            held.append("given")

    def load() -> Any:
        assert held[-1] == "taken"
        return model

    cached.views("key", load, IMAGES, [1] * 11, turn=Turn())
    assert held == ["taken", "given"] * 2


def test_knobs_are_in_the_key_and_a_layer_only_where_it_matters() -> None:
    model = network(2)

    def hit(method: str | Choice, layer: int | None = None) -> bool:
        return cached.view("key", lambda: model, IMAGE, 1, method, layer)[1]

    few = Choice.of("smoothgrad", samples=2)
    assert not hit(few)
    assert hit(Choice.of("smoothgrad", samples=2, seed=0), layer=2)
    assert not hit(Choice.of("smoothgrad", samples=2, seed=1))
    assert not hit("scorecam")
    assert hit(Choice.of("scorecam", max_n=10))
    found, _ = cached.view("key", never, IMAGE, 1, few)
    assert found.layer is None and found.method == "smoothgrad"
