"""Estimated times come from what was measured here, and say where they come from."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.learning import estimate, measuring, rates
from engine.learning.anatomy import anatomy, summary
from engine.learning.backbones import BACKBONES
from engine.learning.costs import WRITING, Kind
from engine.learning.presets import PRESETS
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe

COUNTS = {"train": 600, "validation": 200, "test": 200}
DEVICE = "cpu (2 cores)"
READ = {"reading": 2.0, "training": 0.0, "saving": 1.0}


@pytest.fixture(autouse=True)
def tables(tiny: None) -> None:
    """The tiny backbone is in the tables, and nothing was measured yet."""


@pytest.fixture
def scratch() -> Recipe:
    """A network from scratch."""
    network = Choice.of("cnn", blocks=2, filters=4)
    return check(Recipe("data", network, Choice("adam"), size=32, batch=10, epochs=5))


@pytest.fixture
def frozen() -> Recipe:
    """A head on the tiny backbone."""
    head, regime = Choice("gap"), Choice("frozen")
    network, adam = Choice("tiny"), Choice("adam")
    return check(Recipe("data", network, adam, head, regime, size=32, batch=10, epochs=50))


def remember(
    recipe: Recipe,
    *epochs: dict[str, float],
    kept: tuple[dict[str, Any], ...] = (),
    device: str = DEVICE,
    counts: dict[str, int] = COUNTS,
    extra: float = 0.0,
) -> None:
    """Finish a training of these epochs that also spent `extra` seconds on other things."""
    computing = sum(file["seconds"] for note in kept for file in note["files"])
    trained = sum(row["seconds"] for row in epochs) + computing + extra
    meta = {
        "counts": counts,
        "shown_per_epoch": counts["train"],
        "kept": list(kept),
        "seconds": READ | {"training": trained},
        "device": device,
    }
    history = [{"epoch": number, **row} for number, row in enumerate(epochs, 1)]
    measuring.remember(recipe, anatomy(recipe, 2), meta, history)


def took(*seconds: float) -> list[dict[str, float]]:
    return [{"seconds": value} for value in seconds]


def note(phase: int, computed: int, seconds: float, passed: int = 0) -> dict[str, Any]:
    file = {"pictures": 1000, "computed": computed, "passed": passed, "seconds": seconds}
    return {"phase": phase, "files": [file]}


def expect(
    recipe: Recipe, to_compute: list[int] | None = None, device: str = "", **counts: int
) -> estimate.Estimate:
    asked = COUNTS | counts
    found = estimate.estimate(recipe, asked, summary(recipe, 2), to_compute, device)
    assert found is not None
    assert found.seconds == pytest.approx(sum(found.parts.values()))
    return found


def test_nothing_measured_is_no_estimate(scratch: Recipe) -> None:
    assert estimate.estimate(scratch, COUNTS, summary(scratch, 2)) is None


def test_the_same_network_takes_as_long_as_it_took(scratch: Recipe) -> None:
    remember(scratch, *took(60.0, 10.0, 10.0))
    found = expect(replace(scratch, epochs=7))
    assert found.how == "measured"
    assert found.per_epoch == pytest.approx(10.0)
    assert found.parts["building"] > 40  # the first epoch also prepares the network
    assert 70 < found.parts["epochs"] < 80  # the last images are predicted too
    assert "3 epochs" in found.basis and DEVICE in found.basis


def test_one_epoch_is_better_than_none(scratch: Recipe) -> None:
    remember(scratch, *took(20.0))
    assert expect(scratch).per_epoch == pytest.approx(20.0)


def test_another_network_is_scaled_by_its_work(scratch: Recipe) -> None:
    remember(scratch, *took(10.0, 10.0))
    found = expect(replace(scratch, network=Choice.of("cnn", blocks=4, filters=64)))
    assert found.how == "scaled"
    assert found.per_epoch > 20.0
    assert "Scaled from cnn at 32 pixels" in found.basis


def test_fewer_images_take_less(scratch: Recipe) -> None:
    remember(scratch, *took(10.0))
    half = {name: count // 2 for name, count in COUNTS.items()}
    assert expect(scratch, **half).per_epoch == pytest.approx(5.0)


def test_the_device_that_trained_last_counts(scratch: Recipe) -> None:
    remember(scratch, *took(10.0))
    remember(scratch, *took(1.0), device="gpu:0")
    assert expect(scratch).per_epoch == pytest.approx(1.0)
    assert expect(scratch, device=DEVICE).per_epoch == pytest.approx(10.0)


def test_a_newer_run_replaces_its_own_rates(scratch: Recipe) -> None:
    remember(scratch, *took(10.0))
    remember(scratch, *took(30.0, 30.0))
    kinds = [rate.kind.what for rate in rates.known()]
    assert sorted(kinds) == ["building", "epochs", "reading"]
    assert expect(scratch).per_epoch == pytest.approx(30.0)


def test_features_are_timed_apart_from_the_epochs(frozen: Recipe) -> None:
    remember(frozen, *took(3.0, 1.0, 1.0), kept=(note(1, 1000, 100.0),), extra=4.0)
    again = expect(frozen, [0])
    assert again.parts["features"] == 0
    assert again.per_epoch == pytest.approx(1.0)
    assert again.parts["building"] == pytest.approx(4 + 2 + 1, rel=0.2)  # saving took 1
    assert expect(frozen, [1000]).parts["features"] == pytest.approx(100.0, rel=0.05)
    assert expect(frozen, [100]).parts["features"] == pytest.approx(10.0, rel=0.05)
    assert expect(frozen).how == "measured"


def test_features_that_were_there_teach_nothing_of_the_frozen_part(frozen: Recipe) -> None:
    remember(frozen, *took(1.0, 1.0), kept=(note(1, 1000, 100.0),))
    remember(frozen, *took(1.0, 1.0), kept=(note(1, 0, 0.0),))
    assert expect(frozen, [1000]).parts["features"] == pytest.approx(100.0, rel=0.05)


def test_a_first_phase_that_goes_on_from_the_second(frozen: Recipe) -> None:
    regime = Choice.of("two_phases", layers=6, epochs=20)
    both = check(replace(frozen, epochs=10, regime=regime))
    rows = [{"phase": 1, "seconds": 1.0}] * 3 + [{"phase": 2, "seconds": 5.0}] * 3
    remember(both, *rows, kept=(note(1, 1000, 60.0, passed=1000), note(2, 0, 0.0)))
    assert expect(both).parts["features"] == pytest.approx(60.0, rel=0.05)
    assert expect(both, [1000, 0]).parts["features"] < 50
    assert expect(both, [0, 0]).per_epoch == pytest.approx((10 * 1 + 20 * 5) / 30, rel=0.05)


def test_an_ensemble_takes_each_member_s_time(frozen: Recipe) -> None:
    ensemble = check(replace(frozen, imbalance=Choice.of("ensemble", members=3)))
    rows = [
        {"member": member, "seconds": 1.0 + 4 * (not place)}
        for member in (1, 2, 3)
        for place in range(3)
    ]
    remember(ensemble, *rows, kept=(note(1, 1000, 60.0),), extra=4.0)  # for predictions
    found = expect(ensemble, [0])
    assert found.per_epoch == pytest.approx(1.0)
    assert found.parts["epochs"] == pytest.approx(150.0, rel=0.1)
    assert found.parts["building"] == pytest.approx(3 * 4 + 1, rel=0.2)


def test_images_that_are_in_the_cache_are_not_read(
    scratch: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(scratch, *took(10.0))
    assert expect(scratch).parts["reading"] == pytest.approx(2.0)
    monkeypatch.setattr("engine.data.pixels.known", lambda *asked: True)
    assert expect(scratch).parts["reading"] == 0.0


def test_a_spare_worker_saves_the_start(scratch: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(scratch, *took(10.0))
    quick = expect(scratch).parts["start"]
    monkeypatch.setenv("CXR_SPARE_WORKER", "0")
    assert expect(scratch).parts["start"] == quick + estimate.LOADING


def test_a_damaged_file_counts_as_none(scratch: Recipe, cxr_dirs: Path) -> None:
    path = cxr_dirs / "models" / "cache" / "rates.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in ("no json", "[1]", '[{"network": "x"}]', "{}", '[{"kind": {"steps": 1}}]'):
        path.write_text(text)
        assert rates.known() == []
    remember(scratch, *took(10.0))
    assert len(rates.known()) == 3


def test_a_thousand_pictures_through_a_backbone() -> None:
    assert estimate.thousand_pictures("mobilenetv2") is None
    row = BACKBONES["mobilenetv2"]
    work = row.multiply_adds + WRITING * row.outputs
    kind = Kind("features", "mobilenetv2", 224, work, precision="float32")
    rates.add([rates.Rate(kind, DEVICE, 0.01, 1000)])
    assert estimate.thousand_pictures("mobilenetv2") == pytest.approx(10.0)
    heavier = estimate.thousand_pictures("resnet152")
    assert heavier is not None and heavier > 100.0


def test_real_steps_are_timed_where_nothing_is_known() -> None:
    recipe = check(replace(PRESETS["Quick"].recipe("data"), size=32, batch=4, epochs=2))
    found = estimate.time_steps(recipe, COUNTS, 2)
    assert found.how == "timed"
    assert 0 < found.per_epoch < 600
    assert "timed just now" in found.basis


def test_a_backbone_is_scaled_from_a_small_network_s_steps(
    frozen: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "YARDSTICK", (Choice("cnn_d"), Choice("adam"), 32, 4, 2))
    found = estimate.time_steps(frozen, COUNTS, 2)
    assert found.how == "timed" and found.parts["features"] > 0
    assert "of a small network" in found.basis
