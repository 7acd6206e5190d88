"""Fixtures for every floor: own folders, a small made-up data set, the real X-rays."""

import gc
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.words.settings import NAMES
from tests.again import (  # noqa: F401  (hooks)
    pytest_report_teststatus,
    pytest_runtest_protocol,
    pytest_terminal_summary,
)

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_finish() -> None:
    """Keep what is imported by now out of every later collection, as the app does when warm."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def cxr_dirs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give data, models and showcase their own empty folders; return the folder above them."""
    home = tmp_path_factory.mktemp("cxr")
    for name in ("data", "models", "showcase"):
        (home / name).mkdir()
        monkeypatch.setenv(f"CXR_{name.upper()}_DIR", str(home / name))
    for name in NAMES[3:]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))  # never the user's downloaded weights
    return home


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's tables, made once: making them takes seconds."""
    from engine.runs import tracking

    folder = tmp_path_factory.mktemp("template")
    tracking._open(f"sqlite:///{folder / 'mlflow.db'}", folder / "runs")
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def kermany() -> Path:
    """The real X-rays: 5,840 files in train and test."""
    default = REPOSITORY.parent / "shared" / "data" / "kermany-224"
    folder = Path(os.environ.get("CXR_TEST_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"needs the real X-rays; set CXR_TEST_DATA to their folder (no {folder})")
    return folder


@pytest.fixture(scope="session")
def shared_weights() -> Path:
    """ImageNet weights of DenseNet121 and MobileNetV2, laid out as CXR_WEIGHTS_DIR is."""
    default = REPOSITORY.parent / "shared" / "weights"
    folder = Path(os.environ.get("CXR_TEST_WEIGHTS", default))
    if not folder.is_dir():
        pytest.skip(f"needs pretrained weights; set CXR_TEST_WEIGHTS to their folder (no {folder})")
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 PNG files of 32 x 32 pixels in Kermany's layout and names, two images a patient.

    train: 16 normal, 8 bacterial, 8 viral; test: 8, 4 and 4; sick images have a bright patch.
    """
    root = tmp_path_factory.mktemp("tiny") / "chest"
    random = np.random.default_rng(0)
    patient = 1
    for split, pairs in (("train", 4), ("test", 2)):
        for _ in range(pairs):
            for image in (1, 2):
                for number in (patient, patient + 100):
                    write_image(root / f"{split}/NORMAL/IM-{number:04}-{image:04}.png", random, 0)
                for kind in ("bacteria", "virus"):
                    name = f"person{patient}_{kind}_{patient * 2 + image}.png"
                    write_image(root / split / "PNEUMONIA" / name, random, 80)
            patient += 1
    return root


@pytest.fixture(scope="session")
def made_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for CXR_WEIGHTS_DIR with a MobileNetV2 that has seen noise, not photographs."""
    import keras

    from engine.learning.weights import WEIGHTS
    from tests.learning.made_backbone import write

    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(32, 32, 3))
    root, source = tmp_path_factory.mktemp("weights"), WEIGHTS["mobilenetv2"]
    write(model, root / source.keras / source.file)
    return root


def write_image(path: Path, random: np.random.Generator, patch: int) -> None:
    """Write a noisy picture with a patch of the given brightness added."""
    image = random.integers(40, 90, (32, 32), dtype=np.uint8)
    image[8:20, 8:20] += np.uint8(patch)
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
