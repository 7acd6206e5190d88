"""The box around the lungs holds the lungs that the phantom drew, or is the whole picture."""

import cv2
import numpy as np
import pytest

from engine.vision.decoding import read
from engine.vision.lungs import crop, lung_field
from engine.vision.phantom import _rng, draw
from engine.vision.phantom_anatomy import build_chest, make_anatomy
from engine.vision.phantom_canvas import Canvas
from engine.vision.phantom_film import make_pose

SIZE = 160


def lungs_of(seed: int, aspect: float) -> np.ndarray:
    """Where `draw` put the lungs of this patient: (SIZE, SIZE * aspect) bool."""
    canvas = Canvas(SIZE, round(SIZE * aspect), make_pose(_rng(seed, 2, 0)))
    return np.asarray(build_chest(make_anatomy(_rng(seed, 0)), canvas).lungs > 0.5)


@pytest.fixture(scope="module")
def found() -> list[tuple[np.ndarray, np.ndarray, tuple[int, int, int, int]]]:
    """24 healthy phantoms of three shapes: picture, lungs, box."""
    drawn = []
    for seed in range(24):
        aspect = (1.0, 1.25, 0.9)[seed % 3]
        image = draw(seed, "normal", SIZE, aspect=aspect).image
        drawn.append((image, lungs_of(seed, aspect), lung_field(image)))
    return drawn


def test_most_boxes_hold_the_lungs_and_leave_something_out(found):
    kept, covered = [], []
    for image, lungs, (x, y, width, height) in found:
        if (height, width) == image.shape:
            continue
        mask = np.zeros_like(lungs)
        across, along = round(0.1 * width), round(0.1 * height)
        mask[max(0, y - along) : y + height + along, max(0, x - across) : x + width + across] = True
        covered.append((lungs & mask).sum() / lungs.sum())
        kept.append(mask.mean())
    assert len(covered) >= 20
    assert np.mean(np.array(covered) > 0.97) >= 0.95
    assert np.median(kept) < 0.85


def test_exposure_and_scale_do_not_move_the_box(found):
    image, _, box = found[0]
    dimmed = (image * 0.6 + 20).astype(np.uint8)
    assert lung_field(dimmed) == pytest.approx(box, abs=4)
    large = cv2.resize(image, (SIZE * 3, SIZE * 3), interpolation=cv2.INTER_CUBIC)
    assert np.array(lung_field(large)) / 3 == pytest.approx(box, abs=4)


def test_what_is_no_chest_is_kept_whole():
    noise = np.random.default_rng(0).integers(0, 256, (90, 120), dtype=np.uint8)
    ramp = np.tile(np.arange(120, dtype=np.uint8), (90, 1))
    for image in (noise, ramp, np.zeros((90, 120), np.uint8), np.full((16, 400), 9, np.uint8)):
        assert lung_field(image) == (0, 0, image.shape[1], image.shape[0])
        assert crop(image, 0.1).shape == image.shape


def test_the_crop_is_the_box_with_its_margin_inside_the_picture(found):
    image, _, (x, y, width, height) = found[0]
    assert crop(image, 0.0).shape == (height, width)
    assert np.array_equal(crop(image, 0.0), image[y : y + height, x : x + width])
    assert crop(image, 0.5).shape[0] <= image.shape[0]


def test_on_real_x_rays_it_is_sure_of_most_healthy_ones(kermany):
    files = sorted((kermany / "test" / "NORMAL").iterdir())[::12]
    boxes = [(image.shape, lung_field(image)) for image in map(read, files)]
    sure = [box for shape, box in boxes if (box[3], box[2]) != shape]
    assert len(sure) >= 0.7 * len(files)
