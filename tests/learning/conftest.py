"""Fixtures of whole trainings: images with unequal classes, and a small pretrained backbone."""

from pathlib import Path

import pytest

from engine.data.catalogue import Catalogue, build_catalogue
from tests.learning.made_training import write_squares


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Twelve dark and 28 bright-squared images to learn from, 24 to choose by, 16 to judge."""
    root = write_squares(tmp_path_factory.mktemp("squares"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXR_MODELS_DIR", str(tmp_path_factory.mktemp("models")))
        return build_catalogue("squares", root)


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for CXR_WEIGHTS_DIR that holds the tiny backbone's file."""
    from tests.learning.made_backbone import write_tiny

    root = tmp_path_factory.mktemp("tiny-weights")
    write_tiny(root)
    return root


@pytest.fixture
def tiny(cxr_dirs: Path, tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the tiny backbone to the tables, its weights at hand and no features kept yet."""
    from tests.learning.made_backbone import install

    install(monkeypatch, tiny_weights)
