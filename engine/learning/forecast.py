"""What a training would be and do, known before it starts and without decoding a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.catalogue import Catalogue
from engine.learning import features, weights
from engine.learning.anatomy import Anatomy, Summary, anatomy, summary
from engine.learning.backbones import BACKBONES
from engine.learning.blocks import Block, blocks
from engine.learning.caching import Caching, decide
from engine.learning.pictures import drawn
from engine.learning.preparing import Outline, Planned, outline
from engine.learning.regimes import Phase, phases
from engine.learning.rules import check
from engine.words.errors import CxrError
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Step:
    """One phase: what learns in it, and what the engine computes once for it."""

    phase: Phase
    trainable: int
    caching: Caching
    missing: int  # pictures that must go through the frozen part first
    blocks: tuple[Block, ...]

    @property
    def start(self) -> str:
        """Say what comes before the epochs; empty for a network from scratch.

        `caching.words` has the whole decision.
        """
        if self.caching.cut is None:
            return "Each epoch runs the whole network." if self.caching.words else ""
        if not self.missing:
            return "The frozen part's features are there already: epochs start at once."
        known = self.caching.pictures - self.missing
        rest = f"; {known:,} are there already" if known else ""
        return f"First {self.missing:,} pictures go through the frozen part, once{rest}."


@dataclass(frozen=True)
class Pretrained:
    """Where a backbone's weights would come from."""

    words: str  # a sentence; empty where the network needs none
    here: bool = True  # nothing has to be downloaded
    wrong: bool = False  # the file is there and cannot be used
    digest: str = ""
    looked: str = ""  # where a file that is not here was looked for


@dataclass(frozen=True)
class Forecast:
    """Everything that can be said of a training before its launch."""

    recipe: Recipe  # with every default filled in
    planned: Planned
    summary: Summary
    steps: tuple[Step, ...]
    pretrained: Pretrained

    @property
    def counts(self) -> dict[str, int]:
        """Images of train, validation and test."""
        return {
            part: int(self.planned.table[part].sum()) for part in ("train", "validation", "test")
        }


def forecast(recipe: Recipe, catalogue: Catalogue) -> Forecast:
    """Foresee a training; raise CxrError where the recipe makes no sense (imports Keras)."""
    full = check(recipe)
    return foresee(full, outline(full, catalogue))


def foresee(recipe: Recipe, here: Outline) -> Forecast:
    """Foresee the training of a checked recipe, its data being outlined already.

    What the caches hold is said of an ensemble's first member; views of images are the same for
    every member.
    """
    network = anatomy(recipe, len(here.classes))
    pretrained = find_weights(recipe)
    steps = _steps(recipe, here, network, pretrained)
    counted = summary(recipe, len(here.classes))
    return Forecast(recipe, here.planned(), counted, steps, pretrained)


def find_weights(recipe: Recipe) -> Pretrained:
    """Say where the weights of a complete recipe's backbone are, downloading nothing."""
    row = BACKBONES.get(recipe.network.name)
    if row is None or recipe.network.kwargs["weights"] == "random":
        return Pretrained("")
    try:
        found = weights.find(recipe.network.name)
    except CxrError as error:
        return Pretrained(str(error), wrong=True)
    if found:
        return Pretrained(f"Pretrained weights: {found.origin}.", digest=found.digest)
    looked = " and ".join(map(str, weights.places(recipe.network.name)))
    return Pretrained(
        f"The pretrained weights of {row.label} are not on this machine: the training begins by "
        f"downloading about {row.parameters * 4 / 1e6:,.0f} MB.",
        here=False,
        looked=f"Pretrained weights: looked for {looked}.",
    )


def _steps(
    recipe: Recipe, here: Outline, network: Anatomy, pretrained: Pretrained
) -> tuple[Step, ...]:
    course = phases(recipe)
    amounts = here.amounts(here.plans[0])
    cachings = [decide(recipe, phase, network, amounts) for phase in course]
    missing = _missing(recipe, here, network, pretrained.digest, cachings)
    random = recipe.network.kwargs.get("weights") == "random"
    return tuple(
        Step(
            phase,
            network.trainable(phase),
            caching,
            lacks,
            blocks(network, phase, caching.cut, random),
        )
        for phase, caching, lacks in zip(course, cachings, missing, strict=True)
    )


def _missing(
    recipe: Recipe, here: Outline, network: Anatomy, digest: str, cachings: Sequence[Caching]
) -> list[int]:
    """Count the pictures of each phase whose features are not there yet."""
    from engine.learning.trunks import trunk_keys

    found = []
    for caching, key in zip(cachings, trunk_keys(recipe, network, digest, cachings), strict=True):
        if key is None:
            found.append(0)
            continue
        count = len(here.labels)
        sets, _ = drawn(recipe, count, here.rows("train"), here.plans[0], caching.views)
        wanted = [(count, here.key)] + [
            (
                len(one.rows),
                features.drawn_key(one.key(here.key), one.rows, one.draws, recipe.seed),
            )
            for one in sets
        ]
        lacking = [
            pictures for pictures, name in wanted if not features.known(name, key, caching.dtype)
        ]
        found.append(sum(lacking))
    return found
