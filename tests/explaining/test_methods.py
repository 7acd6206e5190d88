"""Every method on every kind of network is what a gradient tape and NumPy make of it."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from engine.explaining.cam import METHODS, cam, cam_layers, cams, choose_layer
from engine.explaining.halves import AT_ONCE
from engine.explaining.layers import depths
from engine.explaining.methods import has_layer
from engine.explaining.sentences import describe, note
from engine.words.errors import CxrError
from engine.words.options import Choice
from tests.choosing import few
from tests.explaining import made_maps
from tests.explaining.made_maps import CLOSE, KINDS, KNOBS, SIZE, assert_is, pictures, scratch

IMAGES = pictures(3)


@pytest.fixture(scope="module")
def plain() -> Any:
    return scratch(2, "softmax")


def asked(method: str) -> Choice:
    return KNOBS.get(method, Choice(method))


@pytest.mark.parametrize(
    ("method", "kind"),
    few(
        product(METHODS, KINDS), [*product(["gradcam"], KINDS), *product(METHODS, list(KINDS)[:1])]
    ),
)
def test_a_batch_is_what_is_computed_by_hand_and_one_by_one(
    networks: Any, kind: str, method: str
) -> None:
    model = networks(kind)
    classes = [0, 1, max(2, model.output_shape[-1]) - 1]
    layer = choose_layer(cam_layers(model)) if has_layer(method) else None
    found = cams(model, IMAGES, classes, asked(method))
    raw = made_maps.expected(method, model, IMAGES, classes, layer.index if layer else None)
    for result, wanted in zip(found, raw, strict=True):
        assert (result.layer, result.method) == (layer, method)
        assert result.heat.shape == wanted.shape and result.heat.dtype == np.float32
        assert_is(result, wanted)
    alone = cam(model, IMAGES[2], classes[2], asked(method))
    np.testing.assert_allclose(alone.heat, found[2].heat, atol=CLOSE[method])
    assert np.ptp(raw, axis=0).max() > 0  # else the images could be mixed up


def test_more_images_than_pass_at_once_come_in_order(plain: Any) -> None:
    images, told = pictures(AT_ONCE + 2), []
    found = cams(plain, images, [1, 0] * 5, progress=lambda *counts: told.append(counts))
    assert told == [(AT_ONCE, AT_ONCE + 2), (AT_ONCE + 2, AT_ONCE + 2)]
    for at in (0, AT_ONCE + 1):
        alone = cam(plain, images[at], (1, 0)[at % 2])
        np.testing.assert_allclose(found[at].heat, alone.heat, atol=1e-5)
    assert cams(plain, images[:0], []) == []
    with pytest.raises(CxrError, match="10 images needs a class, got 1"):
        cams(plain, images, [1])


@pytest.mark.parametrize("method", ["smoothgrad", "scorecam"])
def test_the_same_question_has_the_same_answer(plain: Any, method: str) -> None:
    np.random.seed(1)
    state = np.random.get_state()[1].copy()
    first = cam(plain, IMAGES[0], 1, asked(method))
    second = cam(plain, IMAGES[0], 1, asked(method))
    np.testing.assert_array_equal(first.heat, second.heat)
    assert (np.random.get_state()[1] == state).all()  # nobody else's draws change


@pytest.mark.parametrize(
    ("method", "knobs"),
    [
        ("smoothgrad", {"seed": 1}),
        ("smoothgrad", {"noise": 0.4}),
        ("smoothgrad", {"samples": 2}),
        ("scorecam", {"max_n": 1}),
    ],
)
def test_each_knob_changes_the_map(plain: Any, method: str, knobs: dict[str, Any]) -> None:
    usual = cam(plain, IMAGES[0], 1, asked(method))
    other = cam(plain, IMAGES[0], 1, Choice.of(method, **{**asked(method).kwargs, **knobs}))
    assert np.abs(usual.heat - other.heat).max() > 1e-3


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice.of("scorecam", max_n=1280), "must lie between 1 and 64, got 1280"),
        (Choice.of("smoothgrad", samples=1000), "must lie between 2 and 64"),
        (Choice.of("gradcam", max_n=3), "has no setting 'max_n'"),
    ],
)
def test_knobs_are_bounded(plain: Any, choice: Choice, words: str) -> None:
    with pytest.raises(CxrError, match=words):
        cam(plain, IMAGES[0], 1, choice)


def test_more_channels_than_there_are_cannot_be_tried(plain: Any) -> None:
    few = cam(plain, IMAGES[0], 1, Choice.of("scorecam", max_n=8))
    many = cam(plain, IMAGES[0], 1, Choice.of("scorecam", max_n=64))
    np.testing.assert_array_equal(few.heat, many.heat)


@pytest.fixture(scope="module")
def dead() -> Any:
    """A network whose second convolution answers 0 to everything."""
    model = scratch(2, "softmax")
    kernel, bias = model.layers[4].get_weights()
    model.layers[4].set_weights([kernel * 0, bias - 1])
    return model


@pytest.mark.parametrize("method", METHODS)
def test_a_network_whose_filters_are_dead_has_an_empty_map(
    dead: Any, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = cam(dead, IMAGES[0], 1, asked(method))
    assert found.empty and not found.heat.any()
    assert (found.raw_min, found.raw_max) == (0, 0)
    where = "no part of layer 4" if has_layer(method) else "no pixel"
    assert describe(found, "VIRAL").startswith(f"The map is empty: {where} speaks for VIRAL")
    assert capsys.readouterr().out == ""  # no progress bar: the command line's stdout is an answer


@pytest.mark.parametrize("method", METHODS)
def test_a_network_that_is_sure_of_itself_has_finite_maps(networks: Any, method: str) -> None:
    model = networks("scratch, one sigmoid unit")
    usual = cam(model, IMAGES[0], 1, asked(method))
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * 1e4, bias + 1e4])
    sure = cam(model, IMAGES[0], 1, asked(method))
    model.layers[-1].set_weights([kernel, bias])
    assert not sure.empty
    if method not in ("scorecam", "gradcam++"):  # these weigh by what grows more or less
        np.testing.assert_allclose(sure.heat, usual.heat, atol=1e-4)
        assert sure.raw_max == pytest.approx(1e4 * usual.raw_max, rel=1e-3)


def test_a_network_that_flattens_at_once_can_be_asked_by_its_pixels() -> None:
    import keras

    inputs = keras.Input((SIZE, SIZE, 1))
    dense = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Model(inputs, dense(keras.layers.Flatten()(inputs)))
    found = cam(model, IMAGES[0], 1, "saliency", layer=99)  # a layer says nothing to it
    slopes = np.abs(np.asarray(dense.kernel)).reshape(SIZE, SIZE)
    np.testing.assert_allclose(found.heat, slopes / slopes.max(), atol=1e-5)
    assert found.layer is None
    assert f"{SIZE} x {SIZE} pixels" in note(found)
    assert "a small change moves the score for VIRAL" in describe(found, "VIRAL")


def test_one_layer_of_each_depth_and_the_usual_one_among_them() -> None:
    import keras

    inputs = keras.Input((64, 64, 1))
    x = inputs
    for width in (4, 5, 6, 7, 8):
        x = keras.layers.Conv2D(width, 3, padding="same")(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPooling2D()(x)
    answer = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    layers = cam_layers(keras.Model(inputs, answer))
    usual = choose_layer(layers)
    assert (usual.kind, usual.rows) == ("ReLU", 8)
    assert [(one.kind, one.rows) for one in depths(layers, 6)] == [
        ("ReLU", 64),
        ("ReLU", 32),
        ("ReLU", 16),
        ("ReLU", 8),
        ("ReLU", 4),
        ("MaxPooling2D", 2),
    ]
    assert [one.rows for one in depths(layers, 3)] == [32, 16, 8]
    assert depths(layers, 1) == [usual]


@pytest.mark.parametrize("name", METHODS)
def test_a_row_says_whose_it_is_and_when_it_does_harm(name: str) -> None:
    row = METHODS[name]
    assert "arXiv" in row.help or "doi" in row.help
    assert row.harms.endswith(".") and row.raw.endswith(".")
    assert "{name}" in row.says
    assert callable(row.load())
