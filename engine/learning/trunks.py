"""Frozen parts of a network whose answers are kept, each computed from the one before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras

from engine.learning import features
from engine.learning.anatomy import Anatomy
from engine.learning.caching import Caching
from engine.learning.features import Features, Images
from engine.learning.graph import before, tensor
from engine.learning.listener import Listener
from engine.words.recipe import Recipe


@dataclass(frozen=True)
class Trunk:
    """The frozen part of a phase, up to `cut`; what it says of a picture is kept as `dtype`."""

    model: Any  # keras.Model: the whole network
    cut: int  # position in its operations
    key: Mapping[str, Any]  # what determines the answers besides the pictures
    dtype: str
    views: int
    earlier: "Trunk | None" = None  # a shorter one, needed later anyway: this one goes on from it

    def fetch(self, images: Images, tell: Listener) -> Features:
        """Return what the trunk says of the pictures, computing what is missing."""
        if self.earlier and not features.known(images.key, self.key, self.dtype):
            return self._go_on(self.earlier, images, tell)
        return self._fetch(images, self.model.input, tell)

    def _go_on(self, earlier: "Trunk", images: Images, tell: Listener) -> Features:
        """Return the same from what an earlier trunk says of the pictures."""
        passed = earlier.fetch(images, tell)
        images = replace(images, get=lambda first, end: passed.values[first:end])
        found = self._fetch(images, tensor(self.model, earlier.cut), tell)
        return replace(found, seconds=passed.seconds + found.seconds, passed=passed.computed)

    def _fetch(self, images: Images, start: Any, tell: Listener) -> Features:
        end = tensor(self.model, self.cut)
        return features.fetch(images, self.key, self.dtype, lambda: keras.Model(start, end), tell)

    def rest(self) -> Any:
        """Return the network after the trunk; it shares the whole network's weights."""
        return keras.Model(tensor(self.model, self.cut), self.model.output)


def trunks(
    model: Any, recipe: Recipe, anatomy: Anatomy, digest: str, cachings: Sequence[Caching]
) -> list[Trunk | None]:
    """Return the frozen part of each phase, None where nothing is kept."""
    found: list[Trunk | None] = []
    keys = trunk_keys(recipe, anatomy, digest, cachings)
    following: tuple[Caching | None, Trunk | None] = None, None
    for caching, key in zip(reversed(cachings), reversed(keys), strict=True):
        later, trunk = following
        one = None
        if caching.cut is not None and key is not None:
            earlier = trunk if later and _leads(anatomy, later, caching) else None
            one = Trunk(model, caching.cut, key, caching.dtype, caching.views, earlier)
        found.append(one)
        following = caching, one
    return found[::-1]


def trunk_keys(
    recipe: Recipe, anatomy: Anatomy, digest: str, cachings: Sequence[Caching]
) -> list[dict[str, Any] | None]:
    """Return what determines each phase's features besides the pictures.

    A backbone's layer is known by its number, what a head adds to it by its kind. Features that
    go on from others kept as float16 are not quite the same, so their key says so.
    """
    keys: list[dict[str, Any] | None] = []
    for caching, later in zip(cachings, [*cachings[1:], None], strict=True):
        if caching.cut is None:
            keys.append(None)
            continue
        passed = [anatomy.nodes[index] for index in before(anatomy.nodes, caching.cut)]
        key = {
            "network": recipe.network.name,
            "weights": digest,
            "layer": max(anatomy.numbers.get(node.name, 0) for node in passed),
            "then": [node.kind for node in passed if anatomy.part(node) == "head"],
            "precision": recipe.precision,
        }
        if later and later.dtype == "float16" and _leads(anatomy, later, caching):
            key["through"] = later.dtype
        keys.append(key)
    return keys


def _leads(anatomy: Anatomy, later: Caching, caching: Caching) -> bool:
    """Whether features that a later phase keeps are on the way to those of this one."""
    if later.cut is None or caching.cut is None or later.views != caching.views:
        return False
    return later.cut < caching.cut and later.cut in before(anatomy.nodes, caching.cut)
