"""Downloading one file: it goes on where it broke off, is checked, and is there whole or not."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.data.parts import Part
from engine.data.transfer import Listener, Transfer
from engine.words.errors import CxrError
from engine.words.locks import locked

ADVICE = "try again, from another network or server if it comes once more."
WAITING = "Another download of the same file is at work; waiting for it"


def fetch(
    url: str,
    path: Path,
    text: str,
    listener: Listener,
    sha256: str = "",
    md5: str = "",
    check: Callable[[Path], str] | None = None,
) -> None:
    """Write what `url` holds to `path` (replaced); tell `text` and megabytes.

    The hashes that are given judge the whole file, and so does `check`, which returns what is wrong
    or "". What came before an interruption stays in `path`.part and is gone on from. Raises
    CxrError; OSError where nothing can be written; what the listener raises (Cancelled).
    """

    def judge(file: Path) -> str:
        return wrong(file, sha256, md5) or (check(file) if check else "")

    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path, listener) as waited:
        if waited and path.is_file() and not judge(path):
            return  # whoever went before us has brought it
        part = Part(path, url, checked=bool(sha256 or md5))
        Transfer(url, part, text, listener).run()
        listener.phase("Checking what came")
        if fault := judge(part.path):
            page = _looks_like_a_page(part.path)
            part.clear()
            raise CxrError(f"What came from {url} {fault}{page}. It was removed; {ADVICE}")
        part.finish()


def wrong(path: Path, sha256: str = "", md5: str = "") -> str:
    """What a file's hash says against it, "" where nothing; a hash that is "" is not asked."""
    for name, expected in (("sha256", sha256), ("md5", md5)):
        if expected and (came := _hash(path, name)) != expected:
            return f"has the {name} {came}; expected was {expected}"
    return ""


@contextmanager
def alone(path: Path, listener: Listener) -> Iterator[bool]:
    """Hold a file's lock; yield whether another process or thread had to be waited for."""
    lock, waited = path.with_name(f"{path.name}.lock"), False
    while True:
        with locked(lock, wait=0) as mine:
            if mine:
                try:
                    yield waited
                    return
                finally:
                    with suppress(OSError):  # Windows: another process looks at it just now
                        lock.unlink()
        waited = True
        listener.phase(WAITING)
        time.sleep(0.2)


def _hash(path: Path, name: str) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(
            handle, lambda: hashlib.new(name, usedforsecurity=False)
        ).hexdigest()


def _looks_like_a_page(path: Path) -> str:
    with path.open("rb") as handle:
        page = handle.read(64).lstrip().lower().startswith((b"<!doctype", b"<html"))
    return " (it is a web page, perhaps the network's own login)" if page else ""
