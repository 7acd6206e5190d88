"""The X-rays that maps are judged on: some of a run's own, or phantoms, whose truth is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.vision.lungs import window
from engine.vision.phantom import draw
from engine.vision.preprocessing import CROPS, RESIZES, STEPS, check_steps
from engine.words.errors import CxrError
from engine.words.files import digest, digest_json
from engine.words.options import Choice

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Tell = Callable[[int, int, str], None]  # done, total, what; it may raise Cancelled

HEALTHY = "NORMAL"
KINDS = {"PNEUMONIA": ("bacterial", "viral"), "BACTERIAL": ("bacterial",), "VIRAL": ("viral",)}
AREA = "trust"
VERSION = 1  # raise it when a phantom's pixels change
FIRST = 900_000_000  # seeds of patients from here on: no phantom that anyone trains on has them


@dataclass(frozen=True, eq=False)
class Pictures:
    """Diseased X-rays as the network sees them, (n, s, s), and the class that is asked about.

    `masks` (n, s, s) is where the disease truly is; None where nobody knows.
    """

    seen: Grey
    classes: tuple[int, ...]
    names: tuple[str, ...]
    masks: Mask | None = None
    drawn: bool = False  # drawn by this machine for the purpose

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def key(self) -> str:
        """Content hash."""
        masks = "" if self.masks is None else digest(np.packbits(self.masks).tobytes())
        pixels = digest(np.ascontiguousarray(self.seen).tobytes())
        return digest_json([pixels, list(self.seen.shape), list(self.classes), masks])

    def first(self, count: int) -> "Pictures":
        """Return the first `count` of them."""
        masks = None if self.masks is None else self.masks[:count]
        parts = self.seen[:count], self.classes[:count], self.names[:count]
        return Pictures(*parts, masks, self.drawn)


def asked(classes: Sequence[str]) -> tuple[int, ...]:
    """Return the classes whose maps are judged: the diseases, or all where none is healthy."""
    sick = tuple(index for index, name in enumerate(classes) if name.upper() != HEALTHY)
    return sick if len(sick) < len(classes) else tuple(range(len(classes)))


def phantoms_of(classes: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return (class, kind to draw) for each disease that a phantom can have; none: no truth."""
    return tuple(
        (index, kind) for index, name in enumerate(classes) for kind in KINDS.get(name.upper(), ())
    )


def phantoms(
    classes: Sequence[str],
    count: int,
    size: int,
    steps: tuple[Choice, ...],
    tell: Tell | None = None,
) -> Pictures:
    """Draw `count` diseased phantoms, one a patient, through a run's preprocessing, with masks.

    The same arguments give the same pixels, which are kept on disk. Raises CxrError where no class
    is one of a phantom's.
    """
    turns = phantoms_of(classes)
    if not turns:
        raise CxrError(
            f"A phantom has pneumonia, bacterial or viral; this network knows "
            f"{', '.join(classes)}. Where the truth is known can be asked of other runs only."
        )
    kinds = [turns[number % len(turns)] for number in range(count)]

    def make(path: Path) -> None:
        found = []
        for number, (_, kind) in enumerate(kinds):
            phantom = draw(FIRST + number, kind, size)
            found.append(follow(phantom.image, phantom.mask, size, steps))
            if tell:
                tell(number + 1, count, "Drawing phantoms")
        seen, masks = (np.stack(part) for part in zip(*found, strict=True))
        np.savez_compressed(path, seen=seen, masks=np.packbits(masks, axis=-1))

    with np.load(cache.fetch(AREA, _drawn(kinds, size, steps), ".npz", make)) as kept:
        masks = np.unpackbits(kept["masks"], axis=-1, count=size).astype(bool)
        names = tuple(f"phantom {number + 1}" for number in range(count))
        return Pictures(kept["seen"], tuple(index for index, _ in kinds), names, masks, drawn=True)


def are_drawn(classes: Sequence[str], count: int, size: int, steps: tuple[Choice, ...]) -> bool:
    """Say at once whether these phantoms lie on the disk."""
    turns = phantoms_of(classes)
    kinds = [turns[number % len(turns)] for number in range(count if turns else 0)]
    return cache.is_there(cache.folder() / AREA / f"{_drawn(kinds, size, steps)}.npz")


def _drawn(kinds: list[tuple[int, str]], size: int, steps: tuple[Choice, ...]) -> str:
    words = [kind for _, kind in kinds]
    return digest_json(["phantoms", VERSION, words, size, [step.to_json() for step in steps]])


def follow(image: Grey, mask: Mask, size: int, steps: tuple[Choice, ...]) -> tuple[Grey, Mask]:
    """Preprocess an image (H, W) and take its mask to where the same places come to lie."""
    held = mask.astype(np.uint8) * 255
    for step in check_steps(steps):
        if step.name in CROPS:
            place = window(image, float(step.kwargs["margin"]))
            image, held = image[place], held[place]
            continue
        own = {"size": size} if step.name in RESIZES else {}
        run = STEPS[step.name].load()
        image = run(image, **own, **step.kwargs)
        held = run(held, **own, **step.kwargs) if own else held
    return image, held > 127
