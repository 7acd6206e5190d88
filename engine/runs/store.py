"""What ran, runs or waits: MLflow holds the truth, the showcase is merged in."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine.runs import artefacts, jobs, records, showcase
from engine.runs.run import Run, check_status, name_of
from engine.runs.tracking import is_remote, plain_errors, runs_folder, tracking
from engine.words.errors import CxrError, NotFound
from engine.words.recipe import Recipe

PAGE = 1000  # runs fetched by one search


def list_runs() -> list[Run]:
    """Return all runs, newest first, the showcase last."""
    return _search("") + showcase.list_showcase()


def get_run(run_id: str) -> Run:
    """Return one run; raise NotFound."""
    if showcase.is_showcase(run_id):
        return showcase.get_showcase(run_id)
    run = records.to_run(_entry(run_id))
    if run is None:
        raise NotFound(f"The run '{run_id}' was not made by this product.")
    return run


def resolve_run(text: str) -> Run:
    """Return the run that a person means: an id, its beginning (4 signs or more), or C2 for the
    showcase's C2. Raises NotFound, or CxrError where several runs begin so."""
    runs = list_runs()
    exact = [run for run in runs if run.id == text]
    shown = [run for run in runs if run.id.lower() == (showcase.PREFIX + text).lower()]
    begin = [run for run in runs if len(text) >= 4 and run.id.startswith(text)]
    found = exact or shown or begin
    if not found:
        raise NotFound(f"There is no run '{text}'. `python -m engine runs` lists them.")
    if len(found) > 1:
        raise CxrError(f"{len(found)} runs begin with '{text}'. Give more of the id.")
    return found[0]


def find_finished(recipe_hash: str) -> Run | None:
    """Return a finished run of this recipe, the showcase's included, or None.

    A run whose files were removed by hand does not count.
    """
    shown = (run for run in showcase.list_showcase() if run.recipe.hash == recipe_hash)
    ours = _search(
        f"tags.`{records.HASH}` = '{recipe_hash}' and tags.`{records.STATUS}` = 'finished'"
    )
    whole = (run for run in ours if is_remote() or has_file(run.id, artefacts.PREDICTIONS))
    return next(whole, None) or next(shown, None)


def create_run(recipe: Recipe, source: str, owner: str, status: str = "waiting") -> Run:
    """Store a new run with its recipe as parameters and return it."""
    check_status(status)
    tags = records.new_tags(recipe, source, owner, status)
    client, experiment = tracking()
    with plain_errors():
        entry = client.create_run(experiment, tags=tags, run_name=name_of(recipe)[:200])
        records.log(client, entry.info.run_id, params=records.params_of(recipe))
        client.update_run(entry.info.run_id, status=records.MLFLOW_STATUS[status])
    return get_run(entry.info.run_id)


def mark(run_id: str, status: str, reason: str = "") -> None:
    """Set a run's status and why; raise NotFound where the run was deleted."""
    check_status(status)
    tags = {records.STATUS: status, records.REASON: reason[: records.TAG_LIMIT]}
    if status == "running":
        tags[records.STARTED] = str(time.time())
    client, _ = tracking()
    with plain_errors(run_id):
        records.log(client, run_id, tags=tags)
        if status in ("waiting", "running"):
            client.update_run(run_id, status=records.MLFLOW_STATUS[status])
        else:
            client.set_terminated(run_id, status=records.MLFLOW_STATUS[status])


def log_epoch(run_id: str, number: int, logs: Mapping[str, float]) -> None:
    """Store an epoch's figures (epochs count from 1); raise NotFound where the run was deleted."""
    client, _ = tracking()
    figures = {key: value for key, value in logs.items() if key != "epoch"}
    with plain_errors(run_id):
        records.log(client, run_id, metrics=figures, step=number)


def attach(run_id: str, folder: Path) -> None:
    """Store a training's folder as the run's artefacts, and what its meta.json says.

    Raises NotFound where the run was deleted.
    """
    place = folder_of(run_id)
    if folder.resolve() != place.resolve():
        shutil.copytree(folder, place, dirs_exist_ok=True)
    meta = artefacts.read_meta(artefacts.in_folder(place, run_id))
    metrics = artefacts.flat_metrics(meta.get("metrics", {}))
    client, _ = tracking()
    with plain_errors(run_id):
        finals = {f"final.{key}": value for key, value in metrics.items()}
        records.log(client, run_id, tags=records.meta_tags(meta, metrics), metrics=finals)
        if is_remote() and place.is_dir():
            client.log_artifacts(run_id, str(place))


