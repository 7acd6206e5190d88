"""What folder and file names tell: split, kind and patient."""

import re

SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
KINDS = {"bacteria": "bacterial", "virus": "viral"}
KIND_OF_LABEL = {"NORMAL": "normal", "BACTERIAL": "bacterial", "VIRAL": "viral"}

# person1000_bacteria_2931, person1_virus_6_2
_SICK = re.compile(r"person(?P<number>\d+)_(?P<kind>bacteria|virus)_", re.IGNORECASE)
# IM-0115-0001, NORMAL2-IM-0587-0001-0001
_HEALTHY = re.compile(r"(?:NORMAL(?P<series>\d*)-)?IM-(?P<number>\d+)-", re.IGNORECASE)


def printable(name: str, longest: int = 80) -> str:
    """Return a stranger's file name as it can stand in a sentence that is shown as Markdown.

    A name can be a link or a picture on another machine; only what names need is kept.
    """
    kept = "".join(sign if sign.isalnum() or sign in " ._-/\\:" else "?" for sign in name)
    return kept if len(kept) <= longest else f"{kept[: longest - 3]}..."


def kind_and_patient(stem: str, label: str) -> tuple[str, str]:
    """Return (kind, patient key) of a file; "" where the names do not say.

    The numbering restarts for each kind and series, so both are part of the key: a plain number
    would merge children who have nothing in common.
    """
    sick = _SICK.match(stem)
    if sick:
        word = sick["kind"].lower()
        return KINDS[word], f"{word}-{sick['number']}"
    kind = KIND_OF_LABEL.get(label, "")
    healthy = _HEALTHY.match(stem)
    if healthy:
        return kind or "normal", f"normal{healthy['series'] or ''}-{healthy['number']}"
    return kind, ""
