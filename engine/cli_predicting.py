"""The command line's `predict`: a stored network asked about images, folders and ZIP files."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from engine.cli import Answer, load_keras, tell
from engine.data import given
from engine.data.cache import disk_space
from engine.explaining import batch_table, methods
from engine.explaining.batch_table import SCORE, Answers
from engine.judging.thresholds import Threshold, run_threshold
from engine.runs import store
from engine.runs.run import Run
from engine.words.errors import Cancelled, CxrError
from engine.words.files import write_atomic, write_text
from engine.words.options import Choice

PAUSE = 2.0  # seconds between two lines of progress
Line = Callable[[int, int, str], None]


def predict(args: argparse.Namespace) -> Answer:
    """Give each image's probabilities and the decision at the run's threshold.

    An image that cannot be read costs only itself; the exit code is 1 then. Ctrl-C keeps what is
    done by then.
    """
    out, method = Path(args.out) if args.out else None, methods.read(args.method)
    if out and out.suffix.lower() != ".csv":
        raise CxrError(f"--out must end with .csv, got '{out.name}'.")
    run = store.resolve_run(args.run)
    model_file = store.model_file(run.id)
    files = given.from_paths(args.paths)
    threshold = run_threshold(store.predictions(run.id), run.classes, run.recipe.threshold)
    found = _ask(run, model_file, files, threshold.value, args.heat, method)
    for row in found.table[found.table["unreadable"] != ""].itertuples():
        tell(f"error: {row.file}: {row.unreadable}")
    if not found.read and not found.stopped:
        raise CxrError("None of the images can be read: " + _reasons(found))
    if out:
        write_text(out, batch_table.csv(found))
    value = _value(run, threshold, found, files.left_out, out)
    said = " ".join(filter(None, (batch_table.summary(found), found.note)))
    if not out and len(found.table) > 1:
        tell(said)
    text = f"{said} Written to {out}" if out else "\n".join(map(_told, value["images"]))
    return Answer(value, text, 1 if found.stopped or found.read < len(found.table) else 0)


def _ask(
    run: Run,
    model_file: Path,
    files: given.Given,
    threshold: float,
    heat: str | None,
    method: Choice,
) -> Answers:
    load_keras()
    from engine.explaining.batch import Heat, predict_files
    from engine.learning import prediction

    folder = Path(heat) if heat else None

    def keep(name: str, data: bytes) -> None:
        assert folder is not None
        with disk_space(folder):
            write_atomic(folder / name, lambda path: path.write_bytes(data))

    model = prediction.load(model_file)
    with _telling() as line:
        wanted = Heat(keep, method=method) if folder else None
        return predict_files(model, run, files.files, threshold, wanted, line)


@contextmanager
def _telling() -> Iterator[Line]:
    """Yield what shows progress; the first Ctrl-C stops at the next file, a second one at once."""
    asked: list[bool] = []
    last = [time.monotonic()]

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def line(done: int, total: int, what: str) -> None:
        if asked:
            raise Cancelled
        pause = 0.2 if sys.stderr.isatty() else PAUSE
        if time.monotonic() - last[0] > pause:
            last[0] = time.monotonic()
            tell(f"{what}: {done:,} of {total:,}")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield line
    finally:
        signal.signal(signal.SIGINT, before)


def _value(
    run: Run, threshold: Threshold, found: Answers, left_out: int, out: Path | None
) -> dict[str, Any]:
    rows = list(found.table.to_dict("records"))
    good = [_row(row, run.classes) for row in rows if not row["unreadable"]]
    bad = [{"file": row["file"], "reason": row["unreadable"]} for row in rows if row["unreadable"]]
    return {
        "run": run.id,
        "classes": list(run.classes),
        "threshold": found.threshold,
        "threshold_chosen_on": threshold.split,
        "images": good,
        "unreadable": bad,
        "left_out": left_out,
        "stopped": found.stopped,
        "out": str(out) if out else None,
        "note": found.note,
    }


def _row(row: dict[Any, Any], classes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "file": row["file"],
        "decision": row["decision"],
        "scores": {name: row[f"{SCORE}{name}"] for name in classes},
        "warning": row["warning"],
        "flags": row["flags"].split(", ") if row["flags"] else [],
        "heat_map": row["heat_map"],
    }


def _told(row: dict[str, Any]) -> str:
    scores = ", ".join(f"{name} {score:.4f}" for name, score in row["scores"].items())
    doubts = [text for text in (row["warning"], ", ".join(row["flags"])) if text]
    return f"{row['file']}: {row['decision']} ({scores}){''.join(f' [{text}]' for text in doubts)}"


def _reasons(found: Answers) -> str:
    some = found.table.head(3)
    told = "; ".join(f"{row.file}: {row.unreadable}" for row in some.itertuples())
    more = len(found.table) - len(some)
    return f"{told}; and {more:,} more" if more else told
