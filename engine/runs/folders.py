"""Where the bookkeeping of jobs lies."""

from pathlib import Path
from typing import Any

from engine.words.files import read_json
from engine.words.settings import settings


def jobs_folder() -> Path:
    """Where all jobs' folders lie."""
    return settings().models.resolve() / "jobs"


def folder_of(run_id: str) -> Path:
    """One job's folder."""
    return jobs_folder() / run_id


def read(run_id: str, name: str, default: Any) -> Any:
    """What a job's JSON file says, or `default` where there is none."""
    try:
        return read_json(folder_of(run_id) / name)
    except FileNotFoundError:
        return default
