"""What is frozen stays as it was and works as in use; what learns changes; phases follow."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from engine.data.catalogue import Catalogue
from engine.learning import prediction
from engine.learning.anatomy import anatomy, summary
from engine.learning.assembly import Assembled, assemble
from engine.learning.freezing import freeze
from engine.learning.listener import Silent
from engine.learning.regimes import REGIMES, phases, planned_epochs
from engine.learning.rules import check
from engine.learning.weights import resolve
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few
from tests.learning.made_training import recipe, run

pytestmark = pytest.mark.usefixtures("tiny")
CONVOLUTIONS = {1, 4, 8, 11}
NORMS = {2, 5, 9, 12}
LEARNING = {
    # regime: numbers of the backbone's layers whose weights change
    Choice("frozen"): set(),
    Choice.of("last", layers=7): {8, 11},
    Choice.of("last", layers=7, batch_norm=True): {8, 9, 11, 12},
    Choice.of("after", layers=4): {4, 8, 11},
    Choice.of("middle", first=4, last=8, batch_norm=True): {4, 5, 8},
    Choice.of("two_phases", layers=4, epochs=1, learning_rate=0.01, batch_norm=True): {11, 12},
}
OFTEN = [one for one in LEARNING.items() if "batch_norm" in str(one) and one[0].name != "middle"]
FREEZING = LEARNING | {
    Choice.of("last", layers=600): CONVOLUTIONS,
    Choice.of("after", layers=5): {8, 11},
    Choice.of("after", layers=0, batch_norm=True): CONVOLUTIONS | NORMS,
    Choice.of("middle", first=4, last=8): {4, 8},
    Choice.of("two_phases", layers=4): {11},
}


def _name(value: object) -> str:
    return value.name if isinstance(value, Choice) else str(value)


def loaded(one: Recipe) -> Assembled:
    """The network before its training: the backbone's weights are those of its file."""
    return assemble(check(one), 2, resolve("tiny", Silent()).path)


def weights_of(model: Any, name: str) -> list[Any]:
    found: list[Any] = model.get_layer(name).get_weights()
    return found


@pytest.mark.parametrize(("regime", "learning"), few(LEARNING.items(), OFTEN), ids=_name)
def test_what_learns_changes_and_what_is_frozen_stays_to_the_bit(
    regime: Choice, learning: set[int], squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, regime=regime, epochs=1)
    before = loaded(one)
    run(one, squares, tmp_path)
    after = prediction.load(tmp_path / "model.keras")
    changed = set()
    for name, number in before.numbers.items():
        same = list(map(np.array_equal, weights_of(before.model, name), weights_of(after, name)))
        if not all(same):
            assert not any(same), name  # of batch norm, its statistics too
            changed.add(number)
    assert changed == learning


@pytest.mark.parametrize(("regime", "learning"), FREEZING.items(), ids=_name)
def test_frozen_layers_work_in_training_as_they_do_in_use(
    regime: Choice, learning: set[int], squares: Catalogue
) -> None:
    one = check(recipe(squares, regime=regime))
    built = loaded(one)
    phase = phases(one)[-1]
    freeze(built.model, built.numbers, phase, {})
    moving = [layer for layer in built.model.layers if layer.trainable and layer.weights]
    assert {
        built.numbers[layer.name] for layer in moving if layer.name in built.numbers
    } == learning
    names = {number: name for name, number in built.numbers.items()}
    first = phase.first if learning else len(names) + 1
    last = built.model.get_layer(names.get(first - 1, "rgb"))
    frozen = keras.Model(built.model.input, last.output)
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 1)).astype(np.float32)
    assert np.array_equal(frozen(images, training=True), frozen(images, training=False))
    assert built.model.get_layer("drop2").rate == (0.3 if phase.first <= 6 < phase.end else 0.0)


