"""Processes by pid and start time, so that a reused pid is never taken for a worker."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def start_time(pid: int) -> str:
    """When a process began, as the system counts it; empty where none (or a zombie) has the pid."""
    if sys.platform == "win32":
        return _windows_start(pid)
    fields = _proc_fields(pid)
    if fields is not None:
        return "" if fields[0] in ("Z", "X") else fields[19]
    if Path("/proc/self/stat").exists():
        return ""
    answer = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "" if answer.startswith("Z") else answer.partition(" ")[2].strip()


def is_alive(pid: int, started: str) -> bool:
    """Whether the very process that began then still runs."""
    return bool(started) and start_time(pid) == started


def zombie_exit(pid: int) -> int | None:
    """The return code of an ended child that nobody has waited for (negative: the signal)."""
    fields = _proc_fields(pid)
    if fields is None or fields[0] != "Z":
        return None
    status = int(fields[-1])
    return -(status & 0x7F) if status & 0x7F else status >> 8


def send(pid: int, started: str, number: int) -> None:
    """Signal a process, and its children where it leads a group; one that is gone is no error."""
    if not is_alive(pid, started):
        return
    with contextlib.suppress(ProcessLookupError):  # it may end between the check and the signal
        if sys.platform != "win32" and os.getpgid(pid) == pid and pid != os.getpgid(0):
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def set_session_priority(pid: int, nice: int) -> None:
    """Say how far a process's session stands back, 0 to 19, where Linux shares by session.

    Its autogroups make `nice` count among the processes of one session only. Unlike `nice`, a
    session's value may be lowered again. A process that leads no session is left as it is.
    """
    place = Path(f"/proc/{pid}/autogroup")
    for _ in range(3):
        try:
            if os.getsid(pid) != pid or place.read_text().endswith(f" nice {nice}\n"):
                return
            place.write_text(str(nice))
            return
        except BlockingIOError:  # one change every 100 ms on the whole machine
            time.sleep(0.12)
        except (OSError, AttributeError):  # no autogroups or no sessions here
            return


def signal_name(number: int) -> str:
    """SIGKILL for 9, and so on."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def out_of_memory_kills() -> int:
    """How many processes the kernel has killed for want of memory, so far."""
    total = 0
    for name in ("/sys/fs/cgroup/memory.events", "/proc/vmstat"):
        with contextlib.suppress(OSError):  # neither file exists outside Linux
            for line in Path(name).read_text().splitlines():
                key, _, value = line.partition(" ")
                if key == "oom_kill":
                    total += int(value)
    return total


def peak_megabytes() -> int:
    """The most memory this process has held, in MB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def _proc_fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the command's name: state first, start time 20th."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _windows_start(pid: int) -> str:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return ""
    times = [ctypes.c_ulonglong() for _ in range(4)]
    code = ctypes.c_ulong()
    kernel.GetProcessTimes(handle, *map(ctypes.byref, times))
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return str(times[0].value) if code.value == 259 else ""  # 259: STILL_ACTIVE
