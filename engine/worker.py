"""One job in one process: `python -m engine.worker RUN`, started by the queue.

With `--spare` in place of a run it loads first and waits for the queue to hand it one.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine.learning.regimes import planned_epochs
from engine.runs import apart, endings, jobs, node, processes, settling, spare, store
from engine.runs.artefacts import HISTORY, META, MODEL
from engine.runs.live import ProgressWriter, Snapshot
from engine.runs.tracking import tracking
from engine.words.errors import Cancelled, CxrError, NotFound
from engine.words.files import read_json
from engine.words.locks import locked
from engine.words.quiet import quiet_stderr
from engine.words.recipe import Recipe

Train = Callable[[Recipe, str, Path, ProgressWriter], object]
log = logging.getLogger(__name__)
_loading = threading.Lock()


def load() -> None:
    """Import what a training needs, which takes seconds; whoever comes second waits.

    No device is asked for: a spare learns only with its job which ones it may see.
    """
    with _loading:
        import engine.learning.training  # noqa: F401


def preload() -> None:
    """Import what a whole job needs; one without a spare imports MLflow while it trains."""
    load()
    import mlflow.tracking  # noqa: F401


def main(argument: str, train: Train | None = None, preload: Callable[[], object] = preload) -> int:
    """Work on a queued job, by its run's id or handed to a spare; return the exit code."""
    logging.basicConfig(format="%(message)s")
    run_id = spare.wait_for_job(preload) if argument == spare.WAIT else argument
    try:
        if node.is_here() and not node.arrive(run_id):
            print("This training was cancelled or sent anew before it began.", flush=True)
            return 0
        job = jobs.read(run_id)
        with locked(jobs.folder_of(run_id) / "worker.lock", wait=0) as mine:
            if not mine:
                print(f"Another worker has the run {run_id} already.", file=sys.stderr)
                return 1
            _begin(run_id)
            lower_priority()
            with node.reporting(run_id):
                ended = work(job, train or train_for_real)
            return 0 if ended.status != "failed" else 1
    except CxrError as error:
        print(error, file=sys.stderr)
        return 1


def _begin(run_id: str) -> None:
    """Note who works, or on a cluster, where its dispatcher cannot see it, that the work begins."""
    if node.is_here():
        jobs.write_state(run_id, jobs.State("running"))
    elif jobs.read_process(run_id) is None:  # the launcher died before it could note us
        jobs.write_process(run_id, jobs.process_of(os.getpid(), "cpu"))


def work(
    job: jobs.Job,
    train: Train,
    on_write: Callable[[Snapshot], None] = lambda snapshot: None,
) -> jobs.State:
    """Train, store what came out and return how it ended. Ctrl-C and SIGTERM cancel."""
    recipe, run_id = jobs.recipe_of(job), job.run_id
    folder = store.folder_of(run_id)
    with ThreadPoolExecutor(1) as background:  # the run store must not slow a step down
        if node.is_here():  # elsewhere the dispatcher does
            background.submit(_tell_running, run_id)
        writer = ProgressWriter(
            run_id, planned_epochs(recipe), _epoch_logger(background, run_id), on_write
        )
        _listen_for_signals(writer)
        ended = _attempt(lambda: train(recipe, job.source, folder, writer), writer, folder)
        _ignore_signals()
    if jobs.is_discarded(run_id):
        store.remove_files(run_id)
        jobs.erase(run_id)
        print("The run was deleted; nothing is kept.", flush=True)
        return ended
    print(ended.reason or "Finished.", flush=True)
    jobs.write_state(run_id, ended)
    if ended.status != "cancelled" or job.foreground or "mlflow" in sys.modules:
        _store_ending(run_id, ended)  # else the dispatcher does: importing MLflow takes too long
    return ended


def train_for_real(recipe: Recipe, source: str, folder: Path, writer: ProgressWriter) -> object:
    """Open the data and train with Keras."""
    writer.phase("Loading TensorFlow")
    load_quietly(writer.run_id)
    from engine.learning import measuring
    from engine.learning.training import train

    writer.phase("Reading the list of images")
    passing = node.passing(writer.run_id)
    done = train(recipe, open_data(recipe, source, writer), folder, writer, passing)
    measuring.remember(recipe, done.anatomy, read_json(folder / META), read_json(folder / HISTORY))
    return done


