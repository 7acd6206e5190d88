"""The command line's `quality`: which images of a source are flawed, and in which class."""

import argparse
from pathlib import Path

import pandas as pd

from engine.cli import Answer, tell
from engine.cli_data import open_data, progress
from engine.data import quality
from engine.judging import giveaways
from engine.vision.artefacts import DETECTORS
from engine.words.files import write_text

NAMES = {name: row.label for name, row in DETECTORS.items()}


def search(args: argparse.Namespace) -> Answer:
    """Count flagged images by flaw and class; write every severity where asked."""
    catalogue = open_data(args.source)
    found = quality.table(catalogue, progress())
    if args.csv:
        write_text(Path(args.csv), _csv(found))
        tell(f"{len(found):,} rows in {args.csv}")
    counts = giveaways.by_class(found, NAMES)
    said = giveaways.apart_sentence(giveaways.apart(found, NAMES), len(found))
    clean = int((found[list(NAMES)] < giveaways.FLAGGED).all(axis=1).sum())
    value = {
        "name": catalogue.name,
        "hash": catalogue.hash,
        "images": len(found),
        "clean": clean,
        "counts": counts.to_dict("records"),
        "sentence": said,
    }
    table = counts.assign(share=counts["share"].map("{:.1%}".format)).drop(columns=["low", "high"])
    text = f"{said}\n{clean:,} of {len(found):,} images have no flaw.\n\n"
    return Answer(value, text + table.to_string(index=False))


def _csv(found: pd.DataFrame) -> str:
    from engine.explaining.batch_table import guarded  # no spreadsheet runs a file's name

    texts = found.select_dtypes(exclude="number").columns
    safe = found.assign(**{name: found[name].astype(str).map(guarded) for name in texts})
    return str(safe.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
