"""What training tells while it works, and how it is asked to stop."""

from collections.abc import Mapping
from typing import Protocol


class Listener(Protocol):
    """Receives progress; every method must return at once."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now (reading images, training, predicting)."""
        ...

    def batch(self, epoch: int, batch: int, batches: int, logs: Mapping[str, float]) -> None:
        """Report a finished batch; epoch and batch count from 1."""
        ...

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Report a finished epoch with its training and validation figures."""
        ...

    def stop_requested(self) -> bool:
        """Tell whether the user asked to stop."""
        ...


class Silent:
    """A listener that hears nothing and never stops."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Ignore."""

    def batch(self, epoch: int, batch: int, batches: int, logs: Mapping[str, float]) -> None:
        """Ignore."""

    def epoch(self, number: int, logs: Mapping[str, float]) -> None:
        """Ignore."""

    def stop_requested(self) -> bool:
        """Never."""
        return False
