"""Is this recipe one that makes sense? Checked before anything is computed."""

from dataclasses import replace

from engine.learning.imbalance import STRATEGIES
from engine.learning.networks import NETWORKS
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.vision import augmentation, preprocessing
from engine.words.errors import CxrError
from engine.words.options import complete
from engine.words.recipe import Recipe

SMALLEST = {"cnn_d": 32}  # six poolings need something to pool


def check(recipe: Recipe) -> Recipe:
    """Return the recipe with every default filled in; raise CxrError where it is no sense."""
    full = replace(
        recipe,
        preprocessing=preprocessing.check_steps(recipe.preprocessing),
        augmentation=augmentation.check_steps(recipe.augmentation),
        network=complete(recipe.network, NETWORKS, "network"),
        optimizer=complete(recipe.optimizer, OPTIMIZERS, "optimizer"),
        schedule=complete(recipe.schedule, SCHEDULES, "schedule"),
        stopping=complete(recipe.stopping, STOPPING, "stopping rule"),
        imbalance=complete(recipe.imbalance, STRATEGIES, "imbalance strategy"),
    )
    smallest = SMALLEST.get(full.network.name, 16)
    if full.size < smallest:
        raise CxrError(
            f"The network '{full.network.name}' needs images of at least {smallest} pixels a side, "
            f"got {full.size}. Raise the size or choose a smaller network."
        )
    return full
