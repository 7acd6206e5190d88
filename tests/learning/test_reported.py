"""The reports' figures stand in one table that agrees with itself, and presets say no others."""

import pytest

from engine.learning import sweeps
from engine.learning.backbones import BACKBONES
from engine.learning.presets import PRESETS
from engine.learning.reported import CLASSES, Experiment, table
from engine.learning.rules import check
from engine.words.errors import NotFound

EXPERIMENTS = table().experiments
WITH_MATRIX = {name: entry for name, entry in EXPERIMENTS.items() if entry.confusion}
IMAGES = {"official test, 624 images": (234, 390), "random 60/20/20": (316, 856)}
PRINTED = 0.0105  # reports round, and some cut, to two digits


def of_pneumonia(entry: Experiment) -> dict[str, float]:
    """Return precision, recall and f1 as the confusion matrix gives them."""
    assert entry.confusion
    (_, fp), (fn, tp) = entry.confusion
    return {
        "precision": tp / (tp + fp),
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
    }


@pytest.mark.parametrize("name", WITH_MATRIX)
def test_printed_figures_are_those_of_the_printed_matrix(name: str) -> None:
    entry = WITH_MATRIX[name]
    assert entry.confusion
    for row, images in zip(entry.confusion, IMAGES[entry.report.split], strict=True):
        assert sum(row) == images
    implied = of_pneumonia(entry)
    for figure in implied.keys() & entry.figures.keys():
        assert entry.figures[figure] == pytest.approx(implied[figure], abs=PRINTED)
    normal = entry.classes.get("NORMAL")
    if normal:
        (tn, fp), (fn, _) = entry.confusion
        assert normal["precision"] == pytest.approx(tn / (tn + fn), abs=PRINTED)
        assert normal["recall"] == pytest.approx(tn / (tn + fp), abs=PRINTED)


def test_one_report_contradicts_itself_and_is_found_out() -> None:
    assert [name for name, entry in EXPERIMENTS.items() if entry.contradicts_itself] == ["D5"]
    assert EXPERIMENTS["D5"].implied_accuracy == pytest.approx(1003 / 1172)


def test_every_experiment_is_told_and_read_whole() -> None:
    assert list(EXPERIMENTS) == sorted(EXPERIMENTS, key=lambda name: name[0])
    for name, entry in EXPERIMENTS.items():
        assert entry.report.name == name[0] and entry.story.endswith(".")
        assert "  " not in entry.story and "\n" not in entry.story
        assert set(entry.classes) <= set(CLASSES)
        assert PRESETS[name].reported == entry.as_printed()
        for figure, value in entry.figures.items():
            assert 0 < value <= 1 or figure == "epochs"
    bases = {
        check(PRESETS[name].recipe("")).network.name: entry.parameters["base"]
        for name, entry in EXPERIMENTS.items()
        if "base" in entry.parameters
    }
    assert bases == {name: BACKBONES[name].parameters for name in bases} and len(bases) == 3


def test_a_sweep_holds_its_best_row_once_and_no_cell_twice() -> None:
    sizes = {}
    for name, sweep in table().sweeps.items():
        hashes = [recipe.hash for recipe in sweeps.cells(sweep, "data")]
        assert len(set(hashes)) == len(hashes)
        assert check(PRESETS[sweep.best].recipe("data")).hash in hashes
        assert EXPERIMENTS[sweep.best].accuracy == sweep.accuracy[1]
        sizes[name] = len(hashes)
    assert sizes == {"D3": 9 + 9 + 9 + 3, "D4": 4 * 2 * 2, "D6": 4 * 2}
    assert sweeps.over(table().sweeps["D6"].grids[0]) == {
        "optimizer": ("sgd", "adam", "rmsprop"),
        "optimizer.learning_rate": ("0.001",),
        "epochs": ("50", "80"),
    }
    first = sweeps.settings(sweeps.get_sweep("d3"))[0]
    assert first == {"optimizer": "sgd", "optimizer.learning_rate": 0.01, "epochs": 10}
    with pytest.raises(NotFound, match="D3, D4, D6"):
        sweeps.get_sweep("D9")


def test_only_as_many_test_images_as_the_report_had_may_be_its_own() -> None:
    official, random, other = (table().reports[name] for name in "ADB")
    assert official.may_be_its_test(624) and not official.may_be_its_test(600)
    assert random.may_be_its_test(1168) and not random.may_be_its_test(624)
    assert not other.may_be_its_test(51)


def test_published_figures_name_their_source() -> None:
    published = table().published
    assert {entry.cite.split(" (")[0] for entry in published} >= {"MedMNIST v2", "MedMNIST+"}
    assert all(entry.link.startswith("https://") and entry.on for entry in published)
    best = max((entry for entry in published if "official" in entry.on), key=lambda e: e.auc or 0)
    assert (best.model, best.accuracy, best.auc) == ("Google AutoML Vision", 0.946, 0.991)
