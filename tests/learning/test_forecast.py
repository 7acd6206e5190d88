"""What is said before launch is what the training then does."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from engine.learning.forecast import find_weights, forecast
from engine.learning.listener import Silent
from engine.learning.rules import check
from engine.learning.training import train
from engine.words.errors import CxrError
from engine.words.files import read_json
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split
from tests.choosing import thorough


@pytest.fixture
def catalogue(cxr_dirs: Path, tiny_folder: Path) -> Catalogue:
    return build_catalogue("tiny", tiny_folder)


def recipe(catalogue: Catalogue, **changes: object) -> Recipe:
    base = Recipe(
        catalogue.hash,
        Choice("mobilenetv2"),
        Choice("adam"),
        Choice("gap"),
        Choice("frozen"),
        size=32,
        batch=8,
        epochs=6,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_a_network_from_scratch_needs_no_weights_and_keeps_nothing(catalogue: Catalogue) -> None:
    scratch = {"network": Choice("cnn_d"), "head": Choice("own"), "regime": Choice("scratch")}
    found = forecast(recipe(catalogue, **scratch), catalogue)
    assert found.pretrained.words == ""
    assert [step.start for step in found.steps] == [""]
    assert found.counts == {"train": 28, "validation": 4, "test": 16}
    assert found.steps[0].trainable == found.summary.total


def test_weights_that_are_not_here_are_to_be_downloaded(catalogue: Catalogue) -> None:
    found = find_weights(check(recipe(catalogue)))
    assert not found.here and not found.wrong
    assert "not on this machine" in found.words and "about 9 MB" in found.words


def test_a_wrong_file_of_weights_is_told(
    catalogue: Catalogue, made_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next(made_weights.glob("*/*.h5"))
    (tmp_path / file.parent.name).mkdir()
    (tmp_path / file.parent.name / file.name).write_bytes(file.read_bytes()[:1000])
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(tmp_path))
    assert find_weights(check(recipe(catalogue))).wrong


def test_two_phases_are_told_apart(
    catalogue: Catalogue, made_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(made_weights))
    found = forecast(recipe(catalogue, regime=Choice.of("two_phases", epochs=6)), catalogue)
    first, second = found.steps
    assert found.pretrained.here
    assert first.trainable < second.trainable
    assert {block.state for block in first.blocks} != {block.state for block in second.blocks}


@pytest.mark.parametrize(
    "changes",
    [
        thorough({}),
        thorough({"augmentation": (Choice.of("shift", limit=0.1),), "epochs": 20}),
        {
            "imbalance": Choice("oversample_augmented"),
            "task": "kinds",
            "split": Split(validation=0.3),
        },
    ],
    ids=["plain", "augmented", "copies"],
)
def test_hits_of_the_cache_are_foreseen(
    catalogue: Catalogue,
    made_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
) -> None:
    monkeypatch.setenv("CXR_WEIGHTS_DIR", str(made_weights))
    head = Choice.of("gap", output="softmax")
    asked = recipe(catalogue, head=head, **changes)
    before = forecast(asked, catalogue)
    assert before.steps[0].missing == before.steps[0].caching.pictures > 0
    train(asked, catalogue, tmp_path, Silent())
    kept = read_json(tmp_path / "meta.json")["kept"][0]
    assert sum(file["computed"] for file in kept["files"]) == before.steps[0].missing
    after = forecast(replace(asked, optimizer=Choice("sgd")), catalogue)
    assert after.steps[0].missing == 0
    assert after.steps[0].start.endswith("epochs start at once.")


def test_a_cut_without_a_picture_is_refused(catalogue: Catalogue) -> None:
    nodes = forecast(recipe(catalogue, network=Choice("efficientnetv2b0")), catalogue)
    layers: pd.DataFrame = nodes.summary.layers
    flat = layers[(layers["number"] > 0) & ~layers["output"].str.contains("x")]["number"].iloc[0]
    squeezed = Choice.of("efficientnetv2b0", cut=str(flat))
    with pytest.raises(CxrError, match="no picture-shaped output"):
        forecast(recipe(catalogue, network=squeezed), catalogue)
