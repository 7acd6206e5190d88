"""How far a figure would move with other patients: 95% intervals by resampling patients.

The percentile bootstrap over clusters (Davison and Hinkley 1997, 3.8): patients, not images, are
drawn with replacement, for the images of one patient resemble each other. Every
resample counts each image as often as its patient was drawn, along the scores sorted once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.judging.counts import Counts, FloatArray, IntArray
from engine.judging.measures import MEASURES, named
from engine.judging.paths import RATES, Paths
from engine.judging.scores import Scores
from engine.judging.thresholds import RATIOS

THRESHOLDS = np.arange(201) / 200
BETAS = (0.5, 2.0)
KEYS = (
    *(name for name, measure in MEASURES.items() if measure.parameter is None),
    *(f"fbeta_{beta:g}" for beta in BETAS),
    *(f"cost_{weight:g}" for weight in RATIOS),
)
LEVELS = (0.025, 0.975)
RESAMPLES = 1000
UNDEFINED = 0.05  # a figure that more resamples than this do not have gets no interval
AT_ONCE = 2**18  # numbers in one array while resampling: 2 MB

Interval = tuple[float, float]  # low, high; NaN where there is none


@dataclass(frozen=True, eq=False)
class Bands:
    """95% intervals of everything at every threshold; NaN where undefined."""

    thresholds: FloatArray  # (201,)
    measures: dict[str, FloatArray]  # a key of KEYS -> (201, 2) low, high
    roc: FloatArray  # (101, 3) false-alarm rate, low and high of recall
    pr: FloatArray  # (101, 3) recall, low and high of precision
    auc: Interval
    average_precision: Interval
    patients: int
    resamples: int


def patient_groups(rows: pd.DataFrame) -> IntArray:
    """Number of each image's patient, (n,); an image without one stands for itself."""
    if "patient" not in rows.columns:
        return np.arange(len(rows))
    names = rows["patient"]
    codes, known = pd.factorize(names.where(names.astype(str).str.strip() != ""))
    alone = codes < 0  # missing
    groups = codes.astype(np.int64)
    groups[alone] = len(known) + np.arange(alone.sum())
    return groups


def weights(
    groups: IntArray, resamples: int = RESAMPLES, seed: int = 0, at_once: int = AT_ONCE
) -> Iterator[FloatArray]:
    """How often each patient is drawn, in pieces (resamples, patients) that bound the memory.

    The same groups and seed give the same draws: that pairs runs on the same images.
    """
    patients = int(groups.max()) + 1
    random = np.random.default_rng(seed)
    step = max(1, at_once // max(len(groups), 1))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = random.integers(0, patients, (size, patients))
        drawn += np.arange(size)[:, None] * patients
        counts = np.bincount(drawn.ravel(), minlength=size * patients)
        yield counts.reshape(size, patients).astype(np.float64)


def bands(scores: Scores, resamples: int = RESAMPLES, seed: int = 0) -> Bands:
    """Resample the patients of two classes' scores; every interval comes from the same draws.

    A figure that a resample does not have (AUC without both classes, precision where none is called
    positive) is left out; where more than 5% lack it, or there is one patient only, it is NaN.
    """
    groups = patient_groups(scores.rows)
    paths = Paths.of(scores, groups, THRESHOLDS)
    parts = [paths.follow(drawn) for drawn in weights(groups, resamples, seed)]
    fp, tp, roc, pr, areas = (np.concatenate(part) for part in zip(*parts, strict=True))
    patients = int(groups.max()) + 1
    counts = Counts(fp[:, -1:] - fp, fp, tp[:, -1:] - tp, tp)
    found = {key: interval(named(key).compute(counts), patients)[paths.columns] for key in KEYS}
    auc, average = interval(areas, patients)
    rates = RATES[:, None]
    return Bands(
        THRESHOLDS,
        found,
        np.hstack([rates, interval(roc, patients)]),
        np.hstack([rates, interval(pr, patients)]),
        (float(auc[0]), float(auc[1])),
        (float(average[0]), float(average[1])),
        patients,
        resamples,
    )


def intervals(
    scores: Scores,
    threshold: float,
    resamples: int = RESAMPLES,
    seed: int = 0,
    keys: tuple[str, ...] = KEYS,
) -> dict[str, Interval]:
    """95% intervals of measures at exactly one threshold, in milliseconds; NaN where undefined."""
    groups = patient_groups(scores.rows)
    cells = scores.truth * 2 + scores.predicted(threshold)
    tn, fp, fn, tp = resampled_cells(groups, cells, 4, resamples, seed).T
    counts, patients = Counts(tn, fp, fn, tp), int(groups.max()) + 1
    found = {key: interval(named(key).compute(counts)[:, None], patients)[0] for key in keys}
    return {key: (float(low), float(high)) for key, (low, high) in found.items()}


def resampled_cells(
    groups: IntArray, cells: NDArray[np.integer], size: int, resamples: int, seed: int
) -> FloatArray:
    """How many images each cell of a matrix holds in each resample, (resamples, size).

    Patients whose images lie in the same cells are drawn together, as one multinomial count: the
    same distribution as drawing them one by one.
    """
    patients = int(groups.max()) + 1
    held = np.bincount(groups * size + cells, minlength=patients * size).reshape(patients, size)
    kinds, of = np.unique(held, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(patients, of / patients, size=resamples)
    return drawn.astype(np.float64) @ kinds.astype(np.float64)


def interval(values: FloatArray, patients: int) -> FloatArray:
    """Percentile interval of each column of (resamples, columns), as (columns, 2) low and high."""
    ranked = np.sort(values.T, axis=1)  # NaN comes last
    known = ranked.shape[1] - np.isnan(ranked).sum(axis=1)
    bounds = np.stack([_quantile(ranked, known, level) for level in LEVELS], axis=1)
    bounds[(known < (1 - UNDEFINED) * ranked.shape[1]) | (patients < 2)] = np.nan
    return bounds


def _quantile(ranked: FloatArray, known: IntArray, level: float) -> FloatArray:
    place = level * np.maximum(known - 1, 0)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    rows = np.arange(len(ranked))
    left, right = ranked[rows, low], ranked[rows, high]
    return np.asarray(left + (right - left) * (place - low))
