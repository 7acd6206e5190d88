"""Why a job on a cluster ended, from Ray's own terms in plain words."""

from engine.runs import endings
from engine.runs.sent import Sent

FORGOTTEN = "FORGOTTEN"  # our word: Ray does not know the job any more
WAITED_TOO_LONG = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
COMMAND = "JOB_ENTRYPOINT_COMMAND_ERROR"
# What Ray says of a worker that it ended itself; of a lost machine it names memory as a guess.
MEMORY = ("OutOfMemory", "running low on memory", "killed due to memory pressure")
NO_MEMORY = "The cluster's machine ran out of memory and Ray ended it"
_WORDS = {
    FORGOTTEN: "The cluster was restarted and no longer knows this training, which was stopped",
    "RUNTIME_ENV_SETUP_FAILURE": "A machine of the cluster could not unpack the project's code",
    "JOB_SUPERVISOR_ACTOR_DIED": "The machine of the cluster on which it worked was lost",
    "JOB_SUPERVISOR_ACTOR_UNSCHEDULABLE": "The cluster has no machine that could take it",
    "JOB_SUPERVISOR_ACTOR_START_FAILURE": "The cluster could not start it",
    "JOB_ENTRYPOINT_COMMAND_START_ERROR": "The cluster could not start it",
    WAITED_TOO_LONG: "The cluster gave up starting it",
}


def reason(run_id: str, note: Sent) -> str:
    """Why a job failed whose worker is gone without a word."""
    what, advice = _what(note)
    return endings.gone(run_id, what, advice)


def _what(note: Sent) -> tuple[str, str]:
    if any(sign in note.message for sign in MEMORY):
        return NO_MEMORY, endings.LESS
    if note.status == "STOPPED":
        return "It was stopped on the cluster, not from here,", endings.AGAIN
    if note.exit_code is not None:
        code = note.exit_code if note.exit_code < 128 else 128 - note.exit_code  # a shell's way
        killed = "If nobody stopped it by hand, the memory ran out. " + endings.LESS
        return endings.how(code), killed if code == -9 else endings.AGAIN
    what = _WORDS.get(note.error, "The cluster ended it")
    said = " ".join(note.message.split())[:300]
    return what, f"Ray says: {said} {endings.AGAIN}" if said else endings.AGAIN
