"""From stored values to grey as a film shows it: rescale, window, invert (PS3.3 C.11)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.vision.formats import BAND, Grey

Values = NDArray[np.float64]


def shown(found: Any, stored: NDArray[np.uint16], bits: int) -> Grey:
    """Return (H, W) uint8 of stored bit patterns; all steps act on a table of what can occur."""
    patterns = np.arange(2**bits)
    signed = found.get("PixelRepresentation") == 1
    numbers = np.where(signed & (patterns >= 2 ** (bits - 1)), patterns - 2**bits, patterns)
    padding = _padding(found, numbers)
    values = _rescaled(found, numbers)
    grey = _voi_table(found, values)
    if grey is None:
        grey = _windowed(found, values)
    if grey is None:
        grey = _stretched(values, _present(stored, 2**bits) & ~padding, plain=bits == 8)
    if found.PhotometricInterpretation == "MONOCHROME1":
        grey = 255.0 - grey
    grey[padding] = 0  # beyond the film's edge
    return _looked_up(np.rint(grey).astype(np.uint8), stored)


def _padding(found: Any, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    first = found.get("PixelPaddingValue")
    if not isinstance(first, int):
        return np.zeros(len(numbers), bool)
    last = found.get("PixelPaddingRangeLimit")
    low, high = sorted((first, last if isinstance(last, int) else first))
    return (numbers >= low) & (numbers <= high)


def _rescaled(found: Any, numbers: NDArray[np.int64]) -> Values:
    if found.get("ModalityLUTSequence"):
        return _table(found, found.ModalityLUTSequence[0], numbers.astype(np.float64))[0]
    slope, intercept = (_first(found.get(f"Rescale{name}")) for name in ("Slope", "Intercept"))
    return np.asarray(numbers * (1.0 if slope is None else slope) + (intercept or 0.0), np.float64)


def _voi_table(found: Any, values: Values) -> Values | None:
    if not found.get("VOILUTSequence"):
        return None
    table, depth = _table(found, found.VOILUTSequence[0], values)
    return np.clip(table * (255.0 / (2**depth - 1)), 0, 255)


def _table(found: Any, item: Any, values: Values) -> tuple[Values, int]:
    """Look values up in a table of the file; return the entries and their bits.

    pydicom's own look-up overflows where a table of 8 bits has more than 256 entries.
    """
    count, first, depth = (int(number) for number in item.LUTDescriptor)
    data = item.LUTData
    if isinstance(data, bytes):
        wide = len(data) >= 2 * (count or 2**16)
        order = "<" if found.original_encoding[1] else ">"
        data = np.frombuffer(data, f"{order}u2" if wide else "u1")
    entries = np.asarray(data, np.float64)[: count or 2**16]
    if first >= 2**15 and values.min() < 0:  # a signed number that was read as unsigned
        first -= 2**16
    place = np.clip(np.rint(values) - first, 0, len(entries) - 1)
    return entries[place.astype(np.int64)], depth


def _windowed(found: Any, values: Values) -> Values | None:
    """Return what the first window makes of the values, None where there is none to be used."""
    centre, width = (_first(found.get(name)) for name in ("WindowCenter", "WindowWidth"))
    way = str(found.get("VOILUTFunction") or "LINEAR").upper()
    if centre is None or width is None or width < (1 if way == "LINEAR" else 1e-9):
        return None
    if way == "SIGMOID":
        share = 1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -500, 500)))
    elif way == "LINEAR_EXACT":
        share = (values - centre) / width + 0.5
    else:
        share = (values - centre + 0.5) / max(width - 1, 1e-9) + 0.5
    return np.clip(share, 0, 1) * 255


def _first(value: Any) -> float | None:
    from pydicom.multival import MultiValue

    if isinstance(value, MultiValue):
        value = value[0] if len(value) else None
    if value in (None, ""):
        return None
    number = float(value)
    return number if np.isfinite(number) else None


def _stretched(values: Values, present: NDArray[np.bool_], plain: bool) -> Values:
    if plain and values[0] == 0 and values[-1] == 255:  # 8 bits as in any other file
        return values.copy()
    there = values[present]
    if not len(there):
        return np.zeros_like(values)
    low, high = there.min(), there.max()
    return np.clip((values - low) * (255.0 / max(high - low, 1e-12)), 0, 255)


def _present(stored: NDArray[np.uint16], count: int) -> NDArray[np.bool_]:
    present = np.zeros(count, bool)
    for part in _parts(stored):
        present[part] = True
    return present


def _looked_up(table: Grey, stored: NDArray[np.uint16]) -> Grey:
    out = np.empty(stored.size, np.uint8)
    done = 0
    for part in _parts(stored):  # an index of 64 bits a pixel, so not all at once
        out[done : done + len(part)] = table[part]
        done += len(part)
    return out.reshape(stored.shape)


def _parts(stored: NDArray[np.uint16]) -> list[NDArray[np.uint16]]:
    flat = stored.reshape(-1)
    return [flat[first : first + BAND] for first in range(0, flat.size, BAND)]
