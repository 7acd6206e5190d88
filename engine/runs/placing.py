"""Where jobs work: on this machine, or on a Ray cluster. The queue knows these verbs alone."""

from typing import Protocol

from engine.runs import cluster, jobs, local, ray


class Place(Protocol):
    """What the queue asks of a place. Only `exchange` may wait for a network."""

    def has(self, run_id: str) -> bool:
        """Whether the job was given to this place, be it over or not."""

    def is_busy(self, job: jobs.Job, state: jobs.State) -> bool:
        """Whether the job's worker must still be waited for; one that overstays is ended."""

    def reason(self, run_id: str) -> str:
        """Why a job failed whose worker is gone without a word."""

    def start(self, only: str) -> None:
        """Give work to what is free; with `only`, to this job alone."""

    def exchange(self) -> None:
        """Send what is to be sent and hear how things stand."""


PLACES: tuple[Place, ...] = (local, ray)


def of(run_id: str) -> Place | None:
    """The place that a job was given to; None where it waits."""
    return next((place for place in PLACES if place.has(run_id)), None)


def chosen() -> Place:
    """Where jobs go by the settings; raise CxrError where these are half of what is needed."""
    return ray if cluster.is_wanted() else local
