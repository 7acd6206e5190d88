"""The command line's `presets`, `summary` and `train`."""

import argparse
import contextlib
import getpass
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any, TextIO

from engine.cli import Answer, load_keras, tell
from engine.cli_data import open_data, progress, source_of
from engine.cli_results import run_json
from engine.learning import preparing, rules
from engine.learning.presets import PRESETS, get_preset
from engine.learning.regimes import planned_epochs
from engine.runs import cluster, devices, jobs, queue, settling, store
from engine.runs.live import Snapshot
from engine.words.errors import CxrError
from engine.words.recipe import Recipe

CLASSES = {"labels": 2, "kinds": 3}


def presets(args: argparse.Namespace) -> Answer:
    """List the presets with what they are and what their report found."""
    value = [
        {
            "name": preset.name,
            "title": preset.title,
            "story": preset.story,
            "reported": dict(preset.reported),
            "cite": preset.cite,
            "recipe": preset.recipe("").to_json(),
        }
        for preset in PRESETS.values()
    ]
    return Answer(value, "\n".join(f"{row['title']}\n    {row['story']}" for row in value))


def summary(args: argparse.Namespace) -> Answer:
    """Count total and trainable parameters by building the preset's network."""
    from engine.learning import anatomy

    preset = get_preset(args.preset)
    recipe = rules.check(preset.recipe(""))
    load_keras()
    found = anatomy.summary(recipe, CLASSES[recipe.task])
    value = {
        "preset": preset.name,
        "total": found.total,
        "trainable": found.trainable,
        "by_phase": list(found.by_phase),
        "input_shape": list(found.input_shape),
        "layers": found.layers.to_dict("records"),
    }
    shape = " x ".join(map(str, found.input_shape))
    learn = " in the first phase, then ".join(f"{count:,}" for count in found.by_phase)
    text = f"{preset.title}: {found.total:,} parameters, of them learn {learn}"
    return Answer(value, f"{text}; input {shape}\n\n{found.layers.to_string(index=False)}")


def train(args: argparse.Namespace) -> Answer:
    """Train in this process, on the next free device, or on the cluster that the settings name.

    The same recipe again is found.
    """
    preset, away = get_preset(args.preset), cluster.is_wanted()
    catalogue = open_data(args.data)
    recipe = with_settings(preset.recipe(catalogue.hash), args.set)
    full = rules.check(recipe)
    preparing.counts(full, catalogue, progress())  # what cannot be split makes no run
    owner = getpass.getuser()
    sent = queue.submit(recipe, source_of(catalogue), owner, args.retrain, foreground=not away)
    if sent.cached and sent.status != "finished":
        tell(f"It is in the queue already as {sent.run_id}")
        _follow(sent.run_id)
    elif sent.cached:
        tell(f"From cache: this recipe was trained before as {sent.run_id} (--retrain trains anew)")
    else:
        tell(f"Run {sent.run_id}")
        _train(sent.run_id, away)
    run = store.get_run(sent.run_id)
    if run.status == "failed":
        raise CxrError(f"Run {run.id} failed: {run.reason}")
    figures = {key: value for key, value in run.metrics.items() if key.startswith("test")}
    told = " ".join(f"{key}={value:.4f}" for key, value in figures.items())
    value = {**run_json(run), "cached": sent.cached}
    return Answer(
        value, f"{run.id} {run.status} {told}".strip(), 0 if run.status == "finished" else 1
    )


def _train(run_id: str, away: bool) -> None:
    if away:
        _follow(run_id)
        return
    with _log_file(run_id) as log, contextlib.redirect_stdout(log):
        _train_here(run_id)


def _follow(run_id: str) -> None:
    """Tell how a training elsewhere goes till it has ended; Ctrl-C cancels it."""
    write, told = _teller(jobs.read(run_id)), ""
    while not (here := queue.progress(run_id)).ended:
        try:
            queue.dispatch()
            if here.status == "waiting" and here.reason != told:
                told = here.reason
                tell(told)
            elif here.status == "running":
                write(here.now)
            time.sleep(0.5)
        except KeyboardInterrupt:
            tell("Stopping; what it has so far is kept")
            queue.cancel(run_id)


def with_settings(recipe: Recipe, settings: list[str]) -> Recipe:
    """Apply `key=value` texts in their order; raise CxrError on a wrong one."""
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise CxrError(f"--set needs key=value, such as epochs=3; got '{setting}'.")
        if key in ("data", "preset"):
            raise CxrError(f"'{key}' is given by its own argument, not by --set.")
        recipe = recipe.with_setting(key, value)
    return recipe


def _train_here(run_id: str) -> None:
    try:
        _wait_for_device(run_id)
    except (KeyboardInterrupt, SystemExit):
        jobs.write_cancel(run_id)
        settling.settle(run_id, "cancelled", "Stopped on request before it began.")
        raise
    process = jobs.read_process(run_id)
    if process:
        devices.restrict(os.environ, process.device)
    from engine import worker

    try:
        worker.work(jobs.read(run_id), worker.train_for_real, _teller(jobs.read(run_id)))
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        jobs.release(run_id)


def _wait_for_device(run_id: str) -> None:
    told = -1
    while jobs.read_state(run_id).status == "waiting":
        queue.dispatch(only=run_id)
        here = queue.progress(run_id)
        if here.status == "waiting":
            if here.place != told:
                told = here.place
                tell("The device is busy; waiting for it (Ctrl-C gives up)")
            time.sleep(0.5)


def _teller(job: jobs.Job) -> Any:
    epochs = planned_epochs(jobs.recipe_of(job))
    last: list[Any] = ["", "", 0.0]  # the phase, the line, when it was told

    def write(now: Snapshot) -> None:
        if now.epoch and now.phase == "Training":
            figures = " ".join(f"{key} {value:.4f}" for key, value in now.logs.items())
            left = "" if now.eta_seconds is None else f", {now.eta_seconds:.0f} s left"
            text = f"epoch {now.epoch}/{epochs}, batch {now.batch}/{now.batches}{left}: {figures}"
        else:
            text = now.phase + (f": {now.done:,} of {now.total:,}" if now.total else "")
        pause = 0.0 if sys.stderr.isatty() else 5.0  # a log file needs no four lines a second
        due = now.phase != last[0] or time.monotonic() - last[2] > pause
        if due and text != last[1]:
            last[:] = [now.phase, text, time.monotonic()]
            tell(text)

    return write


@contextlib.contextmanager
def _log_file(run_id: str) -> Iterator[TextIO]:
    with (jobs.folder_of(run_id) / "log.txt").open("a", encoding="utf-8", buffering=1) as log:
        yield log
