"""Whether a longer training passes through a shorter one, so that one run gives both.

It does where nothing that happens in an epoch depends on how many there will be: batches, draws
and dropout follow from the seed and the epoch alone. What is kept of a frozen part is decided by
the number of epochs too; the training itself checks that (`Course`).
"""

from collections.abc import Collection
from dataclasses import replace

from engine.learning.regimes import phases
from engine.words.recipe import Recipe

BLIND = ("constant", "exponential", "plateau")  # schedules that do not ask how many epochs follow


def obstacle(recipe: Recipe) -> str:
    """Say why a longer training of a checked recipe is no shorter one continued; empty if it is."""
    if recipe.stopping.name != "none":
        return "Early stopping goes back to the best epoch, which may come after the shorter end."
    if recipe.schedule.name not in BLIND:
        return f"The schedule '{recipe.schedule.name}' is drawn over all epochs."
    if len(phases(recipe)) > 1:
        return "Its second phase begins where the first one ends."
    if int(recipe.imbalance.kwargs.get("members", 1)) > 1:
        return "Its members are trained one after the other."
    return ""


def family(recipe: Recipe) -> str:
    """Return what recipes share that differ in their epochs alone; a hash of its own if none do."""
    return recipe.hash if obstacle(recipe) else replace(recipe, epochs=1).hash


def wanted(recipe: Recipe, epochs: Collection[int]) -> set[int]:
    """Return which of these numbers of epochs this training passes through."""
    return set() if obstacle(recipe) else {count for count in epochs if count < recipe.epochs}
