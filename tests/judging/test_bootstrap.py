import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics

from engine.judging import bootstrap
from engine.judging.counts import Ranking
from engine.judging.measures import named
from engine.judging.paths import RATES, Paths
from engine.judging.scores import Scores
from tests.judging.made import THREE, of, predictions


def clustered(images=120, patients=40, seed=0, decimals=2):
    table = predictions(images=images, seed=seed, decimals=decimals, splits=("test",))
    drawn = np.random.default_rng(seed).integers(0, patients, images)
    return Scores.of(table.assign(patient=[f"p{number}" for number in drawn]), "test")


def test_images_without_a_patient_stand_for_themselves():
    rows = pd.DataFrame({"patient": ["b", "", "a", None, "b", np.nan, " "]}, dtype=object)
    groups = bootstrap.patient_groups(rows)
    assert groups[0] == groups[4]
    assert sorted(set(groups)) == list(range(6))
    assert list(bootstrap.patient_groups(pd.DataFrame({"file": ["x", "y"]}))) == [0, 1]


def test_patients_are_drawn_evenly_and_the_same_way_for_the_same_groups():
    groups = np.array([0, 0, 1, 2, 3])
    drawn = np.concatenate(list(bootstrap.weights(groups, 4000, seed=1, at_once=999)))
    assert drawn.shape == (4000, 4)
    assert (drawn.sum(axis=1) == 4).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(4), abs=0.06)
    assert drawn.var(axis=0) == pytest.approx(np.full(4, 0.75), abs=0.06)
    again = np.concatenate(list(bootstrap.weights(groups, 4000, seed=1, at_once=999)))
    assert np.array_equal(drawn, again)
    other = np.concatenate(list(bootstrap.weights(groups, 4000, seed=2, at_once=999)))
    assert not np.array_equal(drawn, other)


@pytest.mark.parametrize("decimals", [1, 2, 6])
def test_each_resample_equals_scikit_learn_with_weights(decimals):
    scores = clustered(decimals=decimals)
    groups = bootstrap.patient_groups(scores.rows)
    paths = Paths.of(scores, groups, bootstrap.THRESHOLDS)
    drawn = next(bootstrap.weights(groups, 20))
    fp, tp, roc, pr, areas = paths.follow(drawn)
    for row, counted in enumerate(drawn[:, groups]):
        true = scores.truth, scores.scores
        assert areas[row, 0] == pytest.approx(metrics.roc_auc_score(*true, sample_weight=counted))
        average = metrics.average_precision_score(*true, sample_weight=counted)
        assert areas[row, 1] == pytest.approx(average)
        there = counted > 0
        alarms, recall, _ = metrics.roc_curve(
            *(part[there] for part in true), sample_weight=counted[there], drop_intermediate=False
        )
        assert roc[row] == pytest.approx(np.interp(RATES + 1e-12, alarms, recall), abs=1e-6)
        precision, recall, _ = metrics.precision_recall_curve(*true, sample_weight=counted)
        best = [precision[:-1][recall[:-1] >= rate - 1e-9][-1] for rate in RATES[1:]]
        assert pr[row, 1:] == pytest.approx(best)
        for place in range(0, 201, 20):
            said = scores.predicted(bootstrap.THRESHOLDS[place])
            matrix = metrics.confusion_matrix(scores.truth, said, sample_weight=counted)
            stop = paths.columns[place]
            assert (fp[row, stop], tp[row, stop]) == (matrix[0, 1], matrix[1, 1])


def naive(scores, statistic, resamples=1500, seed=99):
    """Patients put together one by one, their images judged by scikit-learn."""
    random = np.random.default_rng(seed)
    patients = list(scores.rows.groupby("patient").indices.values())
    values = []
    for _ in range(resamples):
        drawn = random.integers(0, len(patients), len(patients))
        images = np.concatenate([patients[number] for number in drawn])
        values.append(statistic(scores.truth[images], scores.scores[images]))
    return np.percentile(values, [2.5, 97.5])


@pytest.mark.parametrize(
    ("key", "statistic"),
    [
        ("accuracy", lambda truth, values: np.mean(truth == (values >= 0.4))),
        (
            "f1",
            lambda truth, values: (
                2 * np.mean(truth * (values >= 0.4)) / np.mean(truth + (values >= 0.4))
            ),
        ),
        ("specificity", lambda truth, values: np.mean(values[truth == 0] < 0.4)),
    ],
)
def test_bands_agree_with_naive_resampling_of_patients(key, statistic):
    scores = clustered(patients=25)
    found = bootstrap.bands(scores, 2000).measures[key][80]
    assert found == pytest.approx(naive(scores, statistic), abs=0.015)
    exact = bootstrap.intervals(scores, 0.4, 2000)[key]
    assert exact == pytest.approx(found, abs=0.015)


def test_the_auc_interval_agrees_with_naive_resampling():
    scores = clustered(patients=25)
    expected = naive(scores, metrics.roc_auc_score, 500)
    assert bootstrap.bands(scores, 2000).auc == pytest.approx(expected, abs=0.015)


