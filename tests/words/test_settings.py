"""Settings come from the environment, and a wrong one is said plainly."""

from pathlib import Path

import pytest

from engine.words.errors import CxrError
from engine.words.settings import PROJECT, settings


def test_the_environment_moves_the_folders_and_sets_the_limits(
    cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_PHANTOM_IMAGES", "120")
    assert settings().data == cxr_dirs / "data"
    assert settings().phantom_images == 120


def test_without_an_environment_everything_lies_in_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("CXR_DATA_DIR", "CXR_MODELS_DIR", "CXR_SHOWCASE_DIR", "CXR_PHANTOM_IMAGES"):
        monkeypatch.delenv(name, raising=False)
    found = settings()
    assert (found.data, found.models) == (PROJECT / "data", PROJECT / "models")
    assert found.showcase == PROJECT / "models" / "showcase"
    assert found.phantom_images == 1000


@pytest.mark.parametrize("value", ["many", "0", "-5"])
def test_a_wrong_number_is_refused_with_its_name(
    cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CXR_PHANTOM_IMAGES", value)
    with pytest.raises(CxrError, match=f"CXR_PHANTOM_IMAGES must be .* got '{value}'"):
        settings()
