"""A study before it is queued: its cells, each checked, so that nonsense queues nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress
from engine.learning import preparing, rules
from engine.runs.groups import Cell, recipe_of
from engine.runs.run import name_of
from engine.words.errors import CxrError
from engine.words.recipe import FOLD_COUNT, Recipe, Split

MOST = 200  # cells of one study, seeds counted
SHOWN = 3  # wrong cells that an error names
GIVEN = {
    "data": "every cell has the same images",
    "preset": "it is only a name",
    "seed": "say how many seeds there shall be",
}
BY = {"patient": "patient_folds", "image": "image_folds"}


@dataclass(frozen=True)
class Draft:
    """What a study would train; every cell has been checked."""

    kind: str  # a key of groups.KINDS
    name: str
    base: Recipe
    axes: Mapping[str, tuple[str, ...]]
    seeds: tuple[int, ...]
    cells: tuple[Cell, ...]

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """What the cells train, in their order."""
        return tuple(recipe_of(self.base, cell.values, cell.seed) for cell in self.cells)


def sweep(
    base: Recipe,
    over: Mapping[str, Sequence[str]],
    seeds: int = 1,
    name: str = "",
    leave_out: bool = False,
) -> Draft:
    """Return every combination of these values of these settings, with so many seeds.

    `over` maps a path as in Recipe.with_setting (optimizer, optimizer.learning_rate, epochs) to
    its values as text. Raises CxrError that names the cells which are no sense, and why; with
    `leave_out` the others are the study.
    """
    axes = {path: tuple(values) for path, values in over.items()}
    _check_axes(axes)
    title = " x ".join(path.rpartition(".")[2].replace("_", " ") for path in axes)
    title = name or f"{name_of(base)}: {title}"
    return _draft("sweep", title, base, axes, seeds, leave_out)


def folds(
    base: Recipe, k: int = FOLD_COUNT, by: str = "patient", seeds: int = 1, name: str = ""
) -> Draft:
    """Return one training for each of k folds, by patient or by image, with so many seeds.

    Of the images that are not in a fold, the share `split.validation` of the recipe chooses.
    Raises CxrError where there cannot be so many folds or the recipe is no sense.
    """
    if by not in BY:
        raise CxrError(f"Folds are drawn by {' or by '.join(BY)}; got '{by}'.")
    split = Split(BY[by], base.split.validation, k=k, fold=1)
    whole = replace(base, split=split)
    title = name or f"{name_of(replace(base, split=Split()))}, {k} folds by {by}"
    numbers = tuple(str(fold) for fold in range(1, k + 1))
    return _draft("folds", title, whole, {"split.fold": numbers}, seeds)


def seeds(base: Recipe, count: int = 3, one_split: bool = True, name: str = "") -> Draft:
    """Return one training under so many seeds, from the recipe's on.

    With `one_split` all have the images of the first one in each part, so that they differ by the
    training alone and can be joined; else each seed draws its own. Raises CxrError on nonsense.
    """
    if type(count) is not int or count < 2:
        raise CxrError(f"A study over seeds needs two or more, got {count}.")
    own = base.split_seed if one_split else None
    whole = replace(base, split=replace(base.split, seed=own))
    return _draft(
        "seeds", name or f"{name_of(replace(base, seed=0))}, {count} seeds", whole, {}, count
    )


def grid(base: Recipe, over: Mapping[str, Sequence[str]], seeds: int = 1) -> tuple[Cell, ...]:
    """Return every combination with every seed, unchecked. Raises CxrError for too many."""
    if type(seeds) is not int or seeds < 1:
        raise CxrError(f"A study needs one seed or more, got {seeds}.")
    combined = prod(map(len, over.values()))
    if combined * seeds > MOST:
        raise CxrError(
            f"{combined:,} combinations with {seeds} seeds are {combined * seeds:,} trainings; a "
            f"study has at most {MOST}. Leave some values out, or make several studies."
        )
    found = [dict(zip(over, values, strict=True)) for values in product(*over.values())]
    return tuple(Cell(values, base.seed + one) for values in found for one in range(seeds))


def problems(base: Recipe, cells: Sequence[Cell]) -> list[tuple[Cell, str]]:
    """Return the cells that are no sense, or the same training as an earlier one, and why."""
    wrong: list[tuple[Cell, str]] = []
    seen: dict[str, Cell] = {}
    for cell in cells:
        try:
            found = rules.check(recipe_of(base, cell.values, cell.seed)).hash
        except CxrError as error:
            wrong.append((cell, str(error)))
            continue
        if found in seen:
            wrong.append((cell, f"It is the same training as {_named(seen[found])}."))
        seen.setdefault(found, cell)
    return wrong


def check_data(draft: Draft, catalogue: Catalogue, progress: Progress | None = None) -> None:
    """Divide the images as every cell would; raise CxrError where that cannot be done.

    Looks for flawed images where cells leave them out, which may take long.
    """
    seen = set()
    for cell, recipe in zip(draft.cells, draft.recipes, strict=True):
        key = (recipe.data, recipe.task, recipe.split, recipe.exclude, recipe.split_seed)
        if key in seen:
            continue
        seen.add(key)
        try:
            preparing.counts(rules.check(recipe), catalogue, progress)
        except CxrError as error:
            raise CxrError(f"{_named(cell)}: {error} Nothing was queued.") from error


def values(text: str) -> tuple[str, list[str]]:
    """Read `optimizer.learning_rate=0.01,0.001`; commas within brackets part nothing."""
    path, equals, rest = text.partition("=")
    found = _parted(rest)
    if not equals or not path or not all(found):
        raise CxrError(
            f"Expected a setting and its values, such as epochs=10,20; got '{text}'. A list is "
            'given as [...] and an option with settings as {"name": ...}.'
        )
    return path, found


def _parted(text: str) -> list[str]:
    parts, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign in "[{") - (sign in "]}")
        if sign == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _draft(
    kind: str,
    name: str,
    base: Recipe,
    axes: Mapping[str, tuple[str, ...]],
    seeds: int,
    leave_out: bool = False,
) -> Draft:
    cells = grid(base, axes, seeds)
    wrong = problems(base, cells)
    if wrong and (not leave_out or len(wrong) == len(cells)):
        raise CxrError(_refusal(wrong, len(cells)))
    left = {id(cell) for cell, _ in wrong}
    cells = tuple(cell for cell in cells if id(cell) not in left)
    return Draft(kind, name, base, axes, tuple(range(base.seed, base.seed + seeds)), cells)


def _check_axes(axes: Mapping[str, Sequence[str]]) -> None:
    if not axes:
        raise CxrError("A sweep needs a setting with two values or more, such as epochs=10,20.")
    for path, values in axes.items():
        if path in GIVEN:
            raise CxrError(f"A sweep cannot go over '{path}': {GIVEN[path]}.")
        if not values:
            raise CxrError(f"'{path}' has no values to go over. Give one or more.")


def _refusal(wrong: Sequence[tuple[Cell, str]], of: int) -> str:
    named = [f"{_named(cell)}: {why}" for cell, why in wrong[:SHOWN]]
    more = [f"And {len(wrong) - SHOWN} more."] if len(wrong) > SHOWN else []
    head = f"{len(wrong)} of {of} cells are no sense, so nothing was queued."
    return " ".join([head, *named, *more])


def _named(cell: Cell) -> str:
    return f"[{cell.label}, seed {cell.seed}]"
