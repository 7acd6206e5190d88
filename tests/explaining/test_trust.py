"""Trust of a small real network: random weights, what is kept, the table and its sentences."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.explaining import trust, trust_pictures, trust_sentences, trust_table
from engine.explaining.trust_asking import Asked
from engine.explaining.trust_parts import Plan
from engine.explaining.trust_weights import copied, randomise, stages, weighted
from engine.words.errors import Cancelled
from engine.words.options import Choice

SIZE, CLASSES = 32, ("NORMAL", "PNEUMONIA")
SQUASH = (Choice("squash"),)
PLAN = Plan("mean", steps=4, checked=3)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        yield


@pytest.fixture(scope="module")
def model() -> Any:
    """A network with a batch norm; all channels speak for pneumonia, so that no map is empty."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)
    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(layers.MaxPooling2D()(x))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([np.abs(kernel) * [-1, 1], bias])
    return model


@pytest.fixture(scope="module")
def truth() -> trust_pictures.Pictures:
    return trust_pictures.phantoms(CLASSES, 4, SIZE, SQUASH)


@pytest.fixture(scope="module")
def found(model: Any, truth: trust_pictures.Pictures) -> trust.Trust:
    asked = Asked("key", lambda: model)
    return trust.judge(asked, ["gradcam", "saliency"], truth.first(3), truth, PLAN)


def test_random_weights_reach_from_the_last_layer_to_all_and_leave_the_network_alone(
    model: Any, truth: trust_pictures.Pictures
) -> None:
    before = [weight.copy() for weight in model.get_weights()]
    copy, seen = copied(model), truth.seen
    names = [type(layer).__name__ for layer in weighted(copy)]
    assert names == ["Conv2D", "BatchNormalization", "DepthwiseConv2D", "Dense"]

    def moved() -> list[bool]:
        pairs = zip(weighted(copy), weighted(model), strict=True)
        return [
            not np.array_equal(one.get_weights()[0], other.get_weights()[0]) for one, other in pairs
        ]

    randomise(copy, 1, 0, seen)
    assert moved() == [False, False, False, True]
    last = copy.layers[-1].get_weights()[0]
    randomise(copy, 4, 0, seen)
    assert moved() == [True, False, True, True]  # a new batch norm's gamma is 1, as it was
    assert np.array_equal(copy.layers[-1].get_weights()[0], last)
    randomise(copy, 4, 1, seen)
    assert not np.array_equal(copy.layers[-1].get_weights()[0], last)
    for one, other in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_a_batch_norm_of_random_weights_settles_on_what_it_sees(
    model: Any, truth: trust_pictures.Pictures
) -> None:
    import keras

    copy = copied(model)
    place = next(
        at for at, layer in enumerate(copy.layers) if type(layer).__name__ == "BatchNormalization"
    )
    learned = copy.layers[place].get_weights()[2:]
    randomise(copy, 2, 0, truth.seen)  # the norm is among those that are still learned
    assert all(map(np.array_equal, copy.layers[place].get_weights()[2:], learned))
    randomise(copy, 4, 0, truth.seen)
    below = keras.Model(copy.inputs, copy.layers[place - 1].output)
    given = below.predict_on_batch(truth.seen[..., None].astype(np.float32))
    mean, variance = copy.layers[place].get_weights()[2:]
    assert mean == pytest.approx(given.mean(axis=(0, 1, 2)), abs=1e-4)
    assert variance == pytest.approx(given.var(axis=(0, 1, 2)), abs=1e-4)


def test_stages_begin_with_the_last_layer_and_end_with_all() -> None:
    assert stages(1) == [1]
    assert stages(3) == [1, 2, 3]
    assert stages(100) == [1, 26, 50, 75, 100]


def test_the_check_tells_what_was_learned_from_what_was_not(found: trust.Trust) -> None:
    blob, noise = found.row(trust.BLOB), found.row(found.methods[0].against)
    assert trust_table.value(blob, "rank").mean == pytest.approx(1)  # knows no network: survives
    assert trust_table.value(noise, "rank").mean < 0.3
    gradcam = found.row("gradcam")
    assert gradcam.arrays["rank"].shape == (4, 3)
    assert gradcam.arrays["maps"].shape == (5, 3, 16, 16)
    assert "They survive" in trust_sentences.weights(blob)


