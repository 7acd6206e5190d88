"""What covering does to a score, on networks whose answer is known."""

import numpy as np
import pytest

from engine.explaining import covering, sensitivity, sentences_cover
from engine.explaining.covering import Baseline, ask, baseline, each_way, elsewhere, hottest
from engine.explaining.occlusion import HOW, Box, cover
from engine.explaining.sensitivity import Sensitivity, windows
from engine.vision.preprocessing import preprocess
from engine.words.errors import CxrError
from engine.words.options import Choice

SIDE = 64
SPOT = Box(0.625, 0.25, 0.75, 0.375)  # what the network below looks at
SQUASH = (Choice("squash"),)
TWO = ("NORMAL", "PNEUMONIA")


def seen(image: np.ndarray) -> np.ndarray:
    return preprocess(image, SIDE, SQUASH)


def predict(squares: np.ndarray) -> np.ndarray:
    """Score 1 is the mean brightness of the spot and nothing else."""
    bright = squares[(slice(None), *SPOT.pixels(SIDE, SIDE))].mean(axis=(1, 2)) / 255
    return np.stack([1 - bright, bright], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """(96, 128), grey with the spot in white."""
    image = np.full((96, 128), 60, np.uint8)
    image[SPOT.pixels(96, 128)] = 255
    return image


def test_the_cover_lies_on_the_picture_before_its_preprocessing(picture: np.ndarray) -> None:
    given = ask(predict, picture, seen, [(), (SPOT,), (SPOT.at(0, 0),)], "black")
    assert given.shape == (3, 2)
    assert given[:, 1] == pytest.approx([1, 0, 1])


def test_more_covers_than_a_chunk_are_all_asked(picture: np.ndarray) -> None:
    covers = [()] * covering.CHUNK + [(SPOT,)]
    given = ask(predict, picture, seen, covers, "black")[:, 1]
    assert given == pytest.approx([1] * covering.CHUNK + [0])


def test_the_baseline_has_the_same_sizes_elsewhere_and_the_hottest_place(
    picture: np.ndarray,
) -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[2, 5] = 1  # the cell over the spot
    boxes = (Box(0, 0.5, 0.125, 0.625),)
    found = baseline(predict, picture, seen, boxes, "black", heat)
    assert found.random.shape == (covering.PLACES, 2)
    (hot,) = found.hottest
    assert hot.left == pytest.approx(SPOT.left, abs=0.01)
    assert hot.top == pytest.approx(SPOT.top, abs=0.01)
    assert found.hot is not None
    assert found.hot[1] < 0.1
    assert np.median(found.random[:, 1]) > 0.9
    for places in found.places:
        assert (places[0].width, places[0].height) == pytest.approx((0.125, 0.125))
    elsewhere_too = baseline(predict, picture, seen, [boxes[0].at(0.8, 0.8)], "black", heat)
    assert (elsewhere_too.random == found.random).all(), "only the sizes count"
    cold = baseline(predict, picture, seen, boxes, "black", np.zeros((8, 8), np.float32))
    assert (cold.hottest, cold.hot) == ((), None)


def test_several_boxes_take_different_hot_places_the_largest_first() -> None:
    heat = np.zeros((128, 128), np.float32)
    heat[16:48, 16:48] = 1
    heat[96:112, 96:112] = 0.5
    small, large = Box(0, 0, 0.125, 0.125), Box(0, 0, 0.25, 0.25)
    one, other = hottest(heat, (small, large))
    assert (other.left, other.top) == pytest.approx((0.125, 0.125))
    assert (one.left, one.top) == pytest.approx((0.75, 0.75))
    whole = Box(0, 0, 1, 1)
    assert hottest(heat, (whole,)) == (whole,)
    assert hottest(np.zeros((4, 4), np.float32), (small,)) == ()


def test_random_places_lie_inside_and_are_the_same_again() -> None:
    boxes = (Box(0, 0, 0.3, 0.9), Box(0.5, 0.5, 1, 1))
    places = elsewhere(boxes, 20)
    assert places == elsewhere(boxes, 20)
    assert len({box.left for one, _ in places for box in [one]}) == 20
    for one, other in places:
        assert (one.width, other.height) == pytest.approx((0.3, 0.5))


def test_each_way_is_asked_about_the_same_boxes(picture: np.ndarray) -> None:
    given = each_way(predict, picture, seen, (SPOT,))
    assert list(given) == list(HOW)
    assert given["black"][1] == 0
    assert given["mean"][1] == pytest.approx(picture.mean() / 255, abs=0.01)
    for how, scores in given.items():
        square = seen(cover(picture, (SPOT,), how))
        assert scores[1] == pytest.approx(predict(square[None])[0, 1])


@pytest.mark.parametrize(("patch", "side"), [(0.1, 19), (0.2, 9), (0.3, 6), (0.5, 3)])
def test_the_sliding_patch_reaches_every_place(patch: float, side: int) -> None:
    places = windows(patch)
    assert len(places) == side**2
    assert (places[0].left, places[0].top) == (0, 0)
    assert places[-1].right == pytest.approx(1)
    covered = np.zeros((50, 50), int)
    for box in places:
        covered[box.pixels(50, 50)] += 1
    assert covered.min() >= 1


@pytest.fixture(scope="module")
def slid(picture: np.ndarray) -> Sensitivity:
    return sensitivity.sensitivity(predict, picture, seen, "black", 0.2)


def test_the_score_falls_where_the_network_looks_and_nowhere_else(slid: Sensitivity) -> None:
    assert slid.plain[1] == pytest.approx(1)
    drops = slid.drops(1)
    assert drops.shape == (9, 9)
    touches = [
        min(box.right, SPOT.right) > max(box.left, SPOT.left)
        and min(box.bottom, SPOT.bottom) > max(box.top, SPOT.top)
        for box in windows(0.2)
    ]
    assert ((drops.ravel() > 0.02) <= np.array(touches)).all()
    assert drops.max() == pytest.approx(1)
    assert slid.drops(0) == pytest.approx(-drops, abs=1e-6)
    spread = slid.spread(1)
    rows, columns = (np.argwhere(spread > 0.99 * spread.max()).T + 0.5) / sensitivity.CELLS
    assert rows.mean() == pytest.approx((SPOT.top + SPOT.bottom) / 2, abs=0.06)
    assert columns.mean() == pytest.approx((SPOT.left + SPOT.right) / 2, abs=0.06)
    assert np.isfinite(spread).all()


def test_it_is_kept_and_asked_once(picture: np.ndarray, cxr_dirs: object) -> None:
    asked = []

    def counting(squares: np.ndarray) -> np.ndarray:
        asked.append(len(squares))
        return predict(squares)

    told: list[tuple[int, int, str]] = []
    steps = [step.to_json() for step in SQUASH]
    tell = lambda *line: told.append(line)  # noqa: E731
    once = sensitivity.kept("model", counting, picture, seen, steps, "mean", 0.5, tell)
    assert sum(asked) == 10
    assert told[0][:2] == (0, 10)
    again = sensitivity.kept("model", counting, picture, seen, steps, "mean", 0.5)
    assert sum(asked) == 10
    assert (again.covered == once.covered).all()
    sensitivity.kept("another", counting, picture, seen, steps, "mean", 0.5)
    sensitivity.kept("model", counting, picture, seen, steps, "black", 0.5)
    assert sum(asked) == 30


def test_a_patch_out_of_bounds_is_said(picture: np.ndarray) -> None:
    with pytest.raises(CxrError, match=r"must lie between 0\.1 and 0\.5"):
        sensitivity.sensitivity(predict, picture, seen, "black", 0.01)


SENTENCES = [
    (
        (0.2, 0.8),
        (0.6, 0.4),
        0.5,
        "from **0.800** to **0.400**, below the threshold 0.50",
        "changes",
    ),
    ((0.2, 0.8), (0.3, 0.7), 0.7, "to **0.700**, at or above the threshold 0.70", "stays"),
    ((0.2, 0.8), (0.6, 0.4), None, "from **0.800** to **0.400**. ", "changes"),
]


@pytest.mark.parametrize(("before", "after", "threshold", "said", "decision"), SENTENCES)
def test_the_score_is_said_before_and_after_against_the_threshold(
    before: tuple[float, float],
    after: tuple[float, float],
    threshold: float | None,
    said: str,
    decision: str,
) -> None:
    text = sentences_cover.moved(np.array(before), np.array(after), 1, TWO, threshold)
    assert said in text
    assert f"The decision {decision}" in text


@pytest.mark.parametrize(
    ("after", "random", "said"),
    [
        (0.4, [0.79] * 12, "No random place moves the score as much"),
        (0.4, [0.79] * 11 + [0.3], "Only 1 of 12 random places moves"),
        (0.7, [0.6] * 6 + [0.8] * 6, "6 of 12 random places move the score as much as this one or"),
        (0.795, [0.3] * 12, "hardly moves the score"),
    ],
)
def test_a_change_is_weighed_against_random_places(
    after: float, random: list[float], said: str
) -> None:
    scores = np.array([[1 - value, value] for value in random], np.float32)
    found = Baseline(((),) * 12, scores)
    text = sentences_cover.beside(np.array([0.2, 0.8]), np.array([1 - after, after]), found, 1)
    assert said in text
    assert "the heat map is empty" in text


def test_ways_that_disagree_are_called_so() -> None:
    before = np.array([0.5, 0.5])
    changes = [(-0.3, 0.2, "direction"), (-0.4, 0.0, "differ much"), (-0.3, -0.28, "They agree")]
    for low, high, said in changes:
        given = {"black": before + np.array([-low, low]), "blur": before + np.array([-high, high])}
        assert said in sentences_cover.ways(given, before, 1)


def test_a_picture_where_nothing_counts_gets_no_colour(slid: Sensitivity) -> None:
    text = sentences_cover.slid(slid, 1, "PNEUMONIA")
    assert "by up to 1.000 from 1.000, most in the upper right" in text
    assert sentences_cover.painted(slid, 1).max() == 1
    still = Sensitivity(slid.plain, np.full((9, 9, 2), slid.plain), 0.2)
    assert "Nowhere does a patch of 20%" in sentences_cover.slid(still, 1, "PNEUMONIA")
    assert not sentences_cover.painted(still, 1).any()
    assert "raises it, by up to 1.000" in sentences_cover.slid(slid, 0, "NORMAL")


def test_what_is_covered_is_named() -> None:
    assert sentences_cover.patches(()) == "nothing"
    assert sentences_cover.patches([Box(0, 0, 0.5, 0.5)]) == "1 patch, 25% of the picture"
    assert sentences_cover.patches([Box(0, 0, 0.5, 0.5)] * 2).startswith("2 patches, 25%")
