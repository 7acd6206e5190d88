"""The command line's `download`: the original data sets, their licences, and getting them."""

import argparse
from typing import Any

from engine.cli import Answer, tell
from engine.data import downloads
from engine.data.parallel import Progress
from engine.words.errors import CxrError


def download(args: argparse.Namespace) -> Answer:
    """List the original data sets, or download one and add it to the sources."""
    if args.name is None:
        return _list()
    dataset = downloads.find(args.name)
    if not args.accept_licence:
        raise CxrError(
            f"{dataset.label} is licensed under {dataset.licence} ({dataset.licence_url}). Add "
            f"--accept-licence to accept it and download {dataset.bytes / 1e6:,.0f} MB."
        )
    source = downloads.add(args.name, True, _progress())
    value = {"name": source.name, "folder": str(source.path), **_about(dataset)}
    text = (
        f"'{source.name}' is in the list of sources, in {source.path}.\n"
        f"{dataset.licence} ({dataset.licence_url}). Cite: {dataset.citation}."
    )
    return Answer(value, text)


def _list() -> Answer:
    rows = []
    lines = [f"{'name':<20}{'source':<22}{'MB':>7}{'there':>7}{'images':>8}  {'licence':<11}added"]
    for name, dataset in downloads.DATASETS.items():
        added, there = downloads.is_added(dataset), downloads.there(dataset)
        rows.append({"name": name, "bytes_there": there, "added": added, **_about(dataset)})
        lines.append(
            f"{name:<20}{dataset.label:<22}{dataset.bytes / 1e6:>7,.0f}{there / 1e6:>7,.0f}"
            f"{dataset.images:>8,}  {dataset.licence:<11}{'yes' if added else 'no'}"
        )
    lines += ["", "`download NAME --accept-licence` gets one, and goes on where it broke off."]
    return Answer(rows, "\n".join(lines))


def _progress() -> Progress:
    """Tell progress on stderr, a line for every tenth of each part of the work."""
    told: tuple[str, int] = ("", -1)

    def report(done: int, total: int, what: str) -> None:
        nonlocal told
        now = (what, 10 * done // total if total else 0)
        if now != told:
            told = now
            tell(f"{what}: {done:,} of {total:,}" if total else what)

    return report


def _about(dataset: downloads.Dataset) -> dict[str, Any]:
    return {
        "source": dataset.label,
        "url": downloads.address(dataset),
        "bytes": dataset.bytes,
        "sha256": dataset.sha256 or None,
        "md5": dataset.md5 or None,
        "images": dataset.images,
        "licence": dataset.licence,
        "licence_url": dataset.licence_url,
        "citation": dataset.citation,
        "help": dataset.help,
    }
