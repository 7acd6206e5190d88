import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score, roc_auc_score

from engine.judging import slices
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.slicing import FAMILIES, PICTURES, groups
from engine.words.errors import CxrError
from tests.judging import made

THRESHOLD = 0.4


def table(images: int = 300) -> pd.DataFrame:
    """Predictions with kinds, patients of one to three images, and viral scores made worse."""
    random = np.random.default_rng(8)
    rows = made.predictions(images=images, seed=7, splits=("test",))
    sick = rows["label"] == "PNEUMONIA"
    kind = np.where(random.random(images) < 0.4, "viral", "bacterial")
    rows["kind"] = np.where(sick, kind, "normal")
    worse = (rows["kind"] == "viral") & (random.random(images) < 0.6)
    rows.loc[worse, "score_PNEUMONIA"] *= np.float32(0.3)
    rows["score_NORMAL"] = 1 - rows["score_PNEUMONIA"]
    rows["patient"] = [f"{kind}-{number // 2:03}" for number, kind in enumerate(rows["kind"])]
    rows["file"] = [f"{'train' if n % 3 else 'test'}/{n}/{n}.png" for n in range(images)]
    return rows


def scores() -> Scores:
    return Scores.of(table(), "test")


def pictures(size: int) -> pd.DataFrame:
    number = np.arange(size)
    return pd.DataFrame(
        {
            "width": 200 + number,
            "height": 100,
            "format": "JPEG",
            "mode": np.where(number % 10 == 0, "RGB", "L"),
            "grey": (number * 7 % 256).astype(float),
        }
    )


def judged(**choices: object) -> slices.Slices:
    found = scores()
    return slices.slices(found, THRESHOLD, groups(found, pictures(len(found))), **choices)


def test_every_figure_equals_sklearns_on_the_slice() -> None:
    found = scores()
    result = judged()
    assert len(result.judged) > 8
    for entry in (*result.judged, result.whole):
        truth, values = found.truth[entry.group.places], found.scores[entry.group.places]
        said = values >= THRESHOLD
        assert entry.figures["accuracy"].value == pytest.approx(accuracy_score(truth, said))
        for name, label in (("recall", 1), ("specificity", 0)):
            if (truth == label).any():
                expected = recall_score(truth == label, said == label)
                assert entry.figures[name].value == pytest.approx(expected)
            else:
                assert entry.figures[name].value is None
                assert entry.figures[name].reason
        if truth.any():
            assert entry.figures["f1"].value == pytest.approx(f1_score(truth, said))
        else:
            assert entry.figures["f1"].value is None
        if len(set(truth)) == 2:
            assert entry.figures["auc"].value == pytest.approx(roc_auc_score(truth, values))
        else:
            assert "both classes" in entry.figures["auc"].reason


def test_intervals_are_wilsons_and_delongs() -> None:
    from engine.judging.pairing import Pair
    from engine.judging.significance import delong

    found = scores()
    whole = judged().whole
    own = judge(found, THRESHOLD).figures
    for name in ("accuracy", "recall", "specificity"):
        assert whole.interval(name) == pytest.approx((own[name].low, own[name].high), abs=1e-6)
    coin = Scores.of(table().assign(score_PNEUMONIA=0.5, score_NORMAL=0.5), "test")
    pair = delong(Pair(found, coin, (0, 0)))  # the other run has no spread at all
    low, high = whole.interval("auc")
    assert (low - 0.5, high - 0.5) == pytest.approx((pair.low, pair.high), abs=1e-6)
    low, high = whole.interval("f1")
    assert low < whole.figures["f1"].value < high


def test_the_worst_slice_comes_first_by_any_measure() -> None:
    for measure in slices.MEASURES:
        result = judged(measure=measure)
        values = [entry.figures[measure].value for entry in result.judged]
        assert values == sorted(values)
    assert judged(measure="recall").judged[0].group.key == "kind:viral"


def test_what_only_one_class_has_is_set_aside_not_scored() -> None:
    result = judged(measure="specificity")
    aside = {entry.group.key for entry in result.undefined}
    assert {"kind:bacterial", "kind:viral"} <= aside
    assert "kind:normal" in {entry.group.key for entry in result.judged}


