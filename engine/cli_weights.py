"""The command line's `weights`: which pretrained weights are here, and getting the others."""

import argparse
from collections.abc import Sequence
from typing import Any

from engine.cli import Answer, tell
from engine.learning import weights as files
from engine.learning.listener import Silent
from engine.words.errors import CxrError
from engine.words.settings import settings


def weights(args: argparse.Namespace) -> Answer:
    """List the files of pretrained weights, or fetch those that are named."""
    if args.action == "list":
        return _list(_names(args.names or ["all"]))
    if not args.names:
        raise CxrError("weights fetch needs a network's name, or all. `weights list` shows them.")
    rows = [_row(name, files.fetch(name, _Teller())) for name in _names(args.names)]
    return Answer(rows, "\n".join(f"{row['path']} ({row['origin']})" for row in rows))


def _names(given: Sequence[str]) -> list[str]:
    """Network names as the table has them; Keras's class names will do too."""
    names = [name.lower() for name in given]
    if "all" in names:
        return list(files.WEIGHTS)
    for name in names:
        files.source_of(name)
    return list(dict.fromkeys(names))


def _list(names: Sequence[str]) -> Answer:
    rows = []
    for name in names:
        try:
            rows.append(_row(name, files.find(name)))
        except CxrError as error:  # one wrong file must not hide the others
            rows.append(_row(name, None, str(error)))
    lines = [f"{'network':<18}{'file':<69}{'MB':>6}  {'checked':<9}where"]
    for row in rows:
        size = "" if row["bytes"] is None else f"{row['bytes'] / 1e6:.1f}"
        checked = "" if row["path"] is None else "yes" if row["checked"] else "no"
        where = row["error"] or row["origin"] or "not here"
        lines.append(f"{row['network']:<18}{row['file']:<69}{size:>6}  {checked:<9}{where}")
    own, cache = settings().weights or "not set", files.places(names[0])[-1].parent
    lines += ["", f"Looked in CXR_WEIGHTS_DIR ({own}) and in Keras's cache ({cache})."]
    return Answer(rows, "\n".join(lines))


def _row(name: str, found: files.WeightsFile | None, error: str = "") -> dict[str, Any]:
    return {
        "network": name,
        "file": files.WEIGHTS[name].file,
        "path": str(found.path) if found else None,
        "bytes": found.path.stat().st_size if found else None,
        "checked": found.checked if found else None,
        "digest": found.digest if found else None,
        "origin": found.origin if found else None,
        "error": error or None,
        "places": [str(path) for path in files.places(name)],
    }


class _Teller(Silent):
    """Progress on stderr, a line for every tenth."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Tell what is new."""
        tenth = 10 * done // total if total else 0
        if (text, tenth) != self._told:
            self._told = (text, tenth)
            tell(f"{text}: {done:,} of {total:,}" if total else text)
