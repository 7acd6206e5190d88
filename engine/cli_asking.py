"""The command line's `cam`: a stored network and an image of today."""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.cli import Answer, load_keras
from engine.explaining import methods
from engine.runs import store
from engine.runs.run import Run
from engine.vision.decoding import read
from engine.vision.preprocessing import preprocess
from engine.words.errors import CxrError
from engine.words.files import write_atomic


def cam(args: argparse.Namespace) -> Answer:
    """Draw a heat map over what the network sees and write it as PNG."""
    out, method = Path(args.out), methods.read(args.method)
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
    found = draw(model, image, index, method, args.layer)
    picture = png(overlay(image, found.heat))
    write_atomic(out, lambda path: path.write_bytes(picture))
    value = {
        "run": run.id,
        "image": args.image,
        "class": run.classes[index],
        "scores": dict(zip(run.classes, map(float, scores), strict=True)),
        "layer": found.layer.index if found.layer else None,
        "method": found.method,
        "settings": method.kwargs,
        "empty": found.empty,
        "raw_min": found.raw_min,
        "raw_max": found.raw_max,
        "out": str(out),
    }
    note = "; the map is empty: nothing here speaks for this class" if found.empty else ""
    label = methods.row(method).label
    return Answer(value, f"{label} for {run.classes[index]} written to {out}{note}")


def seen(run: Run, path: Path) -> NDArray[np.uint8]:
    """What the run's network sees of an image file: (size, size) uint8."""
    return preprocess(read(path), run.recipe.size, run.recipe.preprocessing)
