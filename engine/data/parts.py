"""The part of a download that is there already: FILE.part, and beside it what it is a part of."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.words.files import read_json, write_json

SUFFIX = ".part"


@dataclass(frozen=True)
class Note:
    """Where a part came from, and how its server would know the file again."""

    url: str = ""
    validator: str = ""  # an ETag or a Last-Modified; "" where the server gave none
    total: int = 0  # bytes of the whole file, 0 where unknown


class Part:
    """What lies beside `target` until the whole is there."""

    def __init__(self, target: Path, url: str, checked: bool) -> None:
        """`checked`: a hash will judge the whole, so a part needs no other proof."""
        self.target, self._url, self._checked = target, url, checked
        self.path = target.with_name(f"{target.name}{SUFFIX}")
        self._beside = target.with_name(f"{target.name}{SUFFIX}.json")
        if not self._can_go_on():
            self.clear()

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def total(self) -> int:
        """Bytes of the whole file, 0 where unknown."""
        return self._note().total

    @property
    def is_whole(self) -> bool:
        """Say whether all of it is there, as far as sizes tell."""
        return 0 < self.total == self.size

    def headers(self) -> dict[str, str]:
        """What asks a server for the rest, and for all of it where the file has changed."""
        if not self.size:
            return {}
        found = self._note()
        same = {"If-Range": found.validator} if found.validator and found.url == self._url else {}
        return {"Range": f"bytes={self.size}-", **same}

    def fits(self, start: int, total: int) -> bool:
        """Say whether an answer that begins at byte `start` of `total` goes on with this part."""
        return start == self.size and (not self.total or total == self.total)

    def note(self, url: str, validator: str, total: int) -> None:
        """Write down what this is a part of."""
        write_json(self._beside, {"url": url, "validator": validator, "total": total})

    def open(self, begin: int) -> BinaryIO:
        """Open it to write on from byte `begin`; what lies behind is dropped."""
        out = self.path.open("ab")
        out.truncate(begin)
        return out

    def free(self) -> int:
        """Bytes left on its disk."""
        return shutil.disk_usage(self.path.parent).free

    def finish(self) -> None:
        """Let the whole take its place."""
        self.path.replace(self.target)
        self._beside.unlink(missing_ok=True)

    def clear(self) -> None:
        """Begin anew."""
        self.path.unlink(missing_ok=True)
        self._beside.unlink(missing_ok=True)

    def _can_go_on(self) -> bool:
        found = self._note()
        return self._checked or (bool(found.validator) and found.url == self._url)

    def _note(self) -> Note:
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = read_json(self._beside)
            return Note(str(found["url"]), str(found["validator"]), int(found["total"]))
        return Note()