def test_slices_with_few_images_are_not_judged() -> None:
    result = judged(least=20)
    sizes = {group.key: len(group) for group in groups(scores(), pictures(300)).groups}
    assert all(entry.evidence["accuracy"] >= 20 for entry in result.judged)
    assert {group.key for group in result.few} == {k for k, size in sizes.items() if size < 20}
    assert any(group.family == "patient" for group in result.few)
    assert len(judged(least=2).judged) > len(result.judged)


def test_evidence_counts_the_images_that_a_measure_rests_on() -> None:
    result = judged(measure="recall", least=100)
    aside = {group.key for group in result.few}
    viral = (scores().rows["kind"] == "viral").sum()
    assert viral < 100
    assert "kind:viral" in aside


def test_every_family_cuts_the_images_without_overlap() -> None:
    found = groups(scores(), pictures(300))
    assert set(FAMILIES) - set(found.missing) == {group.family for group in found.groups}
    for family in FAMILIES:
        parts = [group.places for group in found.groups if group.family == family]
        places = np.concatenate(parts) if parts else np.array([])
        assert len(set(places)) == len(places)
    thirds = [len(group) for group in found.groups if group.family == "brightness"]
    assert len(thirds) == 3
    assert max(thirds) - min(thirds) < 10
    keys = [group.key for group in found.groups]
    assert len(set(keys)) == len(keys)


def test_without_images_the_stored_columns_still_cut() -> None:
    found = groups(scores())
    assert {group.family for group in found.groups} >= {"kind", "part", "images", "patient"}
    assert all("not on this machine" in found.missing[family] for family in PICTURES)


def test_one_size_kind_or_folder_is_no_slice() -> None:
    rows = table().assign(kind="", patient="", file="a.png")
    same = pictures(300).assign(width=224, height=224, mode="L").drop(columns="grey")
    found = groups(Scores.of(rows, "test"), same)
    assert not found.groups
    assert "measured" in found.missing["brightness"]
    assert "same number of pixels" in found.missing["size"]
    result = slices.slices(scores(), THRESHOLD, found)
    assert slices.sentence(result) == "No slice has 20 or more images to judge accuracy on."


def test_patients_numbered_in_two_ways_are_two_series() -> None:
    rows = table()
    normal = np.flatnonzero(rows["kind"] == "normal")
    rows.loc[normal[::2], "patient"] = [f"normal2-{number:04}" for number in normal[::2]]
    found = groups(Scores.of(rows, "test"))
    names = {group.name for group in found.groups if group.family == "series"}
    assert names == {"normal-…", "normal2-…"}


def test_the_sentence_weighs_the_worst_slice_against_the_looks() -> None:
    said = slices.sentence(judged(measure="recall"))
    assert "slices is viral (kind): recall" in said
    assert "more than chance" in said
    worst = slices.below(judged(measure="recall"), corrected=True)
    assert worst[0].group.key == "kind:viral"


def test_a_gap_within_chance_is_called_so() -> None:
    rows = made.predictions(images=200, seed=3, splits=("test",))
    rows["kind"] = ["even" if number % 2 else "odd" for number in range(200)]
    found = Scores.of(rows, "test")
    result = slices.slices(found, THRESHOLD, groups(found))
    assert "may well be chance" in slices.sentence(result)


def test_a_gap_that_many_looks_explain_is_called_so() -> None:
    wrong = [9, *[4] * 5, *[3] * 5]  # of 40 images each: one stands out, and 11 were looked at
    values = [0.1 if number < missed else 0.9 for missed in wrong for number in range(40)]
    rows = made.of([1] * len(values), values)
    rows["kind"] = [f"k{number}" for number in range(11) for _ in range(40)]
    found = Scores.of(rows.assign(patient=""), "test")
    result = slices.slices(found, 0.5, groups(found), "recall")
    said = slices.sentence(result)
    assert said.startswith(
        "The worst of 11 slices is k0 (kind): recall 0.78 on its 40 X-rays, 0.90 on all 440. "
    )
    assert "leaves the whole's figure out, but the one that allows for 11 looks" in said
    assert [entry.group.name for entry in slices.below(result)] == ["k0"]
    assert not slices.below(result, corrected=True)


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(CxrError, match="judged by one of accuracy"):
        judged(measure="luck")
