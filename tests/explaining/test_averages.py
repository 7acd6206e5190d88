"""Means of maps whose answer is known: where their heat is, how they agree, how two differ."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.explaining import sentences_averages as sentences
from engine.explaining.averages import Average, average, difference, drawn, sampled
from engine.explaining.averages_drawn import contrasted, painted, ramp
from engine.explaining.cam import CamLayer, CamResult
from engine.words.errors import CxrError

SIZE = 90
LAYER = CamLayer(4, "Conv2D", 9, 9, 8, True)


def spot(row: int, column: int, height: float = 1.0, side: int = 9) -> CamResult:
    """A map whose heat is one cell of side x side; its highest value is `height`."""
    heat = np.zeros((side, side), np.float32)
    heat[row, column] = height
    return result(heat)


def result(heat: NDArray[np.float32]) -> CamResult:
    return CamResult(heat, 0.0, float(heat.max()), not heat.any(), LAYER, "gradcam")


def mean(*maps: CamResult, grey: int = 100) -> Average:
    return average([np.full((SIZE, SIZE), grey, np.uint8)] * len(maps), maps)


EMPTY = result(np.zeros((9, 9), np.float32))
LEFT, RIGHT = spot(7, 1), spot(1, 7)


def test_the_mean_of_equal_maps_is_their_map() -> None:
    found = mean(LEFT, LEFT, LEFT)
    assert found.shares.sum() == pytest.approx(1)
    assert found.parts[2, 0] == pytest.approx(1)
    assert found.heat.max() == 1
    assert found.ninths.tolist() == [[0, 0, 0], [0, 0, 0], [3, 0, 0]]


def test_every_xray_counts_alike_whatever_its_score_and_spread() -> None:
    wide = np.zeros((9, 9), np.float32)
    wide[:3, 6:] = 1.0  # nine cells at full height beside one cell at a tenth of it
    found = mean(spot(7, 1, height=0.1), result(wide))
    assert found.parts[2, 0] == pytest.approx(0.5, abs=0.01)
    assert found.parts[0, 2] == pytest.approx(0.5, abs=0.05)  # its edges are smoothed outwards


def test_the_background_is_the_mean_xray_of_all_and_empty_maps_are_counted_out() -> None:
    pictures = [np.full((SIZE, SIZE), grey, np.uint8) for grey in (0, 100, 200)]
    found = average(pictures, [LEFT, EMPTY, LEFT])
    assert (found.xray == 100).all()
    assert sentences.short(found) == "100% lower left"
    assert (found.images, found.maps, found.empty) == (3, 2, 1)
    assert found.parts[2, 0] == pytest.approx(1)
    assert "1 map empty, left out" in sentences.counted(found, 3)


def test_only_empty_maps_leave_nothing_to_draw() -> None:
    found = mean(EMPTY, EMPTY)
    assert not found.shares.any()
    assert not found.heat.any()
    assert found.peak == 0
    assert sentences.told(found, "pneumonia").startswith("All 2 maps are empty")
    assert difference(found, mean(LEFT)) is None


def test_even_heat_has_no_place() -> None:
    found = mean(result(np.ones((9, 9), np.float32)))
    assert found.peak == pytest.approx(1)
    assert found.parts == pytest.approx(np.full((3, 3), 1 / 9))
    assert "has no place of its own" in sentences.told(found, "pneumonia")


def test_the_sentence_names_the_ninth_and_who_disagrees() -> None:
    said = sentences.told(mean(*[LEFT] * 4, *[RIGHT] * 6), "pneumonia")
    assert said.startswith("60% of the heat for pneumonia lies in the upper right ninth")
    assert "6 of 10 maps are warmest there." in said


def test_heat_at_the_edge_is_said() -> None:
    edge = np.zeros((SIZE, SIZE), np.float32)
    edge[:, :9] = 1
    found = mean(result(edge))
    assert found.edge == pytest.approx((1.0, 0.36))
    assert "100% lies within a tenth of the edge, where even heat would be 36%" in sentences.told(
        found, "pneumonia"
    )
    assert "of the edge" not in sentences.told(mean(spot(4, 4)), "pneumonia")


def test_maps_of_another_resolution_mean_the_same() -> None:
    fine = np.zeros((SIZE, SIZE), np.float32)
    fine[70:80, 10:20] = 1
    assert mean(result(fine)).parts[2, 0] == pytest.approx(1)


def test_groups_that_look_elsewhere_differ_more_than_chance_makes() -> None:
    found = difference(mean(*[LEFT] * 8), mean(*[RIGHT] * 12))
    assert found is not None
    assert found.moved == pytest.approx(1)
    assert found.clear
    assert found.shares.sum() == pytest.approx(0, abs=1e-9)
    said = sentences.apart(found, "false alarms", "left alone")
    assert said.startswith("100% of the heat lies elsewhere in false alarms than in left alone")
    assert "more of it in the lower left, less in the upper right" in said
    assert "more than chance makes" in said


def test_groups_dealt_by_lot_do_not_differ_clearly() -> None:
    random = np.random.default_rng(1)
    maps = [spot(*random.integers(0, 9, 2)) for _ in range(40)]
    found = difference(mean(*maps[:20]), mean(*maps[20:]))
    assert found is not None
    assert 0 < found.moved <= found.chance
    assert not found.clear
    assert "no more than chance makes" in sentences.apart(found, "one", "the other")


def test_a_group_does_not_differ_from_itself() -> None:
    found = difference(mean(LEFT, RIGHT), mean(LEFT, RIGHT))
    assert found is not None
    assert found.moved == 0
    assert found.p == 1


def test_maps_side_by_side_are_summed_up() -> None:
    said = sentences.several(["the lower left", "", "the middle", "the lower left"], "pneumonia")
    assert said.startswith("In 2 of these 4 maps the lower left holds the most heat for pneumonia")
    assert "; 1 empty" in said
    assert "All of these maps are empty" in sentences.several(["", ""], "pneumonia")


def test_few_maps_are_said_to_be_few() -> None:
    assert sentences.counted(mean(LEFT), 1) == (
        "1 X-ray. So few say little: look at them one by one."
    )
    assert sentences.counted(mean(*[LEFT] * 12), 300) == "12 of 300 X-rays, drawn by lot."
    found = difference(mean(LEFT), mean(RIGHT))
    assert "nothing can be said about chance" in sentences.apart(found, "one", "the other")


def test_the_lot_is_the_same_each_time_and_more_hold_the_fewer() -> None:
    names = [f"image-{number}" for number in range(100)]
    few, many = drawn(names, 10), drawn(names, 30)
    assert len(few) == 10
    assert set(few) <= set(many)
    assert (np.diff(few) > 0).all()
    assert list(drawn(names, 10)) == list(few)
    part = names[::2]  # those drawn of all are, in a part of it, among those drawn of that part
    inside = {names[place] for place in few} & set(part)
    assert inside <= {part[place] for place in drawn(part, 10)}
    assert list(drawn(names[:3], 10)) == [0, 1, 2]


def test_those_drawn_of_a_class_cost_no_more_maps_than_its_cells() -> None:
    names = np.array([f"image-{number}" for number in range(60)], object)
    places = np.arange(60)
    groups = {"all": places, "left": places[:40], "right": places[40:], "none": places[:0]}
    union, members = sampled(names, groups, 8)
    assert set(members) == {"all", "left", "right"}
    assert len(union) == 16
    assert all(len(own) == 8 for own in members.values())
    assert set(members["all"]) <= set(members["left"]) | set(members["right"])
    assert all(union[place] >= 40 for place in members["right"])
    assert sampled(names, {"none": places[:0]}, 8)[1] == {}


def test_a_mean_of_nothing_is_refused() -> None:
    with pytest.raises(CxrError, match="at least one"):
        average([], [])


def test_a_difference_is_tinted_on_both_sides_and_nowhere_else() -> None:
    left, right = mean(LEFT), mean(RIGHT)
    found = difference(left, right)
    assert found is not None
    picture = contrasted(left.xray, found, 180, (255, 0, 0), (0, 0, 255)).astype(int)
    red, blue = picture[150, 30], picture[30, 150]
    assert red[0] > 190 > 50 > red[2]
    assert blue[2] > 190 > 50 > blue[0]
    assert (picture[90, 90] == 70).all()  # dimmed alone
    scale = ramp(180, 3, (255, 0, 0), (0, 0, 255)).astype(int)
    assert scale[0, 0].argmax() == 2
    assert scale[0, -1].argmax() == 0
    assert scale[0, 90].max() < 3


def test_a_mean_without_heat_is_painted_as_the_xray_alone() -> None:
    assert (painted(mean(EMPTY), 180) == 100).all()