def test_of_single_images_accuracy_has_scipys_interval():
    scores = Scores.of(predictions(images=300), "test")
    right = (scores.truth == scores.predicted(0.5)).astype(float)
    expected = stats.bootstrap(
        (right,), np.mean, n_resamples=3000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert bootstrap.intervals(scores, 0.5, 3000)["accuracy"] == pytest.approx(expected, abs=0.008)
    assert bootstrap.bands(scores).measures["accuracy"][100] == pytest.approx(expected, abs=0.01)


def test_images_of_one_patient_do_not_count_as_many():
    scores = clustered(images=200)
    copies = scores.rows.index.repeat(5)
    table = scores.rows.loc[copies].assign(
        score_NORMAL=1 - scores.scores[copies], score_PNEUMONIA=scores.scores[copies]
    )
    many = Scores.of(table.reset_index(drop=True), "test")
    once, again = (bootstrap.bands(each) for each in (scores, many))
    assert again.patients == once.patients
    assert again.measures["recall"][100] == pytest.approx(once.measures["recall"][100])


def test_bands_hold_the_curves_that_they_surround():
    scores = clustered(images=300, patients=150)
    bands = bootstrap.bands(scores)
    counts = Ranking.of(scores).counts(bands.thresholds)
    assert set(bands.measures) == set(bootstrap.KEYS)
    for key, band in bands.measures.items():
        value = named(key).compute(counts)
        known = ~np.isnan(band[:, 0]) & ~np.isnan(value)
        assert band.shape == (201, 2)
        inside = (band[known, 0] <= value[known]) & (value[known] <= band[known, 1])
        assert inside.mean() > 0.97, key
    auc = metrics.roc_auc_score(scores.truth, scores.scores)
    assert bands.auc[0] < auc < bands.auc[1]
    average = metrics.average_precision_score(scores.truth, scores.scores)
    assert bands.average_precision[0] < average < bands.average_precision[1]
    assert (bands.roc[:, 1] <= bands.roc[:, 2]).all()
    assert (np.diff(bands.roc[:, 1]) >= 0).all()
    assert bands.roc[-1, 1] == 1


def test_many_scores_in_steps_give_what_each_score_gives():
    scores = clustered(images=3000, patients=1500, decimals=6)
    groups = bootstrap.patient_groups(scores.rows)
    drawn = next(bootstrap.weights(groups, 50))
    exact, stepped = (
        Paths.of(scores, groups, bootstrap.THRESHOLDS, points) for points in (4096, 600)
    )
    assert stepped.steps < 850 < exact.steps
    first, second = exact.follow(drawn), stepped.follow(drawn)
    for one, other in zip((exact, stepped), (first, second), strict=True):
        assert len(one.columns) == 201
        assert np.array_equal(other[0][:, one.columns], first[0][:, exact.columns])
        assert np.array_equal(other[1][:, one.columns], first[1][:, exact.columns])
    assert np.abs(first[2] - second[2]).max() < 0.02
    assert np.abs(first[4] - second[4]).max() < 5e-4


def test_what_too_few_resamples_have_has_no_interval():
    lone = Scores.of(predictions(images=40, splits=("test",)), "test")
    bands = bootstrap.bands(lone)
    top = bands.measures["precision"][200]  # nothing scores 1: none is called positive
    assert np.isnan(top).all()
    assert not np.isnan(bands.measures["recall"][200]).any()
    rare = of([1] + [0] * 30, [0.9] + [0.1] * 30).assign(patient=[str(n) for n in range(31)])
    found = bootstrap.bands(Scores.of(rare, "test"))  # a third of the resamples lack the positive
    assert np.isnan(found.auc).all()
    assert np.isnan(found.roc[:, 1:]).all()
    assert np.isnan(found.measures["recall"]).all()
    assert not np.isnan(found.measures["specificity"]).any()


def test_a_few_resamples_without_a_figure_are_left_out():
    values = np.arange(200.0)[:, None]
    values[::25] = np.nan  # 4%
    low, high = bootstrap.interval(values, 9)[0]
    assert (low, high) == pytest.approx(np.nanpercentile(values, [2.5, 97.5]))
    values[::20] = np.nan
    assert np.isnan(bootstrap.interval(values, 9)).all()


def test_one_patient_gives_no_interval():
    scores = Scores.of(of([0, 1, 1], [0.2, 0.7, 0.4]), "test")
    bands = bootstrap.bands(scores)
    assert bands.patients == 1
    assert np.isnan(bands.measures["accuracy"]).all()
    assert np.isnan(bands.auc).all()
    assert np.isnan(bootstrap.intervals(scores, 0.5)["accuracy"]).all()


def test_one_class_of_three_has_bands_of_its_own():
    scores = Scores.of(predictions(THREE, splits=("test",)), "test").against(2)
    bands = bootstrap.bands(scores, 300)
    assert bands.auc[0] < metrics.roc_auc_score(scores.truth, scores.scores) < bands.auc[1]
    assert bands.patients == len(scores)


def test_the_same_seed_gives_the_same_bands():
    scores = clustered()
    first, second, other = (bootstrap.bands(scores, 200, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.roc, second.roc)
    assert first.auc == second.auc != other.auc
