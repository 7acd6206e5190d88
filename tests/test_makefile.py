"""`make` installs TensorFlow with CUDA where there is an NVIDIA GPU, and can be told otherwise."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INHERITED = {"GPU", "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS"}  # of a make that runs these tests
LISTING = "GPU 0: NVIDIA H200 (UUID: GPU-aaaa-1)"
WITH_GPU = f"echo '{LISTING}'"
NO_GPU = "echo 'No devices found.'"
NO_DRIVER = "echo 'NVIDIA-SMI has failed because it could not reach the driver.'; exit 9"


def requirements(tmp_path: Path, script: str, *arguments: str) -> list[str]:
    """The files that `make install` would install from, on a machine with this nvidia-smi."""
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    ours = {name: os.environ[name] for name in os.environ if name not in INHERITED}
    environment = {**ours, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["make", "-n", "install", f"VENV={tmp_path / 'venv'}", *arguments]
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"pip install .* -r (\S+)", told)


@pytest.mark.parametrize(
    ("script", "arguments", "file"),
    [
        (WITH_GPU, (), "requirements-gpu.txt"),
        (WITH_GPU, ("GPU=0",), "requirements.txt"),
        (NO_GPU, (), "requirements.txt"),
        (NO_DRIVER, (), "requirements.txt"),
        (NO_DRIVER, ("GPU=1",), "requirements-gpu.txt"),
    ],
)
def test_the_gpu_decides_what_is_installed(
    tmp_path: Path, script: str, arguments: tuple[str, ...], file: str
) -> None:
    assert requirements(tmp_path, script, *arguments) == [file]


def test_both_ways_install_the_same_version_of_tensorflow() -> None:
    pinned = re.compile(r"^tensorflow(?:\[and-cuda\])?(==\S+)$", re.MULTILINE)
    plain = pinned.findall((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    cuda = pinned.findall((ROOT / "requirements-gpu.txt").read_text(encoding="utf-8"))
    assert len(plain) == 1 and plain == cuda
