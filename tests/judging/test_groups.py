"""Groups of a confusion matrix: every image in its class and its cell, by name."""

import numpy as np

from engine.judging.cases import Cell, Span
from engine.judging.groups import beside, groups
from engine.judging.scores import Scores
from tests.judging import made


def scores(classes: tuple[str, ...]) -> Scores:
    return Scores.of(made.predictions(classes, images=120, seed=4), "test", classes)


def test_a_class_is_the_sum_of_its_cells() -> None:
    for own in (scores(made.TWO), scores(made.THREE)):
        found = groups(own, 0.4)
        count = len(own.classes)
        assert len(found) == count * (count + 1)
        for true in range(count):
            cells = [found[f"{true}-{said}"].places for said in range(count)]
            assert set(np.concatenate(cells)) == set(found[f"all{true}"].places)
            assert (own.truth[found[f"all{true}"].places] == true).all()


def test_cells_have_their_names_and_mistakes_are_known() -> None:
    found = groups(scores(made.TWO), 0.4, Span(0.4, 0.6))
    assert found["0-1"].title == "normal called pneumonia (false alarm)"
    assert found["all1"].title == "all pneumonia"
    assert found["0.4..0.6"].title == "scores 0.40 to 0.60"
    assert [key for key, group in found.items() if not group.right] == ["0-1", "1-0"]


def test_a_mistake_stands_beside_what_is_right_of_its_class() -> None:
    found = groups(scores(made.THREE), None)
    assert beside(found, Cell(1, 2)) == "1-1"
    mistakes = {said: len(found[f"2-{said}"].places) for said in (0, 1)}
    assert beside(found, Cell(2, 2)) == f"2-{max(mistakes, key=mistakes.get)}"
    assert beside(found, Span(0.0, 1.0)) == "all0"
