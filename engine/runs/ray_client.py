"""The connection to a Ray cluster's jobs, with a time limit on each call and plain errors."""

import logging
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.runs.artefacts import first_line
from engine.words.errors import CxrError
from engine.words.settings import PROJECT

CONNECT, READ = 3.0, 20.0  # seconds that one call may take to connect and to be answered
FEW = 4  # jobs that are asked for one by one; of more, the list of all is shorter
BEFORE = "Running entrypoint for job"  # Ray's last words in a job's log before ours
PARTS = ("engine",)  # of the project, that a worker needs
TALK = (
    "ray.dashboard.modules.dashboard_sdk",
    "ray._private.runtime_env.packaging",
    "ray._private.runtime_env.working_dir",
)  # they tell of each package that is sent
OVERRULES = ("RAY_API_SERVER_ADDRESS", "RAY_ADDRESS")  # Ray would go there whatever it is told


class NoAnswer(CxrError):
    """The cluster cannot be reached now; it may be later."""


@dataclass(frozen=True)
class Answer:
    """What Ray says of one job."""

    status: str
    error: str
    message: str
    exit_code: int | None


class Client:
    """What is asked of one cluster. Raises NoAnswer where it cannot be reached, else CxrError."""

    def __init__(self, address: str) -> None:
        self.address = address
        with plain_errors(address):
            self._client = _limited()(address)

    def nodes(self) -> list[tuple[float, float]]:
        """CPUs and GPUs of each machine that is alive."""
        with plain_errors(self.address):
            answer = self._client._do_request("GET", "/api/v0/nodes?limit=1000")
            answer.raise_for_status()
            rows = answer.json()["data"]["result"]["result"]
        alive = [row["resources_total"] for row in rows if row["state"] == "ALIVE"]
        return [(float(has.get("CPU", 0)), float(has.get("GPU", 0))) for has in alive]

    def answers(self, submissions: Collection[str]) -> dict[str, Answer]:
        """What Ray says of these jobs; one that it does not know is left out."""
        with plain_errors(self.address):
            if len(submissions) > FEW:
                every = self._client.list_jobs()
            else:
                every = [found for one in submissions for found in self._ask(one)]
        return {job.submission_id: _answer(job) for job in every if job.submission_id}

    def send(self, submission: str, job: Mapping[str, Any]) -> None:
        """Submit a job; one that is there under this id already is not sent again."""
        environment = {
            "working_dir": str(PROJECT),
            "excludes": [
                *(f"/{path.name}" for path in PROJECT.iterdir() if path.name not in PARTS),
                "__pycache__",
            ],
            "env_vars": dict(job["env_vars"]),
        }
        rest = {key: value for key, value in job.items() if key != "env_vars"}
        with plain_errors(self.address):
            if not self._ask(submission):
                self._client.submit_job(submission_id=submission, runtime_env=environment, **rest)

    def stop(self, submission: str) -> None:
        """Ask Ray to stop a job: SIGTERM, and SIGKILL after the job's patience."""
        with plain_errors(self.address):
            self._client.stop_job(submission)

    def log(self, submission: str) -> str:
        """What a job has printed so far, without what Ray says before."""
        with plain_errors(self.address):
            text = str(self._client.get_job_logs(submission))
        return text.partition(BEFORE)[2].partition("\n")[2] if BEFORE in text else text

    def _ask(self, submission: str) -> list[Any]:
        try:
            return [self._client.get_job_info(submission)]
        except RuntimeError as error:
            if "status code 404" in str(error):
                return []
            raise


@lru_cache(maxsize=2)
def _limited() -> Any:
    """Ray's client with a time limit on each request; importing it takes a second."""
    from ray.job_submission import JobSubmissionClient

    for name in TALK:
        logging.getLogger(name).setLevel(logging.ERROR)

    class Limited(JobSubmissionClient):  # type: ignore[misc]
        def _do_request(self, *args: Any, **kwargs: Any) -> Any:
            return super()._do_request(*args, **({"timeout": (CONNECT, READ)} | kwargs))

    return Limited


def _answer(job: Any) -> Answer:
    error = getattr(job.error_type, "value", job.error_type) or ""
    return Answer(str(job.status), str(error), job.message or "", job.driver_exit_code)


@contextmanager
def plain_errors(address: str) -> Iterator[None]:
    """Turn errors of the network and of Ray into ours."""
    import requests

    overruled = [name for name in OVERRULES if os.environ.get(name, address) != address]
    if overruled:
        raise CxrError(
            f"{overruled[0]} is set to {os.environ[overruled[0]]} and would overrule "
            f"CXR_RAY_ADDRESS ({address}). Unset it where the app runs."
        )
    try:
        yield
    except (ConnectionError, requests.RequestException) as error:
        how = "not in time" if isinstance(error, requests.Timeout) else "no connection"
        raise NoAnswer(f"The cluster at {address} does not answer ({how}).") from error
    except (RuntimeError, ValueError, KeyError) as error:
        raise CxrError(f"The cluster at {address} refused: {first_line(error)}") from error
