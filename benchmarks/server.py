"""Start a Streamlit server of one's own on a free port, and a Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
APP = ("run", "app.py")
HELLO = ("hello",)


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, its log file and when it was started."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path
    started: float  # time.perf_counter() just before the process began
    answered: float  # ... when it first answered


@contextmanager
def serve(
    folder: Path, command: tuple[str, ...] = APP, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run `streamlit COMMAND` until the block ends; its log lies in `folder`.

    Raises RuntimeError with the log where the server does not answer.
    """
    port = free_port()
    log = folder / f"server-{port}.log"
    line = [sys.executable, "-m", "streamlit", *command, f"--server.port={port}"]
    line += ["--server.headless=true", "--browser.gatherUsageStats=false"]
    started = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            line, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=out, stderr=out
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/_stcore/health", process, log)
        yield Server(url, process, log, started, time.perf_counter())
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server, first politely."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tmp_settings(folder: Path) -> dict[str, str]:
    """Return the environment of an app that keeps everything under `folder`."""
    return {
        "CXR_DATA_DIR": str(folder / "data"),
        "CXR_MODELS_DIR": str(folder / "models"),
        "MLFLOW_TRACKING_URI": "",
    }


def chromium_path() -> str | None:
    """Return the system's Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the system's Chromium without a window; raise RuntimeError where there is none."""
    path = chromium_path()
    if path is None:
        raise RuntimeError("Chromium is needed and was not found: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"The server did not answer:\n{log.read_text(errors='replace')}")
