"""Runs that differ in the split alone: what a random split by image flatters them by."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.learning.rules import check
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.files import digest_json
from engine.words.recipe import Recipe

LEAKS = "random"
HONEST = ("patient", "official")  # the nearest comparison first
FREE = ("split", "preset")  # what may differ


@dataclass(frozen=True)
class Twins:
    """Two finished runs of one recipe, seed included, under an honest and a random split."""

    honest: Run
    leaky: Run

    @property
    def same_shares(self) -> bool:
        """Whether both were split by one rule of shares, so that the sizes are alike."""
        return self.honest.recipe.split.kind == "patient"


def find(runs: Sequence[Run], data: str = "") -> list[Twins]:
    """Pair finished runs whose recipes differ in the split alone, of one data set or of all."""
    pairs = []
    for group in _groups(runs, data).values():
        for leaky in (run for run in group if run.recipe.split.kind == LEAKS):
            for kind in HONEST:
                same = (run for run in group if run.recipe.split.kind == kind)
                pairs += [Twins(run, leaky) for run in same]
    return pairs


def missing(runs: Sequence[Run], data: str = "") -> list[tuple[Run, str]]:
    """Return each finished run without a twin, and the kind of split that its twin would have."""
    alone = []
    for group in _groups(runs, data).values():
        kinds = {run.recipe.split.kind for run in group}
        if LEAKS not in kinds:
            alone.append((group[0], LEAKS))
        elif kinds == {LEAKS}:
            alone.append((group[0], HONEST[0]))
    return alone


def key(recipe: Recipe) -> str:
    """Digest a recipe without its split, defaults filled in: twins share it."""
    try:
        value = check(recipe).to_json()
    except CxrError:  # made by another version: it is compared as it stands
        value = recipe.to_json()
    return digest_json({name: entry for name, entry in value.items() if name not in FREE})


def _groups(runs: Sequence[Run], data: str) -> dict[str, list[Run]]:
    groups: dict[str, list[Run]] = {}
    for run in runs:
        folded = run.recipe.split.k  # a study's folds are compared with one another
        if run.status == "finished" and data in ("", run.recipe.data) and not folded:
            groups.setdefault(key(run.recipe), []).append(run)
    return groups
