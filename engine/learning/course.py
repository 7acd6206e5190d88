"""The course of a training: members of an ensemble, phases of each, and what they leave."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.learning import ensembles, material, weights
from engine.learning.anatomy import Anatomy
from engine.learning.assembly import assemble
from engine.learning.backbones import BACKBONES
from engine.learning.caching import Amounts, Caching, decide
from engine.learning.callbacks import KeepAt, KeepBest, Reporter
from engine.learning.fitting import compile_for, fit
from engine.learning.freezing import Rates, freeze, moving
from engine.learning.graph import read, settled
from engine.learning.imbalance import Plan
from engine.learning.listener import Listener
from engine.learning.material import Material
from engine.learning.preparing import Prepared
from engine.learning.regimes import Phase, phases
from engine.learning.trunks import Trunk, trunks
from engine.words.recipe import Recipe


class Course:
    """Trains a recipe; what it has so far can be taken at any time."""

    anatomy: Anatomy  # of the network, once it is built
    _learning: Material  # that was trained last

    def __init__(
        self, recipe: Recipe, ready: Prepared, listener: Listener, passing: Collection[int] = ()
    ) -> None:
        """Train a recipe; `passing` are epochs with which shorter trainings of it end."""
        self._passing, self._kept = passing, KeepAt(())
        self._recipe, self._ready, self._tell = recipe, ready, listener
        self.history: list[dict[str, float]] = []
        self.notes: list[dict[str, Any]] = []  # what each phase kept, in words and figures
        self.member_scores: list[NDArray[np.float32]] = []  # (n, classes) of each member
        self.weights: weights.WeightsFile | None = None
        self._models: list[Any] = []
        self._shared = 0

    def run(self) -> None:
        """Train every member; raise Cancelled where the listener asks to stop."""
        network = self._recipe.network
        if network.name in BACKBONES and network.kwargs["weights"] == "imagenet":
            self.weights = weights.resolve(network.name, self._tell)
        for number, plan in enumerate(self._ready.plans, 1):
            keras.utils.set_random_seed(self._recipe.seed + number - 1)
            self._train_member(number, plan)

    def model(self) -> Any | None:
        """Return the network with what it learned so far; None before its first whole epoch."""
        if len(self._models) < 2:
            return self._models[0] if self._models else None
        return ensembles.combine(self._models, self._shared)

    def go_back(self, epochs: int) -> bool:
        """Be the training that ended after so many epochs; False where it was not passed."""
        weights = self._kept.weights.get(epochs)
        if weights is None:
            return False
        self._learning.learner.set_weights(weights)
        self.member_scores = [self._learning.predict()]
        del self.history[epochs:]
        return True

    def scores(self) -> NDArray[np.float32]:
        """Return probabilities (n, classes) for every image; an ensemble's are its mean."""
        return np.mean(self.member_scores, axis=0, dtype=np.float32)

    def votes(self) -> NDArray[np.intp] | None:
        """Return how many members vote for each class (n, classes); None for a single network."""
        if len(self.member_scores) < 2:
            return None
        return ensembles.votes(np.stack(self.member_scores))

    def _train_member(self, number: int, plan: Plan) -> None:
        path = self.weights.path if self.weights else None
        built = assemble(self._recipe, len(self._ready.classes), path)
        self.anatomy = anatomy = Anatomy(read(built.model), built.numbers)
        steps = phases(self._recipe)
        amounts = self._ready.amounts(plan)
        cachings = [decide(self._recipe, phase, anatomy, amounts) for phase in steps]
        self._kept = KeepAt([n for n in self._passing if self._same(n, anatomy, amounts, cachings)])
        digest = self.weights.digest if self.weights else ""
        parts = trunks(built.model, self._recipe, anatomy, digest, cachings)
        rates: Rates = {}
        for place, (phase, caching, trunk) in enumerate(
            zip(steps, cachings, parts, strict=True), 1
        ):
            freeze(built.model, built.numbers, phase, rates)
            learning = self._gather(built.model, trunk, plan)
            self._note(number, place, phase, caching, learning)
            self._fit(built.model, learning, phase, number, place)
        self._tell.phase("Predicting")
        self._learning = learning
        self.member_scores.append(learning.predict())
        self._shared = settled(anatomy.nodes, moving(anatomy.nodes, built.numbers, phase)) or 0

    def _same(
        self, epochs: int, anatomy: Anatomy, amounts: Amounts, cachings: list[Caching]
    ) -> bool:
        """Whether a training of so many epochs would keep the same features."""
        shorter = replace(self._recipe, epochs=epochs)
        others = [decide(shorter, phase, anatomy, amounts) for phase in phases(shorter)]
        return [_what(one) for one in others] == [_what(one) for one in cachings]

    def _gather(self, model: Any, trunk: Trunk | None, plan: Plan) -> Material:
        if trunk is None:
            return material.whole(model, self._recipe, self._ready, plan, self._tell)
        return material.cached(trunk, self._recipe, self._ready, plan, self._tell)

    def _fit(self, model: Any, learning: Material, phase: Phase, number: int, place: int) -> None:
        compile_for(learning.learner, self._recipe, phase.optimizer, learning.together)
        # Stopped before an epoch ends, a later phase goes back to what the one before it learned.
        best = KeepBest(learning.learner.get_weights() if place > 1 else None)
        tags = {}
        if len(self._ready.plans) > 1:
            tags["member"] = number
        if len(phases(self._recipe)) > 1:
            tags["phase"] = place
        reporter = Reporter(self._tell, len(learning.training), self.history, tags)
        self._tell.phase("Training")
        try:
            fit(learning, self._recipe, phase.epochs, [reporter, best, self._kept])
        except BaseException:  # stopped on request, or by an error: keep the best so far
            if best.weights is not None:
                learning.learner.set_weights(best.weights)
                self._keep(model)
            raise
        self._keep(model)

    def _keep(self, model: Any) -> None:
        """Have a member's network kept, from its first phase on."""
        if not self._models or self._models[-1] is not model:
            self._models.append(model)

    def _note(
        self, number: int, place: int, phase: Phase, caching: Caching, learning: Material
    ) -> None:
        """Say what the engine decided; the first member speaks for the others."""
        if number > 1 or not caching.words:
            return
        files = [
            {
                "pictures": len(file.values),
                "computed": file.computed,
                "passed": file.passed,
                "seconds": file.seconds,
            }
            for file in learning.files
        ]
        words = caching.words
        if files and not any(file["computed"] for file in files):
            words += f" All were there already: {sum(file['seconds'] for file in files):.1f} s."
        self.notes.append({"phase": place, "layers": phase.words, "words": words, "files": files})
        print(words, flush=True)


def _what(caching: Caching) -> tuple[int | None, int, str]:
    return caching.cut, caching.views, caching.dtype
