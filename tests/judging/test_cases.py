import numpy as np
import pytest

from engine.judging import cases
from engine.judging.cases import Cell, Span
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.words.errors import CxrError
from tests.judging import made


def two(images: int = 200) -> Scores:
    return Scores.of(made.predictions(images=images, seed=4), "test")


def three() -> Scores:
    return Scores.of(made.predictions(made.THREE, seed=5), "test", made.THREE)


@pytest.mark.parametrize("text", ["1-0", "0-1", "0.4..0.6", "0..1", "0.25..0.25"])
def test_an_address_names_a_case_and_back(text: str) -> None:
    assert str(cases.parse(text, 2)) == text


@pytest.mark.parametrize(
    "text", [None, "", "2-0", "1", "1-0-1", "a-b", "²-0", "x..1", "0.5..nan", "-1..2", ".."]
)
def test_a_nonsense_address_names_none(text: str | None) -> None:
    assert cases.parse(text, 2) is None


def test_the_ends_of_a_range_may_come_in_any_order() -> None:
    assert cases.parse("0.6..0.4", 2) == Span(0.4, 0.6)


@pytest.mark.parametrize("scores", [two(), three()], ids=["two", "three"])
def test_the_cells_hold_every_image_once_as_sklearn_counts_them(scores: Scores) -> None:
    from sklearn.metrics import confusion_matrix

    size = range(len(scores.classes))
    threshold = 0.4 if scores.binary else None
    found = [[cases.places(scores, threshold, Cell(a, b)) for b in size] for a in size]
    said = scores.predicted(0.4)
    counts = [[len(cell) for cell in row] for row in found]
    assert counts == confusion_matrix(scores.truth, said).tolist()
    everything = np.concatenate([cell for row in found for cell in row])
    assert sorted(everything) == list(range(len(scores)))


def test_mistakes_begin_furthest_on_the_wrong_side_and_right_calls_with_the_surest() -> None:
    scores = two()
    missed, alarmed, found, spared = (
        scores.scores[cases.places(scores, 0.4, cell)]
        for cell in (Cell(1, 0), Cell(0, 1), Cell(1, 1), Cell(0, 0))
    )
    assert missed.tolist() == sorted(missed)
    assert spared.tolist() == sorted(spared)
    assert alarmed.tolist() == sorted(alarmed, reverse=True)
    assert found.tolist() == sorted(found, reverse=True)


def test_a_range_begins_with_its_mistakes() -> None:
    scores = two()
    found = cases.places(scores, 0.4, Span(0.3, 0.6))
    rows = cases.table(scores, 0.4, found)
    assert len(rows) == ((scores.scores >= 0.3) & (scores.scores <= 0.6)).sum()
    assert not rows["right"].is_monotonic_decreasing  # both kinds are there
    assert rows["right"].is_monotonic_increasing
    for _, part in rows.groupby("right"):
        assert (part["score"] - 0.4).abs().is_monotonic_decreasing


def test_three_classes_show_the_score_of_the_called_class() -> None:
    scores = three()
    rows = cases.table(scores, None, cases.places(scores, None, Cell(1, 2)))
    assert set(rows["true"]) == {"BACTERIAL"}
    assert set(rows["predicted"]) == {"VIRAL"}
    places = rows["place"].to_numpy()
    assert rows["score"].tolist() == scores.probabilities[places, 2].tolist()
    assert rows["score"].is_monotonic_decreasing


@pytest.mark.parametrize("order", cases.ORDERS)
def test_every_order_keeps_the_images(order: str) -> None:
    scores = two()
    found = cases.places(scores, 0.4, None, order)
    values = scores.scores[found]
    assert sorted(found) == list(range(len(scores)))
    if order in ("rising", "falling"):
        assert values.tolist() == sorted(values, reverse=order == "falling")
    if order == "close":
        assert np.abs(values - 0.4).tolist() == sorted(np.abs(values - 0.4))


def test_an_unknown_order_is_named() -> None:
    with pytest.raises(CxrError, match="no order 'luck'"):
        cases.places(two(), 0.4, None, "luck")


def test_neighbours_are_the_nearest_of_all_others() -> None:
    scores = two()
    own = 17
    near = cases.neighbours(scores, scores.rows["image_id"][own], 5, 0.4)
    distance = np.abs(scores.scores - scores.scores[own])
    assert own not in near["place"].tolist()
    assert near["distance"].tolist() == sorted(np.delete(distance, own))[:5]
    assert near["true"].tolist() == near["label"].tolist()


def test_copies_of_an_image_are_not_its_own_neighbours() -> None:
    table = made.of([0, 1, 1, 0], [0.2, 0.2, 0.4, 0.9])
    table.loc[1, "image_id"] = "test0"
    scores = Scores.of(table, "test")
    assert cases.find(scores, "test0").tolist() == [0, 1]
    assert cases.neighbours(scores, "test0", 9)["place"].tolist() == [2, 3]


def test_neighbours_of_an_image_that_is_not_there_are_refused() -> None:
    with pytest.raises(CxrError, match="no test X-ray 'ghost'"):
        cases.neighbours(two(), "ghost")


def test_the_first_case_is_what_was_missed_else_a_mistake() -> None:
    scores = Scores.of(made.of([0, 0, 1, 1], [0.1, 0.6, 0.3, 0.9]), "test")
    assert cases.first(judge(scores, 0.5).matrix) == Cell(1, 0)
    assert cases.first(judge(scores, 0.2).matrix) == Cell(0, 1)
    assert cases.first(np.diag([3, 2, 4])) == Cell(2, 2)


def test_a_sentence_counts_what_a_case_holds() -> None:
    scores = Scores.of(made.of([0, 0, 1, 1], [0.1, 0.6, 0.3, 0.9]), "test")
    said = cases.describe(scores, 0.5, Cell(1, 0))
    assert said == "1 of 2 pneumonia X-rays are wrongly called normal."
    said = cases.describe(scores, 0.5, Span(0.25, 0.65))
    assert said == ("2 of 4 X-rays score 0.25 to 0.65: 1 normal, 1 pneumonia; 2 called wrongly.")
    said = cases.describe(three().against(2), 0.5, Cell(0, 1))
    assert said.endswith("not viral X-rays are wrongly called viral.")
