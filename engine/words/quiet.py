"""Silence for native libraries, which write to the process's stderr past Python's own."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drop what is written to stderr meanwhile, such as TensorFlow's start-up lines."""
    sys.stderr.flush()
    kept, null = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(null)
