"""The command line's `runs` and `scores`: answers from what is stored."""

import argparse
from pathlib import Path
from typing import Any

from engine.cli import Answer
from engine.runs import store
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.files import write_atomic

WRITERS = {".parquet": "to_parquet", ".csv": "to_csv"}


def runs(args: argparse.Namespace) -> Answer:
    """List all runs, newest first."""
    found = store.list_runs()
    rows = [f"{'id':<34}{'name':<18}{'status':<11}{'data':<14}{'test accuracy':<15}owner"]
    for run in found:
        accuracy = run.metrics.get("test_accuracy")
        shown = "" if accuracy is None else f"{accuracy:.3f}"
        source = Path(run.source).name
        rows.append(
            f"{run.id:<34}{run.name[:17]:<18}{run.status:<11}{source[:13]:<14}{shown:<15}{run.owner}"
        )
    return Answer([run_json(run) for run in found], "\n".join(rows))


def scores(args: argparse.Namespace) -> Answer:
    """Write image_id, file, split, label, patient, kind, score_<CLASS> of one split."""
    out = Path(args.out)
    if out.suffix.lower() not in WRITERS:
        raise CxrError(f"--out must end with .parquet or .csv, got '{out.name}'.")
    run = store.resolve_run(args.run)
    table = store.predictions(run.id)
    table = table[table["split"] == args.split].reset_index(drop=True)
    if table.empty:
        raise CxrError(f"The run {run.id} has no scores of the split '{args.split}'.")
    columns = ["image_id", "file", "split", "label", "patient", "kind"]
    table = table[columns + [name for name in table if str(name).startswith("score_")]]
    write = WRITERS[out.suffix.lower()]
    write_atomic(out, lambda path: getattr(table, write)(path, index=False))
    value = {"run": run.id, "split": args.split, "images": len(table), "out": str(out)}
    return Answer(value, f"{len(table):,} scores of {run.name} ({run.id}) written to {out}")


def run_json(run: Run) -> dict[str, Any]:
    """A run as plain JSON values."""
    return {
        "id": run.id,
        "name": run.name,
        "preset": run.preset,
        "status": run.status,
        "reason": run.reason,
        "source": run.source,
        "owner": run.owner,
        "created": run.created.isoformat(timespec="seconds"),
        "seconds": run.seconds,
        "metrics": dict(run.metrics),
        "classes": list(run.classes),
        "parameters": run.parameters,
        "device": run.device,
        "versions": dict(run.versions),
        "showcase": run.showcase,
        "recipe": run.recipe.to_json(),
    }
