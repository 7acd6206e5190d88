"""Features survive whoever computes them: stopped, killed, out of disk, or two at once."""

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from engine.data import growing
from engine.learning import features
from engine.learning.features import CHUNK, known
from engine.learning.listener import Silent
from engine.words.errors import Cancelled, CxrError
from tests.learning.made_features import (
    COUNT,
    KEY,
    PIXELS,
    ROW,
    TRUNK,
    Told,
    compute,
    direct,
    let_go,
    part_of,
)

pytestmark = pytest.mark.usefixtures("cxr_dirs")


def never() -> keras.Model:
    pytest.fail("built again")


def test_a_damaged_entry_is_computed_anew() -> None:
    good = compute()
    path, values = good.path, np.array(good.values)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    again = compute()
    assert again.computed == COUNT
    assert np.array_equal(again.values, values)


def test_a_stopped_computation_goes_on_where_it_was() -> None:
    with pytest.raises(Cancelled):
        compute(listener=Told(patience=2))
    told = Told()
    found = compute(listener=told)
    assert found.computed == COUNT - 2 * CHUNK
    assert told.phases[0] == (features.COMPUTING, 2 * CHUNK, COUNT)
    assert told.phases[-1] == (features.COMPUTING, COUNT, COUNT)
    np.testing.assert_allclose(found.values, direct(PIXELS), rtol=1e-6, atol=1e-6)
    assert not part_of().exists()


def test_a_torn_row_is_computed_again() -> None:
    with pytest.raises(Cancelled):
        compute(listener=Told(patience=1))
    with part_of().open("ab") as file:
        file.write(b"\xff" * (ROW * 4 - 1))
    found = compute()
    assert found.computed == COUNT - CHUNK
    np.testing.assert_allclose(found.values, direct(PIXELS), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(COUNT, 8, 8, 3), (COUNT - 1, 8, 8, 4)])
def test_the_beginning_of_another_array_is_thrown_away(shape: tuple[int, ...]) -> None:
    part_of().parent.mkdir(parents=True)
    growing.begin(part_of(), shape, np.dtype("float32"))
    with part_of().open("ab") as file:
        file.write(b"\0" * ROW * 4)
    assert compute().computed == COUNT


def test_half_a_header_is_thrown_away() -> None:
    part_of().parent.mkdir(parents=True)
    part_of().write_bytes(b"\x93NUMPY\x01\x00\x76")
    assert compute().computed == COUNT


def test_killed_before_the_checksum_costs_nothing() -> None:
    path = compute().path
    Path(f"{path}.sum").unlink()
    again = compute(build=never)
    assert (again.cached, again.computed) == (False, 0)
    assert known(KEY, TRUNK, "float32")


def test_a_full_disk_is_said_and_what_was_computed_stays() -> None:
    class Filled(Silent):
        def phase(self, text: str, done: int = 0, total: int = 0) -> None:
            if done >= CHUNK:
                raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CxrError, match="disk is full"):
        compute(listener=Filled())
    assert compute().computed == COUNT - CHUNK


def test_too_little_room_is_said_before_any_work(monkeypatch) -> None:
    little = SimpleNamespace(free=COUNT * ROW * 4 - 1)
    monkeypatch.setattr(growing.shutil, "disk_usage", lambda _: little)
    told = Told()
    with pytest.raises(CxrError, match="disk is full"):
        compute(listener=told)
    assert not told.phases


def job() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.learning.made_features"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def rows_of(process: subprocess.Popen[str]) -> int:
    out, _ = process.communicate(timeout=300)
    return int(out.splitlines()[-1].removeprefix("computed "))


def wait_for(part: Path, rows: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        grown = growing.look(part)
        if grown and grown.rows >= rows:
            return
        time.sleep(0.02)
    pytest.fail("the other job computes nothing")


class LetsGo(Told):
    """Lets the other job go on once it is waited for."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        super().phase(text, done, total)
        let_go().touch()


def test_two_jobs_compute_once_and_the_second_tells_how_far_the_first_is() -> None:
    other = job()
    wait_for(part_of(), CHUNK)
    told = LetsGo()
    found = compute(build=never, listener=told)
    assert found.cached
    assert rows_of(other) == COUNT
    assert {text for text, _, _ in told.phases} == {features.WAITING}
    assert all(CHUNK <= done <= COUNT and total == COUNT for _, done, total in told.phases)


def test_waiting_for_another_job_can_be_cancelled() -> None:
    other = job()
    wait_for(part_of(), CHUNK)
    with pytest.raises(Cancelled):
        compute(build=never, listener=Told(patience=0))
    let_go().touch()
    assert rows_of(other) == COUNT


def test_the_second_job_goes_on_where_the_first_was_killed() -> None:
    other = job()
    wait_for(part_of(), CHUNK)
    other.send_signal(signal.SIGKILL)
    found = compute()
    other.communicate()
    assert 0 < found.computed <= COUNT - CHUNK
    np.testing.assert_allclose(found.values, direct(PIXELS), rtol=1e-6, atol=1e-6)
