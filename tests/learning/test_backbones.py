"""Every backbone is what its row says, and one flat graph from raw grey pixels to an answer."""

import importlib
import math
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from engine.learning import prediction
from engine.learning.anatomy import Anatomy, anatomy
from engine.learning.assembly import Assembled, assemble, build_base
from engine.learning.backbones import BACKBONES, Backbone
from engine.learning.freezing import freeze
from engine.learning.graph import Node, read
from engine.learning.regimes import phases
from engine.learning.rules import check
from engine.learning.scaling import scaled
from engine.learning.weights import WEIGHTS
from engine.words.errors import CxrError
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few
from tests.learning.made_backbone import DEEP

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 75, 75, 1)).astype(np.float32)
# Report A's, as its table counts them.
REPORTED = {"resnet152": 58_370_944, "densenet121": 7_037_504, "inceptionv3": 21_802_784}
# Without branches, and with them; what the others have of their own is seen by the thorough run.
FEW = ("vgg16", "mobilenetv2")
SCALES = {"Concatenate", "Rescaling", "Normalization"}
# Building their training step takes long; that gradients pass them is seen by their heat maps.
TRAINED = ("vgg16", "mobilenet")
REGIMES = [
    Choice("scratch"),
    Choice("frozen"),
    Choice.of("last", layers=20),
    Choice.of("last", layers=20, batch_norm=True),
    Choice.of("after", layers=9),
    Choice.of("middle", first=3, last=14),
    Choice.of("middle", first=3, last=14, batch_norm=True),
    Choice.of("two_phases", layers=12),
]


@pytest.fixture(scope="module", params=few(BACKBONES, FEW))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def row(name: str) -> Backbone:
    return BACKBONES[name]


@pytest.fixture(scope="module")
def original(row: Backbone) -> Any:
    """The backbone as Keras builds it."""
    shape = (row.size, row.size, 3)
    return row.load()(include_top=False, weights=None, input_shape=shape)


def recipe(name: str, **changes: Any) -> Recipe:
    settings = {
        "network": Choice.of(name, weights="random", cut=DEEP.get(name, "")),
        "head": Choice("gap"),
        "size": BACKBONES[name].smallest,
        **changes,
    }
    return Recipe("", optimizer=Choice.of("sgd", learning_rate=1e-3), **settings)


@pytest.fixture(scope="module")
def built(name: str) -> Assembled:
    """The network of a recipe at the smallest size."""
    keras.utils.set_random_seed(1)
    return assemble(check(recipe(name)), 2)


@pytest.fixture(scope="module")
def nodes(built: Assembled) -> tuple[Node, ...]:
    return read(built.model)


def test_its_row_is_true_of_keras_own(name: str, row: Backbone, original: Any) -> None:
    assert row.build == f"keras.applications:{WEIGHTS[name].keras}"
    assert original.count_params() == row.parameters == REPORTED.get(name, row.parameters)
    assert sum(len(_inner(layer)) for layer in original.layers) == row.layers
    nodes = read(original)
    assert sum(node.multiply_adds for node in nodes) == pytest.approx(row.multiply_adds, rel=0.02)
    assert sum(math.prod(node.shape) for node in nodes) == pytest.approx(row.outputs, rel=0.05)


def test_its_cut_points_are_where_the_row_says(row: Backbone, original: Any) -> None:
    flat = [inner for layer in original.layers for inner in _inner(layer)]
    counters = [_counter(layer.name) for layer in flat if layer.name.startswith("conv2d")]
    for cut, (number, _) in row.cuts.items():
        layer = flat[number]
        if cut.startswith("conv2d_"):  # named by a counter that never stops
            assert _counter(layer.name) - min(counters) == _counter(cut)
        else:
            assert layer.name == cut
        assert len(layer.output.shape) == 4


def test_its_layers_are_numbered_as_keras_own(built: Assembled, original: Any) -> None:
    flat = [inner for layer in original.layers for inner in _inner(layer)]
    assert sorted(built.numbers.values()) == list(range(1, len(flat)))
    own = [layer for layer in built.model.layers if layer.name in built.numbers]
    assert own
    for layer in own:
        number = built.numbers[layer.name]
        assert type(layer) is type(flat[number])
        assert [w.shape for w in layer.weights] == [w.shape for w in flat[number].weights]


def test_grey_values_are_scaled_as_the_backbones_own_preprocessing_does(
    row: Backbone, built: Assembled
) -> None:
    module = importlib.import_module(row.load().__module__)
    grey = np.repeat(IMAGES[:, : row.smallest, : row.smallest], 3, axis=-1)
    expected = module.preprocess_input(grey.copy())
    first = min(built.numbers, key=lambda layer: built.numbers[layer])
    scaled = keras.Model(built.model.input, built.model.get_layer(first).input)
    assert np.asarray(scaled(grey[..., :1])) == pytest.approx(expected, abs=1e-4)


def test_what_is_shown_of_the_scaling_is_what_the_first_learned_layer_receives(
    name: str, row: Backbone, built: Assembled
) -> None:
    grey = IMAGES[0, : row.smallest, : row.smallest, 0].astype(np.uint8)
    layers = [layer.name for layer in built.model.layers[:6] if type(layer).__name__ in SCALES]
    last = built.model.get_layer(layers[-1])
    given = keras.Model(built.model.input, last.output)([grey[None, ..., None].astype("float32")])
    assert np.asarray(given)[0] == pytest.approx(scaled(grey, name), abs=1e-4)