def test_a_dropout_that_was_off_while_frozen_is_on_again_where_it_learns(
    squares: Catalogue,
) -> None:
    one = check(recipe(squares, regime=Choice.of("two_phases", layers=12)))
    built = loaded(one)
    rates: dict[str, float] = {}
    seen = []
    for phase in phases(one):
        freeze(built.model, built.numbers, phase, rates)
        seen.append(
            (built.model.get_layer("drop2").rate, built.model.get_layer("head_dropout").rate)
        )
    assert seen == [(0.0, 0.2), (0.3, 0.2)]


@pytest.mark.thorough
def test_real_networks_have_their_dropout_off_where_they_are_frozen() -> None:
    one = check(
        Recipe("", Choice("efficientnetv2b0"), Choice("adam"), Choice("gap"), Choice("frozen"))
    )
    built = assemble(one, 2)
    freeze(built.model, built.numbers, phases(one)[0], {})
    drops = [layer for layer in built.model.layers if isinstance(layer, keras.layers.Dropout)]
    assert len(drops) > 10
    assert {layer.rate for layer in drops if layer.name in built.numbers} == {0.0}


def test_two_phases_train_with_optimizers_and_epochs_of_their_own(
    squares: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regime = Choice.of(
        "two_phases", layers=4, epochs=3, optimizer="sgd", learning_rate=0.02, batch_norm=True
    )
    one = recipe(squares, regime=regime, epochs=2, optimizer=Choice.of("adamw", learning_rate=0.01))
    begins: list[tuple[str, float, dict[str, Any]]] = []
    from engine.learning import course

    def watched(learning: Any, *rest: Any) -> None:
        model = learning.learner
        kept = {layer.name: layer.get_weights() for layer in model.layers}
        begins.append((type(model.optimizer).__name__, float(model.optimizer.learning_rate), kept))
        fit(learning, *rest)

    fit = course.fit
    monkeypatch.setattr(course, "fit", watched)
    ran = run(one, squares, tmp_path)
    assert planned_epochs(check(one)) == 5
    assert [(row["epoch"], row["phase"]) for row in ran.history] == [
        *((1, 1), (2, 1)),
        *((3, 2), (4, 2), (5, 2)),
    ]
    assert [name for name, _, _ in begins] == ["AdamW", "SGD"]
    assert [rate for _, rate, _ in begins] == pytest.approx([0.01, 0.02])
    assert "conv4" not in begins[0][2]  # the first phase trains on what the whole base says
    start, end = loaded(one).model, prediction.load(tmp_path / "model.keras")
    for name in ("conv4", "bn4"):  # untouched before the second phase, changed in it
        assert all(map(np.array_equal, begins[1][2][name], weights_of(start, name)))
        assert not any(map(np.array_equal, weights_of(end, name), weights_of(start, name)))
    head = [
        begins[0][2]["head_answer"],
        begins[1][2]["head_answer"],
        weights_of(end, "head_answer"),
    ]
    assert not any(map(np.array_equal, head[0], head[1]))  # it learns in both
    assert not any(map(np.array_equal, head[1], head[2]))


@pytest.mark.parametrize("name", REGIMES)
def test_every_regime_is_counted_before_launch_as_keras_counts_it(name: str) -> None:
    knobs = {"middle": {"first": 4, "last": 8}, "after": {"layers": 5}}.get(name, {})
    weights = "random" if name == "scratch" else "imagenet"
    network = Choice.of("tiny", weights=weights)
    regime = Choice.of(name, **knobs)
    one = check(Recipe("", network, Choice("adam"), Choice("report_d"), regime, size=32))
    built = assemble(one, 2)
    counted = []
    for phase in phases(one):
        freeze(built.model, built.numbers, phase, {})
        shapes = [weight.shape for weight in built.model.trainable_weights]
        counted.append(sum(int(np.prod(shape)) for shape in shapes))
    found = summary(one, 2)
    assert found.by_phase == tuple(counted)
    assert found.total == built.model.count_params()
    learns = found.layers.set_index("name")["learns"]
    freeze(built.model, built.numbers, phases(one)[0], {})
    for layer in built.model.layers:
        assert learns[layer.name] == bool(layer.trainable_weights), layer.name
    assert found.layers["number"].max() == 14
    assert anatomy(one, 2).part(anatomy(one, 2).nodes[-1]) == "head"
