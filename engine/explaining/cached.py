"""Heat maps kept on disk under the hash of what determined them."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.explaining.cam import CamLayer, CamResult, cam, cam_layers
from engine.words.files import digest, digest_json, read_json, write_atomic, write_json
from engine.words.settings import settings

LoadModel = Callable[[], Any]
VERSION = 1  # raise it when the meaning of a stored map changes
MOST_VIEWS = 20_000  # a few kilobytes each; the least recently used go first


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
    path = _folder() / f"{name}.npz"
    kept = _read(path)
    if kept is not None:
        return kept, True
    result = cam(load(), image, class_index, method, layer)
    write_atomic(path, lambda temporary: _write(temporary, result))
    _evict(MOST_VIEWS)
    return result, False


def layers(key: str, load: LoadModel) -> list[CamLayer]:
    """Return the layers a map can be drawn for, without loading a model seen before."""
    path = _folder() / f"layers-{digest_json([VERSION, key])}.json"
    try:
        return [CamLayer(**row) for row in read_json(path)]
    except (OSError, ValueError, TypeError):  # absent or corrupt: computed again
        rows = cam_layers(load())
        write_json(path, [asdict(row) for row in rows])
        return rows


def _folder() -> Path:
    return settings().models / "cache" / "views"


def _write(path: Path, result: CamResult) -> None:
    facts = {**asdict(result), "layer": asdict(result.layer)}
    del facts["heat"]
    np.savez_compressed(path, heat=result.heat, facts=np.array(json.dumps(facts)))


def _read(path: Path) -> CamResult | None:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            facts = json.loads(str(kept["facts"]))
            heat = kept["heat"]
        layer = CamLayer(**facts.pop("layer"))
        path.touch()
        return CamResult(heat=heat, layer=layer, **facts)
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # absent or corrupt: computed again, never served


def _evict(most: int) -> None:
    kept = sorted(_folder().glob("*.npz"), key=lambda path: path.stat().st_mtime)
    for path in kept[: max(0, len(kept) - most)]:
        path.unlink(missing_ok=True)
