"""An ensemble is one flat graph that answers with its members' mean; its votes are counted."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from engine.explaining.cam import cam, cam_layers, choose_layer
from engine.explaining.visualizers import gradcam
from engine.learning import prediction
from engine.learning.ensembles import combine, join_files, majority, shared, votes

SIZE = 16
CUT = 3  # the operation after which `network` differs from member to member


@pytest.fixture(scope="module")
def images() -> Any:
    return np.random.default_rng(0).integers(0, 256, (5, SIZE, SIZE), dtype=np.uint8)


def network(seed: int, units: int = 2, activation: str = "softmax") -> Any:
    """A trunk, then a residual sum, a concatenation, batch norm, plain sums and dropout."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((SIZE, SIZE, 1), name="grey")
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(4, 3, padding="same")(x)
    trunk = layers.BatchNormalization(trainable=False)(x)
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(trunk)
    x = layers.Add()([trunk, layers.BatchNormalization()(y)])
    x = layers.Concatenate()([x, y, trunk])
    x = layers.Conv2D(4, 3, activation="relu")(x)
    x = x * 2.0 + keras.ops.relu(x)
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(units, activation=activation)(x))


def trained(number: int, units: int = 2, activation: str = "softmax") -> list[Any]:
    """Networks that know different things, running means and variances included."""
    members = [network(seed, units, activation) for seed in range(number)]
    random = np.random.default_rng(1)
    for member in members:
        known = [weight * random.uniform(0.5, 1, weight.shape) for weight in member.get_weights()]
        member.set_weights([weight + random.uniform(0, 0.02, weight.shape) for weight in known])
    return members


def frozen_trunk(number: int, units: int = 2, activation: str = "softmax") -> list[Any]:
    members = trained(number, units, activation)
    for member in members[1:]:
        for layer, base in zip(member.layers[: CUT + 1], members[0].layers, strict=False):
            layer.set_weights(base.get_weights())
    return members


def answer(model: Any, images: Any) -> Any:
    return keras.ops.convert_to_numpy(model(images[..., None].astype(np.float32), training=False))


def mean(members: list[Any], images: Any) -> Any:
    return np.mean([answer(member, images) for member in members], axis=0)


@pytest.mark.parametrize(("units", "activation"), [(1, "sigmoid"), (2, "sigmoid"), (3, "softmax")])
def test_it_answers_with_the_mean_of_its_members(images, units, activation, tmp_path):
    members = trained(3, units, activation)
    own = [answer(member, images) for member in members]
    assert np.ptp(own, axis=0).max() > 0.01
    whole = combine(members)
    assert answer(whole, images) == pytest.approx(np.mean(own, axis=0), abs=1e-6)
    whole.save(tmp_path / "model.keras")
    again = prediction.load(tmp_path / "model.keras")
    assert answer(again, images) == pytest.approx(np.mean(own, axis=0), abs=1e-6)


def test_saved_networks_are_joined_and_what_all_share_is_there_once(images, tmp_path):
    members, apart = frozen_trunk(3), trained(2)
    assert shared(apart) < CUT <= shared(members)
    files = [tmp_path / f"{number}.keras" for number in range(3)]
    for member, file in zip(members, files, strict=True):
        member.save(file)
    join_files(files, tmp_path / "whole.keras")
    whole = prediction.load(tmp_path / "whole.keras")
    assert answer(whole, images) == pytest.approx(mean(members, images), abs=1e-6)
    own = sum(layer.count_params() for layer in members[0].layers[: CUT + 1])
    assert whole.count_params() == 3 * members[0].count_params() - 2 * own


def test_it_is_flat_and_keeps_its_members_as_they_were(images):
    members = trained(2)
    before = [answer(member, images) for member in members]
    whole = combine(members)
    assert not any(isinstance(layer, keras.Model) for layer in whole.layers)
    assert whole.count_params() == sum(member.count_params() for member in members)
    names = [operation.name for operation in whole.operations]
    assert len(set(names)) == len(names) == 2 * (len(members[0].operations) - 1) + 2
    whole.set_weights([np.zeros_like(weight) for weight in whole.get_weights()])
    for member, known in zip(members, before, strict=True):
        assert (answer(member, images) == known).all()


