"""Which of our runs stands beside a report's experiment."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from engine.data.registry import list_sources
from engine.learning.preset import Preset
from engine.learning.reported import Sweep
from engine.learning.rules import check
from engine.learning.sweeps import cells
from engine.runs.run import Run
from engine.words.errors import CxrError
from engine.words.files import digest_json
from engine.words.recipe import Recipe

FREE = ("data", "preset", "split", "seed")  # what may differ, and is said where it does


@dataclass(frozen=True)
class Match:
    """A finished run of an experiment's settings, and in what it is not the report's training."""

    run: Run
    same_split: bool  # whether it was split as the report did
    same_seed: bool
    synthetic: bool  # whether a program drew its images

    @property
    def comparable(self) -> bool:
        """Whether its figures may be held against the report's."""
        return self.same_split and not self.synthetic


def best_matches(
    presets: Iterable[Preset], runs: Sequence[Run], synthetic: Collection[str] = ()
) -> dict[str, Match]:
    """Return for each preset's name the run that stands beside its report, where there is one.

    `runs` come newest first. Of several, real images come before drawn ones, then the report's
    kind of split, the showcase's images, the preset's seed, the newest. `synthetic` names the
    sources that are drawn.
    """
    shown = {run.recipe.data for run in runs if run.showcase}
    by_key: dict[str, list[Run]] = {}
    for run in runs:
        if run.status == "finished":
            by_key.setdefault(settings_key(run.recipe), []).append(run)
    found = {}
    for preset in presets:
        wanted = check(preset.recipe(""))
        same = [_match(run, wanted, synthetic) for run in by_key.get(settings_key(wanted), [])]
        if same:
            found[preset.name] = min(same, key=lambda match: _distance(match, shown))
    return found


def finished_cells(sweep: Sweep, runs: Sequence[Run]) -> tuple[list[Run], int]:
    """Return a finished run for each cell of a sweep that has one, and how many cells there are.

    Cells of all data sets and splits count, the preset's own kind of split first.
    """
    wanted = cells(sweep, "")
    place = {settings_key(recipe): number for number, recipe in enumerate(wanted)}
    ended = [run for run in runs if run.status == "finished"]
    kind = wanted[0].split.kind
    ended.sort(key=lambda run: run.recipe.split.kind != kind)
    found: dict[int, Run] = {}
    for run in ended:
        number = place.get(settings_key(run.recipe))
        if number is not None:
            found.setdefault(number, run)
    return [found[number] for number in sorted(found)], len(wanted)


def synthetic_sources() -> frozenset[str]:
    """Return the names of the sources whose images a program draws."""
    return frozenset(source.name for source in list_sources() if source.synthetic)


def settings_key(recipe: Recipe) -> str:
    """Digest what an experiment is: the recipe without data, split and seed, defaults filled in."""
    try:
        value = check(recipe).to_json()
    except CxrError:  # made by another version: it is compared as it stands
        value = recipe.to_json()
    return digest_json({name: entry for name, entry in value.items() if name not in FREE})


def _match(run: Run, wanted: Recipe, synthetic: Collection[str]) -> Match:
    return Match(
        run,
        run.recipe.split.kind == wanted.split.kind,
        run.recipe.seed == wanted.seed,
        run.source in synthetic,
    )


def _distance(match: Match, shown: Collection[str]) -> tuple[bool, ...]:
    """Return what speaks against a match, the weightiest first."""
    known = not shown or match.run.recipe.data in shown
    return (match.synthetic, not match.same_split, not known, not match.same_seed)
