"""Heat maps kept on disk under the hash of what determined them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.explaining.cam import CamLayer, CamResult, cam, cam_layers
from engine.words.files import digest, digest_json, read_json

LoadModel = Callable[[], Any]
AREA = "views"
VERSION = 1  # raise it when the meaning of a stored map changes


def model_key(model_file: Path) -> str:
    """Content hash of a model's file: a run trained anew under the same name is another model."""
    return digest(model_file.read_bytes())


def view(
    key: str,
    load: LoadModel,
    image: NDArray[np.uint8],
    class_index: int,
    method: str = "gradcam",
    layer: int | None = None,
) -> tuple[CamResult, bool]:
    """Return the heat map and whether it came from the cache; `load` is called only when needed.

    `key` is the model's content hash, `image` (size, size) what the network sees.
    """
    pixels = digest(np.ascontiguousarray(image).tobytes())
    name = digest_json([VERSION, key, pixels, list(image.shape), class_index, method, layer])
    made: list[CamResult] = []

    def make(path: Path) -> None:
        made.append(cam(load(), image, class_index, method, layer))
        _write(path, made[0])

    path = cache.fetch(AREA, name, ".npz", make)
    return (made[0], False) if made else (_read(path), True)


def layers(key: str, load: LoadModel) -> list[CamLayer]:
    """Return the layers a map can be drawn for, without loading a model seen before."""

    def make(path: Path) -> None:
        rows = [asdict(row) for row in cam_layers(load())]
        path.write_text(json.dumps(rows), encoding="utf-8")

    name = digest_json([VERSION, key, "layers"])
    return [CamLayer(**row) for row in read_json(cache.fetch(AREA, name, ".json", make))]


def _write(path: Path, result: CamResult) -> None:
    facts = {**asdict(result), "layer": asdict(result.layer)}
    del facts["heat"]
    np.savez_compressed(path, heat=result.heat, facts=np.array(json.dumps(facts)))


def _read(path: Path) -> CamResult:
    with np.load(path) as kept:
        facts = json.loads(str(kept["facts"]))
        return CamResult(heat=kept["heat"], layer=CamLayer(**facts.pop("layer")), **facts)
