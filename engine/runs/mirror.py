"""Jobs on nodes that share no folder: what the run store says of them, written as local files.

Whoever reads jobs' folders sees the same files as of a job on this machine.
"""

import json
import shutil
from collections.abc import Callable, Mapping

from engine.runs import following, jobs, records, remote, settling, store
from engine.runs.artefacts import HISTORY
from engine.runs.run import ENDED
from engine.words.errors import NotFound
from engine.words.files import read_json, write_text


def offer(run_id: str, submission: str, passing: str) -> None:
    """Note for the worker under which id it is sent; raise NotFound, CxrError."""
    remote.set_tags(run_id, {remote.SUBMISSION: submission, remote.PASSING: passing})


def passing() -> dict[str, str]:
    """After which epochs runs shall leave shorter ones, for those that any follow: "5,10"."""
    wanted: dict[str, set[int]] = {}
    for job in jobs.open_jobs():
        if job.follows and not jobs.read_state(job.run_id).ended:
            wanted.setdefault(job.follows, set()).add(jobs.recipe_of(job).epochs)
    return {run_id: ",".join(map(str, sorted(epochs))) for run_id, epochs in wanted.items()}


def look(run_id: str, log: Callable[[], str]) -> None:
    """Write what the run store says of a job; `log` asks for what it printed."""
    state = jobs.read_state(run_id)
    if state.ended:
        return
    tags = remote.tags(run_id)
    if remote.PROGRESS in tags:
        _write(run_id, "progress.json", tags[remote.PROGRESS])
    rows = epochs(tags)
    if rows and rows.count("\n") > len(jobs.epochs(run_id)) - 1:
        _write(run_id, "epochs.jsonl", rows)
    status = tags.get(records.STATUS, "waiting")
    if status != "waiting":
        _write(run_id, "log.txt", log())
    if status in ENDED:
        _end(run_id, status, tags)
    elif status == "running" and state.status == "waiting":
        jobs.write_state(run_id, jobs.State("running"))


def epochs(tags: Mapping[str, str]) -> str:
    """The rows of epochs.jsonl that the run's tags have."""
    names = [name for name in tags if name.startswith(remote.EPOCHS)]
    texts = [tags[name] for name in sorted(names, key=lambda name: int(name.rpartition(".")[2]))]
    return "".join(f"{text}\n" for text in texts)


def _end(run_id: str, status: str, tags: Mapping[str, str]) -> None:
    """Fetch what the worker stored, then note that it is over."""
    folder = store.folder_of(run_id)
    remote.download(run_id, folder)
    passed = folder / following.PASSED
    if passed.is_dir():
        shutil.copytree(passed, jobs.folder_of(run_id) / following.PASSED, dirs_exist_ok=True)
        shutil.rmtree(passed)
    if (folder / HISTORY).is_file():
        rows = read_json(folder / HISTORY)
        _write(run_id, "epochs.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    jobs.write_state(run_id, jobs.State(status, tags.get(records.REASON, "")))
    onway = [name for name in tags if name.startswith((remote.EPOCHS, remote.PROGRESS))]
    remote.drop_tags(run_id, onway)
    settling.finished(run_id, status)


def _write(run_id: str, name: str, text: str) -> None:
    """Write a file of a job; a deleted job's folder is not made anew."""
    path = jobs.folder_of(run_id) / name
    if not path.parent.is_dir():
        raise NotFound(f"There is no job '{run_id}' (any more).")
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
