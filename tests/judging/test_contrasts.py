"""The model with and without a flaw: counts by hand, intervals as published."""

import numpy as np
import pandas as pd
import pytest

from engine.judging import contrasts as judging
from engine.judging.contrasts import contrast_sentence, contrasts, newcombe, ranked
from engine.judging.scores import Scores
from engine.judging.slices import wilson
from engine.judging.slicing import FLAW, groups
from engine.words.errors import CxrError
from tests.judging import made

IMAGES = 400
Z = 1.959964


@pytest.fixture(scope="module")
def blurred() -> np.ndarray:
    return np.arange(IMAGES) % 4 == 0


@pytest.fixture(scope="module")
def scores(blurred: np.ndarray) -> Scores:
    """Of 100 blurred X-rays 40 are called wrongly, of 300 sharp ones 30."""
    random, number = np.random.default_rng(0), np.arange(IMAGES)
    sick = random.permutation(number % 2 == 1)
    order = np.where(blurred, np.cumsum(blurred), np.cumsum(~blurred))
    wrong = order <= np.where(blurred, 40, 30)
    score = np.where(sick ^ wrong, 0.8, 0.2) + random.uniform(-0.1, 0.1, IMAGES)
    rows = made.predictions(images=IMAGES, splits=("test",))
    rows["label"] = np.where(sick, "PNEUMONIA", "NORMAL")
    return Scores.of(rows.assign(score_PNEUMONIA=score, score_NORMAL=1 - score), "test")


@pytest.fixture(scope="module")
def images(blurred: np.ndarray) -> pd.DataFrame:
    """Blur as told, grid lines at random, and metal on too few to compare."""
    random = np.random.default_rng(1)
    flaws = {"Blur": blurred, "Grid lines": random.random(IMAGES) < 0.3}
    return pd.DataFrame({**flaws, "Metal": np.arange(IMAGES) < 5}).add_prefix(FLAW)


def test_errors_with_and_without_a_flaw_are_counted(scores: Scores, images: pd.DataFrame) -> None:
    found = {entry.flaw: entry for entry in contrasts(scores, 0.5, images)}
    assert set(found) == {"blur", "grid lines", "any flaw"}
    assert judging.errors(found["blur"].flagged) == (40, 100)
    assert judging.errors(found["blur"].clean) == (30, 300)
    assert ranked(list(found.values()), "accuracy")[0].flaw == "blur"


def test_newcombes_interval_is_as_published() -> None:
    one, other = 56 / 70, 48 / 80  # Newcombe 1998, table II (a), method 10
    found = newcombe(one, wilson(one, 70, Z), other, wilson(other, 80, Z))
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_what_a_flaw_costs_is_said_with_its_interval(scores: Scores, images: pd.DataFrame) -> None:
    said = contrast_sentence(contrasts(scores, 0.5, images), "accuracy")
    assert said.startswith(
        "Of the X-rays with blur the model calls 40 of 100 (40%) wrongly, of those without 30 of "
        "300 (10%). The difference, 30 points, has a 95% interval of 18 to 42 points"
    )
    assert said.endswith("allowing for 3 looks: more than chance.")


def test_chance_and_flaws_that_cost_nothing_are_told_from_a_cost(
    scores: Scores, images: pd.DataFrame, blurred: np.ndarray
) -> None:
    wrong = (scores.predicted(0.5) != scores.truth).astype(bool)
    some = np.zeros(IMAGES, bool)  # 11 of 50 wrong, and 59 of 350
    some[np.flatnonzero(wrong)[:11]] = some[np.flatnonzero(~wrong)[:39]] = True
    said = contrast_sentence(
        contrasts(scores, 0.5, pd.DataFrame({f"{FLAW}Metal": some}))[:1], "accuracy"
    )
    assert "11 of 50 (22%) wrongly" in said and said.endswith("that may well be chance.")
    sharp = contrasts(scores, 0.5, pd.DataFrame({f"{FLAW}Sharpness": ~blurred}))[:1]
    assert contrast_sentence(sharp, "accuracy") == (
        "The model does no worse with any of these flaws. Of the X-rays with sharpness the model "
        "calls 30 of 300 (10%) wrongly, of those without 40 of 100 (40%)."
    )


def test_areas_are_those_of_the_two_sides(
    scores: Scores, images: pd.DataFrame, blurred: np.ndarray
) -> None:
    from sklearn.metrics import roc_auc_score

    blur = ranked(contrasts(scores, 0.5, images), "auc")[0]
    areas = [roc_auc_score(scores.truth[at], scores.scores[at]) for at in (~blurred, blurred)]
    differs = blur.difference("auc")
    assert differs is not None and differs[0] == pytest.approx(areas[0] - areas[1])
    assert differs[1] < differs[0] < differs[2]
    assert f"{areas[1]:.2f} on the 100 X-rays with blur" in contrast_sentence([blur], "auc")


def test_without_enough_images_nothing_is_compared(scores: Scores, images: pd.DataFrame) -> None:
    assert contrasts(scores, 0.5, images[[f"{FLAW}Metal"]]) == []
    assert "No flaw is in enough X-rays" in contrast_sentence([], "auc")
    with pytest.raises(CxrError, match="accuracy or auc"):
        contrast_sentence([], "recall")


def test_flaws_are_slices_too_and_unknown_images_are_in_none(
    scores: Scores, images: pd.DataFrame, blurred: np.ndarray
) -> None:
    facts = pd.DataFrame({"width": 8, "height": 8, "format": "PNG", "mode": "L"}, images.index)
    table = facts.join(images.astype(object))  # as reindexing makes it where files are missing
    table.loc[:9, images.columns] = np.nan
    cut = {group.name: group for group in groups(scores, table).groups if group.family == "quality"}
    assert len(cut["blur"]) == blurred[10:].sum()
    assert len(cut["blur: not found"]) == (~blurred[10:]).sum()
    assert len(cut["any flaw"]) + len(cut["no flaw"]) == IMAGES - 10
    assert "metal" not in cut  # the five that had some are unknown now
    assert "nobody has looked" in groups(scores, facts).missing["quality"]
