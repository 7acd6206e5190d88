"""What several seeds of one training reached: mean and spread, at 0.5 and at the own threshold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.judging.comparison import summary
from engine.judging.spread import spread
from engine.words.cutoffs import USUAL
from engine.words.options import Choice

FIGURES = ("accuracy", "precision", "recall", "specificity", "f1")
NAMES = ("auc", "threshold", *FIGURES, *(f"{name}_at_half" for name in FIGURES))


def over_seeds(
    tables: Mapping[int, pd.DataFrame],
    classes: tuple[str, ...],
    rule: Choice = USUAL,
    split: str = "test",
) -> pd.DataFrame:
    """Mean and spread over seeds (see `spread`) of what each reaches on a split.

    `tables` are the predictions by seed; each chooses its threshold by the rule on its own
    validation scores. Rows: auc, threshold, FIGURES at it, and at 0.5 with `_at_half` behind.
    """
    return spread([summary(table, classes, split, rule) for table in tables.values()], NAMES)


def said(table: pd.DataFrame, name: str) -> str:
    """A figure as "0.934 ± 0.012", its mean and standard deviation; empty where there is none."""
    if name not in table.index:
        return ""
    mean, deviation = (table[column].to_dict()[name] for column in ("mean", "deviation"))
    return f"{mean:.3f}" + ("" if np.isnan(deviation) else f" ± {deviation:.3f}")
