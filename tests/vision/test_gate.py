"""The gate lets chests through and stops what is none; it says why."""

import cv2
import numpy as np
import pytest

from engine.vision.colour import colourfulness
from engine.vision.foreign_pictures import KINDS, foreign_picture
from engine.vision.gate import FLAGGED, judge
from engine.vision.phantom import KINDS as DISEASES
from engine.vision.phantom import draw

OTHERS = 12  # of each kind


@pytest.fixture(scope="module")
def phantoms() -> list[np.ndarray]:
    return [draw(800 + i, DISEASES[i % 3], 112, aspect=1 + 0.06 * (i % 4)).image for i in range(45)]


def test_phantoms_pass(phantoms):
    assert sum(judge(image).flagged for image in phantoms) <= 1


def test_black_added_around_a_chest_changes_nothing(phantoms):
    for image in phantoms[:10]:
        framed = np.pad(image, ((0, 0), (40, 60)))
        assert not judge(framed).flagged


def test_pictures_of_other_things_are_flagged():
    verdicts = {
        kind: [judge(foreign_picture(5 * 10**6 + i, kind, 112)[0]) for i in range(OTHERS)]
        for kind in KINDS
    }
    missed = {kind: sum(not one.flagged for one in found) for kind, found in verdicts.items()}
    assert sum(missed.values()) <= 0.05 * OTHERS * len(KINDS), missed
    for kind in ("document", "form", "noise", "blank", "slice of a chest", "slice of a head"):
        assert missed[kind] == 0, kind


def test_photographs_are_flagged_even_without_their_colour():
    from sklearn.datasets import load_sample_images

    for image in load_sample_images().images:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        for part in (grey, grey[:200, :300], grey[150:, 250:], grey[::-1].copy()):
            verdict = judge(part)
            assert verdict.flagged
            assert verdict.score >= FLAGGED


def test_real_chest_x_rays_pass(kermany):
    files = sorted((kermany / "test").rglob("*.jpeg"))
    assert len(files) == 624
    images = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files]
    assert np.mean([judge(image).flagged for image in images]) <= 0.03


def test_a_chest_the_wrong_way_round_is_recognised(phantoms):
    swapped = [judge(np.asarray(255 - image, np.uint8)) for image in phantoms]
    assert all(verdict.flagged for verdict in swapped)
    assert np.mean(["black and white swapped" in one.sentence for one in swapped]) > 0.9
    for turned in (np.rot90(phantoms[0]), np.rot90(phantoms[0], 3)):
        verdict = judge(np.ascontiguousarray(turned))
        assert verdict.flagged
        assert "on its side" in verdict.sentence


def test_colour_and_blankness_are_reasons_of_their_own(phantoms):
    assert not judge(phantoms[0], colour=0.01).flagged
    coloured = judge(phantoms[0], colour=0.3)
    assert coloured.flagged
    assert coloured.score >= FLAGGED
    assert "colour" in coloured.sentence
    for level in (0, 130, 255):
        blank = judge(np.full((64, 64), level, np.uint8))
        assert (blank.flagged, blank.score) == (True, 1.0)
        assert "blank" in blank.sentence


def test_the_score_says_what_the_flag_says(phantoms):
    pictures = phantoms[:10] + [foreign_picture(i, size=64)[0] for i in range(30)]
    for image in pictures:
        verdict = judge(image)
        assert verdict.flagged == (verdict.score >= FLAGGED)
        assert 0 <= verdict.score <= 1


def test_colourfulness_is_nought_for_grey_and_grows_with_colour():
    grey = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(64, axis=0)
    red = np.zeros((40, 40, 3), np.uint8)
    red[..., 2] = 255
    tinted = grey.copy()
    tinted[..., 0] = np.minimum(255, tinted[..., 0].astype(int) + 40)

    def of(pixels: np.ndarray, kind: str = ".png") -> float:
        return colourfulness(cv2.imencode(kind, pixels)[1].tobytes())

    assert of(grey) == 0
    assert of(grey, ".jpg") < 0.01
    assert of(grey[..., 0]) == 0
    assert 0.05 < of(tinted) < 0.3
    assert of(red) == 1
    assert colourfulness(b"no picture") == 0
    assert colourfulness(b"") == 0
