"""GPUs as nvidia-smi lists them, and as CUDA_VISIBLE_DEVICES narrows them."""

import pytest

from engine.runs import devices

TWO = """GPU 0: NVIDIA H200 (UUID: GPU-aaaa-1)
GPU 1: NVIDIA H200 (UUID: GPU-bbbb-2)
"""
SLICED = """GPU 0: NVIDIA A100 (UUID: GPU-aaaa-1)
  MIG 1g.5gb      Device  0: (UUID: MIG-cccc-3)
  MIG 1g.5gb      Device  1: (UUID: MIG-dddd-4)
GPU 1: NVIDIA A100 (UUID: GPU-bbbb-2)
"""


def seen(monkeypatch: pytest.MonkeyPatch, listing: str, visible: str | None) -> list[str]:
    """The devices of a machine with this listing and this environment."""
    monkeypatch.setattr(devices, "_ask_nvidia", lambda: listing)
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    devices._find.cache_clear()
    found = [device.name for device in devices.list_devices()]
    devices._find.cache_clear()
    return found


@pytest.mark.parametrize(
    ("listing", "visible", "names"),
    [
        ("", None, ["cpu"]),
        (TWO, None, ["gpu-GPU-aaaa-1", "gpu-GPU-bbbb-2"]),
        (TWO, "1", ["gpu-GPU-bbbb-2"]),
        (TWO, "1,0", ["gpu-GPU-bbbb-2", "gpu-GPU-aaaa-1"]),
        (TWO, "GPU-bbbb", ["gpu-GPU-bbbb-2"]),
        (TWO, "-1", ["cpu"]),
        (TWO, "", ["cpu"]),
        (TWO, "0,7,1", ["gpu-GPU-aaaa-1"]),
        (SLICED, None, ["gpu-MIG-cccc-3", "gpu-MIG-dddd-4", "gpu-GPU-bbbb-2"]),
    ],
)
def test_one_place_per_gpu_that_this_process_was_given(
    monkeypatch: pytest.MonkeyPatch, listing: str, visible: str | None, names: list[str]
) -> None:
    assert seen(monkeypatch, listing, visible) == names


@pytest.mark.parametrize(
    ("listing", "visible", "text"),
    [
        (TWO, None, "2 x NVIDIA H200"),
        (TWO, "1", "NVIDIA H200"),
        (SLICED, None, "2 x NVIDIA A100 1g.5gb, NVIDIA A100"),
    ],
)
def test_equal_gpus_are_counted(
    monkeypatch: pytest.MonkeyPatch, listing: str, visible: str | None, text: str
) -> None:
    seen(monkeypatch, listing, visible)
    assert devices.describe() == text
    devices._find.cache_clear()


def test_a_worker_sees_its_own_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_ask_nvidia", lambda: TWO)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    devices._find.cache_clear()
    environment: dict[str, str] = {}
    devices.restrict(environment, "gpu-GPU-bbbb-2")
    assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-bbbb-2"
    devices._find.cache_clear()


def test_a_worker_takes_gpu_memory_as_it_needs_it_unless_told_otherwise() -> None:
    environment = {"TF_FORCE_GPU_ALLOW_GROWTH": "false"}
    devices.restrict(environment, "cpu")
    assert environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "false"
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