def load_quietly(run_id: str) -> None:
    """Load and find the devices, without what TensorFlow prints; warn where a GPU is missing."""
    with quiet_stderr():
        load()
        import keras

        found = keras.distribution.list_devices()
    process = jobs.read_process(run_id)
    promised = process is not None and process.device.startswith("gpu")
    if promised and not any("gpu" in name.lower() for name in found):
        print(
            "This job was given a GPU, but Keras finds none and trains on the CPU: see docs/gpu.md."
        )


def open_data(recipe: Recipe, source: str, writer: ProgressWriter) -> Any:
    """Return the catalogue that the recipe was made on, wherever it is registered now."""
    from engine.data.sources import find_by_hash, open_source

    def tell(done: int, total: int, what: str) -> None:
        writer.phase(what, done, total)

    if node.is_apart():
        return node.open_data(recipe.data, writer.phase)
    try:
        catalogue = open_source(source, tell)
        if catalogue.hash == recipe.data:
            return catalogue
    except NotFound:
        print(f"There is no data by the name '{source}' any more; looking for its content.")
    return find_by_hash(recipe.data)


def _attempt(train: Callable[[], object], writer: ProgressWriter, folder: Path) -> jobs.State:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        train()
        return jobs.State("finished", stored=False)
    except (Cancelled, KeyboardInterrupt):
        return _cancelled(writer, folder)
    except CxrError as error:
        return jobs.State("failed", str(error), stored=False)
    except Exception as error:  # whatever it is, the run must say why it ended
        if writer.stopping:  # TensorFlow turns what a signal raises inside it into its own errors
            return _cancelled(writer, folder)
        log.exception("The training ended with an error:")
        return jobs.State("failed", endings.explain(error), stored=False)


def _cancelled(writer: ProgressWriter, folder: Path) -> jobs.State:
    if not jobs.exists(writer.run_id):
        return jobs.State("cancelled", stored=False)
    reason = endings.stopped(writer.run_id, (folder / MODEL).is_file())
    return jobs.State("cancelled", reason, stored=False)


def _tell_running(run_id: str) -> None:
    try:
        store.mark(run_id, "running")
    except CxrError as error:  # the job's folder says it too
        print(f"The run store was not told that the training began: {error}", flush=True)


def _epoch_logger(
    background: ThreadPoolExecutor, run_id: str
) -> Callable[[int, Mapping[str, float]], None]:
    def store_epoch(number: int, logs: Mapping[str, float]) -> None:
        try:
            store.log_epoch(run_id, number, logs)
        except CxrError as error:  # the history file has the figures too
            print(f"The run store did not take epoch {number}: {error}", flush=True)

    def submit(number: int, logs: Mapping[str, float]) -> None:
        if number == 1:
            background.submit(tracking)
        background.submit(store_epoch, number, logs)

    return submit


def _store_ending(run_id: str, ended: jobs.State) -> None:
    """Tell the run store; where no dispatcher sees this node's files, try for half an hour."""
    for left in reversed(range(apart.TRIES if node.is_apart() else 1)):
        try:
            node.send_passed(run_id)
            settling.store_ending(run_id, ended)
            return
        except CxrError as error:  # else the dispatcher tries again
            print(f"The run store could not be told: {error}", flush=True)
        if left:
            time.sleep(apart.PAUSE)


def _listen_for_signals(writer: ProgressWriter) -> None:
    def stop(number: int, frame: object) -> None:
        first = not writer.stopping
        writer.stop()
        if not writer.training or (number == signal.SIGINT and not first):
            raise Cancelled  # nothing to keep yet, or asked for a second time

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _ignore_signals() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def lower_priority() -> None:
    """Let the app answer first where both share the processors."""
    processes.set_session_priority(os.getpid(), spare.WORKING)
    if hasattr(os, "nice"):
        os.nice(spare.WORKING)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Expected one run's id: python -m engine.worker RUN")
    sys.exit(main(sys.argv[1]))
