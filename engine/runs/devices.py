"""What jobs can run on, found without importing TensorFlow."""

import os
import re
import shutil
import subprocess
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache

VISIBLE = "CUDA_VISIBLE_DEVICES"
UNSET = "unset"
# Take memory as it is needed: the GPU's screen, or another program on it, needs some too.
GROWTH = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


@dataclass(frozen=True)
class Device:
    """A place for one job at a time."""

    name: str  # stable: "cpu", or "gpu-" and the GPU's uuid
    label: str  # for people
    visible: str  # the worker's CUDA_VISIBLE_DEVICES; UNSET leaves it out


def list_devices() -> tuple[Device, ...]:
    """Return the GPUs that this process was given, or the CPU where there are none."""
    return _find(os.environ.get(VISIBLE, UNSET))


def describe() -> str:
    """Name the devices for people, such as "2 x NVIDIA H200"."""
    labels = [device.label for device in list_devices()]
    counts = {label: labels.count(label) for label in labels}
    return ", ".join(f"{n} x {label}" if n > 1 else label for label, n in counts.items())


def restrict(environment: MutableMapping[str, str], device_name: str) -> None:
    """Change a worker's environment so that it sees this device alone and shares its memory."""
    for name, value in GROWTH.items():
        environment.setdefault(name, value)
    for device in list_devices():
        if device.name == device_name and device.visible != UNSET:
            environment[VISIBLE] = device.visible


@lru_cache(maxsize=4)
def _find(given: str) -> tuple[Device, ...]:
    wanted = None if given == UNSET else [part.strip() for part in given.split(",")]
    gpus = parse_gpus(_ask_nvidia()) if wanted is None or any(map(_names_gpu, wanted)) else []
    chosen = gpus if wanted is None else _choose(gpus, wanted)
    cpu = Device("cpu", f"CPU, {os.cpu_count()} cores", given)
    return tuple(chosen) or (cpu,)


def parse_gpus(listing: str) -> list[Device]:
    """Read `nvidia-smi -L`; a GPU that is cut into MIG slices counts as its slices."""
    found: list[Device] = []
    whole: Device | None = None
    for line in listing.splitlines():
        match = re.match(
            r"(\s*)(?:GPU \d+:|MIG)\s+(.*?)(?:\s+Device\s+\d+:)?\s*\(UUID: (\S+)\)", line
        )
        if not match:
            continue
        indent, label, uuid = match.groups()
        if indent and whole in found:
            found.remove(whole)
        parent = whole.label if indent and whole else ""
        device = Device(f"gpu-{uuid}", f"{parent} {label}".strip(), uuid)
        whole = whole if indent else device
        found.append(device)
    return found


def _choose(gpus: list[Device], wanted: list[str]) -> list[Device]:
    """CUDA's rule: numbers or uuids, and the first one that names nothing ends the list."""
    chosen: list[Device] = []
    for part in wanted:
        if part.isdigit() and int(part) < len(gpus):
            chosen.append(gpus[int(part)])
        elif match := [gpu for gpu in gpus if part and gpu.visible.startswith(part)]:
            chosen.append(match[0])
        else:
            break
    return chosen


def _names_gpu(part: str) -> bool:
    return part not in ("", "-1", "none", "NoDevFiles")


def _ask_nvidia() -> str:
    program = shutil.which("nvidia-smi")
    if not program:
        return ""
    try:
        answer = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return ""  # a driver that hangs is as good as none: train on the CPU
    return answer.stdout if answer.returncode == 0 else ""
