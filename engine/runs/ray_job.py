"""A job as Ray gets it: the worker's command, what it needs, and the environment it works in."""

import json
import math
import os
import shlex
import sys
from typing import Any

from engine.runs import devices, node
from engine.runs.cluster_state import Standing
from engine.runs.jobs import Job, recipe_of
from engine.runs.run import name_of
from engine.words.settings import NAMES, settings

MODULE = "engine.worker"
STOPPING = 4  # seconds from Ray's SIGTERM to its SIGKILL
SENDING = 20  # the same where the worker still has to send what it kept
OWN = ("KERAS_BACKEND", "NO_ALBUMENTATIONS_UPDATE", "MLFLOW_DISABLE_TELEMETRY")
TRACKING = "MLFLOW_TRACKING_"  # the address, and what it takes to log in
HERE = ("CXR_SPARE_WORKER", "CXR_RAY_ADDRESS", "CXR_RAY_SHARED", "CXR_RAY_CPUS")


def of(job: Job, submission: str, standing: Standing | None) -> dict[str, Any]:
    """Return what Ray is told of a job, but for its code."""
    cpus, gpus = needs(standing)
    return {
        "entrypoint": entrypoint(job.run_id),
        "entrypoint_num_cpus": cpus,
        "entrypoint_num_gpus": gpus,
        "env_vars": environment(submission, cpus),
        "metadata": {
            "job_name": name_of(recipe_of(job)),
            "run": job.run_id,
            "owner": job.owner,
        },
    }


def needs(standing: Standing | None) -> tuple[float, float]:
    """CPUs and GPUs that a job asks for: one GPU where the cluster has any."""
    cpus = settings().ray_cpus
    if standing and standing.node_cpus:
        cpus = min(cpus, standing.node_cpus)  # more than any node has would never start
    return cpus, 1.0 if standing and standing.gpus else 0.0


def entrypoint(run_id: str) -> str:
    """The worker's command, under the node's CXR_PYTHON, this Python's path, or `python`."""
    return (
        f'p="${{CXR_PYTHON:-{shlex.quote(sys.executable)}}}"; '
        'command -v "$p" >/dev/null || p=python; '
        f'exec "$p" -m {MODULE} {run_id}'
    )


def environment(submission: str, cpus: float) -> dict[str, str]:
    """The environment that a worker needs on a node."""
    threads = str(max(1, math.floor(cpus)))
    given = {
        name: value
        for name, value in os.environ.items()
        if name in OWN or name.startswith(TRACKING) or name in NAMES
    }
    for name in (*node.PATHS, *HERE):
        given.pop(name, None)
    return given | {
        node.ORDER: json.dumps(node.order(submission)),
        "RAY_JOB_STOP_WAIT_TIME_S": str(STOPPING if settings().ray_shared else SENDING),
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **devices.GROWTH,
    }
