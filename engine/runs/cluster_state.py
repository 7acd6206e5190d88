"""How the cluster was when it was last asked, in models/jobs/.cluster.json, for screens."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine.runs import folders
from engine.words.files import read_json, write_json


@dataclass(frozen=True)
class Standing:
    """What a cluster has, or why it could not be asked."""

    address: str
    nodes: int = 0  # alive, and meant for trainings: a head alone may have no CPU to give
    cpus: float = 0.0  # of all nodes
    gpus: float = 0.0
    node_cpus: float = 0.0  # the most that one node has; where there are GPUs, one with a GPU
    trouble: str = ""  # empty where it answered
    looked: float = 0.0  # seconds since 1970

    @property
    def words(self) -> str:
        """What it has, in a few words: "2 nodes, 8 CPUs, 1 GPU"."""
        has = [_count(self.nodes, "node"), _count(self.cpus, "CPU")]
        return ", ".join([*has, _count(self.gpus, "GPU")] if self.gpus else has)


def read(address: str) -> Standing | None:
    """What was last heard of this cluster; None where it was never asked."""
    try:
        found = Standing(**read_json(folders.jobs_folder() / ".cluster.json"))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # it is asked again within seconds
    return found if found.address == address else None


def write(found: Standing) -> None:
    """Keep what was heard; what was known of its nodes is not forgotten when it falls silent."""
    write_json(folders.jobs_folder() / ".cluster.json", asdict(found))


def of(address: str, nodes: Sequence[tuple[float, float]]) -> Standing:
    """Sum up the nodes that are alive: CPUs and GPUs of each."""
    gpus = sum(gpus for _, gpus in nodes)
    return Standing(
        address,
        sum(1 for has in nodes if any(has)),
        sum(cpus for cpus, _ in nodes),
        gpus,
        max((cpus for cpus, own in nodes if own or not gpus), default=0.0),
        looked=time.time(),
    )


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}" + ("" if number == 1 else "s")