def test_a_common_trunk_appears_once(images, tmp_path):
    members = frozen_trunk(3)
    whole = combine(members, shared=CUT)
    assert answer(whole, images) == pytest.approx(mean(members, images), abs=1e-6)
    trunk = sum(layer.count_params() for layer in members[0].layers[: CUT + 1])
    assert trunk > 0
    assert whole.count_params() == 3 * members[0].count_params() - 2 * trunk
    own = [operation.name for operation in whole.operations if operation.name[-3:-1] == "_m"]
    assert len(own) == 3 * (len(members[0].operations) - CUT - 1)
    whole.save(tmp_path / "model.keras")
    again = prediction.load(tmp_path / "model.keras")
    assert answer(again, images) == pytest.approx(mean(members, images), abs=1e-6)


def test_the_trunks_batch_norm_stays_in_inference_mode(images):
    whole = combine(frozen_trunk(2), shared=CUT)
    before = whole.layers[CUT].get_weights()
    whole(images[..., None].astype(np.float32), training=True)
    assert all(map(np.array_equal, before, whole.layers[CUT].get_weights()))
    assert whole.layers[CUT].name.startswith("batch_normalization")


def test_a_trunk_that_is_not_common_is_refused():
    with pytest.raises(ValueError, match="differ"):
        combine(trained(2), shared=CUT)


def test_frozen_layers_stay_frozen_in_the_whole():
    members = frozen_trunk(2)
    for member in members:
        for layer in member.layers[: CUT + 1]:
            layer.trainable = False
    whole = combine(members, shared=CUT)
    expected = sum(len(member.trainable_weights) for member in members)
    assert len(whole.trainable_weights) == expected > 0


@pytest.mark.parametrize("units", [1, 3])
def test_the_heat_map_of_a_common_layer_is_the_members_mean(images, units, tmp_path):
    activation = "sigmoid" if units == 1 else "softmax"
    members = frozen_trunk(3, units, activation)
    for member in members:  # so sure of itself that its probability's gradient is zero
        kernel, bias = member.layers[-1].get_weights()
        member.layers[-1].set_weights([kernel * 1000, bias])
    whole = combine(members, shared=CUT)
    whole.save(tmp_path / "model.keras")
    one, index = images[:1], [int(units == 1)]
    expected = np.mean([gradcam(m, one, index, CUT)[0] for m in members], axis=0)
    for model in (whole, prediction.load(tmp_path / "model.keras")):
        found = gradcam(model, one, index, CUT)[0]
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-3 * float(np.abs(expected).max()))
        assert np.abs(found).max() > 0
        mapped = cam(model, images[0], index[0], layer=CUT)
        assert mapped.raw_max == pytest.approx(found.max(), rel=1e-3)


def test_a_members_own_layer_has_its_own_heat_map(images):
    members = trained(2)
    whole = combine(members)
    layers_ = cam_layers(whole)
    chosen = choose_layer(layers_)
    assert whole.layers[chosen.index].name == f"{members[0].layers[8].name}_m2"
    own = gradcam(members[1], images[:1], [0], 8)
    assert gradcam(whole, images[:1], [0], chosen.index) == pytest.approx(own / 2, abs=1e-6)
    for layer in layers_:
        assert cam(whole, images[0], 1, layer=layer.index).heat.shape == (layer.rows, layer.columns)


def test_votes_decide_where_the_mean_says_otherwise():
    scores = np.array(
        [
            [[0.6, 0.4], [0.1, 0.9]],
            [[0.6, 0.4], [0.8, 0.2]],
            [[0.1, 0.9], [0.4, 0.6]],
        ]
    )
    counted = votes(scores)
    assert counted.tolist() == [[2, 1], [1, 2]]
    assert scores.mean(axis=0).argmax(axis=1).tolist() == [1, 1]
    assert majority(counted, scores.mean(axis=0)).tolist() == [0, 1]


def test_the_mean_breaks_a_tie_of_votes_among_the_classes_that_lead():
    scores = np.array(
        [
            [[0.5, 0.1, 0.4]],
            [[0.9, 0.0, 0.1]],
            [[0.0, 0.5, 0.5]],
            [[0.0, 0.5, 0.5]],
            [[0.0, 0.1, 0.9]],
        ]
    )
    counted = votes(scores)
    assert counted.tolist() == [[2, 2, 1]]
    average = scores.mean(axis=0)
    assert average.argmax() == 2  # most likely on average, but it does not lead in votes
    assert majority(counted, average).tolist() == [0]
