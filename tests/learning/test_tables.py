"""Every row of every table can be built, and the networks have the reports' parameter counts."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from engine.data.catalogue import Catalogue
from engine.learning import prediction
from engine.learning.anatomy import summary
from engine.learning.assembly import assemble
from engine.learning.networks import HEADS, OUTPUTS, SCRATCH
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.presets import PRESETS
from engine.learning.reported import table
from engine.learning.rules import check
from engine.learning.training import precision
from engine.vision.augmentation import STEPS, Pipeline
from engine.words.errors import CxrError
from engine.words.options import Choice, build
from engine.words.recipe import PRECISIONS, Recipe
from tests.choosing import few, thorough
from tests.learning.made_training import recipe, run

REPORTED = {
    name: (entry.parameters.get("total"), entry.parameters.get("learn"))
    for name, entry in table().experiments.items()
    if entry.parameters
}
COUNTS = {
    # preset: parameters of the whole network, then those that learn in each phase
    **REPORTED,
    "D3": (464_001, 464_001),
    "D4": (464_001 + 2 * 2_305, 464_001 + 2 * 2_305),  # two more units on 2,304 values
    "A6": (23_564_800 + 16_777_602, 16_777_602),  # 8 x 8 x 2,048 values, 128 units, 2 units
    "B-VGG16": (15_243_075, 528_387, 15_243_075),  # it has fewer than 20 layers: all learn
    "B-DenseNet121": (8_090_179, 1_052_675, None),
    "B-ResNet50": (25_688_963, 2_101_251, None),
}


@pytest.mark.parametrize("name", COUNTS)
def test_parameter_counts_match_the_reports_to_the_unit(name: str) -> None:
    preset = check(PRESETS[name].recipe("data"))
    found = summary(preset, 3 if preset.task == "kinds" else 2)
    counted = (found.total, *found.by_phase)
    for count, expected in zip(counted, COUNTS[name], strict=True):
        assert expected is None or count == expected
    assert found.trainable == found.by_phase[0]
    assert found.input_shape == (preset.size, preset.size, 1)
    assert found.layers["params"].sum() == found.total
    assert found.trainable <= found.layers.loc[found.layers["learns"], "params"].sum()


@pytest.mark.parametrize("classes", [2, thorough(3)])
@pytest.mark.parametrize("name", SCRATCH)
def test_a_network_from_scratch_learns_from_raw_grey_pixels(
    name: str, classes: int, tmp_path: Path
) -> None:
    keras.utils.set_random_seed(0)
    one = check(Recipe("", Choice(name), Choice("adam"), size=32))
    model = assemble(one, classes).model
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    assert model.input_shape == (None, 32, 32, 1)
    images = np.linspace(0, 255, 6)[:, None, None, None] * np.ones((6, 32, 32, 1))
    outputs = model.output_shape[-1]
    targets = np.eye(outputs)[np.arange(6) * outputs // 6] if outputs > 1 else np.eye(6)[:, :1]
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", run_eagerly=True)
    losses = [float(model.train_on_batch(images, targets)) for _ in range(8)]
    assert min(losses[4:]) < losses[0]
    answers = np.asarray(model(images))
    assert outputs in (classes, 1)
    assert ((answers >= 0) & (answers <= 1)).all()
    model.save(tmp_path / "model.keras")
    again = prediction.load(tmp_path / "model.keras")
    assert np.asarray(again(images)) == pytest.approx(answers, abs=1e-6)


@pytest.mark.parametrize("blocks", [1, 6])
def test_the_cnn_of_ones_own_takes_any_number_of_blocks(blocks: int) -> None:
    network = Choice.of("cnn", blocks=blocks, filters=4, dropout=0.0, batch_norm=False)
    model = assemble(check(Recipe("", network, Choice("adam"), size=16)), 2).model
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [4 * 2**block for block in range(blocks)]
    assert not any("Norm" in type(layer).__name__ for layer in model.layers)


HEAD_PARAMS = {
    # on 4 x 4 x 8 features, two softmax units
    "gap": 8 * 2 + 2,
    "report_a": (128 * 128 + 128) + (128 * 2 + 2),
    "report_b": (8 * 1024 + 1024) + (1024 * 2 + 2),
    "report_d": (9 * 8 * 32 + 32) + (9 * 32 * 64 + 64) + (9 * 64 * 128 + 128) + (128 * 2 + 2),
}


@pytest.mark.parametrize("name", sorted(HEADS.keys() - {"own"}))
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("classes", [2, 3])
def test_a_head_ends_in_the_units_that_are_asked_for(name: str, output: str, classes: int) -> None:
    features = keras.Input((4, 4, 8))
    choice = Choice.of(name, output=output)
    if output == "sigmoid" and classes == 3:
        with pytest.raises(CxrError, match="output=softmax"):
            build(choice, HEADS, "head", features, classes)
        return
    model = keras.Model(features, build(choice, HEADS, "head", features, classes))
    assert all(layer.name.startswith("head_") for layer in model.layers[1:])
    assert model.output_shape == (None, 1 if output == "sigmoid" else classes)
    answers = np.asarray(model(np.random.default_rng(0).normal(size=(5, 4, 4, 8))))
    assert (answers.sum(axis=1) == pytest.approx(1.0, abs=1e-5)) == (output == "softmax")
    if (output, classes) == ("softmax", 2):
        assert model.count_params() == HEAD_PARAMS[name]


def test_heads_have_the_reports_regularisation_and_dropout() -> None:
    features = keras.Input((4, 4, 8))

    def layer(head: Choice, kind: str) -> Any:
        model = keras.Model(features, build(head, HEADS, "head", features, 3))
        return model.get_layer(kind)

    softmax = {"output": "softmax"}
    assert layer(Choice("report_b"), "head_dropout").rate == 0.7
    for dense in ("head_dense", "head_answer"):
        assert float(layer(Choice("report_b"), dense).kernel_regularizer.l2) == pytest.approx(0.01)
    assert layer(Choice("report_a"), "head_dropout").rate == 0.1
    assert layer(Choice("report_a"), "head_dense").units == 128
    assert layer(Choice.of("report_d", **softmax), "head_dropout").rate == 0.1
    assert layer(Choice.of("report_a", pool="average"), "head_pool").output.shape == (None, 8)
    assert layer(Choice.of("gap", units=5, **softmax), "head_dense").units == 5


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("name", few(PRECISIONS, {"mixed_float16"}))
def test_every_precision_trains_and_answers_in_float32(
    name: str, squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, precision=name, head=Choice("report_d"), epochs=4)
    ran = run(one, squares, tmp_path)
    assert ran.history[-1]["loss"] < ran.history[0]["loss"]
    assert keras.config.dtype_policy().name == "float32"  # as it was before
    model = prediction.load(tmp_path / "model.keras")
    assert model.get_layer("conv3").compute_dtype == name.removeprefix("mixed_")
    assert model.get_layer("head_answer").compute_dtype == "float32"
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert all(text.endswith(".") for text in PRECISIONS.values())


def test_a_precision_ends_with_its_training_even_where_that_fails() -> None:
    with pytest.raises(RuntimeError), precision("mixed_bfloat16"):
        raise RuntimeError
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("table", [OPTIMIZERS, SCHEDULES, STOPPING], ids=["opt", "sched", "stop"])
def test_every_row_builds_from_its_defaults(table: dict[str, Any]) -> None:
    for name, option in table.items():
        assert build(Choice(name), table, "row") is not None
        assert option.help.endswith(".")


@pytest.mark.parametrize("name", STEPS)
def test_an_augmentation_step_draws_the_same_for_the_same_seed(name: str) -> None:
    image = np.random.default_rng(0).integers(0, 200, (48, 40), dtype=np.uint8)
    draw = Pipeline((Choice(name),))
    first = draw(image, 3)
    assert first.shape == image.shape
    assert first.dtype == np.uint8
    assert (draw(image, 3) == first).all()
    assert any((draw(image, seed) != first).any() for seed in range(4, 9))


def test_augmentation_does_not_depend_on_what_was_drawn_before() -> None:
    image = np.random.default_rng(0).integers(0, 200, (32, 32), dtype=np.uint8)
    steps = PRESETS["C5"].recipe("data").augmentation
    one, other = Pipeline(steps), Pipeline(steps)
    other(image, 1)
    assert (one(image, 2) == other(image, 2)).all()
