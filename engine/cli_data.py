"""The command line's `data`, and how the others open a source."""

import argparse
from typing import Any

import pandas as pd

from engine.cli import Answer, tell
from engine.data import audit
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress
from engine.data.sources import list_sources, open_source


def open_data(name: str) -> Catalogue:
    """Open a source by name or path, with progress on stderr."""
    return open_source(name, progress())


def progress() -> Progress:
    """Return what tells progress on stderr, a line every tenth of the way."""
    told = [-1]

    def report(done: int, total: int, what: str) -> None:
        percent = 100 * done // total if total else 0
        if percent // 10 != told[0] // 10 or percent < told[0]:
            told[0] = percent
            tell(f"{what}: {done:,} of {total:,}")

    return report


def source_of(catalogue: Catalogue) -> str:
    """The name that finds this catalogue again: a registered one, or the folder's path."""
    known = {(source.path, source.patients): source.name for source in list_sources()}
    return known.get((catalogue.root, catalogue.pattern), str(catalogue.root))


def data(args: argparse.Namespace) -> Answer:
    """Count images by split, class and kind; patients; duplicates; leaks; unreadable files.

    Or add or remove a source.
    """
    if args.more:
        from engine import cli_sources  # only whoever changes the list needs it

        return cli_sources.change(args)
    catalogue = open_data(args.source)
    images = catalogue.images
    same = audit.duplicates(images)
    crossing = audit.crossing_patients(images, images["split"])
    value = {
        "name": catalogue.name,
        "folder": str(catalogue.root),
        "hash": catalogue.hash,
        "synthetic": catalogue.synthetic,
        "images": len(images),
        "patients": int(images["patient"].nunique()),
        "splits": _counts(images["split"].replace("", "none")),
        "classes": _counts(images["label"]),
        "kinds": _counts(images["kind"].replace("", "unknown")),
        "counts": _records(audit.counts(images)),
        "duplicates": _records(same),
        "crossing_patients": _records(crossing),
        "unreadable": _records(catalogue.unreadable),
    }
    return Answer(value, _text(value, catalogue))


def _text(value: dict[str, Any], catalogue: Catalogue) -> str:
    lines = [
        f"{value['name']}: {value['images']:,} images of {value['patients']:,} patients in "
        f"{value['folder']}{' (synthetic)' if value['synthetic'] else ''}",
        f"content {value['hash']}",
        "",
        audit.counts(catalogue.images).to_string(index=False),
        "",
        f"{len(value['duplicates'])} groups of identical files",
        f"{len(value['crossing_patients'])} patients in more than one split",
        f"{len(value['unreadable'])} unreadable files",
    ]
    lines += [f"  {row['file']}: {row['reason']}" for row in value["unreadable"]]
    return "\n".join(lines)


def _counts(values: "pd.Series[str]") -> dict[str, int]:
    return {str(key): int(count) for key, count in values.value_counts(sort=False).items()}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    return [
        {key: item.item() if hasattr(item, "item") else item for key, item in row.items()}
        for row in rows
    ]
