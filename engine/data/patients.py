"""Whose an image is, by a pattern that a user writes for the names of the files.

Patterns are RE2's (https://github.com/google/re2/wiki/Syntax): regular expressions without
look-around and back-references, searched in time proportional to the name. None can hang.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from engine.data.naming import kind_and_patient
from engine.words.errors import CxrError

GROUP = "patient"
LONGEST = 300  # characters of a pattern
MEMORY = 8 * 2**20  # bytes that a compiled pattern may take
EXAMPLE = r"such as person(\d+)_ or (?P<patient>[^/_]+)_"

# what the names look like -> a pattern to begin with
EXAMPLES = {
    "A number after a word, as in person12_1.png": r"[A-Za-z]+[-_ ]?(\d+)[^/]*$",
    "Everything before the first _ or -": r"([^/_-]+)[_-][^/]*$",
    "The folder that the image lies in": r"([^/]+)/[^/]+$",
    "The whole name without its ending": r"([^/]+)\.[^./]+$",
}


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern; raise CxrError where it is no pattern or has no one group."""
    import re2

    if len(pattern) > LONGEST:
        raise CxrError(f"A pattern has at most {LONGEST} characters; this one {len(pattern):,}.")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        made = re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if error.args else "not understood"
        raise CxrError(
            f"The pattern for patients cannot be read ({said}). Write a regular expression with "
            f"the patient's part in brackets, {EXAMPLE}."
        ) from None
    if GROUP not in made.groupindex and made.groups != 1:
        raise CxrError(
            f"The pattern for patients needs one part in brackets, or one named {GROUP}; this one "
            f"has {made.groups}. Write it {EXAMPLE}."
        )
    return made


def patient_in(file: str, pattern: str) -> str:
    """Return the patient's key in a file's path, "" where the pattern does not fit it."""
    made = compiled(pattern)
    match = made.search(file)
    return (match.group(GROUP if GROUP in made.groupindex else 1) or "") if match else ""


def told(file: str, label: str, pattern: str) -> str:
    """Return the patient that a file's name tells, by the pattern or as we know names; else ""."""
    if pattern:
        return patient_in(file, pattern)
    return kind_and_patient(PurePosixPath(file).stem, label)[1]


def assigned(rows: pd.DataFrame, pattern: str) -> pd.DataFrame:
    """Return rows (file, image_id, patient) with the patients of a pattern.

    An image whose path does not fit it is a patient of its own. Raises CxrError.
    """
    found = [patient_in(file, pattern) for file in rows["file"]]
    keys = pd.Series(found, index=rows.index, dtype=rows["patient"].dtype)
    return rows.assign(patient=keys.where(keys != "", rows["image_id"]))


def tried(names: Iterable[tuple[str, str]], pattern: str) -> pd.DataFrame:
    """Return file, patient and class of (file, class) pairs, "" where none is found.

    Without a pattern the names that the app knows are looked for. Raises CxrError.
    """
    rows = [(file, told(file, label, pattern), label) for file, label in names]
    return pd.DataFrame(rows, columns=["file", "patient", "class"])
