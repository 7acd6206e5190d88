"""Workers on a Ray cluster: sent as Ray Jobs all at once, followed by what Ray says of them.

Ray queues and places them. `exchange` alone talks to the cluster; everything else reads the notes
that it leaves in the jobs' folders (`sent`) and what it saw of the nodes (`cluster_state`).
"""

import logging
import time
from dataclasses import replace
from functools import lru_cache, partial

from engine.runs import (
    cluster,
    cluster_state,
    groups,
    jobs,
    mirror,
    ray_endings,
    ray_job,
    sending,
    sent,
    turns,
)
from engine.runs.ray_client import Answer, Client, NoAnswer
from engine.runs.sent import PENDING, Sent
from engine.words.errors import CxrError, NotFound
from engine.words.files import write_text
from engine.words.locks import locked
from engine.words.settings import settings

AGAIN = 5.0  # seconds after a cluster that did not answer, and between two looks at its nodes
GRACE = 10.0  # seconds that a shared folder may take to show what an ended worker wrote
LEAVING = 20.0  # seconds that a worker may take to leave after its work is over
_log = logging.getLogger(__name__)
_not_before: dict[str, float] = {}  # address -> when to ask a silent cluster again
_nodes_seen: dict[str, float] = {}  # address -> when its nodes were last looked at


def has(run_id: str) -> bool:
    """Whether a cluster took the job."""
    note = sent.read(run_id)
    return note is not None and note.accepted


def is_busy(job: jobs.Job, state: jobs.State) -> bool:
    """Whether its worker must be waited for; one that has not begun holds up no cancel."""
    note = sent.read(job.run_id)
    if note is None or not note.accepted:
        return False
    if not note.over:
        if jobs.is_discarded(job.run_id):
            return True
        if state.status == "waiting":
            return not jobs.cancel_requested(job.run_id)
        return not state.ended or note.status != PENDING
    if state.ended:
        return False
    if not note.shared and note.mirrored <= note.ended:
        return True  # the run store has yet to say how it ended
    told = note.exit_code in (0, 1)  # it left in order, so it wrote how it ended
    return told and time.time() - note.ended < GRACE


def reason(run_id: str) -> str:
    """Why a job failed whose worker is gone without a word, from what Ray says."""
    note = sent.read(run_id)
    return ray_endings.reason(run_id, note) if note else ""


def start(only: str) -> None:
    """Nothing waits for a free device here: `exchange` has sent all that waits."""


def exchange() -> None:
    """Ask the clusters about their jobs, stop what is to be stopped, send what waits."""
    wanted = "" if cluster.trouble() else settings().ray_address
    found = [(job.run_id, note) for job in jobs.open_jobs() if (note := sent.read(job.run_id))]
    given = [(run_id, note) for run_id, note in found if note.accepted]
    addresses = {note.address for _, note in given} | ({wanted} if wanted else set())
    if not addresses:
        return
    with locked(jobs.jobs_folder() / ".cluster.lock", wait=0) as mine:
        for address in sorted(addresses) if mine else ():
            if time.monotonic() >= _not_before.get(address, 0.0):
                _exchange(address, [run_id for run_id, note in given if note.address == address])


def _exchange(address: str, run_ids: list[str]) -> None:
    try:
        client = _client(address)
        _look_at_nodes(client)
        _hear(client, run_ids)
        _stop(client, run_ids)
        _mirror(client, run_ids)
        if address == settings().ray_address:
            _send(client)
    except CxrError as error:
        _not_before[address] = time.monotonic() + AGAIN
        before = cluster_state.read(address) or cluster_state.Standing(address)
        cluster_state.write(replace(before, trouble=str(error), looked=time.time()))


@lru_cache(maxsize=4)
def _client(address: str) -> Client:
    return Client(address)


def _look_at_nodes(client: Client) -> None:
    before = cluster_state.read(client.address)
    recent = time.monotonic() - _nodes_seen.get(client.address, -AGAIN) < AGAIN
    if not (recent and before and not before.trouble):
        cluster_state.write(cluster_state.of(client.address, client.nodes()))
        _nodes_seen[client.address] = time.monotonic()


def _hear(client: Client, run_ids: list[str]) -> None:
    """Note what Ray says of its jobs."""
    read = {run_id: sent.read(run_id) for run_id in run_ids}
    notes = {run_id: note for run_id, note in read.items() if note and note.at_work}
    answers = client.answers([note.submission(run_id) for run_id, note in notes.items()])
    for run_id, note in notes.items():
        answer = answers.get(note.submission(run_id))
        begun = jobs.read_state(run_id).status != "waiting"
        heard = _told(note, answer) if begun or not _is_to_send_anew(answer) else _anew(note)
        if heard != note:
            sent.write(run_id, heard)
        log = jobs.folder_of(run_id) / "log.txt"
        if heard.over and heard.message and not log.exists():
            write_text(log, heard.message)  # it did not get as far as a log of its own


