"""Ways to cut the judged images into groups: by kind, picture, file and patient."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.scores import Scores

Places = NDArray[np.intp]

FAMILIES = {
    "kind": "Kind",
    "series": "Series of file names",
    "part": "Part of the source",
    "file": "File",
    "brightness": "Brightness",
    "size": "Size",
    "quality": "Quality",
    "images": "Images per patient",
    "patient": "Patient",
}
PICTURES = ("file", "brightness", "size", "quality")  # families that need the images' files
FLAW = "flaw: "  # how the columns of images begin that say of each whether it has one
ANY, NONE = "any flaw", "no flaw"
NUMBERED = re.compile(r"(.+)-\d+$")  # a patient key: series, then number


@dataclass(frozen=True, eq=False)
class Group:
    """Some of the judged images; `places` are row numbers of the scores."""

    family: str
    name: str
    places: Places

    def __len__(self) -> int:
        return len(self.places)

    @property
    def key(self) -> str:
        """What an address calls it."""
        return f"{self.family}:{self.name.split(',')[0]}"

    @property
    def title(self) -> str:
        """Its name with its family's."""
        return f"{self.name} ({FAMILIES[self.family].lower()})"


@dataclass(frozen=True, eq=False)
class Groups:
    """All groups of a run's images on one split, and why a family has none."""

    groups: tuple[Group, ...]
    missing: dict[str, str]


def groups(scores: Scores, images: pd.DataFrame | None = None) -> Groups:
    """Cut the images every way there is.

    `images` has a row for each of the scores, in their order: width, height, format, mode and,
    where they were measured, grey and flaws (FLAW and a name: whether it has one); NaN for files
    that are not here. None: stored columns alone.
    """
    rows = scores.rows
    found = {
        "kind": _named("kind", _text(rows, "kind")),
        "series": _series(_text(rows, "kind"), _text(rows, "patient")),
        "part": _named("part", _parts(_text(rows, "file"))),
        **_pictures(images),
        "images": _often(_text(rows, "patient")),
        "patient": _patients(_text(rows, "patient")),
    }
    missing = {
        family: _why(family, images) for family, parts in found.items() if not _parted(parts)
    }
    return Groups(
        tuple(group for family, parts in found.items() if family not in missing for group in parts),
        missing,
    )


def _pictures(images: pd.DataFrame | None) -> dict[str, list[Group]]:
    if images is None:
        return {family: [] for family in PICTURES}
    grey = images["mode"].astype(str).str.startswith(("1", "L", "I"))
    kinds = zip(images["format"].fillna("").astype(str), grey, strict=True)
    names = np.array(
        [f"{kind} {'grey' if plain else 'colour'}" if kind else "" for kind, plain in kinds],
        dtype=object,
    )
    shades = images["grey"] if "grey" in images else pd.Series([np.nan])
    pixels = images["width"].astype(float) * images["height"].astype(float)
    return {
        "file": _named("file", names),
        "brightness": _thirds("brightness", shades, ("darkest", "middling", "brightest")),
        "size": _thirds("size", pixels, ("smallest", "medium", "largest")),
        "quality": flawed(images),
    }


def flawed(images: pd.DataFrame) -> list[Group]:
    """Cut in two by each flaw that some images have: with it, without; then with any, with none."""
    names = [str(name) for name in images.columns if str(name).startswith(FLAW)]
    values = images[names].to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values).any(axis=1) if names else np.zeros(len(images), bool)
    found = []
    for name, column in zip(names, values.T, strict=True):
        label = name.removeprefix(FLAW)
        word = label[:1].lower() + label[1:]
        found += _two(word, f"{word}: not found", column > 0, known)
    some = np.asarray((values > 0).any(axis=1), dtype=np.bool_)
    return found + (_two(ANY, NONE, some, known) if found else [])


def _two(one: str, other: str, has: NDArray[np.bool_], known: NDArray[np.bool_]) -> list[Group]:
    parts = Group("quality", one, np.flatnonzero(known & has))
    rest = Group("quality", other, np.flatnonzero(known & ~has))
    return [parts, rest] if len(parts) and len(rest) else []


