"""Is this recipe one that makes sense? Checked before anything is computed."""

from dataclasses import replace

from engine.data.quality import check_limits
from engine.data.splits import check_fold
from engine.learning.backbones import BACKBONES
from engine.learning.imbalance import STRATEGIES
from engine.learning.networks import HEADS, NETWORKS
from engine.learning.optimizers import OPTIMIZERS, SCHEDULES, STOPPING
from engine.learning.regimes import REGIMES, phases
from engine.vision import augmentation, preprocessing
from engine.words.cutoffs import RULES
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
        exclude=check_limits(recipe.exclude),
        network=complete(recipe.network, NETWORKS, "network"),
        head=complete(recipe.head, HEADS, "head"),
        regime=complete(recipe.regime, REGIMES, "training regime"),
        optimizer=complete(recipe.optimizer, OPTIMIZERS, "optimizer"),
        schedule=complete(recipe.schedule, SCHEDULES, "schedule"),
        stopping=complete(recipe.stopping, STOPPING, "stopping rule"),
        imbalance=complete(recipe.imbalance, STRATEGIES, "imbalance strategy"),
        threshold=complete(recipe.threshold, RULES, "threshold rule"),
    )
    check_fold(full.split)
    _check_single(full)
    _check_size(full)
    _check_parts(full)
    phases(full)
    return full


def _check_single(recipe: Recipe) -> None:
    if recipe.seeds:
        raise CxrError(
            f"The mean of {len(recipe.seeds)} networks is no training of its own. Start a study "
            "over seeds, and join its trainings when they are finished."
        )


def _check_size(recipe: Recipe) -> None:
    name = recipe.network.name
    backbone = BACKBONES.get(name)
    smallest = backbone.smallest if backbone else SMALLEST.get(name, 16)
    if recipe.size < smallest:
        raise CxrError(
            f"The network '{name}' needs images of at least {smallest} pixels a side, got "
            f"{recipe.size}. Raise the size or choose a smaller network."
        )


def _check_parts(recipe: Recipe) -> None:
    """Refuse a network, head, weights and regime that do not go together."""
    network, head, regime = recipe.network, recipe.head, recipe.regime
    if network.name not in BACKBONES:
        if head.name != "own":
            raise CxrError(
                f"'{network.name}' ends in its own layers. Choose the head 'own', or a backbone."
            )
        if regime.name != "scratch":
            raise CxrError(
                f"'{network.name}' has no pretrained layers to freeze or fine-tune. Train it from "
                "scratch, or choose a backbone."
            )
        return
    if head.name == "own":
        raise CxrError(
            f"The backbone '{network.name}' only describes the picture. Choose a head that decides."
        )
    random = network.kwargs["weights"] == "random"
    if random and regime.name != "scratch":
        raise CxrError(
            "Frozen or fine-tuned layers must know something already, and random weights know "
            "nothing. Choose weights 'imagenet', or train from scratch."
        )
    if not random and regime.name == "scratch":
        raise CxrError(
            "From scratch means random weights. Choose weights 'random', or a regime that keeps "
            "what the pretrained layers know (all layers learn with 'after' and 0 frozen layers)."
        )
    if head.kwargs["output"] == "sigmoid" and recipe.task == "kinds":
        raise CxrError(
            "One sigmoid unit tells two classes apart, and this task has three. Choose the head's "
            "output softmax."
        )
