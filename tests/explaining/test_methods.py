"""Every method on every kind of network is what a gradient tape and NumPy make of it."""

from typing import Any

import numpy as np
import pytest

from engine.explaining.cam import METHODS, CamResult, cam, cam_layers, cams, choose_layer
from engine.explaining.halves import AT_ONCE, halves
from engine.explaining.layers import depths
from engine.explaining.methods import has_layer
from engine.explaining.sentences import describe, note
from engine.explaining.visualizers import ENOUGH, _linear_copy, at_once
from engine.words.errors import CxrError
from engine.words.options import Choice
from tests.explaining import made_maps
from tests.explaining.made_maps import KINDS, KNOBS, SIZE, pictures, scratch
from tests.learning import made_backbone

IMAGES = pictures(3)
# Grad-CAM++ divides by 2 + sum(activations) * slope: near 0 it makes much of the last digit.
CLOSE = dict.fromkeys(METHODS, 1e-4) | {"gradcam++": 0.03}


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a kind's network, built when it is first asked for."""
    root, built = tmp_path_factory.mktemp("weights"), {}
    with pytest.MonkeyPatch.context() as patch:
        made_backbone.write_tiny(root)
        made_backbone.install(patch, root)
        file = root / made_backbone.SOURCE.keras / made_backbone.SOURCE.file

        def network(kind: str) -> Any:
            if kind not in built:
                built[kind] = KINDS[kind](file)
            return built[kind]

        yield network


@pytest.fixture(scope="module")
def plain() -> Any:
    return scratch(2, "softmax")


def asked(method: str) -> Choice:
    return KNOBS.get(method, Choice(method))


def assert_is(result: CamResult, raw: np.ndarray) -> None:
    """Compare a result with a raw map, to a ten-thousandth of its largest value."""
    close, reach = CLOSE[result.method], float(np.abs(raw).max())
    assert result.raw_max == pytest.approx(raw.max(), abs=close * reach)
    assert result.raw_min == pytest.approx(raw.min(), abs=close * reach)
    assert result.empty == (raw.max() <= 0)
    heat = np.zeros_like(raw) if result.empty else np.maximum(raw, 0) / raw.max()
    np.testing.assert_allclose(result.heat, heat, atol=close)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
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


@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "layercam"])
@pytest.mark.parametrize("kind", ["frozen backbone, one sigmoid unit", "scratch, three of softmax"])
def test_many_images_pass_up_to_the_layer_compiled_and_give_the_same(
    networks: Any, kind: str, method: str
) -> None:
    model, images = networks(kind), pictures(ENOUGH)
    classes = [0, 1, 1, 0]
    layer = choose_layer(cam_layers(model)).index
    assert halves(model, _linear_copy(model), layer)
    raw = made_maps.expected(method, model, images, classes, layer)
    for result, wanted in zip(cams(model, images, classes, method), raw, strict=True):
        assert_is(result, wanted)


def test_a_network_is_split_only_where_nothing_passes_by(networks: Any) -> None:
    model = networks("frozen backbone, one sigmoid unit")
    copy = _linear_copy(model)
    number = {layer.name: at for at, layer in enumerate(model.layers)}
    assert halves(model, copy, number["add2"]) and halves(model, copy, number["relu1"])
    inside = number["bn2"]  # a sum takes what came before it, too
    assert halves(model, copy, inside) is None
    images = pictures(ENOUGH)
    found = cams(model, images, [1] * ENOUGH, layer=inside)
    raw = made_maps.expected("gradcam", model, images, [1] * ENOUGH, inside)
    for result, wanted in zip(found, raw, strict=True):
        assert_is(result, wanted)
    ensemble = networks("ensemble of softmax")  # the other members pass by
    usual = choose_layer(cam_layers(ensemble)).index
    assert halves(ensemble, _linear_copy(ensemble), usual) is None


def test_a_split_network_that_learned_since_is_asked_anew() -> None:
    model, images = scratch(1, "sigmoid"), pictures(ENOUGH)
    before = cams(model, images, [1] * ENOUGH)
    for layer in (2, -1):  # below the split and above it
        kernel, bias = model.layers[layer].get_weights()
        model.layers[layer].set_weights([-kernel, bias])
    after = cams(model, images, [1] * ENOUGH)
    usual = choose_layer(cam_layers(model)).index
    raw = made_maps.expected("gradcam", model, images, [1] * ENOUGH, usual)
    for first, result, wanted in zip(before, after, raw, strict=True):
        assert_is(result, wanted)
        assert first.raw_max != pytest.approx(result.raw_max, rel=1e-3)


def test_a_deep_network_passes_fewer_images_at_once(plain: Any) -> None:
    import keras

    inputs = keras.Input((1024, 1024, 1))
    x = inputs
    for _ in range(4):
        x = keras.layers.Conv2D(16, 3, padding="same")(x)
    large = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x)))
    assert (at_once(large), at_once(plain)) == (1, AT_ONCE)


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
