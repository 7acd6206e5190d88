"""Patients in more than one part, under the ways of splitting a source."""

from __future__ import annotations

import pandas as pd

from engine.data import audit, splits
from engine.data.catalogue import Catalogue
from engine.words.recipe import Split

FOLDERS = "folders"


def crossing(catalogue: Catalogue, kind: str) -> pd.DataFrame:
    """Return patient, images and parts; `kind` is "folders" (as they came) or a split's kind.

    Raises CxrError where the split cannot be made.
    """
    return audit.crossing_patients(catalogue.images, parts(catalogue, kind))


def parts(catalogue: Catalogue, kind: str) -> pd.Series:
    """Return each image's part under a way of splitting; raise CxrError where it cannot be made."""
    if kind == FOLDERS:
        return catalogue.images["split"]
    target = catalogue.targets("labels")
    return splits.assign(catalogue.images, target, Split(kind), seed=0)
