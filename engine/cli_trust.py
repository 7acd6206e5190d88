"""The command line's `trust`: how far the maps of stored networks may be trusted, as a table."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.cli import Answer, load_keras, tell
from engine.data import sources
from engine.data.phantom import MASKS
from engine.explaining import trust, trust_own, trust_sentences, trust_table
from engine.explaining.methods import METHODS
from engine.explaining.trust_own import Folder
from engine.explaining.trust_parts import Plan
from engine.explaining.trust_table import FIGURES
from engine.runs import store
from engine.runs.run import Run
from engine.words.errors import CxrError, NotFound

PAUSE = 2.0  # seconds between two lines of progress
MOST = 100  # X-rays


def judge(args: argparse.Namespace) -> Answer:
    """Measure the maps of one or several runs and print each figure with its interval and n."""
    methods = _methods(args.method)
    if not 2 <= args.images <= MOST:
        raise CxrError(f"--images must lie between 2 and {MOST}, got {args.images}.")
    runs = [store.resolve_run(text) for text in args.runs]
    files = [store.model_file(run.id) for run in runs]
    load_keras()
    pairs = zip(runs, files, strict=True)
    found = [(run, _judge(run, file, methods, args)) for run, file in pairs]
    value = [_value(*one) for one in found]
    return Answer(value, "\n\n".join(_text(*one) for one in found))


def _judge(run: Run, file: Path, methods: list[str], args: argparse.Namespace) -> trust.Trust:
    from engine.explaining.cached import model_key
    from engine.explaining.trust_asking import Asked
    from engine.learning import prediction

    kept: list[Any] = []

    def load() -> Any:
        if not kept:
            kept.append(prediction.load(file))
        return kept[0]

    line = _telling(run.name)
    recipe = run.recipe
    pictures, truth = trust_own.gather(
        run.classes,
        recipe.size,
        recipe.preprocessing,
        _folder(run, args.split),
        args.images,
        trust_own.TRUTHS,
        line,
    )
    plan = Plan(args.cover)
    return trust.judge(Asked(model_key(file), load), methods, pictures, truth, plan, line)


def _folder(run: Run, split: str) -> Folder | None:
    """Where a run's X-rays lie on this machine, if they do."""
    rows = store.predictions(run.id)
    root: Path | None
    try:
        root = sources.find_by_hash(run.recipe.data).root
    except NotFound:
        root = sources.find_by_names(rows["file"].tolist())
    if root is None or not root.is_dir():
        return None
    masks = root / MASKS
    return Folder(root, rows[rows["split"] == split], masks if masks.is_dir() else None)


def _methods(given: list[str]) -> list[str]:
    for name in given:
        if name not in METHODS:
            raise CxrError(f"--method must be one of {', '.join(METHODS)}; got '{name}'.")
    return list(dict.fromkeys(given)) or ["gradcam"]


def _telling(name: str) -> Callable[[int, int, str], None]:
    last = [0.0]

    def line(done: int, total: int, what: str) -> None:
        if time.monotonic() - last[0] >= PAUSE:
            last[0] = time.monotonic()
            tell(f"{name}: {what}, {done:,} of {total:,}")

    return line


def _value(run: Run, found: trust.Trust) -> dict[str, Any]:
    table = trust_table.table(found)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {
        "run": run.id,
        "images": len(found.pictures),
        "drawn": found.pictures.drawn,
        "phantoms": 0 if found.truth is None else len(found.truth),
        "figures": rows,
        "sentence": trust_sentences.headline(found),
    }


def _text(run: Run, found: trust.Trust) -> str:
    """One line a method and baseline, a block a figure, so that no line is too wide."""
    lines = [f"{run.name}: {trust_sentences.headline(found)}.", trust_sentences.judged_on(found)]
    shown = trust_table.shown(found)
    wide = max(map(len, shown.index))
    for name, head in zip(trust_table.columns(found), shown.columns, strict=True):
        figure = FIGURES[name]
        lines.append(f"\n{head} ({figure.better} is better; {figure.source})")
        lines += [f"  {method:<{wide}}  {text}" for method, text in shown[head].items()]
    warned = [trust_sentences.covered(found), trust_sentences.MARK]
    return "\n".join([*lines, "", *filter(None, warned)])
