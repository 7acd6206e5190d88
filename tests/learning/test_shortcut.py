"""A classifier that sees only how a file was stored finds what is there to find, and no more."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from engine.judging.curves import auc
from engine.judging.scores import Scores
from engine.learning import shortcut
from engine.words.recipe import Split
from tests.data import made


def noise(random: np.random.Generator, side: int, mean: int) -> bytes:
    image = random.integers(mean - 30, mean + 30, (side, side), dtype=np.uint8)
    return cv2.imencode(".png", image)[1].tobytes()


def source(folder: Path, side_of_sick: int, mean_of_sick: int) -> Catalogue:
    random = np.random.default_rng(0)
    files = {}
    for number in range(60):
        files[f"NORMAL/IM-{number:04}-0001.png"] = noise(random, 32, 100)
        sick = noise(random, side_of_sick, mean_of_sick)
        files[f"PNEUMONIA/person{number}_virus_{number}.png"] = sick
    return build_catalogue("lungs", made.write(folder, files))


def test_a_larger_scanner_for_the_sick_is_found_in_the_file_alone(
    cxr_dirs: Path, tmp_path: Path
) -> None:
    found = shortcut.measure(source(tmp_path, 40, 100), Split("patient"))
    areas = {name: area(found, name) for name in shortcut.SEES}
    assert areas["file"] == 1
    assert areas["both"] == 1
    assert "format" in found.constant and "width" not in found.constant


def test_brighter_pictures_of_the_sick_are_found_in_the_brightness_alone(
    cxr_dirs: Path, tmp_path: Path
) -> None:
    found = shortcut.measure(source(tmp_path, 32, 130), Split("patient"))
    assert area(found, "brightness") == 1
    assert area(found, "file") < 0.8
    assert {"width", "height", "aspect", "format", "mode"} <= set(found.constant)


def test_it_is_judged_on_the_splits_own_test_images(cxr_dirs: Path, tmp_path: Path) -> None:
    catalogue = source(tmp_path, 32, 100)
    found = shortcut.measure(catalogue, Split("patient"), seed=3)
    from engine.data.splits import assign

    parts = assign(catalogue.images, catalogue.targets("labels"), Split("patient"), 3)
    table = found.predictions["both"]
    test = table.loc[table["split"] == "test", "image_id"]
    assert set(test) == set(catalogue.images.loc[parts == "test", "image_id"])
    assert "train" not in set(table["split"])


def test_brightness_is_numpys() -> None:
    image = np.random.default_rng(1).integers(0, 256, (41, 53), dtype=np.uint8)
    found = dict(zip(shortcut.GREY, shortcut.brightness(image), strict=True))
    assert found["mean"] == pytest.approx(image.mean())
    assert found["contrast"] == pytest.approx(image.std())
    exact = np.percentile(image, 50, method="inverted_cdf")
    assert found["p50"] == exact
    assert found["black"] == pytest.approx((image < 8).mean())
    assert found["white"] == pytest.approx((image >= 248).mean())


def test_sizes_count_as_logarithms() -> None:
    images = pd.DataFrame(
        {"width": [100], "height": [50], "bytes": [1000], "format": ["PNG"], "mode": ["L"]}
    )
    row = shortcut.of_files(images).iloc[0]
    assert row["aspect"] == pytest.approx(np.log(2))
    assert row["bytes_per_pixel"] == pytest.approx(np.log(0.2))


def area(found: shortcut.Shortcut, name: str) -> float:
    value = auc(Scores.of(found.predictions[name], "test", found.classes))
    assert value is not None
    return value