def test_it_is_one_flat_graph_that_answers_raw_grey_pixels_with_probabilities(
    row: Backbone, built: Assembled, tmp_path: Path
) -> None:
    assert not any(isinstance(layer, keras.Model) for layer in built.model.layers)
    assert built.model.input_shape == (None, row.smallest, row.smallest, 1)
    images = IMAGES[:, : row.smallest, : row.smallest]
    answers = np.asarray(built.model(images))
    assert answers.shape == (3, 1) and answers.dtype == np.float32
    assert ((answers >= 0) & (answers <= 1)).all()
    built.model.save(tmp_path / "model.keras")
    again = prediction.load(tmp_path / "model.keras")
    assert np.asarray(again(images)) == pytest.approx(answers, abs=1e-6)
    assert all(map(np.array_equal, again.get_weights(), built.model.get_weights()))


@pytest.mark.parametrize("regime", REGIMES, ids=lambda choice: choice.name)
def test_what_learns_is_counted_as_keras_counts_it(
    name: str, built: Assembled, nodes: tuple[Node, ...], regime: Choice
) -> None:
    weights = "random" if regime.name == "scratch" else "imagenet"
    cut = Choice.of(name, weights=weights, cut=DEEP.get(name, ""))
    for phase in phases(check(recipe(name, network=cut, regime=regime))):
        freeze(built.model, built.numbers, phase, {})
        learning = sum(int(np.prod(weight.shape)) for weight in built.model.trainable_weights)
        assert Anatomy(nodes, built.numbers).trainable(phase) == learning
    assert sum(node.params for node in nodes) == built.model.count_params()


@pytest.mark.parametrize("name", few(TRAINED, {"mobilenet"}))
def test_it_learns(name: str) -> None:
    """Eagerly: building a graph for a few steps takes longer than the steps."""
    keras.utils.set_random_seed(1)
    one = recipe(name, head=Choice.of("gap", dropout=0.0))
    model = assemble(check(one), 2).model
    model.compile(keras.optimizers.Adam(1e-4), "binary_crossentropy", run_eagerly=True)
    images, targets = IMAGES[:2, :32, :32] * [[[[0.2]]], [[[1.0]]]], np.array([[0.0], [1.0]])
    losses = [float(model.train_on_batch(images, targets)) for _ in range(3)]
    assert np.isfinite(losses).all()
    assert losses[2] < losses[0]


@pytest.mark.thorough
def test_weights_of_networks_within_a_network_find_their_places(tmp_path: Path) -> None:
    """ConvNeXt is made of some, and is made flat."""
    original = BACKBONES["convnexttiny"].load()(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    assert any(len(_inner(layer)) > 1 for layer in original.layers)
    random = np.random.default_rng(0)
    weights = [random.normal(0, 0.1, weight.shape) for weight in original.get_weights()]
    original.set_weights(weights)
    original.save_weights(tmp_path / "made.weights.h5")
    base = build_base(Choice("convnexttiny"), 32, tmp_path / "made.weights.h5")
    images = IMAGES[:, :32, :32]
    expected = np.asarray(original(np.repeat(images, 3, axis=-1)))
    assert np.ptp(expected) > 0.1
    assert np.asarray(base.model(images)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("cut", few(["", "60"], {"60"}))
def test_its_anatomy_is_the_networks_own(cut: str) -> None:
    one = check(recipe("mobilenetv2", network=Choice.of("mobilenetv2", weights="random", cut=cut)))
    real = assemble(one, 2)
    foreseen, found = anatomy(one, 2), read(real.model)
    assert [node.name for node in foreseen.nodes] == [node.name for node in found]
    assert foreseen.nodes == found
    assert foreseen.total == real.model.count_params()
    assert all(
        foreseen.numbers[node.name] == real.numbers[node.name]
        for node in found
        if node.name in real.numbers
    )


@pytest.mark.thorough
def test_a_cut_without_a_picture_is_refused() -> None:
    numbers = anatomy(recipe("efficientnetv2b0"), 2).numbers
    squeeze = next(number for layer, number in numbers.items() if layer.endswith("se_squeeze"))
    network = Choice.of("efficientnetv2b0", weights="random", cut=str(squeeze))
    for build in (assemble, anatomy):
        with pytest.raises(CxrError, match="Cut at another layer"):
            build(recipe("efficientnetv2b0", network=network), 2)


def test_smaller_images_than_the_row_allows_are_refused_by_keras_too(row: Backbone) -> None:
    side = row.smallest - 1
    with pytest.raises(ValueError, match=str(row.smallest)):
        row.load()(include_top=False, weights=None, input_shape=(side, side, 3))


def _inner(layer: Any) -> list[Any]:
    """A layer, or those of the network that it is."""
    return list(layer.layers) if isinstance(layer, keras.Sequential) else [layer]


def _counter(name: str) -> int:
    found = re.search(r"_(\d+)$", name)
    return int(found[1]) if found else 0
