"""The answers to many pictures: a table, the same as CSV and as a ZIP, and one sentence."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pandas as pd

SCORE = "score_"  # before a class's name
TEXTS = ["file", "decision", "warning", "flags", "heat_map", "unreadable"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs what begins so
MAPS = "heat_maps"  # their folder in the ZIP


@dataclass(frozen=True)
class Row:
    """One file: what the network says of it, what is doubtful, or why it could not be read."""

    file: str
    decision: str = ""
    scores: tuple[float, ...] = ()
    warning: str = ""  # why it looks like no chest X-ray
    flags: tuple[str, ...] = ()  # artefacts
    heat: str = ""  # the heat map's file, or that it is empty
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Answers:
    """Rows of the files that were asked about, in their order.

    `table` has file, decision, score_CLASS (not a number where unreadable), warning, flags,
    heat_map and unreadable, texts empty where there is nothing to say.
    """

    table: pd.DataFrame
    classes: tuple[str, ...]
    threshold: float | None  # None where the largest score decides
    asked: int
    seconds: float
    note: str = ""  # why heat maps are missing

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before the last file."""
        return len(self.table) < self.asked

    @property
    def read(self) -> int:
        """How many files could be read."""
        return int((self.table["unreadable"] == "").sum())


def table(rows: Sequence[Row], classes: tuple[str, ...]) -> pd.DataFrame:
    """Return one line a row, the columns as in Answers."""
    empty = (np.nan,) * len(classes)
    scores = np.array([row.scores or empty for row in rows], float).reshape(len(rows), len(classes))
    columns = {
        "file": [row.file for row in rows],
        "decision": [row.decision for row in rows],
        **{f"{SCORE}{name}": scores[:, index] for index, name in enumerate(classes)},
        "warning": [row.warning for row in rows],
        "flags": [", ".join(row.flags) for row in rows],
        "heat_map": [row.heat for row in rows],
        "unreadable": [row.reason for row in rows],
    }
    return pd.DataFrame(columns).astype(dict.fromkeys(TEXTS, object))


def csv(answers: Answers) -> str:
    """Return the table as CSV; a text that a spreadsheet would take for a formula is guarded."""
    safe = answers.table.copy()
    for name in TEXTS:
        safe[name] = safe[name].map(guarded)
    # LF, though the standard says CRLF: every spreadsheet reads it, and so does every text tool.
    return safe.to_csv(index=False, float_format="%.6f", lineterminator="\n")


def zipped(answers: Answers, maps: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of answers.csv and the heat maps (file name -> JPEG)."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("answers.csv", csv(answers))
        for name, data in maps.items():
            opened.writestr(f"{MAPS}/{name}", data, zipfile.ZIP_STORED)
    return out.getvalue()


def summary(answers: Answers) -> str:
    """Say how many were called what, how many are doubtful and how many could not be read."""
    found, total = answers.table, len(answers.table)
    if answers.threshold is None:
        counts = found["decision"].value_counts()
        parts = ", ".join(f"{counts.get(name, 0):,} {name.lower()}" for name in answers.classes)
        said = f"Of {total:,} the largest score called {parts}"
    else:
        positive = answers.classes[1]
        called = int((found["decision"] == positive).sum())
        said = f"{called:,} of {total:,} called {positive.lower()} at {_cut(answers.threshold)}"
    doubtful = int((found["warning"] != "").sum())
    if doubtful:
        one = doubtful == 1
        said += f"; {doubtful:,} {'does' if one else 'do'} not look like "
        said += "a chest X-ray" if one else "chest X-rays"
    broken = total - answers.read
    if broken:
        said += f"; {broken:,} could not be read"
    if answers.stopped:
        said += f"; stopped after {len(found):,} of {answers.asked:,}"
    return f"{said}."


def _cut(value: float) -> str:
    return f"{value:.2f}" if round(value, 2) == value else f"{value:.10g}"


def guarded(text: str) -> str:
    """Return a text that a spreadsheet takes for a text, whatever it begins with."""
    return f"'{text}" if text.startswith(FORMULA) else text
