"""Locks between processes: whoever holds the file's lock goes first."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from engine.words.errors import CxrError

PAUSE = 0.02  # seconds between two tries


@contextmanager
def locked(path: Path, wait: float = 30.0) -> Iterator[bool]:
    """Hold the lock on `path`; with wait=0 yield False where another process holds it.

    The system frees the lock when its holder dies. Raises CxrError after `wait` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with path.open("a+b") as handle:
        held = _try(handle)
        while not held and time.monotonic() < deadline:
            time.sleep(PAUSE)
            held = _try(handle)
        if not held and wait > 0:
            raise CxrError(
                f"{path} has been held by another process for {wait:.0f} s. If none of yours is at "
                "work, restart the app."
            )
        try:
            yield held
        finally:
            if held:
                _free(handle)


if sys.platform == "win32":
    import msvcrt

    def _try(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _free(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _free(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
