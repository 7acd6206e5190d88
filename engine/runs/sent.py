"""What is noted of a job that was sent to a Ray cluster, in its folder's ray.json.

The note is written before the job is sent, with the id under which it goes. Whoever finds a note
without `accepted` sends it again under the same id, which Ray takes once.
"""

from dataclasses import asdict, dataclass

from engine.runs import folders
from engine.words.files import write_json

NOTE = "ray.json"
PENDING, RUNNING = "PENDING", "RUNNING"
OVER = ("STOPPED", "SUCCEEDED", "FAILED")


@dataclass(frozen=True)
class Sent:
    """Where a job was sent, and what Ray last said of it."""

    address: str
    shared: bool = True  # its worker sees our folders; else the run store stands between (mirror)
    attempt: int = 1  # it is sent anew where Ray gave up waiting for a free node
    accepted: bool = False  # Ray has it
    status: str = PENDING  # Ray's word
    error: str = ""  # Ray's kind of error
    message: str = ""  # Ray's own words about it
    exit_code: int | None = None
    ended: float = 0.0  # when it was first seen to be over, seconds since 1970
    passing: str = ""  # after which epochs its worker leaves a shorter training, as it was told
    mirrored: float = 0.0  # when the run store was last asked about it
    asked: float = 0.0  # when Ray was asked to stop it
    trouble: str = ""  # why it could not be sent yet

    @property
    def over(self) -> bool:
        """Whether Ray is done with it."""
        return self.status in OVER

    @property
    def at_work(self) -> bool:
        """Whether Ray has it and is not done with it."""
        return self.accepted and not self.over

    def submission(self, run_id: str) -> str:
        """The id under which Ray knows it."""
        return f"{run_id}-{self.attempt}"


def read(run_id: str) -> Sent | None:
    """The note of a job, or None where it was never sent."""
    value = folders.read(run_id, NOTE, None)
    return Sent(**value) if value else None


def write(run_id: str, note: Sent) -> None:
    """Write the note; a deleted job's folder is not made anew."""
    folder = folders.folder_of(run_id)
    if folder.is_dir():
        write_json(folder / NOTE, asdict(note))


def at_work(run_id: str) -> bool:
    """Whether a cluster has the job and is not done with it."""
    note = read(run_id)
    return note is not None and note.at_work
