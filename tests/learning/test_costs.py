"""What a training costs is counted before it begins, phase by phase."""

from dataclasses import replace

import pytest

from engine.learning.anatomy import Anatomy, anatomy
from engine.learning.costs import WRITING, Stretch, stretches
from engine.learning.graph import Node
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe

COUNTS = {"train": 600, "validation": 200, "test": 200}


@pytest.fixture(autouse=True)
def tables(tiny: None) -> None:
    """The tiny backbone is in the tables, and no pixels are kept."""


def asked(**changes: object) -> Recipe:
    base = Recipe(
        "data",
        Choice("tiny"),
        Choice("adam"),
        Choice("gap"),
        Choice("frozen"),
        size=32,
        batch=10,
        epochs=5,
    )
    return check(replace(base, **changes))  # type: ignore[arg-type]


def counted(
    recipe: Recipe, to_compute: list[int] | None = None, **counts: int
) -> dict[str, list[Stretch]]:
    found = stretches(recipe, COUNTS | counts, anatomy(recipe, 2), to_compute)
    kinds = ("reading", "features", "epochs", "building")
    return {kind: [one for one in found if one.kind.what == kind] for kind in kinds}


def test_a_layer_costs_its_arithmetic_and_what_it_writes() -> None:
    nodes = (
        Node("input", "InputLayer", (8, 8, 1), 0, 0, ()),
        Node("conv", "Conv2D", (8, 8, 4), 40, 40, (0,)),
        Node("flat", "Flatten", (256,), 0, 0, (1,)),
        Node("answer", "Dense", (1,), 257, 257, (2,)),
    )
    scratch = asked(network=Choice("cnn_d"), head=Choice("own"), regime=Choice("scratch"))
    found = stretches(scratch, COUNTS, Anatomy(nodes, {}))
    epochs = found[1].kind
    calls = epochs.work - 3 * (40 * 64 + 257) - WRITING * (64 + 3 * (256 + 256 + 1))
    assert calls == pytest.approx(1e8 / 10)


def test_from_scratch_every_epoch_runs_the_whole_network() -> None:
    scratch = asked(network=Choice("cnn_d"), head=Choice("own"), regime=Choice("scratch"))
    found = counted(scratch)
    assert not found["features"]
    (epochs,) = found["epochs"]
    assert epochs.epochs == 5
    assert 600 + 200 / 5 < epochs.per_epoch < 600 + 200  # judging has no way back
    assert epochs.count > 5 * epochs.per_epoch  # in the end all images are predicted
    assert found["reading"][0].count == 1000


def test_a_frozen_part_runs_once_and_epochs_train_the_rest() -> None:
    found = counted(asked(epochs=50))
    (features,), (epochs,) = found["features"], found["epochs"]
    assert features.count == 1000
    whole = counted(asked(epochs=50, regime=Choice.of("frozen", views=0), augmentation=SHIFT))
    assert not whole["features"]
    (every,) = whole["epochs"]
    assert epochs.kind.work < every.kind.work
    assert every.kind.steps == ("shift",) and epochs.kind.steps == ()


SHIFT = (Choice.of("shift", limit=0.1),)


def test_augmented_views_are_pictures_too() -> None:
    found = counted(asked(epochs=50, augmentation=SHIFT))
    assert found["features"][0].count == 1000 + 4 * 600


def test_what_is_kept_already_is_not_computed_again() -> None:
    assert counted(asked(epochs=50), [30])["features"][0].count == 30
    assert counted(asked(epochs=50), [0])["features"][0].count == 0


def test_two_phases_share_the_beginning_of_the_frozen_part() -> None:
    regime = Choice.of("two_phases", layers=6, epochs=20)
    found = counted(asked(epochs=10, regime=regime))
    first, second = found["features"]
    assert first.kind.work > second.kind.work
    once = 1000 * first.kind.work
    total = sum(one.count * one.kind.work for one in found["features"])
    assert total == pytest.approx(once)
    assert [one.epochs for one in found["epochs"]] == [10, 20]
    assert [one.phase for one in found["epochs"]] == [1, 2]


def test_layers_that_learn_cost_more_than_frozen_ones() -> None:
    regimes = [
        Choice.of("last", layers=6, views=0),
        Choice.of("after", layers=0, views=0),
        Choice.of("after", layers=0, views=0, batch_norm=True),
    ]
    asks = [asked(regime=regime, augmentation=SHIFT) for regime in regimes]
    works = [counted(one)["epochs"][0].kind.work for one in asks]
    assert works == sorted(works) and len(set(works)) == 3


def test_members_train_one_after_the_other_on_one_set_of_features() -> None:
    alone = counted(asked(epochs=50))
    both = counted(asked(epochs=50, imbalance=Choice.of("ensemble", members=2)))
    assert both["features"] == alone["features"]
    assert both["epochs"][0].count == 2 * alone["epochs"][0].count
    assert (alone["building"][0].count, both["building"][0].count) == (1, 2)


def test_the_imbalance_strategy_changes_what_an_epoch_shows() -> None:
    less = counted(asked(epochs=50), shown=200)["epochs"][0]
    more = counted(asked(epochs=50, imbalance=Choice("oversample_augmented")), shown=900)
    assert less.per_epoch < more["epochs"][0].per_epoch
    assert more["features"][0].count == 1000 + 300  # the copies
