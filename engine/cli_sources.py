"""The command line's `data add`, `data lab` and `data remove`."""

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from engine.cli import Answer
from engine.cli_data import progress
from engine.data import lab, sources
from engine.data.removal import remove_source
from engine.data.report import Report, added
from engine.data.sources import Source
from engine.vision.decoding import read_bytes
from engine.words.errors import CxrError


def change(args: argparse.Namespace) -> Answer:
    """Add or remove a source; raise CxrError."""
    if args.source == "add" and len(args.more) > 1:
        name, *paths = args.more
        return _add(name, [Path(path).expanduser() for path in paths], args)
    if args.source == "lab" and 1 <= len(args.more) <= 2:
        return _lab(*args.more)
    if args.source == "remove" and len(args.more) == 1:
        return _remove(args.more[0])
    raise CxrError(
        "Expected data SOURCE, data add NAME PATH, data lab SHORTCUT or data remove NAME; got data "
        f"{' '.join([args.source, *args.more])}."
    )


def _add(name: str, paths: list[Path], args: argparse.Namespace) -> Answer:
    for path in paths:
        if not path.exists():
            raise CxrError(f"Expected a folder, a ZIP or image files; there is no {path}.")
    source, found = added(lambda: _source(name, paths, args), progress())
    value = {
        key: entry.to_dict("records") if isinstance(entry, pd.DataFrame) else entry
        for key, entry in vars(found).items()
    }
    return Answer({"name": source.name, "folder": str(source.path), **value}, _text(source, found))


def _lab(shortcut: str, teaching: str = "taught") -> Answer:
    source = lab.make(shortcut, teaching, progress())
    made = lab.read(source.path)
    value = {"name": source.name, "folder": str(source.path), "images": made.images}
    return Answer(value, f"{source.name}: {made.images:,} phantoms in {source.path}")


def _source(name: str, paths: list[Path], args: argparse.Namespace) -> Source:
    first = paths[0]
    if len(paths) == 1 and first.is_dir():
        return sources.register_folder(name, first, args.patients)
    if len(paths) == 1 and first.suffix.lower() == ".zip":
        return sources.register_zip(name, first, progress(), args.patients, args.of_class)
    files = [(path.name, read_bytes(path)) for path in paths]
    return sources.register_images(name, files, args.of_class, args.patients, progress())


def _text(source: Source, found: Report) -> str:
    lines = [
        f"{source.name}: {found.images:,} images of {found.patients:,} patients "
        f"({found.alone:,} images whose names tell none) in {source.path}",
        "",
        found.classes.to_string(index=False),
        "",
        f"{len(found.dropped)} copies left out, {len(found.twice)} images still there twice",
        f"{len(found.unreadable)} unreadable files",
    ]
    lines += [f"  {row.file}: {row.reason}" for row in found.unreadable.itertuples()]
    return "\n".join(lines)


def _remove(name: str) -> Answer:
    gone = remove_source(name)
    value: dict[str, Any] = {"name": name, "files": gone.files, "caches": len(gone.caches)}
    said = (
        f"deleted {gone.files / 1e6:,.1f} MB of its pictures" if gone.files else "its folder stays"
    )
    return Answer(value, f"{name} is off the list: {said}, {len(gone.caches)} caches deleted")
