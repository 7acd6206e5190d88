"""Runs that ship with the product: read only, no MLflow needed."""

import logging
from datetime import datetime
from pathlib import Path

from engine.runs import artefacts
from engine.runs.run import Run
from engine.words.errors import CxrError, NotFound
from engine.words.files import read_json
from engine.words.recipe import Recipe
from engine.words.settings import settings

PREFIX = "showcase-"
UNKNOWN = "1970-01-01T00:00:00+00:00"  # a run made by hand, without meta.json
log = logging.getLogger(__name__)


def list_showcase() -> list[Run]:
    """Return the shipped runs by name; a folder that cannot be read is named in the log."""
    folder = settings().showcase
    if not folder.is_dir():
        return []
    runs = []
    for place in sorted(folder.iterdir()):
        if not (place / artefacts.RECIPE).is_file():
            continue
        try:
            runs.append(_read_run(place))
        except CxrError as error:
            log.warning("The showcase run %s is left out: %s", place.name, error)
    return runs


def get_showcase(run_id: str) -> Run:
    """Return the shipped run of this id; raise NotFound, or CxrError where it is broken."""
    return _read_run(_place(run_id))


def find(run_id: str) -> artefacts.Find:
    """Return the finder of a shipped run's files."""
    return artefacts.in_folder(_place(run_id), run_id)


def is_showcase(run_id: str) -> bool:
    """Tell by the id whether a run ships with the product."""
    return run_id.startswith(PREFIX)


def _place(run_id: str) -> Path:
    folder, name = settings().showcase, run_id.removeprefix(PREFIX)
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    if name not in names:  # compared, never joined: an id cannot leave the folder
        raise NotFound(f"There is no showcase run '{name}' in {folder}.")
    return folder / name


def _read_run(place: Path) -> Run:
    here = artefacts.in_folder(place, place.name)
    try:
        recipe = Recipe.from_json(read_json(here(artefacts.RECIPE)))
    except ValueError as error:
        raise CxrError(f"{place / artefacts.RECIPE} is no JSON ({error}).") from error
    meta = artefacts.read_meta(here)
    return Run(
        id=PREFIX + place.name,
        name=place.name,
        preset=recipe.preset,
        recipe=recipe,
        source=str(meta.get("source", "")),
        status="finished",
        reason="",
        owner="showcase",
        created=datetime.fromisoformat(meta.get("finished", UNKNOWN)),
        seconds=artefacts.seconds_of(meta),
        metrics=artefacts.flat_metrics(meta.get("metrics", {})),
        classes=tuple(meta.get("classes", ())),
        parameters=int(meta.get("parameters", 0)),
        device=str(meta.get("device", "")),
        versions=dict(meta.get("versions", {})),
        showcase=True,
    )