def test_every_method_stands_beside_a_random_map_as_fine_as_its_own(found: trust.Trust) -> None:
    names = [row.method for row in found.rows]
    assert names == ["gradcam", "saliency", "random:16x16", "random:32x32", "centre:33x33"]
    assert found.row("gradcam").against == "random:16x16"
    assert found.row("saliency").against == "random:32x32"
    table = trust_table.table(found)
    assert len(table) == len(names) * len(trust_table.columns(found))
    assert (table["n"] > 1).all()
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    assert not table[table["method"].str.contains(":")]["beats"].any()
    points = table[(table["figure"] == "pointing") & (table["method"] == "centre:33x33")]
    assert points["n"].item() == 4


def test_the_table_for_people_has_a_count_and_an_interval_for_each_figure(
    found: trust.Trust,
) -> None:
    shown = trust_table.shown(found)
    assert list(shown.index)[-1] == "Blob in the centre"
    assert any(name.startswith("Deletion, n ") for name in shown.columns)
    assert " to " in shown.loc["Blob in the centre"].iloc[0]
    for said in (
        trust_sentences.headline(found),
        trust_sentences.curves(found, found.row("saliency")),
        trust_sentences.truth(found, found.row("saliency")),
        trust_sentences.lungs(found, found.row("saliency")),
    ):
        assert "nan" not in said
        assert said


def test_the_second_time_nothing_is_asked(
    model: Any, found: trust.Trust, truth: trust_pictures.Pictures
) -> None:
    def refuse() -> Any:
        raise AssertionError("the network was loaded")

    pictures = truth.first(3)
    assert trust.is_kept("key", ["gradcam", "saliency"], pictures, truth, PLAN)
    assert not trust.is_kept("another", ["gradcam"], pictures, truth, PLAN)
    assert not trust.is_kept("key", ["gradcam"], pictures, truth, Plan("black", 4, 3))
    told: list[str] = []
    again = trust.judge(
        Asked("key", refuse),
        ["gradcam", "saliency"],
        pictures,
        truth,
        PLAN,
        lambda done, total, what: told.append(what),
    )
    assert not told
    pd.testing.assert_frame_equal(trust_table.table(again), trust_table.table(found))


def test_progress_reaches_its_total_and_a_stop_keeps_what_is_done(
    model: Any, truth: trust_pictures.Pictures
) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int, what: str) -> None:
        told.append((done, total))
        if "random weights" in what:
            raise Cancelled

    asked = Asked("other", lambda: model)
    with pytest.raises(Cancelled):
        trust.judge(asked, ["gradcam"], truth.first(2), None, PLAN, stop)
    assert all(done <= total for done, total in told)
    first = len(told)
    told.clear()
    trust.judge(asked, ["gradcam"], truth.first(2), None, PLAN, lambda *now: told.append(now[:2]))
    assert told[-1][0] == told[-1][1]
    assert first == 5  # two maps, two curves, then the stop: the curves are not asked for again
    assert not any("taking" in str(now) for now in told)


def test_an_empty_map_has_no_figures_and_is_said(
    model: Any, truth: trust_pictures.Pictures
) -> None:
    import keras

    mute = keras.models.clone_model(model)
    mute.set_weights([weight * 0 for weight in model.get_weights()])
    found = trust.judge(Asked("mute", lambda: mute), ["gradcam"], truth.first(2), truth, PLAN)
    row = found.row("gradcam")
    assert trust_table.value(row, "deletion").n == 0
    assert trust_table.value(row, "pointing").text == "\N{EN DASH}"
    assert "are empty" in trust_sentences.curves(found, row)
    assert "are empty" in trust_sentences.truth(found, row)
    assert "empty already" in trust_sentences.weights(row)
    assert not any(trust_table.beats(found, row, name) for name in trust_table.columns(found))


def test_intervals_are_wilsons_and_the_bootstraps() -> None:
    assert trust_table.wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert trust_table.wilson(0.5, 24) == pytest.approx((0.3143, 0.6857), abs=1e-4)
    assert trust_table.resampled(np.array([0.3, 0.3, 0.3])) == pytest.approx((0.3, 0.3))
    assert np.isnan(trust_table.resampled(np.array([0.3]))).all()
