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
    images = catalogue.images
    if kind == FOLDERS:
        return audit.crossing_patients(images, images["split"])
    target = catalogue.targets("labels")
    return audit.crossing_patients(images, splits.assign(images, target, Split(kind), seed=0))
