"""The shortcut lab's data: phantoms that carry a sign which goes with the label, or does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import cache, index, phantom, sources
from engine.data.parallel import Progress, in_order
from engine.data.phantom import MASKS, Shot
from engine.data.registry import Source
from engine.vision import decoding, shortcuts
from engine.vision.shortcuts import SHORTCUTS
from engine.words.errors import CxrError, NotFound
from engine.words.files import digest_json, read_json, write_json
from engine.words.options import Choice, find
from engine.words.recipe import Recipe
from engine.words.settings import settings

RECORD = "lab.json"
PLACES = f"{MASKS}/shortcut"  # below a source's folder, as the true masks are
AREA, VERSION = "lab", 1  # raise the version when the pictures of a seed change
IMAGES, SIDE, SEED = 800, 128, 0
SEEN = 64  # pixels a side at the network's input
STEPS, SHORTEST = 120, 12  # a small set is shown more often

TEACHING = {
    "taught": "with the illness",
    "random": "at random",
    "none": "left out",
}


@dataclass(frozen=True)
class Lab:
    """What a source of the lab is, and its files by what they carry."""

    shortcut: str  # a key of SHORTCUTS
    teaching: str  # a key of TEACHING: how training and validation images carry it
    images: int
    carries: Mapping[str, bool]  # file -> as the ill in training or not; absent: left out

    def place(self, root: Path, file: str) -> NDArray[np.bool_]:
        """Return where the shortcut lies on a file's picture (h, w); raise UnreadableImage."""
        return decoding.read(root / PLACES / file) > 0


def name_of(shortcut: str, teaching: str) -> str:
    """Return the name that a source of the lab is registered under; raise NotFound."""
    find(SHORTCUTS, shortcut, "shortcut")
    if teaching not in TEACHING:
        known = ", ".join(TEACHING)
        raise NotFound(f"The lab teaches a shortcut {known}, not '{teaching}'. Choose one.")
    return f"Lab {shortcut} {TEACHING[teaching]}"


def registered(shortcut: str, teaching: str) -> Source | None:
    """Return a lab's source where it was made already; raise NotFound for an unknown one."""
    name = name_of(shortcut, teaching)
    found = (source for source in sources.list_sources() if source.name == name)
    return next((source for source in found if (source.path / RECORD).is_file()), None)


def make(
    shortcut: str,
    teaching: str,
    progress: Progress | None = None,
    images: int = 0,
    side: int = SIDE,
    seed: int = SEED,
) -> Source:
    """Draw and register a lab's source, or return the one that is there; raise CxrError.

    Its test images carry the shortcut at random, the same in every teaching: half of the ill and
    half of the healthy. `images` 0 is IMAGES, or the phantom's number where that is smaller. The
    same arguments give the same bytes.
    """
    there = registered(shortcut, teaching)
    if there:
        return there
    shots = _plan(images or min(IMAGES, settings().phantom_images), seed)

    def write(folder: Path) -> None:
        _write(folder, shots, shortcut, teaching, (side, seed), progress)

    return sources.register_made(name_of(shortcut, teaching), write, synthetic=True)


def read(root: Path) -> Lab:
    """Return what the lab's source in a folder is; raise CxrError where it is none."""
    try:
        record = read_json(root / RECORD)
        return Lab(*(record[name] for name in ("shortcut", "teaching", "images", "carries")))
    except (OSError, ValueError, KeyError, TypeError):
        raise CxrError(
            f"{root} is no data of the shortcut lab, or its {RECORD} is damaged. Remove it on the "
            "Data page, and let the lab draw it again."
        ) from None


def recipe(data: str, images: int, shortcut: str, teaching: str) -> Recipe:
    """Return the lab's training: a small CNN, about STEPS steps; `data` is a catalogue's hash."""
    batch = 32 if images >= 500 else 16
    learning = round(images * 0.7)
    return Recipe(
        data,
        Choice("cnn_d"),
        Choice.of("adam", learning_rate=0.001),
        preset=name_of(shortcut, teaching),
        size=SEEN,
        batch=batch,
        epochs=max(SHORTEST, round(STEPS * batch / learning)),
    )


def recipe_of(source: Source) -> Recipe | None:
    """Return the training of a lab's source, None while nobody has opened it; raise CxrError."""
    note = index.noted(source.path.resolve(), source.patients)
    this = read(source.path)
    return recipe(note.hash, this.images, this.shortcut, this.teaching) if note else None


def carrying(shots: Sequence[Shot], teaching: str, seed: int) -> dict[str, bool]:
    """Say of each file whether it looks as the ill do in training; left out: not among them."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 77]))
    groups: dict[tuple[str, bool], list[str]] = {}
    for shot in shots:
        groups.setdefault((_part(shot), shot.kind != "normal"), []).append(shot.file)
    found = {}
    for (part, ill), files in groups.items():
        drawn = set(rng.permutation(files)[::2].tolist())  # always drawn: one stream for all
        for file in files:
            if part == "test" or teaching == "random":
                found[file] = file in drawn
            elif teaching == "taught":
                found[file] = ill
    return found


def _plan(images: int, seed: int) -> tuple[Shot, ...]:
    """The phantom's patients and kinds, on square pictures."""
    return tuple(replace(shot, aspect=1.0) for shot in phantom.plan(images, seed))


def _part(shot: Shot) -> str:
    return shot.file.split("/")[0]


def _write(
    folder: Path,
    shots: tuple[Shot, ...],
    shortcut: str,
    teaching: str,
    drawing: tuple[int, int],
    progress: Progress | None,
) -> None:
    side, seed = drawing
    carries = carrying(shots, teaching, seed)
    pictures, masks = _drawn(shots, side, seed, progress)
    for place in {Path(shot.file).parent for shot in shots}:
        for above in (folder, folder / MASKS, folder / PLACES):
            (above / place).mkdir(parents=True, exist_ok=True)
    for number, shot in enumerate(shots):
        image, where = pictures[number], np.zeros((side, side), np.bool_)
        if shot.file in carries:
            rng = np.random.default_rng(np.random.SeedSequence([seed, 78, number]))
            image, where = shortcuts.apply(image, shortcut, carries[shot.file], rng)
        phantom.save_png(folder / shot.file, image)
        phantom.save_png(folder / MASKS / shot.file, masks[number])
        phantom.save_png(folder / PLACES / shot.file, where.astype(np.uint8) * 255)
        if progress and (number + 1) % 50 == 0:
            progress(number + 1, len(shots), "Adding the shortcut")
    about = {"version": VERSION, "seed": seed, "images": len(shots)}
    of = {"shortcut": shortcut, "teaching": teaching, "carries": carries}
    write_json(folder / RECORD, about | of)


def _drawn(
    shots: tuple[Shot, ...], side: int, seed: int, progress: Progress | None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures and masks (n, side, side) before any shortcut: drawn once for all of the lab."""

    def draw(path: Path) -> None:
        taken = list(
            in_order(
                lambda shot: phantom.take(shot, side, seed), shots, progress, "Drawing phantoms", 4
            )
        )
        masks = np.stack([one.mask for one in taken]).astype(np.uint8) * 255
        with path.open("wb") as file:
            np.savez_compressed(file, pictures=np.stack([one.image for one in taken]), masks=masks)

    key = digest_json([VERSION, phantom.VERSION, len(shots), side, seed])
    with np.load(cache.fetch(AREA, key, ".npz", draw)) as kept:
        return kept["pictures"], kept["masks"]
