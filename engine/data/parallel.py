"""Work on many files with several threads, results in order."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Progress = Callable[[int, int, str], None]  # done, total, what

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 16  # items a thread takes at once; handing over one by one costs as much as decoding


def in_order(
    work: Callable[[T], R],
    items: Sequence[T],
    progress: Progress | None = None,
    what: str = "",
    chunk: int = CHUNK,
) -> Generator[R, None, None]:
    """Yield `work(item)` for each item in order; at most a few chunks wait in memory."""
    threads = os.cpu_count() or 1
    pool = ThreadPoolExecutor(threads)
    waiting: deque[Future[list[R]]] = deque()
    done = 0

    def next_chunk() -> list[R]:
        nonlocal done
        results = waiting.popleft().result()
        done += len(results)
        if progress:
            progress(done, len(items), what)
        return results

    try:
        for start in range(0, len(items), chunk):
            waiting.append(pool.submit(_each, work, items[start : start + chunk]))
            if len(waiting) > 2 * threads:
                yield from next_chunk()
        while waiting:
            yield from next_chunk()
    finally:
        pool.shutdown(cancel_futures=True)


def _each(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [work(item) for item in items]
