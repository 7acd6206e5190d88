"""The environment's settings, read in one place."""

import os
from dataclasses import dataclass
from pathlib import Path

from engine.words.errors import CxrError

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """Where things live and how large they may grow."""

    data: Path  # registered sources and extracted uploads
    models: Path  # runs, jobs and caches
    showcase: Path  # runs shipped with the product, read only
    tracking_uri: str  # MLflow's; empty means SQLite under models/
    cache_gigabytes: float  # caches are trimmed to this, least recently used first
    max_pixels: int  # an image with more is refused before it is decoded
    max_archive_megabytes: int  # a ZIP that unpacks to more is refused


def settings() -> Settings:
    """Read the settings from the environment, each time anew (cheap, and tests can change them)."""
    models = Path(os.environ.get("CXR_MODELS_DIR", PROJECT / "models"))
    return Settings(
        data=Path(os.environ.get("CXR_DATA_DIR", PROJECT / "data")),
        models=models,
        showcase=Path(os.environ.get("CXR_SHOWCASE_DIR", PROJECT / "models" / "showcase")),
        tracking_uri=os.environ.get("MLFLOW_TRACKING_URI", ""),
        cache_gigabytes=_number("CXR_CACHE_GB", 10.0),
        max_pixels=int(_number("CXR_MAX_PIXELS", 120e6)),
        max_archive_megabytes=int(_number("CXR_MAX_ARCHIVE_MB", 4096)),
    )


def _number(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        raise CxrError(f"{name} must be a number, got '{text}'. Correct or unset it.") from None
    if value <= 0:
        raise CxrError(f"{name} must be above 0, got '{text}'. Correct or unset it.")
    return value
