"""What is computed once, and why: weighed before launch, said in words, shared between runs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.catalogue import Catalogue
from engine.learning.anatomy import anatomy
from engine.learning.caching import Amounts, Caching, decide
from engine.learning.presets import PRESETS
from engine.learning.regimes import phases
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few, thorough
from tests.learning.made_training import Ran, recipe, run

REAL = Amounts(everything=5840, training=4694, judged=522, shown=4694)
OFTEN = ["augmentation", "preprocessing"]
SELDOM = ["seed", "precision of the features", "cut", "precision"]
AUGMENTED = {"augmentation": (Choice("shift"),)}


def decided(one: Recipe, amounts: Amounts = REAL, phase: int = 0) -> Caching:
    full = check(one)
    return decide(full, phases(full)[phase], anatomy(full, 2), amounts)


def tiny_recipe(**changes: Any) -> Recipe:
    base = Recipe("", Choice("tiny"), Choice("adam"), Choice("report_d"), Choice("frozen"), size=32)
    return replace(base, **changes)


def layer_of(name: str, one: Recipe) -> int | None:
    """Return the backbone's number of the layer that a preset's training goes on from."""
    found = decided(one)
    assert found.cut is not None
    network = anatomy(check(one), 2)
    number = network.numbers.get(network.nodes[found.cut].name)
    assert f"layer {number} " in found.words, name
    return number


@pytest.mark.parametrize(("name", "layer"), [("A4", 132), ("D5", 153), ("D5-fine", 60)])
def test_the_reports_trainings_go_on_from_their_last_frozen_layer(name: str, layer: int) -> None:
    assert layer_of(name, PRESETS[name].recipe("")) == layer


def test_a_head_that_averages_needs_the_averages_only() -> None:
    found = decided(PRESETS["A2-GAP"].recipe(""))
    assert "up to the average over the picture" in found.words
    assert "24 MB, float32" in found.words  # 5,840 rows of 1,024 numbers


@pytest.mark.usefixtures("tiny")
def test_each_phase_has_its_own_cut() -> None:
    two = tiny_recipe(regime=Choice.of("two_phases", layers=4), epochs=10)
    first, second = (decided(two, phase=phase) for phase in (0, 1))
    assert "up to layer 14 (ReLU)" in first.words
    assert "up to layer 10 (ReLU)" in second.words


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("epochs", "kept"),
    # 5,840 images and 4,694 x 4 views; each epoch passes 5,216, and the result is asked for all.
    [(3, False), (4, True)],
)
def test_too_few_epochs_do_not_repay_the_views(epochs: int, kept: bool) -> None:
    found = decided(tiny_recipe(epochs=epochs, **AUGMENTED))
    assert (found.cut is not None) == kept
    if kept:
        assert found.pictures == 5840 + 4 * 4694
        assert "24,616 pictures" in found.words and "4 augmented views" in found.words
    else:
        assert f"more than {epochs} epochs can save. Each epoch runs" in found.words


@pytest.mark.usefixtures("tiny")
def test_without_augmentation_a_single_epoch_repays_it_for_every_image_is_judged_anyway() -> None:
    assert decided(tiny_recipe(epochs=1)).pictures == 5840


@pytest.mark.usefixtures("tiny")
def test_views_and_copies_are_counted() -> None:
    amounts = replace(REAL, shown=7000, copies=2300)
    assert decided(tiny_recipe(), amounts).pictures == 5840 + 2300
    views = tiny_recipe(regime=Choice.of("frozen", views=2), **AUGMENTED)
    assert decided(views, amounts).pictures == 5840 + 2 * (4694 + 2300)
    anew = tiny_recipe(regime=Choice.of("frozen", views=0))
    assert decided(anew).pictures == 5840  # nothing is drawn, so nothing is drawn anew
    assert "views=0" in decided(replace(anew, **AUGMENTED)).words


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("gigabytes", "features", "dtype"),
    # 5,840 x 8 x 8 x 16 numbers: 24 MB in float32
    [
        ("1", "auto", "float32"),
        ("0.08", "auto", "float16"),
        ("0.08", "float32", "float32"),
        ("1", "float16", "float16"),
        ("0.02", "auto", None),
        ("0.04", "float32", None),
    ],
)
def test_features_that_are_large_lose_precision_and_larger_ones_are_not_kept(
    gigabytes: str, features: str, dtype: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_CACHE_GB", gigabytes)
    found = decided(tiny_recipe(regime=Choice.of("frozen", features=features)))
    assert (found.dtype if found.cut else None) == dtype
    if not dtype:
        assert "CXR_CACHE_GB" in found.words and f"limit of {gigabytes} GB" in found.words


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("frozen", [0, 1])
def test_where_every_layer_may_change_nothing_is_kept(frozen: int) -> None:
    found = decided(tiny_recipe(regime=Choice.of("after", layers=frozen)))
    assert found.cut is None and "Every layer may change" in found.words


def test_of_a_network_from_scratch_nothing_is_said() -> None:
    assert decided(PRESETS["D1"].recipe("")) == Caching("")


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    "strategies", [("oversample_augmented",), thorough((("undersample", "ensemble"),))]
)
def test_every_strategy_and_head_finds_what_the_first_run_computed(
    strategies: tuple[str, ...], squares: Catalogue, tmp_path: Path
) -> None:
    last = Choice.of("last", layers=4)
    one = recipe(squares, augmentation=(Choice("rotate"),), epochs=12, regime=last)
    assert computed(run(one, squares, tmp_path / "first")) == [(80, 80), (160, 160)]
    for strategy in strategies:
        again = replace(one, imbalance=Choice(strategy), epochs=7, head=Choice("report_b"))
        files = computed(run(again, squares, tmp_path / strategy))
        assert files[:2] == [(80, 0), (160, 0)], strategy
        assert len(files) == (3 if strategy == "oversample_augmented" else 2)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("names", few([OFTEN, SELDOM], [OFTEN]), ids=["often", "seldom"])
def test_what_changes_the_features_has_them_computed_anew(
    names: list[str], squares: Catalogue, tmp_path: Path
) -> None:
    rotated = recipe(squares, epochs=9, augmentation=(Choice("rotate"),))
    changes: dict[str, dict[str, Any]] = {
        "seed": {"seed": 1},  # of the views alone: the images are the same
        "augmentation": {"augmentation": (Choice("shift"),)},
        "preprocessing": {"preprocessing": (Choice("pad"), Choice("clahe"))},
        "precision of the features": {"regime": Choice.of("frozen", features="float16")},
        "cut": {"network": Choice.of("tiny", cut="add2")},
        "precision": {"precision": "mixed_bfloat16"},
    }
    assert changes.keys() == {*OFTEN, *SELDOM}
    assert computed(run(rotated, squares, tmp_path / "first")) == [(80, 80), (160, 160)]
    for name in names:
        files = computed(run(replace(rotated, **changes[name]), squares, tmp_path / name))
        assert files[1] == (160, 160), name
        images_too = name not in ("seed", "augmentation")
        assert files[0] == (80, 80 if images_too else 0), name
    second = replace(rotated, seed=2, split=replace(rotated.split, seed=rotated.seed))
    assert computed(run(second, squares, tmp_path / "same split")) == [(80, 0), (160, 0)]


def computed(ran: Ran) -> list[tuple[int, int]]:
    """Return pictures and computed pictures of each file that was kept."""
    (note,) = ran.meta["kept"]
    return [(file["pictures"], file["computed"]) for file in note["files"]]
