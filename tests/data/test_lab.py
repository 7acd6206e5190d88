"""The shortcut lab's sources: who carries what, where it is stored, made once, removable."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.data import lab, phantom, removal, sources
from engine.vision import decoding
from engine.words.errors import CxrError, NotFound

IMAGES = 30


@pytest.fixture
def made(cxr_dirs: Path) -> Path:
    """Three sources of one shortcut; the folder that holds the settings' folders."""
    for teaching in lab.TEACHING:
        lab.make("marker", teaching, images=IMAGES, side=48)
    return cxr_dirs


def root(teaching: str, shortcut: str = "marker") -> Path:
    source = lab.registered(shortcut, teaching)
    assert source is not None
    return source.path


def pictures(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*.png"))
        if phantom.MASKS not in path.parts
    }


def test_training_goes_with_the_label_and_the_test_at_random(made: Path) -> None:
    carries = lab.read(root("taught")).carries
    assert len(carries) == IMAGES
    told = Counter(
        (file.split("/")[0] == "test", "PNEUMONIA" in file, carried)
        for file, carried in carries.items()
    )
    assert told[False, True, False] == told[False, False, True] == 0
    for ill in (True, False):
        assert abs(told[True, ill, True] - told[True, ill, False]) <= 1


def test_the_remedies_change_training_alone(made: Path) -> None:
    taught, random, none = (pictures(root(teaching)) for teaching in lab.TEACHING)
    assert taught.keys() == random.keys() == none.keys()
    same = {file: taught[file] == random[file] == none[file] for file in taught}
    assert all(same[file] for file in same if file.startswith("test"))
    assert not all(same[file] for file in same if file.startswith("train"))
    for teaching in ("taught", "random"):
        again = lab.read(root(teaching)).carries
        assert again == lab.carrying(lab._plan(IMAGES, 0), teaching, 0)
    assert all(file.startswith("test") for file in lab.read(root("none")).carries)
    halves = lab.read(root("random")).carries
    ill = [carried for file, carried in halves.items() if file.startswith("train/PNEUMONIA")]
    assert abs(sum(ill) - len(ill) / 2) < 1


def test_the_place_is_stored_as_the_true_masks_are(made: Path) -> None:
    folder = root("taught")
    here, plain = lab.read(folder), root("none")
    for file, carried in here.carries.items():
        place = here.place(folder, file)
        assert place.any() == carried
        image = decoding.read(folder / file)
        assert image.shape == place.shape == (48, 48)
        if file.startswith("train"):
            assert np.array_equal(image[~place], decoding.read(plain / file)[~place])
        mask = decoding.read(folder / phantom.MASKS / file)
        assert ("NORMAL" in file) == (not mask.any())


def test_a_source_is_made_once_with_progress_and_removed_like_others(cxr_dirs: Path) -> None:
    told: list[tuple[int, int, str]] = []
    first = lab.make("border", "taught", lambda *step: told.append(step), IMAGES, 48)
    assert told[-1][:2] == (IMAGES, IMAGES)
    assert lab.make("border", "taught", images=IMAGES) == first
    assert first in sources.list_sources()
    catalogue = sources.open_source(first.name)
    assert catalogue.synthetic
    assert len(catalogue.images) == IMAGES
    assert removal.remove_source(first.name).files > 0
    assert lab.registered("border", "taught") is None
    assert not first.path.exists()
    lab.make("border", "taught", images=IMAGES, side=48)
    assert sources.open_source(first.name).hash == catalogue.hash  # so its runs are found again


def test_what_is_no_lab_is_said(cxr_dirs: Path, tiny_folder: Path) -> None:
    with pytest.raises(NotFound, match="marker, exposure, border"):
        lab.make("hat", "taught")
    with pytest.raises(NotFound, match="taught, random, none"):
        lab.make("marker", "sometimes")
    with pytest.raises(CxrError, match="no data of the shortcut lab"):
        lab.read(tiny_folder)
    sources.register_folder(lab.name_of("marker", "taught"), tiny_folder)
    assert lab.registered("marker", "taught") is None
    with pytest.raises(CxrError, match="already data called"):
        lab.make("marker", "taught", images=IMAGES)


def test_a_recipe_is_as_long_as_its_images_need() -> None:
    small, large = (lab.recipe("0" * 16, images, "marker", "taught") for images in (200, 800))
    assert (large.epochs, large.batch) == (12, 32)
    assert small.epochs > large.epochs
    assert large.preset == "Lab marker with the illness"
