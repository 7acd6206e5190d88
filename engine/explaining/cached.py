"""Heat maps kept on disk under the hash of what determined them."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.explaining.cam import CamLayer, CamResult, Progress, cam, cam_layers, cams
from engine.explaining.methods import completed, has_layer
from engine.words.files import digest, digest_json, read_json
from engine.words.options import Choice

LoadModel = Callable[[], Any]
AREA, SUFFIX = "views", ".npz"
VERSION = 2  # raise it when the meaning of a stored map changes
CHUNK = 8  # maps after which those that are done are kept


def model_key(model_file: Path) -> str:
    """Content hash of a model's file: a run trained anew under the same name is another model."""
    return digest(model_file.read_bytes())


def view(
    key: str,
    load: LoadModel,
    image: NDArray[np.uint8],
    class_index: int,
    method: str | Choice = "gradcam",
    layer: int | None = None,
) -> tuple[CamResult, bool]:
    """Return the heat map and whether it came from the cache; `load` is called only when needed.

    `key` is the model's content hash, `image` (size, size) what the network sees.
    """
    made: list[CamResult] = []

    def make(path: Path) -> None:
        made.append(cam(load(), image, class_index, method, layer))
        _write(path, made[0])

    path = cache.fetch(AREA, _name(key, image, class_index, method, layer), SUFFIX, make)
    return (made[0], False) if made else (_read(path), True)


def views(
    key: str,
    load: LoadModel,
    images: NDArray[np.uint8],
    class_indices: Sequence[int] | NDArray[np.intp],
    method: str | Choice = "gradcam",
    layer: int | None = None,
    progress: Progress | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> list[CamResult]:
    """Return the heat maps of images (n, s, s), each for its own class (n,).

    What is kept is read; the rest is computed in batches, each kept once it is done. `progress`
    gets done and total before and after each batch and may raise Cancelled. `turn` is held
    whenever the network is loaded or works, for those who share it.
    """
    asked = list(zip(images, map(int, class_indices), strict=True))
    names = [_name(key, image, index, method, layer) for image, index in asked]
    found = {name: kept for name in dict.fromkeys(names) if (kept := _kept(name))}
    missing = {name: at for at, name in enumerate(names) if name not in found}
    for start in range(0, len(missing), CHUNK):
        if progress:
            progress(len(names) - len(missing) + start, len(names))
        part = list(missing)[start : start + CHUNK]
        with turn or nullcontext():
            # Another visitor may have made them meanwhile.
            found |= {name: kept for name in part if (kept := _kept(name))}
            part = [name for name in part if name not in found]
            at = [missing[name] for name in part]
            made = cams(load(), images[at], [asked[i][1] for i in at], method, layer) if at else []
        for name, result in zip(part, made, strict=True):
            cache.fetch(AREA, name, SUFFIX, partial(_write, result=result), many=True)
            found[name] = result
    if missing:
        cache.trim()
        if progress:
            progress(len(names), len(names))
    return [found[name] for name in names]


def layers(key: str, load: LoadModel) -> list[CamLayer]:
    """Return the layers a map can be drawn for, without loading a model seen before."""

    def make(path: Path) -> None:
        rows = [asdict(row) for row in cam_layers(load())]
        path.write_text(json.dumps(rows), encoding="utf-8")

    name = digest_json([VERSION, key, "layers"])
    return [CamLayer(**row) for row in read_json(cache.fetch(AREA, name, ".json", make))]


def _name(
    key: str,
    image: NDArray[np.uint8],
    class_index: int,
    method: str | Choice,
    layer: int | None,
) -> str:
    pixels = digest(np.ascontiguousarray(image).tobytes())
    choice = completed(method).to_json()
    asked = layer if has_layer(method) else None
    return digest_json([VERSION, key, pixels, list(image.shape), int(class_index), choice, asked])


class _Absent(Exception):
    """Nothing is kept under a name."""


def _kept(name: str) -> CamResult | None:
    def make(path: Path) -> None:
        raise _Absent

    try:
        return _read(cache.fetch(AREA, name, SUFFIX, make))
    except _Absent:
        return None


def _write(path: Path, result: CamResult) -> None:
    facts = {**asdict(result), "layer": asdict(result.layer) if result.layer else None}
    del facts["heat"]
    np.savez_compressed(path, heat=result.heat, facts=np.array(json.dumps(facts)))


def _read(path: Path) -> CamResult:
    with np.load(path) as kept:
        facts = json.loads(str(kept["facts"]))
        layer = facts.pop("layer")
        return CamResult(heat=kept["heat"], layer=CamLayer(**layer) if layer else None, **facts)
