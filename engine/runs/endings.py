"""Why a run ended, in words that say how to go on."""

import errno
import time
from collections.abc import Callable

from engine.runs import jobs, live, processes
from engine.runs.artefacts import first_line
from engine.words.errors import CxrError

LESS = "Lower the batch or the image size, or close other programs, then train again."
AGAIN = "Train it again to start anew."
SEE = "The log says more."


def where(run_id: str) -> str:
    """In which epoch or phase a run was when it was last heard of."""
    now, epochs = live.snapshot(run_id), int(jobs.read(run_id).recipe["epochs"])
    if now.epoch and now.epoch <= len(jobs.epochs(run_id)):
        return f"after epoch {now.epoch} of {epochs}"
    if now.epoch:
        return f"in epoch {now.epoch} of {epochs}"
    return f"while it was at '{now.phase}'" if now.phase else "before it began"


def kept(done: int) -> str:
    """What remains of the epochs that were finished."""
    if done == 0:
        return "No epoch was done."
    if done == 1:
        return "The figures of the finished epoch are kept."
    return f"The figures of {done} finished epochs are kept."


def stopped(run_id: str, has_model: bool) -> str:
    """The reason of a run that was cancelled."""
    done = len(jobs.epochs(run_id))
    model = " The best model so far is kept." if has_model else ""
    return f"Stopped on request {where(run_id)}. {kept(done)}{model}"


def killed(run_id: str, code: int | None, kills: int) -> str:
    """The reason of a run whose worker died without a word, with this exit code if one is known.

    `kills`: how many processes the kernel had killed for want of memory when it began.
    """
    now = live.snapshot(run_id)
    return gone(run_id, how(code), _memory(code, kills, now))


def gone(run_id: str, what: str, advice: str) -> str:
    """The reason of a run whose worker is gone: what happened, when, what is kept and said."""
    parts = [f"{what} {where(run_id)}.", advice, kept(len(jobs.epochs(run_id)))]
    tail = [line.strip() for line in jobs.log_tail(run_id, 200).splitlines() if line.strip()]
    if tail:
        parts.append("Last lines of its log: " + " | ".join(line[:200] for line in tail[-3:]))
    return " ".join(filter(None, parts))


def how(code: int | None) -> str:
    """How a worker ended without a word (negative: by which signal)."""
    if code is None:
        return "The worker disappeared (it was killed, or the machine was restarted)"
    if code < 0:
        return f"The worker was killed by signal {-code} ({processes.signal_name(-code)})"
    return f"The worker ended with exit code {code} and gave no reason"


def _memory(code: int | None, kills: int, now: live.Snapshot) -> str:
    held = f" It held up to {now.memory_megabytes:,} MB." if now.memory_megabytes else ""
    if processes.out_of_memory_kills() > kills:
        return f"The system ran out of memory at that time.{held} {LESS}"
    if code in (None, -9):
        return f"If nobody stopped it by hand, the memory ran out.{held} {LESS}"
    return AGAIN


def explain(error: BaseException) -> str:
    """The reason of a run whose training raised."""
    if isinstance(error, CxrError):
        return str(error)
    if known := is_known(error):
        return known
    name = type(error).__name__
    return f"An unexpected error ended the training: {name}: {first_line(error)}. {SEE} {AGAIN}"


def is_known(error: BaseException) -> str:
    """What to say of a full disk or exhausted memory; empty for other errors."""
    return next((text for fits, text in _KNOWN if fits(error)), "")


def _is_full(error: BaseException) -> bool:
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or "No space left" in text or "disk is full" in text


def _is_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


_KNOWN: tuple[tuple[Callable[[BaseException], bool], str], ...] = (
    (_is_full, f"The disk is full. Free some space, or delete runs that you need no more. {AGAIN}"),
    (_is_memory, f"The memory (of the computer or of the GPU) ran out. {LESS}"),
)


def age(since: float) -> float:
    """Seconds since a moment; 0 where there was none."""
    return time.time() - since if since else 0.0
