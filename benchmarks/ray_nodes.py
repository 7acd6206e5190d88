"""A Ray cluster on this machine: a head and nodes that start, and are lost, one by one."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.parts import Part, get, part
from benchmarks.server import free_port

STORE_BYTES = 80 * 2**20  # of Ray's object store, the least that it takes: no job uses it


@dataclass
class Ray:
    """A head without processors for jobs, and nodes of one processor each."""

    folder: Path
    gcs: str  # where nodes find the head
    url: str  # the dashboard's address
    nodes: dict[str, Part] = field(default_factory=dict)  # by name
    stack: ExitStack = field(default_factory=ExitStack)

    def add(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start a node with one processor and wait until jobs can run on it.

        `env` is what its jobs inherit.
        """
        before = self.alive()
        command = [*_ray_start(self.folder), f"--address={self.gcs}", "--num-cpus=1"]

        def joined() -> None:
            if not self.alive() - before:  # another node may be found dead at the same time
                raise ConnectionError

        log = self.folder / f"{name}.log"
        self.nodes[name] = self.stack.enter_context(part(log, command, joined, env, signal.SIGKILL))

    def lose(self, name: str) -> None:
        """End a node as a machine that loses its power."""
        self.nodes.pop(name).kill()

    def alive(self) -> set[str]:
        """Return the ids of the machines that Ray takes for alive, the head's included."""
        nodes = json.loads(get(f"{self.url}/api/v0/nodes"))["data"]["result"]["result"]
        return {node["node_id"] for node in nodes if node["state"] == "ALIVE"}


@contextmanager
def ray(folder: Path, nodes: Mapping[str, Mapping[str, str]]) -> Iterator[Ray]:
    """A head, and a node for each name with the environment that its jobs inherit."""
    port, dashboard = free_port(), free_port()
    cluster = Ray(folder, f"127.0.0.1:{port}", f"http://127.0.0.1:{dashboard}")
    command = [*_ray_start(folder), "--head", f"--port={port}", "--num-cpus=0"]
    command += [f"--dashboard-port={dashboard}", "--include-dashboard=true"]

    def up() -> None:
        if not cluster.alive():
            raise ConnectionError

    with part(folder / "head.log", command, up, how=signal.SIGKILL), cluster.stack:
        for name, env in nodes.items():
            cluster.add(name, env)
        yield cluster


def _ray_start(folder: Path) -> list[str]:
    """The part of `ray start` that all machines share; they have one address here."""
    program = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
    ports = [f"--dashboard-agent-listen-port={free_port()}", f"--temp-dir={folder / 'ray'}"]
    limits = [f"--object-store-memory={STORE_BYTES}", "--disable-usage-stats"]
    return [*program, "--node-ip-address=127.0.0.1", *ports, *limits]
