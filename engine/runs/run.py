"""One run as the rest of the product sees it, wherever it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.words.errors import CxrError
from engine.words.recipe import Recipe

STATUSES = {
    "waiting": "In the queue: it starts when the device is free.",
    "running": "It trains now.",
    "finished": "It trained to its end.",
    "cancelled": "It was stopped on request; what it had by then is kept.",
    "failed": "It ended early; the reason is stored with it.",
}
ENDED = ("finished", "cancelled", "failed")


@dataclass(frozen=True)
class Run:
    """A training: what was asked for, what became of it and what it is measured by."""

    id: str
    name: str
    preset: str
    recipe: Recipe
    source: str  # the data's name
    status: str  # a key of STATUSES
    reason: str  # why it ended as it did; empty where there is nothing to say
    owner: str
    created: datetime  # with time zone
    seconds: float  # of work so far
    metrics: Mapping[str, float] = field(default_factory=dict)  # of the trained model
    classes: tuple[str, ...] = ()
    parameters: int = 0
    device: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    showcase: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in ENDED


def check_status(status: str) -> str:
    """Return the status; raise CxrError where there is no such."""
    if status not in STATUSES:
        raise CxrError(f"A run's status is one of {', '.join(STATUSES)}; got '{status}'.")
    return status


def name_of(recipe: Recipe) -> str:
    """A short name for lists: the preset (or the network), the fold, and the seed if not 0."""
    parts = [recipe.network.name if recipe.preset == "custom" else recipe.preset]
    split = recipe.split
    if split.k:
        parts.append(f"fold {split.fold} of {split.k}" if split.fold else f"{split.k} folds")
    if recipe.seeds:
        parts.append(f"mean of {len(recipe.seeds)} seeds")
    elif recipe.seed:
        parts.append(f"seed {recipe.seed}")
    return ", ".join(parts)


def together(members: Sequence[Run]) -> dict[str, Any]:
    """Return what the meta file of a run that joins several takes from its members."""
    first = members[0]
    return {
        "classes": list(first.classes),
        "source": first.source,
        "seconds": sum(run.seconds for run in members),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": first.device,
        "versions": dict(first.versions),
    }
