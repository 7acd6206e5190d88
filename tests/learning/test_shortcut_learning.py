"""A network takes the shortcut: shown by a real training of a small one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data import lab, sources
from engine.data.catalogue import Catalogue
from engine.explaining.occlusion import cover
from engine.judging import curves
from engine.judging.scores import Scores
from engine.learning.prediction import load, predict
from engine.vision import decoding, shortcuts
from engine.vision.preprocessing import preprocess
from engine.words.options import Choice
from tests.learning.made_training import Ran, run

IMAGES, SIDE = 120, 48


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def taught(folders: Path) -> tuple[Catalogue, Ran]:
    """A small network, trained on images whose marker goes with the illness."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "MODELS"):
            patch.setenv(f"CXR_{name}_DIR", str(folders / name))
        source = lab.make("marker", "taught", images=IMAGES, side=SIDE)
        catalogue = sources.open_source(source.name)
        recipe = replace(
            lab.recipe(catalogue.hash, IMAGES, "marker", "taught"),
            network=Choice.of("cnn_c", dropout=0.0),
            optimizer=Choice.of("adam", learning_rate=0.002),
            size=SIDE,
            epochs=10,
        )
        return catalogue, run(recipe, catalogue, folders / "run")


def area(ran: Ran, split: str) -> float:
    found = curves.auc(Scores.of(ran.table, split))
    assert found is not None
    return found


def test_validation_looks_perfect_and_the_test_is_guessing(
    taught: tuple[Catalogue, Ran],
) -> None:
    _, ran = taught
    assert area(ran, "validation") > 0.9
    assert 0.3 < area(ran, "test") < 0.7


def test_the_score_follows_the_marker_and_not_the_illness(taught: tuple[Catalogue, Ran]) -> None:
    catalogue, ran = taught
    carries = lab.read(catalogue.root).carries
    test = ran.table[ran.table["split"] == "test"]
    carried = test["file"].map(carries).to_numpy(bool)
    scores = test["score_PNEUMONIA"].to_numpy()
    assert np.median(scores[carried]) > np.median(scores[~carried]) + 0.5


def test_covering_the_marker_moves_the_score(taught: tuple[Catalogue, Ran]) -> None:
    catalogue, ran = taught
    this = lab.read(catalogue.root)
    files = [file for file, carried in this.carries.items() if carried and file.startswith("test")]
    seen, covered, elsewhere = [], [], []
    for file in files:
        image = decoding.read(catalogue.root / file)
        boxes = shortcuts.boxes(this.place(catalogue.root, file))
        seen.append(image)
        covered.append(cover(image, boxes, "blur"))
        left = [box.at(1 - box.right, 1 - box.bottom) for box in boxes]  # the opposite corner
        elsewhere.append(cover(image, left, "blur"))
    model, squashed = load(ran.folder / "model.keras"), (Choice("squash"),)
    before, after, other = (
        predict(model, np.stack([preprocess(image, SIDE, squashed) for image in images]))[:, 1]
        for images in (seen, covered, elsewhere)
    )
    assert np.median(before - after) > 0.3
    assert np.median(abs(before - other)) < np.median(before - after) / 2