def delete_run(run_id: str) -> None:
    """Delete a run and its files; its worker, if one is at work, is stopped first."""
    if showcase.is_showcase(run_id):
        raise CxrError("The showcase ships with the product; its runs cannot be deleted.")
    _entry(run_id)
    jobs.discard(run_id)
    client, _ = tracking()
    with plain_errors(run_id):
        client.delete_run(run_id)
    remove_files(run_id)


def remove_files(run_id: str) -> None:
    """Remove a run's files from this machine."""
    shutil.rmtree(folder_of(run_id).parent, ignore_errors=True)


def folder_of(run_id: str) -> Path:
    """Where a run's files lie on this machine; training writes there."""
    return runs_folder() / run_id / "artifacts"


def has_file(run_id: str, name: str) -> bool:
    """Whether a run's file lies on this machine."""
    return (folder_of(run_id) / name).is_file()


def history(run_id: str) -> pd.DataFrame:
    """One row per finished epoch: epoch, loss, accuracy, val_loss, val_accuracy, seconds."""
    table = artefacts.read_history(_find(run_id))
    if table.empty and jobs.exists(run_id):
        return artefacts.history_table(jobs.epochs(run_id))
    return table


def predictions(run_id: str) -> pd.DataFrame:
    """The stored scores: image_id, file, split, label, patient, kind, score_<CLASS>."""
    return artefacts.read_predictions(_find(run_id))


def meta(run_id: str) -> Mapping[str, Any]:
    """What the training noted about itself; empty where it did not get that far."""
    return artefacts.read_meta(_find(run_id))


def find_file(run_id: str, name: str) -> Path:
    """Where a run's file lies; raise NotFound where it has none."""
    return _find(run_id)(name)


def model_file(run_id: str) -> Path:
    """The run's `.keras` file; raise NotFound where it has none."""
    members = meta(run_id).get("out_of_fold", ())
    if members:
        raise NotFound(
            f"This run is {len(members)} networks, one for each fold, and has none of its own. "
            "Choose the run of one fold to ask a network."
        )
    if told := meta(run_id).get("no_network"):
        raise NotFound(f"This run has no network. {told}")
    return _find(run_id)(artefacts.MODEL)


def log_text(run_id: str) -> str:
    """What the worker printed; empty where nothing is kept."""
    try:
        return _find(run_id)(artefacts.LOG).read_text(encoding="utf-8", errors="replace")
    except NotFound:
        return jobs.log_tail(run_id, lines=10_000)


def _find(run_id: str) -> artefacts.Find:
    if showcase.is_showcase(run_id):
        return showcase.find(run_id)
    here = artefacts.in_folder(folder_of(run_id), run_id)

    def find(name: str) -> Path:
        if is_remote() and not (folder_of(run_id) / name).is_file():
            return _download(run_id, name)
        return here(name)

    return find


def _download(run_id: str, name: str) -> Path:
    place = folder_of(run_id)
    place.mkdir(parents=True, exist_ok=True)
    client, _ = tracking()
    with plain_errors(run_id):
        if name not in [entry.path for entry in client.list_artifacts(run_id)]:
            raise NotFound(f"The run {run_id} has no {name} on the tracking server.")
        return Path(client.download_artifacts(run_id, name, str(place)))


def _entry(run_id: str) -> Any:
    client, _ = tracking()
    with plain_errors(run_id):
        entry = client.get_run(run_id)
    if entry.info.lifecycle_stage != "active":
        raise NotFound(f"The run '{run_id}' was deleted.")
    return entry


def _search(condition: str) -> list[Run]:
    client, experiment = tracking()
    entries: list[Any] = []
    token = None
    with plain_errors():
        while True:
            page = client.search_runs([experiment], condition, max_results=PAGE, page_token=token)
            entries += page
            token = page.token
            if not token:
                break
    return [run for run in map(records.to_run, entries) if run is not None]
