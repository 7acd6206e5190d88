"""Everything the explorer needs of one run and split, as one bytes object.

Layout: a uint32 length, a JSON header of that length, then arrays; the header says where each one
begins after it. All begin at multiples of eight, so that a browser can look at them in place. The
packet depends on the scores alone: it is the same at every threshold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.judging.measures import MEASURES
from engine.judging.scores import Scores
from engine.judging.sentences import word
from engine.judging.thresholds import RATIOS, Threshold
from engine.words.errors import CxrError
from pages.shared import palette

if TYPE_CHECKING:
    from engine.judging.bootstrap import Bands

ALIGNED = 8


def pack(
    scores: Scores,
    bands: Bands | None,
    validation: tuple[Threshold, ...],
    test: tuple[Threshold, ...],
    *,
    name: str = "",
    reason: str = "",
) -> bytes:
    """Pack binary scores, their intervals and the snap points of validation and of these scores.

    `name` is the run's, for exported pictures; `reason` says why there are no curves, where the
    scores are of one class only. Raises CxrError for more than two classes or no image.
    """
    if not scores.binary:
        raise CxrError(f"The explorer needs two classes; these scores have {len(scores.classes)}.")
    arrays = {"scores": _narrow(scores.scores), "labels": scores.truth.astype(np.uint8)}
    header: dict[str, Any] = {
        "name": name,
        "split": scores.split,
        "n": len(scores),
        "classes": [{"word": _word(entry), "colour": _colour(entry)} for entry in scores.classes],
        "measures": [
            {key: getattr(measure, key) for key in ("name", "label", "formula", "help")}
            for measure in MEASURES.values()
        ],
        "ratios": list(RATIOS),
        "snaps": {"validation": _snaps(validation), "test": _snaps(test)},
        "reason": reason or _one_class(scores),
    }
    if bands is not None:
        arrays |= _band_arrays(bands)
        header["bands"] = {
            "resamples": bands.resamples,
            "patients": bands.patients,
            "auc": _ends(bands.auc),
            "average_precision": _ends(bands.average_precision),
        }
    return _assembled(header, arrays)


def framed(header: dict[str, Any], rest: bytes = b"") -> bytes:
    """A uint32 length, the header as JSON, then `rest` at a multiple of eight."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % ALIGNED)
    return len(text).to_bytes(4, "little") + text + rest


def _assembled(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    parts: list[bytes] = []
    places, offset = [], 0
    for name, values in arrays.items():
        raw = np.ascontiguousarray(values).tobytes()
        raw += b"\0" * (-len(raw) % ALIGNED)
        place = {"name": name, "type": values.dtype.name, "offset": offset, "length": values.size}
        places.append(place)
        parts.append(raw)
        offset += len(raw)
    return framed({**header, "arrays": places}, b"".join(parts))


def _narrow(values: np.ndarray) -> np.ndarray:
    """Half the bytes where none is lost: a rounded score could fall on a threshold's other side."""
    narrow = values.astype(np.float32)
    return narrow if np.array_equal(narrow, values) else values.astype(np.float64)


def _band_arrays(bands: Bands) -> dict[str, np.ndarray]:
    arrays = {f"band_{name}": values for name, values in bands.measures.items()}
    arrays |= {"band_thresholds": bands.thresholds, "band_roc": bands.roc, "band_pr": bands.pr}
    return {name: np.asarray(values, dtype=np.float32) for name, values in arrays.items()}


def _snaps(thresholds: Iterable[Threshold]) -> list[dict[str, object]]:
    keys = ("value", "rule", "target", "of")
    return [{key: getattr(threshold, key) for key in keys} for threshold in thresholds]


def _ends(interval: tuple[float, float]) -> list[float | None] | None:
    return None if np.isnan(interval).any() else [float(end) for end in interval]


def _word(name: str) -> str:
    plain = name.removeprefix("not ")
    return f"not {word(plain)}" if plain != name else word(name)


def _colour(name: str) -> str:
    return palette.class_colour(name)


def _one_class(scores: Scores) -> str:
    there = {int(entry) for entry in np.unique(scores.truth)}
    if len(there) == 2:
        return ""
    only = "no images" if not there else _word(scores.classes[there.pop()])
    return f"The {scores.split} images are all {only}: a curve needs both classes."