def _named(family: str, names: NDArray[np.object_]) -> list[Group]:
    """A group for each name; images without one are in none."""
    there = sorted(set(names) - {""})
    return [Group(family, str(name), np.flatnonzero(names == name)) for name in there]


def _series(kinds: NDArray[np.object_], patients: NDArray[np.object_]) -> list[Group]:
    """Within a kind, the ways in which its patients are numbered: another way, another origin."""
    matches = [NUMBERED.match(str(name)) for name in patients]
    names = np.array([f"{match[1]}-…" if match else "" for match in matches], dtype=object)
    found = []
    for kind in sorted(set(kinds) - {""}):
        own = np.where(kinds == kind, names, "").astype(object)
        parts = _named("series", own)
        found += parts if len(parts) > 1 else []
    return found


def _parts(files: NDArray[np.object_]) -> NDArray[np.object_]:
    """The folder above the class's, such as train; empty where there is none."""
    return np.array(
        [file.split("/")[0] if file.count("/") > 1 else "" for file in files], dtype=object
    )


def _often(patients: NDArray[np.object_]) -> list[Group]:
    """Patients with one image here against those with several."""
    counts = _counts(patients)
    one, more = np.flatnonzero(counts == 1), np.flatnonzero(counts > 1)
    return [Group("images", "one image", one), Group("images", "several images", more)]


def _patients(patients: NDArray[np.object_]) -> list[Group]:
    """Each patient with several images, most images first."""
    counts = _counts(patients)
    order = np.flatnonzero(counts > 1)
    codes, names = pd.factorize(patients[order])
    members = _split(order, codes, len(names))
    parts = [Group("patient", str(name), own) for name, own in zip(names, members, strict=True)]
    return sorted(parts, key=lambda group: -len(group))


def _counts(patients: NDArray[np.object_]) -> NDArray[np.int64]:
    """How many images each image's patient has; 0 where no patient is known."""
    codes, names = pd.factorize(patients)
    counts = np.bincount(codes, minlength=len(names))[codes]
    return np.where(patients == "", 0, counts).astype(np.int64)


def _split(places: Places, codes: NDArray[np.intp], size: int) -> Iterator[Places]:
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=size))[:-1]
    yield from np.split(places[order], ends) if size else ()


def _thirds(family: str, column: "pd.Series[float]", words: tuple[str, str, str]) -> list[Group]:
    """Three groups as equal in size as ties allow."""
    values = np.asarray(column, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return []
    edges = np.quantile(values[known], [1 / 3, 2 / 3])
    which = np.searchsorted(edges, values[known], side="left")
    if family == "brightness":
        low, high = (f"{edge:.0f}" for edge in edges)
        ends = f"grey to {low}", f"grey {low} to {high}", f"grey over {high}"
    else:
        low, high = (f"{edge / 1e6:.2g}" for edge in edges)
        ends = f"to {low} megapixels", f"{low} to {high}", f"over {high} megapixels"
    parts = [
        Group(family, f"{words[index]}, {ends[index]}", known[which == index]) for index in range(3)
    ]
    return [group for group in parts if len(group)]


def _text(rows: pd.DataFrame, column: str) -> NDArray[np.object_]:
    if column not in rows.columns:
        return np.full(len(rows), "", dtype=object)
    return rows[column].fillna("").astype(str).to_numpy(dtype=object)


def _parted(parts: Iterable[Group]) -> bool:
    """Whether there is anything to compare: one patient with several images is, one kind is not."""
    there = [group for group in parts if len(group)]
    return len(there) > 1 or any(group.family == "patient" for group in there)


def _why(family: str, images: pd.DataFrame | None) -> str:
    if family in PICTURES and images is None:
        return "needs the images, which are not on this machine"
    return {
        "kind": "the file names tell no kinds, or all the same",
        "series": "the file names of each kind are numbered in one way",
        "part": "all images come from one folder of the source",
        "file": "all files have one format",
        "brightness": "has not been measured yet",
        "size": "all images have the same number of pixels",
        "quality": "no flaws were found, or nobody has looked for them yet",
        "images": "no two groups: all patients have one image here, or all have several",
        "patient": "no patient has several images here",
    }[family]
