"""Why a waiting run is not simply next on a device of this machine."""

from engine.runs import cluster, cluster_state, groups, jobs, sent
from engine.runs.sent import PENDING
from engine.words.settings import settings


def why(run_id: str) -> str:
    """Say what a waiting run waits for; empty where it is for its turn on this machine."""
    job = jobs.read(run_id)
    if groups.held([job]):
        return "Its study is paused: it does not start until the study is resumed."
    if job.follows:
        epochs = jobs.recipe_of(job).epochs
        return (
            f"It comes with the longer run {job.follows}: after epoch {epochs} both are the same "
            "training."
        )
    return _cluster(run_id)


def _cluster(run_id: str) -> str:
    note, address = sent.read(run_id), settings().ray_address
    if note and note.accepted:
        silent = _silence(note.address)
        if note.status != PENDING:
            return silent or f"The cluster at {note.address} starts its worker."
        return silent or (
            f"In the queue of the cluster at {note.address}: it starts when a machine there is "
            "free for it."
        )
    if not address:
        return ""
    trouble = cluster.trouble() or (note.trouble if note else "")
    return trouble or _silence(address) or f"It goes to the cluster at {address} in a moment."


def _silence(address: str) -> str:
    seen = cluster_state.read(address)
    return f"{seen.trouble} It is asked again every few seconds." if seen and seen.trouble else ""
