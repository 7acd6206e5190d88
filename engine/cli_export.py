"""The command line's `export`: a run to take along, as a script, as JSON or as CSV."""

import argparse
import json
from pathlib import Path
from typing import Any

from engine.cli import Answer
from engine.runs import script, store
from engine.runs.run import Run
from engine.words.files import write_text


def export(args: argparse.Namespace) -> Answer:
    """Print or write a run's recipe as JSON (the default) or a Python script, or its scores."""
    run = store.resolve_run(args.run)
    value, text = _content(run, args)
    if not args.out:
        return Answer(value, text.rstrip("\n"))
    out = Path(args.out)
    write_text(out, text)
    return Answer({"run": run.id, "out": str(out)}, f"{run.name} ({run.id}) written to {out}")


def _content(run: Run, args: argparse.Namespace) -> tuple[Any, str]:
    """The value for `--json`, and the text for people and files."""
    if args.script:
        text = script.script(run)
        return {"run": run.id, "script": text}, text
    if args.csv:
        table = store.predictions(run.id)
        text = table.to_csv(index=False)
        return {"run": run.id, "csv": text}, text
    recipe = run.recipe.to_json()
    return recipe, json.dumps(recipe, indent=2, ensure_ascii=False) + "\n"
