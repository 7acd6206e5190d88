"""A cluster in memory, in place of Ray's client: it takes jobs and says what a test tells it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.runs.ray_client import Answer, NoAnswer
from engine.words.errors import CxrError


@dataclass
class FakeRay:
    """What the placement asks of `ray_client.Client`, answered from a dictionary."""

    address: str = "http://head:8265"
    machines: list[tuple[float, float]] = field(default_factory=lambda: [(4.0, 0.0), (8.0, 0.0)])
    jobs: dict[str, Answer] = field(default_factory=dict)
    told: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    printed: str = ""
    silent: bool = False
    refuses: str = ""
    forgets_to_answer: bool = False  # it takes a job, and the answer is lost

    def nodes(self) -> list[tuple[float, float]]:
        self._listen()
        return self.machines

    def answers(self, submissions: Collection[str]) -> dict[str, Answer]:
        self._listen()
        return {one: self.jobs[one] for one in submissions if one in self.jobs}

    def send(self, submission: str, job: Mapping[str, Any]) -> None:
        self._listen()
        if self.refuses:
            raise CxrError(self.refuses)
        if submission not in self.jobs:
            self.jobs[submission] = Answer("PENDING", "", "", None)
            self.told[submission] = job
        if self.forgets_to_answer:
            raise NoAnswer("The cluster at http://head:8265 does not answer.")

    def stop(self, submission: str) -> None:
        self._listen()
        self.stopped.append(submission)

    def log(self, submission: str) -> str:
        self._listen()
        return self.printed

    def says(self, submission: str, status: str, **more: Any) -> None:
        """Let a job come to a state."""
        self.jobs[submission] = Answer(
            status, more.get("error", ""), more.get("message", ""), more.get("code")
        )

    def _listen(self) -> None:
        if self.silent:
            raise NoAnswer(f"The cluster at {self.address} does not answer.")