def _is_to_send_anew(answer: Answer | None) -> bool:
    """Whether Ray forgot a job (its head was restarted) or gave up waiting for a free node."""
    return answer is None or answer.error == ray_endings.WAITED_TOO_LONG


def _told(note: Sent, answer: Answer | None) -> Sent:
    if answer is None:
        return replace(note, status="FAILED", error=ray_endings.FORGOTTEN, ended=time.time())
    told = replace(
        note,
        status=answer.status,
        error=answer.error,
        message=answer.message,
        exit_code=answer.exit_code,
    )
    return replace(told, ended=time.time()) if told.over else told


def _anew(note: Sent) -> Sent:
    return Sent(note.address, attempt=note.attempt + 1)


def _stop(client: Client, run_ids: list[str]) -> None:
    """Stop what was cancelled or does not leave; take back what a paused study has waiting."""
    held = groups.held([jobs.read(run_id) for run_id in run_ids if jobs.exists(run_id)])
    for run_id in run_ids:
        note, state = sent.read(run_id), jobs.read_state(run_id)
        if note is None or not note.at_work or note.asked:
            continue
        if jobs.cancel_requested(run_id) or _overstays(run_id, state):
            client.stop(note.submission(run_id))
            sent.write(run_id, replace(note, asked=time.time()))
        elif run_id in held and state.status == "waiting" and note.status == PENDING:
            client.stop(note.submission(run_id))
            sent.write(run_id, _anew(note))


def _mirror(client: Client, run_ids: list[str]) -> None:
    """Write what the run store says of jobs whose workers see none of our folders."""
    apart = {run_id: note for run_id in run_ids if (note := sent.read(run_id)) and not note.shared}
    passing = mirror.passing() if apart else {}
    for run_id, note in apart.items():
        try:
            heard = _mirrored(client, run_id, note, passing.get(run_id, ""))
        except NoAnswer:
            raise
        except CxrError as error:  # the run store does not answer: Ray still may
            _log.warning("The run store says nothing of the job %s: %s", run_id, error)
        else:
            if heard != note:
                sent.write(run_id, heard)


def _mirrored(client: Client, run_id: str, note: Sent, passing: str) -> Sent:
    if note.status == PENDING:  # nobody has written anything yet
        if note.passing != passing:
            mirror.offer(run_id, note.submission(run_id), passing)
        return replace(note, passing=passing)
    if note.mirrored > note.ended > 0:
        return note
    began = time.time()
    mirror.look(run_id, partial(client.log, note.submission(run_id)))
    return replace(note, mirrored=began)


def _overstays(run_id: str, state: jobs.State) -> bool:
    changed = (jobs.folder_of(run_id) / "state.json").stat().st_mtime if state.ended else 0.0
    return state.ended and time.time() - changed > LEAVING


def _send(client: Client) -> None:
    """Send what waits and is not there yet, whoever's turn is first."""
    standing, shared = cluster_state.read(client.address), settings().ray_shared
    passing = {} if shared else mirror.passing()
    refused: CxrError | None = None
    for job in turns.waiting():
        note = sent.read(job.run_id)
        if (note and note.accepted) or jobs.cancel_requested(job.run_id) or job.foreground:
            continue
        if note is None or note.address != client.address:
            note = Sent(client.address, attempt=note.attempt + 1 if note else 1)
        told = passing.get(job.run_id, "")
        note = replace(note, shared=shared, passing=told, trouble=_not_ready(job, note, told))
        sent.write(job.run_id, note)  # first: whoever finds it sends it under the same id
        if note.trouble:
            continue
        submission = note.submission(job.run_id)
        try:
            client.send(submission, ray_job.of(job, submission, standing))
        except NoAnswer:
            raise
        except CxrError as error:  # it holds up no other
            refused = error
            sent.write(job.run_id, replace(note, trouble=str(error)))
        else:
            sent.write(job.run_id, replace(note, accepted=True))
            turns.note(job)
    if refused:
        raise refused


def _not_ready(job: jobs.Job, note: Sent, passing: str) -> str:
    """Why a job cannot be sent yet; empty where its worker will find all that it needs."""
    if settings().ray_shared:
        return ""
    if trouble := sending.why_not(job):
        return trouble
    try:
        mirror.offer(job.run_id, note.submission(job.run_id), passing)
    except NotFound:  # the run was deleted
        jobs.erase(job.run_id)
        return "It was deleted."
    except CxrError as error:
        return str(error)
    return ""
