"""Entries are made once, checked, and trimmed to a limit."""

import errno
import os
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from engine.data import cache
from engine.words.errors import CxrError
from engine.words.locks import locked

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def entry(key: str, size: int = 1000) -> Path:
    return cache.fetch("things", key, ".bin", lambda target: target.write_bytes(b"x" * size))


def test_made_once():
    calls = []
    for _ in range(3):
        cache.fetch("things", "a", ".bin", lambda path: calls.append(path.write_bytes(b"1")))
    assert len(calls) == 1


def test_failure_leaves_nothing_behind():
    with pytest.raises(RuntimeError):
        cache.fetch("things", "a", ".bin", _fail)
    assert not list((cache.folder() / "things").iterdir())


def test_two_threads_wait_for_one():
    calls = []

    def make(path: Path) -> None:
        calls.append(path)
        time.sleep(0.05)
        path.write_bytes(b"1")

    threads = [
        threading.Thread(target=cache.fetch, args=("things", "a", ".bin", make)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_least_recently_used_goes_first(monkeypatch):
    paths = {key: entry(key) for key in "abc"}
    for age, key in enumerate("cba"):  # a is the oldest
        os.utime(f"{paths[key]}.sum", (time.time() - 100 * age - 50,) * 2)
    entry("a")  # used again
    monkeypatch.setenv("CXR_CACHE_GB", "0.000003")  # 3 kB
    entry("d")
    assert [key for key in "abc" if paths[key].exists()] == ["a", "c"]
    assert not Path(f"{paths['b']}.sum").exists()


def test_newest_entry_stays_even_where_it_alone_is_too_large(monkeypatch):
    old = entry("old")
    monkeypatch.setenv("CXR_CACHE_GB", "0.0000001")
    assert entry("new").exists()
    assert not old.exists()


def test_who_makes_many_entries_trims_once_after_the_last(monkeypatch):
    monkeypatch.setenv("CXR_CACHE_GB", "0.0000015")  # 1.5 kB
    make = partial(Path.write_bytes, data=b"x" * 1000)
    paths = [cache.fetch("things", key, ".bin", make, many=True) for key in "abc"]
    for age, path in enumerate(reversed(paths)):
        os.utime(f"{path}.sum", (time.time() - 100 * age,) * 2)
    assert all(path.exists() for path in paths)
    cache.trim()
    assert [path.exists() for path in paths] == [False, False, True]


def test_abandoned_temporary_files_are_removed():
    path = entry("a").parent / ".tmp-left"
    path.write_bytes(b"1")
    entry("b")
    assert path.exists()
    os.utime(path, (time.time() - 2 * cache.STALE,) * 2)
    entry("c")
    assert not path.exists()


def part(key: str, size: int = 1000, age: float = 0.0) -> Path:
    path = entry("any").parent / f"{key}{cache.PART}"
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_abandoned_parts_are_removed_but_not_those_that_grow():
    old, growing, new = part("old", age=2 * cache.STALE), part("growing"), part("new")
    os.utime(growing, (time.time() - 2 * cache.STALE,) * 2)
    with locked(growing.with_suffix(cache.LOCK)):
        entry("b")
    assert [path.exists() for path in (old, growing, new)] == [False, True, True]


def test_parts_count_towards_the_limit(monkeypatch):
    first, second = part("first", age=200), part("second", age=100)
    with locked(first.with_suffix(cache.LOCK)):
        monkeypatch.setenv("CXR_CACHE_GB", "0.0000025")  # 2.5 kB of 4
        entry("b")
    assert first.exists()
    assert not second.exists()


def test_an_entry_is_there_in_its_full_size_only():
    path = entry("a")
    assert cache.is_there(path)
    assert not cache.lacks_checksum(path)
    path.write_bytes(b"x" * 999)
    assert not cache.is_there(path)
    Path(f"{path}.sum").unlink()
    assert not cache.is_there(path)
    assert cache.lacks_checksum(path)
    path.unlink()
    assert not cache.lacks_checksum(path)


def test_checksum_sees_one_bit_in_a_later_chunk(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(cache, "CHUNK", 10)
    path = tmp_path / "file"
    path.write_bytes(b"0" * 95)
    first = cache.checksum(path)
    path.write_bytes(b"0" * 94 + b"1")
    assert cache.checksum(path) != first


def _fail(_: Path) -> None:
    raise RuntimeError


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "may not be written"),
    ],
)
def test_disk_trouble_says_what_to_do(number: int, words: str):
    with pytest.raises(CxrError, match=f"{words}.*CXR_MODELS_DIR"), cache.disk_space(Path("x")):
        raise OSError(number, "trouble")


def test_other_trouble_is_not_hidden():
    with pytest.raises(IsADirectoryError), cache.disk_space(Path("x")):
        raise IsADirectoryError(errno.EISDIR, "trouble")
