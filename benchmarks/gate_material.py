"""Pictures to fit and to measure the gate with: chests, and what is none."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.foreign_pictures import foreign_picture
from engine.vision.phantom import KINDS, draw
from engine.vision.phantom_artefacts import SPOILERS, spoil

Grey = NDArray[np.uint8]

# Of scikit-image's pictures these are fitted on; all others are measured on.
FITTED = ("camera", "coffee", "chelsea", "brick", "cell", "ihc", "coins", "motorcycle_left")
FITTED += ("page", "color")
FACES = 50  # of each part, of scikit-image's sample of faces


def xrays(folder: Path, part: str) -> list[Grey]:
    """Return every picture under `folder/part`, grey."""
    files = sorted(path for path in (folder / part).rglob("*") if path.suffix in SUFFIXES)
    return [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files]


SUFFIXES = {".jpeg", ".jpg", ".png"}


def phantoms(count: int, seed: int, size: int = 96) -> list[Grey]:
    """Return `count` clean phantoms of all kinds and of several aspects."""
    rng = np.random.default_rng(seed)
    aspects = rng.uniform(1, 1.25, count)
    return [
        draw(seed + index, KINDS[index % len(KINDS)], size, aspect=float(aspect)).image
        for index, aspect in enumerate(aspects)
    ]


def varied(image: Grey, rng: np.random.Generator) -> Grey:
    """Return a picture cropped, shifted, tilted, perhaps mirrored, of another contrast."""
    height, width = image.shape
    angle, scale = rng.uniform(-10, 10), rng.uniform(1, 1.2)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    turn[:, 2] += rng.uniform(-0.05, 0.05, 2) * [width, height]
    moved = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.3:
        moved = moved[:, ::-1]
    return np.asarray(255 * (moved / 255) ** np.exp(rng.normal(0, 0.3)), np.uint8)


def spoiled(images: list[Grey], strength: float = 1.0) -> list[Grey]:
    """Return each picture with one artefact, all artefacts in turn."""
    names = list(SPOILERS)
    return [
        spoil(image, names[index % len(names)], index, strength)[0]
        for index, image in enumerate(images)
    ]


def drawn(count: int, seed: int) -> tuple[list[Grey], list[str]]:
    """Return pictures drawn by code that are no chest X-ray, and their kinds."""
    made = [foreign_picture(seed + index) for index in range(count)]
    return [image for image, _ in made], [kind for _, kind in made]


def photographs(part: str, count: int) -> list[Grey]:
    """Return photographs, then crops of them, from the packages that ship some.

    `part` is "fit" or "test"; a photograph is in one of them only.
    """
    whole = [image for name, image in _shipped() if (name in FITTED) == (part == "fit")]
    rng = np.random.default_rng(0 if part == "fit" else 1)
    crops = [_crop(whole[index % len(whole)], rng) for index in range(max(0, count - len(whole)))]
    return (whole + crops)[:count]


def _crop(image: Grey, rng: np.random.Generator) -> Grey:
    height, width = image.shape
    share = rng.uniform(0.35, 1)
    high, wide = int(height * share), int(width * share * rng.uniform(0.8, 1))
    top, left = rng.integers(0, height - high + 1), rng.integers(0, width - wide + 1)
    crop = image[top : top + high, left : left + wide]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    if rng.random() < 0.2:
        crop = np.asarray(255 - crop, np.uint8)
    return np.ascontiguousarray(np.rot90(crop) if rng.random() < 0.3 else crop)


def _shipped() -> Iterator[tuple[str, Grey]]:
    """Photographs by name: scikit-learn, Matplotlib and, where it is installed, scikit-image."""
    import matplotlib
    from sklearn.datasets import load_sample_images

    samples = Path(matplotlib.get_data_path()) / "sample_data"
    for index, image in enumerate(load_sample_images().images):
        yield f"sklearn{index}", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    yield "hopper", cv2.imread(str(samples / "grace_hopper.jpg"), cv2.IMREAD_GRAYSCALE)
    with gzip.open(samples / "s1045.ima.gz") as stored:  # a slice of a head, from an MRI scanner
        head = np.frombuffer(stored.read(), np.uint16).reshape(256, 256).astype(np.float32)
    yield "head", np.asarray(head / head.max() * 255, np.uint8)
    try:
        import skimage.data as extra
    except ImportError:
        return
    folder = Path(extra.__file__).parent
    for file in sorted([*folder.glob("*.png"), *folder.glob("*.jpg")]):
        image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if min(image.shape) >= 64:
            yield file.stem, image
    faces = np.load(folder / "lfw_subset.npy")[: 2 * FACES]
    for index, face in enumerate(faces):
        yield FITTED[0] if index < FACES else f"face{index}", np.asarray(face * 255, np.uint8)
