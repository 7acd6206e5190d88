"""Training on kept features is training the whole network: same epochs, same answers."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from engine.data.catalogue import Catalogue
from engine.learning import material, prediction
from engine.learning.caching import Caching
from engine.learning.graph import tensor
from engine.learning.imbalance import COPIES
from engine.learning.listener import Silent
from engine.learning.preparing import prepare
from engine.learning.rules import check
from engine.vision.augmentation import Pipeline
from engine.vision.seeds import draw_seed
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.choosing import few, thorough
from tests.learning.made_training import recipe, run

pytestmark = pytest.mark.usefixtures("tiny")
LAST: dict[str, Any] = {"name": "last", "layers": 6}
HALF = Choice.of("frozen", features="float16")
KINDS = {"task": "kinds", "head": Choice.of("gap", output="softmax")}
CASES: dict[str, dict[str, Any]] = {
    "averaging head": {},
    "convolutions in the head": {"head": Choice("report_d")},
    "flat head at a cut": {"head": Choice("report_a"), "network": Choice.of("tiny", cut="add2")},
    "weighted classes": {"head": Choice("report_b"), "imbalance": Choice("class_weight")},
    "last layers": {"regime": Choice.of(**LAST, batch_norm=True)},
    "the middle": {"regime": Choice.of("middle", first=8, last=10)},
    "two phases": {"regime": Choice.of("two_phases", layers=6, learning_rate=1e-3, epochs=3)},
    "augmented copies": {"imbalance": Choice("oversample_augmented"), "epochs": 5, **KINDS},
    "ensemble": {"imbalance": Choice("ensemble"), "regime": Choice.of(**LAST), "epochs": 2},
}


@pytest.mark.parametrize("case", few(CASES, {"averaging head", "two phases"}))
def test_what_is_kept_changes_neither_the_epochs_nor_the_answers(
    case: str, squares: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = recipe(squares, **CASES[case])
    kept = run(one, squares, tmp_path / "kept")
    assert "runs once" in kept.words
    assert kept.scores.std(axis=0).max() > 0.01  # it tells images apart
    assert answers(kept.folder, one, squares) == pytest.approx(kept.scores, abs=1e-5)

    monkeypatch.setattr("engine.learning.course.decide", lambda *asked: Caching("All of it."))
    whole = run(one, squares, tmp_path / "whole")
    assert "runs once" not in whole.words
    left, right = (pd.DataFrame(ran.history).drop(columns="seconds") for ran in (kept, whole))
    pd.testing.assert_frame_equal(left, right, rtol=1e-3, atol=1e-5)
    assert whole.scores == pytest.approx(kept.scores, abs=1e-4)
    assert answers(whole.folder, one, squares) == pytest.approx(kept.scores, abs=1e-4)


@pytest.mark.parametrize(
    ("regime", "head"),
    [(Choice.of(**LAST, features="float16"), "gap"), thorough((HALF, "report_d"))],
)
def test_features_of_half_precision_answer_nearly_the_same(
    regime: Choice, head: str, squares: Catalogue, tmp_path: Path
) -> None:
    one = recipe(squares, regime=regime, head=Choice(head), epochs=2)
    ran = run(one, squares, tmp_path)
    assert "float16" in ran.words
    assert answers(tmp_path, one, squares) == pytest.approx(ran.scores, abs=1e-3)


@pytest.mark.parametrize("strategy", [thorough("none"), "oversample_augmented"])
def test_every_place_of_an_epoch_shows_one_view_of_its_own_image(
    strategy: str, squares: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (Choice.of("rotate", limit=20.0), Choice.of("contrast", limit=0.3))
    regime, imbalance = Choice.of("frozen", views=2), Choice(strategy)
    asked = recipe(squares, regime=regime, augmentation=steps, imbalance=imbalance)
    found, ready, trunk = gathered(check(asked), squares, monkeypatch)
    (plan,) = ready.plans
    rows = ready.training_rows(plan)
    for epoch in range(2):
        batches = [found.training[index] for index in range(len(found.training))]
        shown = np.concatenate([x for x, _, _ in batches])
        order = np.random.default_rng((asked.seed, epoch)).permutation(len(rows))
        taken = set()
        for features, place in zip(shown, order, strict=True):
            copy = int(plan.draws[place])
            draw = Pipeline((*COPIES, *steps) if copy else steps)
            versions = [copy * 2 + view if copy else view + 1 for view in range(2)]
            pixels = ready.pixels[rows[place]]
            views = [draw(pixels, draw_seed(asked.seed, rows[place], one)) for one in versions]
            far = np.abs(trunk(np.stack(views)[..., None]) - features).max(axis=1)
            assert far.min() < 1e-5 < far.max()
            taken.add(int(far.argmin()))
        assert taken == {0, 1}
        found.training.on_epoch_end()


def test_what_is_drawn_anew_in_every_epoch_is_not_kept(squares: Catalogue, tmp_path: Path) -> None:
    steps = (Choice.of("rotate", limit=20.0),)
    one = recipe(squares, regime=Choice.of("frozen", views=0), augmentation=steps)
    ran = run(one, squares, tmp_path)
    assert "views=0" in ran.words and "runs once" not in ran.words


def gathered(
    one: Recipe, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> tuple[material.Material, Any, Any]:
    """Return what a training gathers from the cache, its data, and its frozen part to call."""
    seen: list[tuple[material.Material, Any]] = []
    cached = material.cached

    def listen(trunk: Any, *rest: Any) -> material.Material:
        seen.append(
            (cached(trunk, *rest), keras.Model(trunk.model.input, tensor(trunk.model, trunk.cut)))
        )
        raise KeyboardInterrupt

    monkeypatch.setattr(material, "cached", listen)
    from engine.learning.course import Course

    ready = prepare(one, catalogue, Silent())
    with pytest.raises(KeyboardInterrupt):
        Course(one, ready, Silent()).run()
    ((found, trunk),) = seen
    return found, ready, lambda images: np.asarray(trunk(images.astype(np.float32)))


def answers(folder: Path, one: Recipe, catalogue: Catalogue) -> Any:
    """Ask the saved network about raw grey pixels."""
    model = prediction.load(folder / "model.keras")
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    return prediction.predict(model, prepare(check(one), catalogue, Silent()).pixels)
