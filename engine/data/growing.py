"""An array that grows on the disk row by row: a .npy file that outlives its writer's death."""

import errno
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy


@dataclass(frozen=True)
class Grown:
    """How far an unfinished array has come."""

    shape: tuple[int, ...]  # when it is complete
    dtype: np.dtype[Any]
    rows: int  # whole ones
    end: int  # position in bytes behind them


def look(path: Path) -> Grown | None:
    """Read how far an array has come; None where there is none."""
    try:
        with path.open("rb") as file:
            npy.read_magic(file)
            shape, _, dtype = npy.read_array_header_1_0(file)
            start = file.tell()
            size = file.seek(0, os.SEEK_END)
    except (OSError, ValueError):  # none, or cut within its header
        return None
    row = math.prod(shape[1:]) * dtype.itemsize
    rows = min((size - start) // row, shape[0])
    return Grown(shape, dtype, rows, start + rows * row)


def begin(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Make the file ready for appending rows and return how many it has.

    A torn last row is cut off; another array is thrown away. Raises OSError (ENOSPC) where the
    disk has no room for the rest, before any work is spent on it.
    """
    grown = look(path)
    if grown and (grown.shape, grown.dtype) == (shape, dtype):
        os.truncate(path, grown.end)
        rows = grown.rows
    else:
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        with path.open("wb") as file:
            npy.write_array_header_1_0(file, header)
        rows = 0
    missing = (shape[0] - rows) * math.prod(shape[1:]) * dtype.itemsize
    if missing > shutil.disk_usage(path.parent).free:
        raise OSError(errno.ENOSPC, f"{missing:,} bytes are missing", str(path))
    return rows
