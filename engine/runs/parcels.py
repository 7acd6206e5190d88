"""Data on its way to nodes that see no folder of ours: one parcel per content hash.

A parcel is a run of the experiment `cxr-lab-data` with one ZIP of the images. It counts once its
tag says that it is whole. Each node fetches it once and checks it by the hash of its content.
"""

import shutil
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.data import registry, sources
from engine.data.cache import disk_space
from engine.data.catalogue import Catalogue, build_catalogue
from engine.runs.tracking import is_remote, plain_errors, tracking
from engine.words.errors import CxrError, NotFound
from engine.words.locks import locked

EXPERIMENT = "cxr-lab-data"
HASH, NAME, PATTERN, SYNTHETIC = "cxr.data", "cxr.name", "cxr.patients", "cxr.synthetic"
FILE = "images.zip"
WAIT = 6 * 3600.0  # seconds for another worker of this node to fetch it
Tell = Callable[[str], object]


def find(content: str) -> Any | None:
    """Return the parcel's run, or None where there is no whole one."""
    client, experiment = _open()
    with plain_errors():
        found = client.search_runs(
            [experiment], f"tags.`{HASH}` = '{content}' and attributes.status = 'FINISHED'"
        )
    return found[0] if found else None


def send(catalogue: Catalogue, folder: Path) -> None:
    """Keep a catalogue's images in the run store, once; `folder` is for the ZIP on its way."""
    if find(catalogue.hash):
        return
    client, experiment = _open()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid.uuid4().hex / FILE
    path.parent.mkdir()
    try:
        with disk_space(path), zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for file in catalogue.images["file"]:
                archive.write(catalogue.root / file, file)
        tags = {
            HASH: catalogue.hash,
            NAME: catalogue.name,
            PATTERN: catalogue.pattern,
            SYNTHETIC: "1" if catalogue.synthetic else "",
        }
        with plain_errors():
            run = client.create_run(experiment, tags=tags, run_name=catalogue.name)
            client.log_artifact(run.info.run_id, str(path))
            client.set_terminated(run.info.run_id)  # now it is whole
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)


def receive(content: str, folder: Path, tell: Tell = lambda text: None) -> Catalogue:
    """Return the catalogue with this hash on this node, fetched where it is not here yet.

    `folder` is the node's own. Raises NotFound, and CxrError where what came is something else.
    """
    place = folder / content
    with locked(folder / f".{content}.lock", wait=WAIT):
        if not place.is_dir():
            tell("Fetching the images from the run store")
            _fetch(content, place)
    return sources.find_by_hash(content)


def _fetch(content: str, place: Path) -> None:
    run = find(content)
    if run is None:
        raise NotFound(
            f"The images of this training (content {content}) are not in the run store. Open "
            "their source on the Data page of the app, then train again."
        )
    client, _ = _open()
    tags = run.data.tags
    box = place.with_name(f".{uuid.uuid4().hex}")
    box.mkdir(parents=True)
    try:
        with disk_space(box), plain_errors():
            packed = Path(client.download_artifacts(run.info.run_id, FILE, str(box)))
        with disk_space(box), zipfile.ZipFile(packed) as archive:
            archive.extractall(box / "images")
        packed.unlink()
        pattern, synthetic = tags.get(PATTERN, ""), bool(tags.get(SYNTHETIC))
        found = build_catalogue(content, box / "images", synthetic, pattern=pattern)
        if found.hash != content:
            raise CxrError(
                f"The images that came from the run store are not those of this training: expected "
                f"the content {content}, got {found.hash}. Delete the run of this name in the "
                f"experiment {EXPERIMENT}, then train again."
            )
        (box / "images").rename(place)
        registry.add(registry.Source(content, place, "folder", synthetic, pattern))
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _open() -> tuple[Any, str]:
    client, _ = tracking()
    if not is_remote():
        raise CxrError("Images are sent through an MLflow server; MLFLOW_TRACKING_URI names none.")
    with plain_errors():
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return client, str(found.experiment_id)
        return client, str(client.create_experiment(EXPERIMENT))
