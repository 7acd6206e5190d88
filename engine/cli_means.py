"""The command line's `means`: the mean heat map of every class and every cell of a stored run."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cli import Answer, load_keras, tell
from engine.data import sources
from engine.explaining import methods, sentences_averages
from engine.explaining.averages import Average, average, difference, sampled
from engine.explaining.averages_drawn import painted
from engine.judging.groups import Group, beside, groups
from engine.judging.scores import Scores
from engine.judging.sentences import cut, word
from engine.judging.thresholds import Threshold, run_threshold
from engine.runs import store
from engine.runs.run import Run
from engine.vision.decoding import read
from engine.vision.preprocessing import pipeline
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_atomic
from engine.words.options import Choice

SIDE = 448  # pixels a side of a picture
MOST = 1000  # X-rays of a group
PAUSE = 2.0  # seconds between two lines of progress
Line = Callable[[int, int], None]


def means(args: argparse.Namespace) -> Answer:
    """Write the mean heat map of each class and cell as PNG; say where the heat is."""
    if not 1 <= args.images <= MOST:
        raise CxrError(f"--images must lie between 1 and {MOST:,}, got {args.images:,}.")
    run, method = store.resolve_run(args.run), methods.read(args.method)
    predictions = store.predictions(run.id)
    scores = Scores.of(predictions, args.split, run.classes)
    threshold = run_threshold(predictions, run.classes)
    if args.threshold is not None:
        if not 0 <= args.threshold <= 1 or not scores.binary:
            raise CxrError("--threshold must lie between 0 and 1 and needs a run of two classes.")
        threshold = Threshold(args.threshold, "hand")
    name = args.of_class or run.classes[-1]
    if name not in run.classes:
        raise CxrError(f"--class must be one of {', '.join(run.classes)}; got '{name}'.")
    found = groups(scores, threshold.value)
    ids = scores.rows["image_id"].to_numpy()
    places = {key: group.places for key, group in found.items()}
    union, members = sampled(ids, places, args.images)
    looks = _looks(run, scores.rows["file"].iloc[union], run.classes.index(name), method)
    made = {}
    for key, own in members.items():
        good = [looks[place] for place in own if looks[place] is not None]
        if good:
            made[key] = average(*map(list, zip(*good, strict=True)))
    return _answer(Path(args.out), found, made, name, threshold.value if scores.binary else None)


def _looks(run: Run, files: Any, index: int, method: Choice) -> list[tuple[Any, Any] | None]:
    """Read the X-rays and ask the network; None for a file that cannot be read, which is told."""
    root, view = _root(run), pipeline(run.recipe.size, run.recipe.preprocessing)
    seen: list[NDArray[np.uint8] | None] = []
    for file in files:
        try:
            seen.append(view(read(root / file)))
        except (CxrError, OSError) as error:
            tell(f"left out: {file}: {error}")
            seen.append(None)
    there = [square for square in seen if square is not None]
    if not there:
        raise CxrError("None of the X-rays can be read, so there is no mean of their maps.")
    model_file = store.model_file(run.id)
    load_keras()
    from engine.explaining import cached
    from engine.learning import prediction

    kept: list[Any] = []

    def load() -> Any:
        if not kept:
            kept.append(prediction.load(model_file))
        return kept[0]

    results = iter(
        cached.views(
            cached.model_key(model_file),
            load,
            np.stack(there),
            [index] * len(there),
            method,
            progress=_telling(f"Asking {run.name}"),
        )
    )
    return [None if square is None else (square, next(results)) for square in seen]


def _root(run: Run) -> Path:
    try:
        return sources.find_by_hash(run.recipe.data).root
    except NotFound:
        root = sources.find_by_names(store.predictions(run.id)["file"].tolist())
        if root is None:
            raise
        return root


def _answer(
    out: Path,
    found: dict[str, Group],
    made: dict[str, Average],
    name: str,
    threshold: float | None,
) -> Answer:
    value: dict[str, Any] = {"class": name, "threshold": threshold, "groups": {}}
    lines = [f"Mean heat maps for {word(name)}"]
    if threshold is not None:
        lines[0] += f", cells at {cut(threshold)}"
    for key, mean in made.items():
        group, file = found[key], out / f"{key}.png"
        _write(file, mean)
        said = [sentences_averages.told(mean, word(name))]
        said.append(sentences_averages.counted(mean, len(group.places)))
        other = made.get(beside(found, group.case)) if group.case and not group.right else None
        if other is not None and group.case is not None:
            apart = difference(mean, other)
            title = found[beside(found, group.case)].title
            said.append(sentences_averages.apart(apart, group.title, title))
        value["groups"][key] = {
            "title": group.title,
            "images": mean.images,
            "of": len(group.places),
            "empty": mean.empty,
            "ninths": mean.parts.tolist(),
            "said": said,
            "out": str(file),
        }
        lines.append(f"{group.title}: {' '.join(said)} {file}")
    return Answer(value, "\n".join(lines))


def _write(file: Path, mean: Average) -> None:
    from engine.explaining.overlay import png

    picture = png(painted(mean, SIDE))
    write_atomic(file, lambda path: path.write_bytes(picture))


def _telling(what: str) -> Line:
    last = [time.monotonic()]

    def line(done: int, total: int) -> None:
        if time.monotonic() - last[0] > PAUSE:
            last[0] = time.monotonic()
            tell(f"{what}: {done:,} of {total:,}")

    return line
