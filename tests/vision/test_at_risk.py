"""What a draw cuts from an opacity, on places that are known and on phantoms."""

from pathlib import Path

import numpy as np
import pytest

from engine.learning.pipelines import PIPELINES
from engine.vision import at_risk
from engine.vision.augmentation import Pipeline
from engine.vision.phantom import Phantom
from engine.words.options import Choice

SIDE = 64
PATIENTS = (7, 13)


def with_opacity(rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[rows, columns] = True
    return at_risk.cells(Phantom(np.zeros((SIDE, SIDE), np.uint8), mask))


def test_the_share_that_is_lost_is_counted_in_cells() -> None:
    places = with_opacity(slice(16, 32), slice(0, 32))
    there = np.ones((SIDE, SIDE), bool)
    assert at_risk.share_lost(places, there) == 0
    there[:, :8] = False
    assert at_risk.share_lost(places, there) == pytest.approx(8 / 32)
    there[16, 0] = True  # a cell of which something is left is not lost
    assert at_risk.share_lost(places, there) == pytest.approx((8 * 16 / 4 - 1) / (32 * 16 / 4))
    assert at_risk.share_lost(places, np.zeros_like(there)) == 1
    assert at_risk.share_lost(np.zeros_like(places), there) == 0


def lost(places: np.ndarray, pipeline: Pipeline, seed: int) -> float:
    return at_risk.share_lost(places, at_risk.still_there(pipeline, seed, (SIDE, SIDE)))


def test_shrinking_loses_nothing_and_enlarging_the_edges() -> None:
    rim = with_opacity(slice(0, SIDE), slice(0, 8))
    middle = with_opacity(slice(24, 40), slice(24, 40))
    pipeline = Pipeline((Choice.of("zoom", limit=0.4),))
    sizes = [
        float(pipeline.look(np.zeros((SIDE, SIDE), np.uint8), s).told[0].text.split("%")[0][3:])
        for s in range(8)
    ]
    for seed, size in enumerate(sizes):
        gone = lost(rim, pipeline, seed)
        assert (gone > 0.5) == (size > 130) or 110 < size < 135
        assert size > 100 or gone == 0
        assert lost(middle, pipeline, seed) == 0
    assert min(sizes) < 90 and max(sizes) > 115


def test_a_place_that_left_counts_as_lost_though_the_edge_is_mirrored() -> None:
    left = with_opacity(slice(0, SIDE), slice(0, 16))
    pipeline = Pipeline((Choice.of("shift", limit=0.5),))
    for seed in range(6):
        text = pipeline.look(np.zeros((SIDE, SIDE), np.uint8), seed).told[0].text
        share = int(text.split("%")[0]) / 100
        gone = lost(left, pipeline, seed)
        if "left" in text:
            assert gone >= min(1.0, share / 0.25) - 0.13
        else:
            assert gone <= 0.5  # only what went up or down


def test_more_augmentation_loses_more_and_a_flip_loses_nothing_but_mirrors() -> None:
    def measured(*steps: Choice) -> at_risk.Risk:
        return at_risk.measure(steps, PATIENTS, draws=10, size=SIDE)

    mild = measured(Choice.of("shift", limit=0.1))
    much = measured(Choice.of("shift", limit=0.5))
    flip = measured(Choice.of("flip", chance=0.5))
    assert mild.lost.shape == (2, 10)
    assert mild.lost.mean() < 0.05 < 0.2 < much.lost.mean()
    assert much.lost[much.worst] == much.lost.max() > 0.5
    assert not flip.lost.any() and 0 < flip.mirrored.sum() < 10
    assert not measured().lost.any() and not measured().mirrored.any()
    assert measured(Choice.of("flip", chance=1.0)).mirrored.all()
    assert not measured(*[Choice.of("flip", chance=1.0)] * 2).mirrored.any()


def test_the_sentence_has_the_figures() -> None:
    lost = np.zeros((2, 4))
    mirrored = np.array([False, True, False, True])
    text = at_risk.sentence(at_risk.Risk(lost, mirrored))
    assert "No draw cut off any" in text and "2 of 4 draws mirror" in text
    lost[1, 2] = 0.75
    text = at_risk.sentence(at_risk.Risk(lost, np.zeros(4, bool)))
    assert "8 draws of 2 phantoms" in text and "9.4%" in text and "75% at worst" in text
    assert "in 1 of them half" in text and "mirror" not in text


def test_the_pictures_outline_the_opacity_and_tint_what_is_lost() -> None:
    red = (255, 0, 0)
    still, same = at_risk.before_and_after((), 13, 0, 2 * SIDE, red)
    assert (still == same).all() and still.shape == (2 * SIDE, 2 * SIDE, 3)
    assert (still == red).all(axis=2).any()
    steps = (Choice.of("shift", limit=0.5),)
    risk = at_risk.measure(steps, (13,), draws=20, size=SIDE)
    _, seed = risk.worst
    before, after = at_risk.before_and_after(steps, 13, seed, 2 * SIDE, red)
    changed = (before != still).any(axis=2)
    mask = at_risk.cells(at_risk.draw(13, "bacterial", 2 * SIDE)) > 0
    assert changed.any() and not changed[~mask].any()
    assert (after != same).any()


@pytest.mark.parametrize("name", ["c5", "b", "a", "c4", "too_much"])
def test_the_documentation_has_the_measured_figures(name: str) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "augment.md").read_text()
    label = PIPELINES[name].label.lower()
    (row,) = [line for line in page.splitlines() if line.lower().startswith(f"| {label} |")]
    mean, most, half = (cell.split("%")[0].split(" of ")[0] for cell in row.split("|")[2:5])
    risk = at_risk.measure(PIPELINES[name].steps)
    assert float(mean) == pytest.approx(100 * risk.lost.mean(), abs=0.3)
    assert float(most) == pytest.approx(100 * risk.lost.max(), abs=3)
    assert int(half) == pytest.approx((risk.lost >= at_risk.HALF).sum(), abs=1)
