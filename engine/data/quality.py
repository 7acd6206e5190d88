"""How flawed each image of a source is: every detector's severity, computed once per content.

The originals are looked at, not the preview pixels: squashed to 224 pixels a picture has lost its
grid lines and its noise and leans otherwise, and the table must say what an opened X-ray says.
"""

from collections.abc import Iterator
from functools import cache as once
from pathlib import Path

import pandas as pd

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress, in_order
from engine.vision import artefacts
from engine.vision.artefacts import DETECTORS
from engine.vision.decoding import decode, read_bytes
from engine.words.errors import CxrError, UnreadableImage
from engine.words.files import digest, digest_json
from engine.words.options import Choice, complete

AREA, SUFFIX = "quality", ".parquet"
GATE = "gate"
MEASURED = (*DETECTORS, GATE)  # columns of severities
FACTS = ("image_id", "file", "label", "kind", "patient", "split")
AT_ONCE = 256  # images after which what was found is kept: a stopped search goes on from there
TOGETHER = 4  # images a thread takes at once: each takes long enough
GREY = ("1", "L", "I", "MONO")  # how the names of modes without colours begin
CODE = (
    "artefact*.py",
    "gate*.py",
    "gate*.npz",
    "colour.py",
    "lungs.py",
    "decoding.py",
    "formats.py",
    "dicom*.py",
)


def table(catalogue: Catalogue, progress: Progress | None = None) -> pd.DataFrame:
    """Return a row an image, in the catalogue's order: FACTS, then a severity 0..1 per column.

    Severities are the detectors' and the gate's. Known contents are not looked at again, and what
    a stopped search had found is kept. Raises CxrError where a file has gone or the disk is full.
    """
    path = cache.fetch(
        AREA,
        _key(catalogue),
        SUFFIX,
        lambda target: _search(catalogue, progress).to_parquet(target),
        of=[catalogue.hash],
    )
    return pd.concat([catalogue.images[list(FACTS)], pd.read_parquet(path)], axis=1)


def is_quick(catalogue: Catalogue) -> bool:
    """Say at once whether `table` has nothing to look at."""
    return cache.is_there(cache.folder() / AREA / f"{_key(catalogue)}{SUFFIX}")


def check_limits(exclude: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the limits with their defaults filled in; raise CxrError, NotFound."""
    full = tuple(complete(limit, DETECTORS, "artefact") for limit in exclude)
    names = [limit.name for limit in full]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise CxrError(f"The artefact '{twice}' has two limits. Keep one of them.")
    return full


def beyond(found: pd.DataFrame, limit: Choice) -> "pd.Series[bool]":
    """Say of each row of a table whether its severity is above a limit."""
    return found[limit.name] > float(complete(limit, DETECTORS, "artefact").kwargs["above"])


def flaws(found: pd.DataFrame) -> pd.DataFrame:
    """Say of each row of a table which artefacts are flagged: a column of truth a label."""
    return pd.DataFrame(
        {row.label: found[name] >= artefacts.FLAGGED for name, row in DETECTORS.items()}
    )


def _search(catalogue: Catalogue, progress: Progress | None) -> pd.DataFrame:
    images = catalogue.images.drop_duplicates("image_id")
    known = _known()
    missing = images[~images["image_id"].isin(known.index)]
    done = len(images) - len(missing)

    def tell(number: int, _: int, what: str) -> None:
        if progress:
            progress(done + number, len(images), what)

    found: dict[str, dict[str, float]] = {}
    rows = _looked_at(catalogue, missing, tell)
    try:
        for image_id, row in zip(missing["image_id"], rows, strict=True):
            found[image_id] = row
            if len(found) == AT_ONCE:
                known = _keep(known, found)
                found = {}
    finally:  # what a stopped search has found is kept
        known = _keep(known, found)
    return known.loc[catalogue.images["image_id"]].reset_index(drop=True)


def _looked_at(
    catalogue: Catalogue, images: pd.DataFrame, progress: Progress
) -> Iterator[dict[str, float]]:
    def one(image: tuple[str, str]) -> dict[str, float]:
        file, mode = image
        try:
            return severities(read_bytes(catalogue.root / file), mode.startswith(GREY))
        except UnreadableImage as error:
            raise CxrError(
                f"{file} was a readable image when the data was listed, and now: {error} "
                "List the data again."
            ) from None

    pairs = list(zip(images["file"], images["mode"].astype(str), strict=True))
    return in_order(one, pairs, progress, "Looking for artefacts", chunk=TOGETHER)


def severities(data: bytes, grey: bool = False) -> dict[str, float]:
    """Return the severity of each detector and of the gate; raise UnreadableImage.

    `grey`: the file is known to hold no colours, which spares decoding them.
    """
    from engine.vision import gate  # only whoever measures needs it
    from engine.vision.colour import colourfulness

    image = decode(data)
    found = {finding.name: finding.severity for finding in artefacts.inspect(image)}
    colour = 0.0 if grey else colourfulness(data)
    return {**found, GATE: gate.judge(image, colour).score}


def _known() -> pd.DataFrame:
    """Read what was found in images of any source, a row an image id."""
    parts = sorted((cache.folder() / AREA).glob(f"{_code()}-*{SUFFIX}"))
    tables = [pd.read_parquet(path) for path in parts if cache.is_intact(path)]
    if not tables:
        return pd.DataFrame(columns=list(MEASURED), dtype="float32")
    joined = pd.concat(tables)
    return joined[~joined.index.duplicated()]


def _keep(known: pd.DataFrame, found: dict[str, dict[str, float]]) -> pd.DataFrame:
    if not found:
        return known
    part = pd.DataFrame.from_dict(found, orient="index", columns=list(MEASURED)).astype("float32")
    key = f"{_code()}-{digest_json(sorted(found))}"
    cache.fetch(AREA, key, SUFFIX, part.to_parquet)
    return part if known.empty else pd.concat([known, part])


def _key(catalogue: Catalogue) -> str:
    return digest_json([_code(), catalogue.hash])


@once
def _code() -> str:
    """Digest the detectors' own code: a severity is as old as what measured it."""
    folder = Path(artefacts.__file__).parent
    files = sorted({path for pattern in CODE for path in folder.glob(pattern)})
    return digest(b"".join(path.read_bytes() for path in files))
