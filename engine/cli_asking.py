"""The command line's `predict` and `cam`: a stored network and images of today."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cli import Answer, load_keras, tell
from engine.judging.thresholds import run_threshold
from engine.runs import store
from engine.runs.run import Run
from engine.vision.decoding import read
from engine.vision.preprocessing import preprocess
from engine.words.errors import CxrError, UnreadableImage
from engine.words.files import write_atomic


def predict(args: argparse.Namespace) -> Answer:
    """Give each image's probabilities and the decision at the run's threshold.

    An image that cannot be read costs only itself; the exit code is 1 then.
    """
    run = store.resolve_run(args.run)
    model_file = store.model_file(run.id)
    good: dict[str, NDArray[np.uint8]] = {}
    bad: dict[str, str] = {}
    for name in dict.fromkeys(args.images):
        try:
            good[name] = seen(run, Path(name))
        except UnreadableImage as error:
            bad[name] = str(error)
            tell(f"error: {name}: {error}")
    if not good:
        raise CxrError(
            "None of the images can be read: " + "; ".join(f"{n}: {t}" for n, t in bad.items())
        )
    scores = _ask(model_file, np.stack(list(good.values())))
    threshold = run_threshold(store.predictions(run.id), run.classes)
    rows = [
        _row(name, dict(zip(run.classes, map(float, row), strict=True)), threshold.value)
        for name, row in zip(good, scores, strict=True)
    ]
    value = {
        "run": run.id,
        "classes": list(run.classes),
        "threshold": threshold.value if len(run.classes) == 2 else None,
        "threshold_chosen_on": threshold.split,
        "images": rows,
        "unreadable": [{"file": name, "reason": reason} for name, reason in bad.items()],
    }
    return Answer(value, "\n".join(map(_told, rows)), 1 if bad else 0)


def cam(args: argparse.Namespace) -> Answer:
    """Draw Grad-CAM over what the network sees and write it as PNG."""
    out = Path(args.out)
    if out.suffix.lower() != ".png":
        raise CxrError(f"--out must end with .png, got '{out.name}'.")
    run = store.resolve_run(args.run)
    model_file = store.model_file(run.id)
    if args.of_class and args.of_class not in run.classes:
        raise CxrError(f"--class must be one of {', '.join(run.classes)}; got '{args.of_class}'.")
    image = seen(run, Path(args.image))
    load_keras()
    from engine.explaining.cam import cam as draw
    from engine.explaining.overlay import overlay, png
    from engine.learning import prediction

    model = prediction.load(model_file)
    scores = prediction.predict(model, image[None])[0]
    index = run.classes.index(args.of_class) if args.of_class else int(np.argmax(scores))
    found = draw(model, image, index)
    picture = png(overlay(image, found.heat))
    write_atomic(out, lambda path: path.write_bytes(picture))
    value = {
        "run": run.id,
        "image": args.image,
        "class": run.classes[index],
        "scores": dict(zip(run.classes, map(float, scores), strict=True)),
        "layer": found.layer.index,
        "method": found.method,
        "empty": found.empty,
        "raw_min": found.raw_min,
        "raw_max": found.raw_max,
        "out": str(out),
    }
    note = "; the map is empty: nothing here speaks for this class" if found.empty else ""
    return Answer(value, f"Grad-CAM for {run.classes[index]} written to {out}{note}")


def seen(run: Run, path: Path) -> NDArray[np.uint8]:
    """What the run's network sees of an image file: (size, size) uint8."""
    return preprocess(read(path), run.recipe.size, run.recipe.preprocessing)


def _ask(model_file: Path, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    load_keras()
    from engine.learning import prediction

    return prediction.predict(prediction.load(model_file), images)


def _told(row: dict[str, Any]) -> str:
    scores = ", ".join(f"{name} {score:.4f}" for name, score in row["scores"].items())
    return f"{row['file']}: {row['decision']} ({scores})"


def _row(name: str, scores: dict[str, float], threshold: float) -> dict[str, Any]:
    names = list(scores)
    if len(names) == 2:
        decision = names[int(scores[names[1]] >= threshold)]
    else:
        decision = max(scores, key=lambda key: scores[key])
    return {"file": name, "decision": decision, "scores": scores}
