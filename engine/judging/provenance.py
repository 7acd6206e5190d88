"""Where a figure comes from: which images taught, which chose the threshold, which judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pandas as pd

from engine.judging.comparison import in_words
from engine.judging.sentences import chosen, cut
from engine.judging.thresholds import Threshold
from engine.words.recipe import Recipe

FEW = 100  # images below which a chosen threshold is mostly luck
SPLIT_KINDS = {
    "official": "The folders as the data came. They may differ in how they were collected, so "
    "test figures can be lower than validation's.",
    "patient": "Drawn at random by patient: the figures are about patients that the model has "
    "never seen, from the same source.",
    "random": "Drawn at random by image: a patient with several images is on both sides, so the "
    "model may know test patients again. The figures flatter it.",
    "patient_folds": "In folds by patient: each fold judges a network that has seen none of its "
    "patients.",
    "image_folds": "In folds by image: a patient with several images is in several folds, so a "
    "network may know test patients again. The figures flatter it.",
}
DATA_STATES = {
    "same": "The images on this machine are those that the run was trained on.",
    "changed": "The images on this machine have changed since: train anew before you compare.",
    "copies": "Files of the same names with another content are on this machine. The figures are "
    "of the images that the run was trained on.",
    "missing": "The images are not on this machine. The stored figures do not need them.",
    "unknown": "Whether the images on this machine are the same was not looked up.",
}


class Trained(Protocol):
    """What is asked of a run."""

    @property
    def name(self) -> str: ...
    @property
    def recipe(self) -> Recipe: ...
    @property
    def source(self) -> str: ...
    @property
    def created(self) -> datetime: ...
    @property
    def device(self) -> str: ...
    @property
    def versions(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Provenance:
    """What stands behind the figures of a run on one split at one threshold."""

    run: str
    split: str  # that is judged
    images: int  # of it
    patients: int  # of it; 0 where none is named
    known: int | None  # images of it whose patient taught the model; None where not stored
    kind: str  # a key of SPLIT_KINDS
    threshold: Threshold | None  # None: the largest score decides
    validation: int  # images that chose epoch and threshold
    source: str
    data: str  # content hash of the images
    data_state: str  # a key of DATA_STATES
    data_note: str  # which files differ; empty where there is nothing to say
    recipe: str  # hash of everything that determines the run
    seed: int
    created: datetime
    device: str
    versions: Mapping[str, str]
    limits: str = ""  # what was left out of training and validation; empty where nothing was
    excluded: int = 0  # images that were
    split_seed: int = 0  # that drew the parts
    members: str = ""  # the networks whose mean scores; empty where it is one network

    @property
    def fair(self) -> bool:
        """Whether nothing that judges has taught or chosen."""
        return not self.doubts

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the figures may flatter the model, a sentence each."""
        found = []
        if self.split == "train":
            found.append("These images taught the model: the figures say how well it remembers.")
        elif self.known:
            found.append(
                f"{self.known:,} of {self.images:,} {self.split} images are of patients that are "
                "in training too."
            )
        if self.split == "validation":
            found.append("These images chose the epoch and the threshold, so they flatter a bit.")
        elif self.threshold is not None and self.threshold.split == self.split:
            found.append("The threshold was chosen on these very images: optimistic.")
        if self.threshold is not None and 0 < self.threshold.of < FEW:
            found.append(f"Only {self.threshold.of} images chose the threshold: mostly luck.")
        if self.data_state == "changed":
            found.append(DATA_STATES["changed"])
        return tuple(found)

    @property
    def line(self) -> str:
        """All that matters in one line."""
        parts = [f"{self.images:,} {self.split} images"]
        if self.patients:
            parts[0] += f" of {self.patients:,} patients"
        parts.append(f"split {KIND_WORDS[self.kind]}")
        if self.threshold is not None:
            parts.append(source_of(self.threshold))
        parts.append(self.members or f"seed {self.seed}")
        parts.append(f"data {self.data[:8]}")
        return " · ".join(parts)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it means for the figures, in plain words; the doubts first."""
        lines = [*self.doubts]
        if self.known == 0 and self.split != "train":
            lines.append(f"No patient of the {self.split} images is in training.")
        lines.append(SPLIT_KINDS[self.kind])
        if self.limits:
            lines.append(
                f"{self.excluded:,} images were left out of training and validation ({self.limits})"
                ". No test image was, so test figures compare with those of other runs."
            )
        if self.threshold is not None:
            lines.append(chosen(self.threshold, self.split))
        if self.data_state != "changed":
            lines.append(DATA_STATES[self.data_state])
        if self.data_note:
            lines.append(self.data_note)
        return tuple(lines)

    def table(self) -> pd.DataFrame:
        """One row a fact: what, value; all of it text."""
        known = "not stored" if self.known is None else f"{self.known:,} images"
        line = "the largest score decides"
        if self.threshold is not None:
            line = f"{cut(self.threshold.value)}: {source_of(self.threshold)}"
        rows = {
            "Judged on": f"{self.images:,} {self.split} images, {self.patients:,} patients",
            "Of patients in training": known,
            "Split": f"{KIND_WORDS[self.kind]}, seed {self.split_seed}",
            **({"Mean of": self.members} if self.members else {}),
            "Threshold": line,
            "Validation images": f"{self.validation:,}",
            **({"Left out": f"{self.excluded:,} images: {self.limits}"} if self.limits else {}),
            "Data": f"{self.source or 'without a name'}, content {self.data}",
            "Data since": DATA_STATES[self.data_state],
            "Recipe": self.recipe,
            "Created": f"{self.created:%Y-%m-%d %H:%M} UTC" if self.created.year > 1970 else "–",
            "Device": self.device or "–",
            "Versions": ", ".join(f"{name} {text}" for name, text in self.versions.items()) or "–",
        }
        return pd.DataFrame({"what": rows.keys(), "value": rows.values()})


KIND_WORDS = {
    "official": "as it came",
    "patient": "by patient",
    "random": "at random by image",
    "patient_folds": "in folds by patient",
    "image_folds": "in folds by image",
}


def provenance(
    run: Trained,
    predictions: pd.DataFrame,
    split: str,
    threshold: Threshold | None,
    data_state: str = "unknown",
    data_note: str = "",
) -> Provenance:
    """Gather what stands behind the figures, from a run and its stored predictions."""
    judged = predictions[predictions["split"] == split]
    named = judged["patient"] != ""
    return Provenance(
        run=run.name,
        split=split,
        images=len(judged),
        patients=int(judged.loc[named, "patient"].nunique()),
        known=_known(predictions, judged[named], run.recipe.split.every_fold),
        kind=run.recipe.split.kind,
        threshold=threshold,
        validation=int((predictions["split"] == "validation").sum()),
        source=run.source,
        data=run.recipe.data,
        data_state=data_state,
        data_note=data_note,
        recipe=run.recipe.hash,
        seed=run.recipe.seed,
        split_seed=run.recipe.split_seed,
        members=_members(run.recipe),
        created=run.created,
        device=run.device,
        versions=dict(run.versions),
        limits=" or ".join(
            f"{limit.name} above {in_words(limit.kwargs['above'])}" for limit in run.recipe.exclude
        ),
        excluded=int((predictions["split"] == "excluded").sum()),
    )


def _members(recipe: Recipe) -> str:
    if not recipe.seeds:
        return ""
    return f"the mean of {len(recipe.seeds)} networks, seeds {', '.join(map(str, recipe.seeds))}"


def _known(predictions: pd.DataFrame, judged: pd.DataFrame, every_fold: bool) -> int | None:
    """Count judged images whose patient taught the network that judged them; None if not stored."""
    if every_fold and "fold" in judged:  # all other folds taught the network of an image's own
        folds = judged.groupby("patient")["fold"].transform("nunique")
        return int((folds > 1).sum())
    train = predictions[predictions["split"] == "train"]
    return int(judged["patient"].isin(set(train["patient"])).sum()) if len(train) else None


def source_of(threshold: Threshold) -> str:
    """Where a threshold came from, in a few words."""
    if threshold.rule == "hand":
        return "threshold set by hand"
    if not threshold.split:
        return "threshold chosen on no images"
    return f"threshold chosen on {threshold.of:,} {threshold.split} images"
