"""The original data sets: where each is published, its licence, how it becomes a source."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.data import archive, fetching, medmnist, parts, sources
from engine.data.cache import disk_space
from engine.data.folders import unwrap
from engine.data.parallel import Progress
from engine.data.sources import Source
from engine.words.errors import CxrError, NotFound
from engine.words.settings import settings

CC_BY = "CC BY 4.0"
CC_BY_URL = "https://creativecommons.org/licenses/by/4.0/"
CLASSES = {0: "NORMAL", 1: "PNEUMONIA"}  # MedMNIST's numbers

Add = Callable[[str, Path, Progress], Source]  # source's name, what was downloaded, progress


@dataclass(frozen=True)
class Dataset:
    """A data set that can be downloaded, checked and added to the sources."""

    label: str  # what the source is called
    help: str
    url: str
    file: str  # its name in data/downloads and below a mirror
    bytes: int
    unpacked: int  # bytes on the disk afterwards, about
    images: int
    page: str  # where people find it
    citation: str
    add: Add
    sha256: str = ""
    md5: str = ""
    licence: str = CC_BY
    licence_url: str = CC_BY_URL


def _zip(name: str, file: Path, progress: Progress) -> Source:
    def make(folder: Path) -> None:
        archive.extract(file, folder, progress)
        unwrap(folder)  # so that the files have the names that the showcase's runs know

    return sources.register_made(name, make)


def _arrays(name: str, file: Path, progress: Progress) -> Source:
    return sources.register_made(
        name, lambda folder: medmnist.unpack(file, folder, CLASSES, progress)
    )


def _pneumonia_mnist(side: int, size: int, md5: str, unpacked: int) -> Dataset:
    file = "pneumoniamnist.npz" if side == 28 else f"pneumoniamnist_{side}.npz"
    return Dataset(
        label=f"PneumoniaMNIST {side} px",
        help=f"The same X-rays as Kermany's, cut to a square in the middle and shrunken to {side} "
        "pixels, in train, val and test. There are no patient numbers: one child's images may lie "
        "in train and in val, and no split by patient is possible. Of the kinds, bacterial and "
        "viral, nothing is left.",
        url=f"https://zenodo.org/records/10519652/files/{file}?download=1",
        file=file,
        bytes=size,
        unpacked=unpacked,
        images=5856,
        page="https://doi.org/10.5281/zenodo.10519652",
        citation="J. Yang et al., MedMNIST v2: a large-scale lightweight benchmark for 2D and 3D "
        "biomedical image classification, Scientific Data 10, 41 (2023), "
        "doi:10.1038/s41597-022-01721-8; from Kermany et al., Cell 172, 1122 (2018)",
        add=_arrays,
        md5=md5,
    )


DATASETS: Mapping[str, Dataset] = {
    "kermany": Dataset(
        label="Kermany originals",
        help="The set of the course reports: chest X-rays of children of one to five years from "
        "Guangzhou, 384 to 2,916 pixels wide, in train and test. The file names tell the kind "
        "(bacterial, viral) and the patient.",
        url="https://data.mendeley.com/public-files/datasets/rscbjbr9sj/files/"
        "f12eaf6d-6023-432f-acc9-80c9d7393433/file_downloaded",
        file="ChestXRay2017.zip",
        bytes=1_235_512_464,
        unpacked=1_250_000_000,
        images=5856,
        page="https://doi.org/10.17632/rscbjbr9sj.2",
        citation="D. Kermany, K. Zhang, M. Goldbaum, Labeled Optical Coherence Tomography (OCT) "
        "and Chest X-Ray Images for Classification, Mendeley Data, V2 (2018), "
        "doi:10.17632/rscbjbr9sj.2",
        add=_zip,
        sha256="13efc055629733dbab07877f8b3c9f81097840dbcdaa326a8542322c2281ce36",
    ),
    "pneumoniamnist_28": _pneumonia_mnist(
        28, 4_170_669, "28209eda62fecd6e6a2d98b1501bb15f", 25_000_000
    ),
    "pneumoniamnist_64": _pneumonia_mnist(
        64, 20_606_998, "8f4eceb4ccffa70c672198ea285246c6", 30_000_000
    ),
    "pneumoniamnist_128": _pneumonia_mnist(
        128, 75_506_212, "05b46931834c231683c68f40c47b2971", 90_000_000
    ),
    "pneumoniamnist_224": _pneumonia_mnist(
        224, 214_384_716, "d6a3c71de1b945ea11211b03746c1fe1", 250_000_000
    ),
}


def find(name: str) -> Dataset:
    """Return a row; raise NotFound with the list of rows."""
    if name not in DATASETS:
        raise NotFound(f"There is no data set '{name}'. Choose one of: {', '.join(DATASETS)}.")
    return DATASETS[name]


def address(dataset: Dataset) -> str:
    """Return where it is downloaded from: a mirror where CXR_DOWNLOAD_URL names one."""
    mirror = settings().download_url.rstrip("/")
    return f"{mirror}/{dataset.file}" if mirror else dataset.url


def place_of(dataset: Dataset) -> Path:
    """Return where its file lies until it is unpacked; one put there by hand will do."""
    return settings().data / "downloads" / dataset.file


def there(dataset: Dataset) -> int:
    """Return how many bytes of its file are on this machine."""
    whole = place_of(dataset)
    part = whole.with_name(f"{whole.name}{parts.SUFFIX}")
    return sum(file.stat().st_size for file in (whole, part) if file.is_file())


def is_added(dataset: Dataset) -> bool:
    """Say whether it is in the list of sources."""
    return any(source.name == dataset.label for source in sources.list_sources())


def add(name: str, accepted: bool, progress: Progress) -> Source:
    """Download a data set, check it and add it to the sources; its file is deleted then.

    Raises CxrError, also where its licence is not accepted, and what `progress` raises; then
    nothing is added, and what came stays to go on from.
    """
    dataset = find(name)
    if not accepted:
        raise CxrError(
            f"{dataset.label} is licensed under {dataset.licence} ({dataset.licence_url}). Accept "
            "the licence to download it."
        )
    listener = _Told(progress)
    place = place_of(dataset)
    with disk_space(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with fetching.alone(place.with_name(f"{name}.adding"), listener):
            if is_added(dataset):  # by another process meanwhile
                return sources.find_source(dataset.label)
            _require_room(dataset)
            _bring(dataset, place, listener)
            source = dataset.add(dataset.label, place, progress)
            place.unlink(missing_ok=True)
    return source


def discard(name: str) -> None:
    """Delete what was downloaded of a data set; raise CxrError while somebody downloads it."""
    dataset = find(name)
    place = place_of(dataset)

    def busy(done: int, total: int, what: str) -> None:
        raise CxrError(f"{dataset.label} is being downloaded just now. Stop that first.")

    with fetching.alone(place, _Told(busy)):
        parts.Part(place, "", checked=True).clear()
        place.unlink(missing_ok=True)


class _Told:
    """Passes on what a download tells."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Pass it on."""
        self._progress(done, total, text)


def _bring(dataset: Dataset, place: Path, listener: _Told) -> None:
    if place.is_file():
        listener.phase(f"Checking {dataset.file}")
        if not fetching.wrong(place, dataset.sha256, dataset.md5):
            return
    fetching.fetch(
        address(dataset),
        place,
        f"Downloading {dataset.label} (MB)",
        listener,
        sha256=dataset.sha256,
        md5=dataset.md5,
    )


def _require_room(dataset: Dataset) -> None:
    folder = place_of(dataset).parent
    needed = dataset.bytes - there(dataset) + dataset.unpacked
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CxrError(
            f"{dataset.label} needs {needed / 1e6:,.0f} MB more ({dataset.bytes / 1e6:,.0f} MB to "
            f"download, {dataset.unpacked / 1e6:,.0f} MB unpacked), and the disk of {folder} has "
            f"{free / 1e6:,.0f} MB left. Free some space, or set CXR_DATA_DIR to a larger disk."
        )
