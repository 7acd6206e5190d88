"""Estimated times come from what was measured here, and say where they come from."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine.learning import estimate
from engine.learning.networks import Summary
from engine.learning.presets import PRESETS
from engine.words.options import Choice
from engine.words.recipe import Recipe

COUNTS = {"train": 900, "validation": 300, "test": 300}
DEVICE = "cpu (2 cores)"


def summary_of(*layers: tuple[str, int]) -> Summary:
    """A network of layers given by output and parameters."""
    rows = [(f"layer{place}", "Conv2D", *layer) for place, layer in enumerate(layers)]
    return Summary(
        1, 1, (8, 8, 1), pd.DataFrame(rows, columns=["name", "kind", "output", "params"])
    )


NETWORK = summary_of(("8 x 8 x 1", 0), ("8 x 8 x 4", 40), ("256", 0), ("1", 257))


@pytest.fixture
def recipe(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setattr(estimate, "summary", lambda *asked: NETWORK)
    return Recipe("data", Choice("cnn_d"), Choice("adam"), size=32, batch=10, epochs=5)


def remember(recipe: Recipe, *seconds: float, device: str = DEVICE) -> None:
    meta = {
        "shown_per_epoch": 900,
        "counts": COUNTS,
        "device": device,
        "classes": ["NORMAL", "PNEUMONIA"],
    }
    history = [{"epoch": place + 1, "seconds": value} for place, value in enumerate(seconds)]
    estimate.remember(recipe, meta, history)


def test_nothing_measured_is_no_estimate(recipe: Recipe) -> None:
    assert estimate.estimate(recipe, COUNTS, NETWORK) is None


def test_the_same_network_takes_as_long_as_it_took(recipe: Recipe) -> None:
    remember(recipe, 60.0, 10.0, 10.0)  # the first epoch also builds the graph
    found = estimate.estimate(replace(recipe, epochs=7), COUNTS, NETWORK)
    assert found is not None
    assert found.how == "measured"
    assert found.per_epoch == pytest.approx(10.0)
    assert 70 < found.seconds < 70 + estimate.START + 10
    assert DEVICE in found.basis


def test_one_epoch_is_better_than_none(recipe: Recipe) -> None:
    remember(recipe, 20.0)
    found = estimate.estimate(recipe, COUNTS, NETWORK)
    assert found is not None
    assert found.per_epoch == pytest.approx(20.0)


def test_another_network_is_scaled_by_its_arithmetic(recipe: Recipe) -> None:
    remember(recipe, 10.0, 10.0)
    twice = replace(NETWORK, layers=pd.concat([NETWORK.layers, NETWORK.layers]))
    found = estimate.estimate(replace(recipe, network=Choice("cnn_c")), COUNTS, twice)
    assert found is not None
    assert found.how == "scaled"
    assert found.per_epoch == pytest.approx(20.0)
    assert "2 times" in found.basis


def test_fewer_images_take_less(recipe: Recipe) -> None:
    remember(recipe, 10.0)
    half = {name: count // 2 for name, count in COUNTS.items()}
    found = estimate.estimate(recipe, half, NETWORK)
    assert found is not None
    assert found.per_epoch == pytest.approx(5.0)


def test_the_device_that_trained_last_counts(recipe: Recipe) -> None:
    remember(recipe, 10.0)
    remember(recipe, 1.0, device="gpu:0")
    last = estimate.estimate(recipe, COUNTS, NETWORK)
    cpu = estimate.estimate(recipe, COUNTS, NETWORK, device=DEVICE)
    assert last is not None and cpu is not None
    assert (last.per_epoch, cpu.per_epoch) == (pytest.approx(1.0), pytest.approx(10.0))


def test_a_newer_run_replaces_its_own_rate(recipe: Recipe) -> None:
    remember(recipe, 10.0)
    remember(recipe, 30.0)
    assert [rate.epochs for rate in estimate.known_rates()] == [1]
    found = estimate.estimate(recipe, COUNTS, NETWORK)
    assert found is not None
    assert found.per_epoch == pytest.approx(30.0)


def test_a_damaged_file_counts_as_none(recipe: Recipe, cxr_dirs: Path) -> None:
    path = cxr_dirs / "models" / "cache" / "rates.json"
    path.parent.mkdir(parents=True)
    for text in ("no json", "[1]", '[{"network": "x"}]', "{}", '[{"augmentation": 1}]'):
        path.write_text(text)
        assert estimate.known_rates() == []
    remember(recipe, 10.0)
    assert len(estimate.known_rates()) == 1


def test_multiply_adds_are_weights_times_positions() -> None:
    assert estimate.multiply_adds(NETWORK) == 40 * 64 + 257


def test_real_steps_are_timed_where_nothing_is_known(cxr_dirs: Path) -> None:
    recipe = replace(PRESETS["Quick"].recipe("data"), size=32, batch=4, epochs=2)
    found = estimate.time_steps(recipe, COUNTS, 2)
    assert found.how == "timed"
    assert 0 < found.per_epoch < 600
    assert "timed just now" in found.basis


def test_the_real_summary_is_counted(cxr_dirs: Path) -> None:
    network = estimate.network_of(Choice("cnn_d"), 180, 2)
    assert network.total == 464_001
    assert 2.5e8 < estimate.multiply_adds(network) < 3.0e8
