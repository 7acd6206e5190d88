"""The environment's settings, read in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.words.errors import CxrError

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """Where things live and how large they may grow."""

    data: Path  # registered sources and extracted uploads
    models: Path  # runs, jobs and caches
    showcase: Path  # runs shipped with the product, read only
    tracking_uri: str  # MLflow's; empty means SQLite under models/; alone, jobs still work here
    cache: Path  # what can be computed again
    cache_gigabytes: float  # caches are trimmed to this, least recently used first
    max_pixels: int  # an image with more is refused before it is decoded
    max_archive_megabytes: int  # a ZIP that unpacks to more is refused
    phantom_images: int  # how many synthetic X-rays are drawn on first use
    weights: Path | None  # a folder of pretrained weights, for rooms without internet
    weights_url: str  # where pretrained weights are downloaded from
    download_url: str  # a mirror of the original data sets; empty means where they are published
    spare_worker: bool  # keep one process with TensorFlow loaded, so that a job starts at once
    ray_address: str  # of a Ray cluster's dashboard; empty: jobs work on this machine
    ray_shared: bool  # the nodes see the models and data folders under the same paths
    ray_cpus: float  # that a job asks for where the cluster has no GPU


NAMES = (
    "CXR_DATA_DIR",
    "CXR_MODELS_DIR",
    "CXR_SHOWCASE_DIR",
    "MLFLOW_TRACKING_URI",
    "CXR_CACHE_GB",
    "CXR_MAX_PIXELS",
    "CXR_MAX_ARCHIVE_MB",
    "CXR_PHANTOM_IMAGES",
    "CXR_WEIGHTS_DIR",
    "CXR_WEIGHTS_URL",
    "CXR_DOWNLOAD_URL",
    "CXR_SPARE_WORKER",
    "CXR_CACHE_DIR",
    "CXR_RAY_ADDRESS",
    "CXR_RAY_SHARED",
    "CXR_RAY_CPUS",
)
KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications/"


def settings() -> Settings:
    """Return the settings as the environment is now (tests change it, one image takes 0.1 ms)."""
    return _read(tuple(os.environ.get(name, "") for name in NAMES))


@lru_cache(maxsize=8)
def _read(values: tuple[str, ...]) -> Settings:
    given = dict(zip(NAMES, values, strict=True))
    models = Path(given["CXR_MODELS_DIR"] or PROJECT / "models")
    return Settings(
        data=Path(given["CXR_DATA_DIR"] or PROJECT / "data"),
        models=models,
        showcase=Path(given["CXR_SHOWCASE_DIR"] or PROJECT / "models" / "showcase"),
        tracking_uri=given["MLFLOW_TRACKING_URI"],
        cache=Path(given["CXR_CACHE_DIR"] or models / "cache"),
        cache_gigabytes=_number("CXR_CACHE_GB", given, 10.0),
        max_pixels=int(_number("CXR_MAX_PIXELS", given, 120e6)),
        max_archive_megabytes=int(_number("CXR_MAX_ARCHIVE_MB", given, 4096)),
        phantom_images=int(_number("CXR_PHANTOM_IMAGES", given, 1000)),
        weights=Path(given["CXR_WEIGHTS_DIR"]) if given["CXR_WEIGHTS_DIR"] else None,
        weights_url=given["CXR_WEIGHTS_URL"] or KERAS_URL,
        download_url=given["CXR_DOWNLOAD_URL"],
        spare_worker=_switch("CXR_SPARE_WORKER", given, True),
        ray_address=given["CXR_RAY_ADDRESS"].strip().rstrip("/"),
        ray_shared=_switch("CXR_RAY_SHARED", given, False),
        ray_cpus=_number("CXR_RAY_CPUS", given, 2.0),
    )


def _switch(name: str, given: Mapping[str, str], default: bool) -> bool:
    text = given[name].strip().lower()
    if text not in ("", "0", "1", "no", "yes", "off", "on", "false", "true"):
        raise CxrError(f"{name} must be 1 or 0, got '{given[name]}'. Correct or unset it.")
    return text in ("1", "yes", "on", "true") if text else default


def _number(name: str, given: Mapping[str, str], default: float) -> float:
    text = given[name]
    try:
        value = float(text) if text else default
    except ValueError:
        raise CxrError(f"{name} must be a number, got '{text}'. Correct or unset it.") from None
    if value <= 0:
        raise CxrError(f"{name} must be above 0, got '{text}'. Correct or unset it.")
    return value
