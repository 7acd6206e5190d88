"""How much memory decoding may take at once, whoever decodes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 2**30  # bytes; a single larger picture goes alone

_changed = threading.Condition()
_used = 0


@contextmanager
def taken(size: int) -> Iterator[None]:
    """Hold `size` bytes of the common limit; wait while others hold too much."""
    global _used
    with _changed:
        _changed.wait_for(lambda: _used == 0 or _used + size <= LIMIT)
        _used += size
    try:
        yield
    finally:
        with _changed:
            _used -= size
            _changed.notify_all()
