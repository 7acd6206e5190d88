"""What a run is made of: frozen, checked for shape, hashed, to and from JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from engine.words.cutoffs import USUAL
from engine.words.errors import CxrError
from engine.words.files import digest_json
from engine.words.options import Choice, Value

TASKS = {
    "labels": "The classes that the folders name, such as NORMAL against PNEUMONIA.",
    "kinds": "Three classes: normal, bacterial and viral, read from the file names.",
}
SPLITS = {
    "official": "The folders train, validation and test as the data came.",
    "patient": "Drawn at random by patient: no patient is in two parts.",
    "random": "Drawn at random by image: images of one patient land on both sides (a leak).",
}
FOLDS = {
    "patient_folds": "In k folds by patient, each class in proportion; each fold is the test once. "
    "No patient is in two folds.",
    "image_folds": "In k folds by image, each class in proportion; each fold is the test once. "
    "Images of one patient land on both sides (a leak).",
}
FOLD_COUNT = 3  # report B's


@dataclass(frozen=True)
class Split:
    """Which images teach, which choose and which judge."""

    kind: str = "official"
    validation: float = 0.1  # share of the images that are not test
    test: float = 0.2  # share of all images; the official split has its own, k folds have 1/k
    k: int = 0  # folds; 0 where the split has none
    fold: int = 0  # the one that judges, from 1 on; 0: each in turn, by a network of its own
    seed: int | None = None  # draws the parts; None: the recipe's, which draws all else too

    def __post_init__(self) -> None:
        if self.kind not in (known := SPLITS | FOLDS):
            raise CxrError(f"split must be one of {', '.join(known)}; got '{self.kind}'.")
        self._check_folds()
        if self.seed is not None:
            _check_whole("split.seed", self.seed, *SEEDS)
        for name in ("validation", "test"):
            share = getattr(self, name)
            if not 0.02 <= share <= 0.6:
                raise CxrError(f"split.{name} must lie between 0.02 and 0.6, got {share}.")

    @property
    def every_fold(self) -> bool:
        """Whether each image was judged by the one of k networks that had not seen it."""
        return self.k > 0 and self.fold == 0

    def _check_folds(self) -> None:
        if self.kind not in FOLDS:
            if self.k or self.fold:
                raise CxrError(
                    f"The split '{self.kind}' has no folds. Choose one of {', '.join(FOLDS)}, or "
                    "leave k and fold out."
                )
            return
        object.__setattr__(self, "k", self.k or FOLD_COUNT)
        for name, low, high in (("k", 2, 20), ("fold", 0, self.k)):
            _check_whole(f"split.{name}", getattr(self, name), low, high)
        object.__setattr__(self, "test", round(1 / self.k, 4))  # so that equal splits are equal


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a run. `preset` is a label and no part of the hash."""

    data: str  # the catalogue's content hash
    network: Choice
    optimizer: Choice
    head: Choice = Choice("own")  # what turns a backbone's features into an answer
    regime: Choice = Choice("scratch")  # which layers learn, and when
    preset: str = "custom"
    task: str = "labels"
    split: Split = Split()
    size: int = 224  # pixels a side at the network's input
    preprocessing: tuple[Choice, ...] = (Choice("squash"),)
    augmentation: tuple[Choice, ...] = ()
    exclude: tuple[Choice, ...] = ()  # flaws above a limit keep an image out of training
    imbalance: Choice = Choice("none")
    schedule: Choice = Choice("constant")
    stopping: Choice = Choice("none")
    batch: int = 32
    epochs: int = 10
    seed: int = 0
    precision: str = "float32"
    threshold: Choice = USUAL  # the rule that chooses it on validation
    seeds: tuple[int, ...] = ()  # of the networks whose mean it is; empty: it is one training

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise CxrError(f"task must be one of {', '.join(TASKS)}; got '{self.task}'.")
        if self.precision not in PRECISIONS:
            known = ", ".join(PRECISIONS)
            raise CxrError(f"precision must be one of {known}; got '{self.precision}'.")
        for name, low, high in LIMITS:
            _check_whole(name, getattr(self, name), low, high)
        for seed in self.seeds:
            _check_whole("seeds", seed, *SEEDS)

    @property
    def hash(self) -> str:
        """Content hash: equal recipes on equal data share a run."""
        value = self.to_json()
        del value["preset"]
        if value["split"].get("seed") == self.seed:  # drawn as it would be without one
            del value["split"]["seed"]
        for name, default in LATER.items():
            if value[name] == default:
                del value[name]
        return digest_json(value)

    @property
    def split_seed(self) -> int:
        """The seed that draws the parts."""
        return self.seed if self.split.seed is None else self.split.seed

    @property
    def training(self) -> "Recipe":
        """The same training under the usual rule: a rule changes no weight."""
        return replace(self, threshold=USUAL)

    @property
    def joined(self) -> bool:
        """Whether it stands for several trained networks and is no training of its own."""
        return self.split.every_fold or bool(self.seeds)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, choices as `{"name": ..., **knobs}`."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Recipe":
        """Read what `to_json` wrote; raise CxrError on an unknown key or a missing one."""
        known = {field.name: field for field in fields(cls)}
        for key in value:
            if key not in known:
                raise CxrError(f"A recipe has no key '{key}'. It has: {', '.join(known)}.")
        try:
            return cls(**{key: _typed(key, entry) for key, entry in value.items()})
        except (TypeError, KeyError, AttributeError) as error:
            raise CxrError(f"This is not a complete recipe: {error}.") from None

    def with_setting(self, key: str, text: str) -> "Recipe":
        """Return a copy with `key` (such as epochs, optimizer or optimizer.learning_rate) set.

        Text is read as JSON where it is JSON, else as a name. Raises CxrError on an unknown key.
        """
        head, _, rest = key.partition(".")
        value = self.to_json()
        if head not in value:
            raise CxrError(f"A recipe has no key '{head}'. It has: {', '.join(value)}.")
        entry = _parse(text)
        if rest:
            if not isinstance(value[head], dict):
                raise CxrError(f"'{head}' has no settings of its own; set {head}=VALUE.")
            value[head] = {**value[head], rest: entry}
        elif isinstance(value[head], dict) and isinstance(entry, str):
            value[head] = {"kind" if head == "split" else "name": entry}
        else:
            value[head] = entry
        return Recipe.from_json(value)

    def with_seed(self, seed: int) -> "Recipe":
        """Return the same recipe under another seed."""
        return replace(self, seed=seed)


