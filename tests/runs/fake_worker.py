"""A worker whose training is a small fake; what it does is told by the source's name."""

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine import worker
from engine.runs import following
from engine.runs.live import ProgressWriter
from engine.words.errors import Cancelled, CxrError
from engine.words.files import write_json
from engine.words.recipe import Recipe
from tests.runs.conftest import write_fold, write_training

ROW = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.7, "seconds": 0.1}

LONGEST = 600.0  # seconds that a test may hold a worker
_loading = threading.Lock()


def let_go() -> Path:
    """The file that a held training, or one whose loading is held, waits for."""
    return Path(os.environ["CXR_MODELS_DIR"]) / "go"


def load() -> None:
    """Take as long as the test says, as importing TensorFlow would."""
    with _loading:
        if "FAKE_LOADING" in os.environ:
            _wait(lambda: False)


def train(recipe: Recipe, source: str, folder: Path, writer: ProgressWriter) -> None:
    """Fake epochs of three batches; the end is the source's."""
    writer.phase("Loading")
    load()
    print("Sees", os.environ.get("CUDA_VISIBLE_DEVICES", "all"), flush=True)
    writer.phase("Training")
    pause = 0.02 if source != "slow" else 0.3
    history = []
    for epoch in range(1, recipe.epochs + 1):
        for batch in range(1, 4):
            time.sleep(pause)
            writer.batch(epoch, batch, 3, {"loss": 1 / epoch})
            if epoch == 2:
                _misbehave(source)
            if writer.stop_requested():
                if history:
                    (folder / "model.keras").write_text("best")
                write_json(folder / "history.json", history)
                raise Cancelled
        history.append({"epoch": epoch, **ROW})
        writer.epoch(epoch, ROW)
        if source == "held":
            _wait(writer.stop_requested)
    write_training(folder, recipe)
    if recipe.split.k:
        write_fold(folder, recipe)
    if source != "forgetful":
        for epochs, place in following.places(writer.run_id).items():
            write_training(place, replace(recipe, epochs=epochs))


def _wait(stop: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not (let_go().exists() or stop()) and time.monotonic() < end:
        time.sleep(0.02)


def _misbehave(source: str) -> None:
    if source == "stuck":  # as inside one long step of a library
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        print("Deaf now", flush=True)
        time.sleep(LONGEST)
    if source == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if source == "exit":
        os._exit(3)
    errors: dict[str, Exception] = {
        "nan": CxrError("The loss became nan in epoch 2. Try a smaller learning rate."),
        "memory": MemoryError(),
        "full": OSError(errno.ENOSPC, "No space left on device"),
        "bug": ValueError("shapes do not match"),
    }
    if source in errors:
        raise errors[source]


if __name__ == "__main__":
    sys.exit(worker.main(sys.argv[1], train, load))
