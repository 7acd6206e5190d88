"""`evaluate` from the command line: rules, one class against the rest, intervals."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sklearn import metrics

from engine.cli import main
from engine.judging import bootstrap, several
from engine.judging.scores import Scores
from engine.judging.thresholds import choose
from tests.judging import made
from tests.pages import made_showcase


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A showcase of made-up runs, and one database for all tests here: making it takes seconds."""
    home = tmp_path_factory.mktemp("cxr")
    made_showcase.write(home / "showcase")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("data", "models", "showcase"):
            patch.setenv(f"CXR_{name.upper()}_DIR", str(home / name))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield home


def predictions(name: str):
    """The made-up predictions of a showcase run."""
    classes, seed = (made.TWO, 0) if name == "D1" else (made.THREE, 2)
    return made.predictions(classes, images=240, seed=seed, decimals=4)


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("rule", "target"), [("f1", None), ("specificity", 0.9), ("cost", 7.0), ("recall", 0.99)]
)
def test_a_rule_chooses_on_validation_and_judges_test(capsys, home, rule, target):
    asked = [] if target is None else ["--target", target]
    found = answer(capsys, "D1", "--rule", rule, *asked)
    chosen = choose(Scores.of(predictions("D1"), "validation"), rule, target)
    assert (found["threshold"], found["target"]) == (chosen.value, target)
    assert (found["rule"], found["threshold_chosen_on"]) == (rule, "validation")
    scores = Scores.of(predictions("D1"), "test")
    said = scores.predicted(chosen.value)
    assert found["confusion"] == metrics.confusion_matrix(scores.truth, said).tolist()
    assert found["mcc"] == pytest.approx(metrics.matthews_corrcoef(scores.truth, said))
    assert ("cost_7" in found) == (rule == "cost")


def test_intervals_stand_beside_the_figures(capsys, home):
    found = answer(capsys, "D1", "--threshold", 0.4)
    expected = bootstrap.intervals(Scores.of(predictions("D1"), "test"), 0.4)
    for name in ("accuracy", "recall", "specificity", "f1", "fbeta_2", "auc"):
        low, high = found["intervals"][name]
        assert low < found[name] < high
        if name != "auc":
            assert (low, high) == pytest.approx(expected[name])
    assert main(["evaluate", "D1", "--rule", "f1", "--on", "test"]) == 0
    assert "these figures flatter it" in capsys.readouterr().out


def test_what_has_no_value_has_no_interval(capsys, home):
    found = answer(capsys, "D1", "--threshold", 1)
    assert found["precision"] is None
    assert found["intervals"]["precision"] is None
    assert found["lr_plus"] is None


def test_three_classes_have_means_with_intervals_and_a_table(capsys, home):
    found = answer(capsys, "D4")
    scores = Scores.of(predictions("D4"), "test")
    assert found["threshold"] is None
    assert found["f1"] == pytest.approx(
        metrics.f1_score(scores.truth, scores.predicted(), average="macro")
    )
    assert tuple(found["intervals"]["f1"]) == pytest.approx(several.intervals(scores)["f1"])
    assert main(["evaluate", "D4"]) == 0
    assert "weighted average" in capsys.readouterr().out


def test_one_of_three_classes_against_the_rest(capsys, home):
    found = answer(capsys, "D4", "--class", "VIRAL", "--rule", "youden")
    scores = Scores.of(predictions("D4"), "test").against(2)
    assert found["classes"] == ["not VIRAL", "VIRAL"]
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(scores.truth, scores.scores))
    assert main(["evaluate", "D4", "--rule", "f1"]) == 1  # a threshold needs two classes
    assert "two classes" in capsys.readouterr().err
