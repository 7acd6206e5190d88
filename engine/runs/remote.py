"""What goes through the run store between a node and the app where they share no folder."""

from collections.abc import Mapping
from pathlib import Path

from engine.runs import records
from engine.runs.tracking import plain_errors, tracking

PROGRESS = "cxr.progress"  # progress.json
EPOCHS = "cxr.epochs."  # and a number: some rows of epochs.jsonl
PASSING = "cxr.passing"  # the epochs after which a longer training leaves a shorter one
SUBMISSION = "cxr.submission"  # under which Ray has the job now


def tags(run_id: str) -> dict[str, str]:
    """All that is noted of a run; raise NotFound."""
    client, _ = tracking()
    with plain_errors(run_id):
        entry = client.get_run(run_id)
    return dict(entry.data.tags) if entry.info.lifecycle_stage == "active" else {}


def set_tags(run_id: str, values: Mapping[str, str]) -> None:
    """Note something of a run; raise NotFound."""
    client, _ = tracking()
    with plain_errors(run_id):
        records.log(client, run_id, tags=values)


def drop_tags(run_id: str, names: list[str]) -> None:
    """Forget what was noted on the way."""
    client, _ = tracking()
    with plain_errors(run_id):
        for name in names:
            client.delete_tag(run_id, name)


def upload(run_id: str, folder: Path, place: str) -> None:
    """Keep a folder's files with a run, under a folder of that name."""
    client, _ = tracking()
    with plain_errors(run_id):
        client.log_artifacts(run_id, str(folder), place)


def download(run_id: str, folder: Path) -> None:
    """Fetch all files of a run into a folder."""
    client, _ = tracking()
    folder.mkdir(parents=True, exist_ok=True)
    with plain_errors(run_id):
        if client.list_artifacts(run_id):
            client.download_artifacts(run_id, "", str(folder))