PRECISIONS = {
    "float32": "Exact, everywhere.",
    "mixed_float16": "About twice as fast on GPUs from NVIDIA's Volta on; tiny gradients may be "
    "lost, so compare a run with float32 once. Slower on a CPU.",
    "mixed_bfloat16": "As fast on Ampere and newer, with float32's range but coarser steps. "
    "Slower on a CPU.",
}
# Keys that recipes did not always have: at these values they leave the hash as it was.
LATER = {
    "head": {"name": "own"},
    "regime": {"name": "scratch"},
    "precision": "float32",
    "exclude": [],
    "threshold": USUAL.to_json(),
    "seeds": [],
}
FOLD_KEYS = ("k", "fold")
SEEDS = (0, 2**31 - 1)
LIMITS = (
    ("size", 16, 1024),
    ("batch", 1, 512),
    ("epochs", 1, 1000),
    ("seed", *SEEDS),
)


STEPS = ("preprocessing", "augmentation", "exclude")
CHOICES = (
    *("network", "head", "regime", "optimizer", "imbalance", "schedule", "stopping"),
    "threshold",
)


def _plain(value: Any) -> Any:
    if isinstance(value, Choice):
        return value.to_json()
    if isinstance(value, Split):
        every = {field.name: getattr(value, field.name) for field in fields(value)}
        # Recipes did not always have folds or a seed of the split: those without keep their hash.
        left = () if value.k else FOLD_KEYS
        left = (*left, "seed") if value.seed is None else left
        return {name: entry for name, entry in every.items() if name not in left}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value


def _typed(key: str, value: Any) -> Any:
    if key == "split":
        return Split(**value)
    if key == "seeds":
        return tuple(value)
    if key in STEPS:
        return tuple(Choice.from_json(entry) for entry in value)
    if key in CHOICES:
        return Choice.from_json(value)
    return value


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise CxrError(f"{name} must be a whole number from {low} to {high}, got {value}.")


def _parse(text: str) -> Value | Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
