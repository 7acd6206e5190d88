"""Runs of one recipe on one split that differ in their seed alone, and the mean that joins them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from engine.learning.preset import Preset
from engine.learning.rules import check
from engine.runs import mean_of_seeds, store
from engine.runs.reproduced import best_matches, settings_key
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Seeds:
    """Trainings that differ in their seed; of some their part of the mean alone may be left."""

    recipe: Recipe  # of the first
    seeds: tuple[int, ...]
    runs: tuple[Run, ...]  # in the order of their seeds; those that are still here
    mean: Run | None  # the run of their mean scores, of the most seeds

    @property
    def first(self) -> Run:
        """A run that speaks for all: their classes, source and images are the same."""
        return self.runs[0] if self.runs else self._joined

    @property
    def _joined(self) -> Run:
        assert self.mean is not None
        return self.mean


def groups(runs: Sequence[Run]) -> list[Seeds]:
    """Return the groups of two seeds or more on one split, in the order of `runs`."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.status == "finished" and not run.recipe.split.every_fold:
            found.setdefault(_key(run.recipe), []).append(run)
    made = (_of(members) for members in found.values())
    return [group for group in made if len(group.seeds) > 1]


def of_preset(
    runs: Sequence[Run],
    preset: Preset,
    drawn: Collection[str],
    known: Sequence[Seeds] | None = None,
) -> tuple[Seeds | None, Run | None]:
    """Return the seeds of a preset on real images, else the one run that stands for it.

    The preset's kind of split comes first, then the showcase's images. `drawn` names the sources
    whose images a program draws; `known` are the groups of these runs, where they are at hand.
    """
    wanted = preset.recipe("")
    key, shown = settings_key(wanted), {run.recipe.data for run in runs if run.showcase}
    found = [
        group
        for group in (groups(runs) if known is None else known)
        if settings_key(replace(group.recipe, seeds=())) == key and group.first.source not in drawn
    ]
    if found:
        kind = wanted.split.kind
        apart = [(one.recipe.split.kind != kind, one.recipe.data not in shown) for one in found]
        return found[apart.index(min(apart))], None
    match = best_matches([preset], runs, drawn).get(preset.name)
    return None, match.run if match and not match.synthetic else None


def predictions(group: Seeds) -> dict[int, pd.DataFrame]:
    """Return each seed's predictions, by its seed; those in the mean's table come from there."""
    tables = {run.recipe.seed: run.id for run in group.runs}
    kept = group.mean.recipe.seeds if group.mean else ()
    whole = store.predictions(group.mean.id) if group.mean else pd.DataFrame()
    return {
        seed: mean_of_seeds.alone(whole, seed, group.first.classes)
        if seed in kept
        else store.predictions(tables[seed])
        for seed in group.seeds
    }


def judged_on(group: Seeds) -> str:
    """Say which images judged them: official test, 624 images."""
    table = store.predictions((group.mean or group.first).id)
    return f"{group.recipe.split.kind} test, {int((table['split'] == 'test').sum())} images"


def _of(members: Sequence[Run]) -> Seeds:
    single: dict[int, Run] = {}
    for run in members:  # the newest first
        if not run.recipe.seeds:
            single.setdefault(run.recipe.seed, run)
    means = [run for run in members if run.recipe.seeds]
    mean = max(means, key=lambda run: len(run.recipe.seeds), default=None)
    seeds = sorted({*single, *(mean.recipe.seeds if mean else ())})
    runs = tuple(single[seed] for seed in seeds if seed in single)
    return Seeds(members[0].recipe, tuple(seeds), runs, mean)


def _key(recipe: Recipe) -> str:
    """Digest a recipe without its seed; the one that drew the split stays."""
    split = replace(recipe.split, seed=None)
    one = replace(recipe, seeds=(), seed=recipe.split_seed, split=split)
    try:
        return check(one).hash
    except CxrError:  # made by another version: it is compared as it stands
        return one.hash
