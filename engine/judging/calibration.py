"""Do scores mean what they say? Reliability table, Brier score and expected calibration error."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.judging.counts import FloatArray
from engine.judging.figures import proportion
from engine.judging.scores import Scores
from engine.words.errors import CxrError

BINNINGS = {
    "width": "Bins of equal width: easy to read, but some may hold few images.",
    "count": "Bins with about as many images each: steadier where scores crowd at 0 and 1.",
}
MOST_BINS = 50
# A stored score can be exactly 0 or 1, where the logit has no value. These are the nearest numbers
# that keep every other score's place: the smallest float32 and the step below 1 in float64.
LOWEST, HIGHEST = 2.0**-149, 1 - 2.0**-53


@dataclass(frozen=True, eq=False)
class Calibration:
    """How well the scores of one split agree with what is true."""

    split: str
    name: str  # the class that is looked for
    images: int
    prevalence: float  # share of the images that are of the class
    mean: float  # mean score
    table: pd.DataFrame  # low, high, images, positives, score, share, share_low, share_high
    brier: float
    skill: float | None  # 1 - brier / that of always saying the prevalence; None with one class
    ece: float
    loss: float  # mean negative log likelihood
    bins: int  # bins asked for, without which an ECE means little; the table has those with images
    binning: str


def calibration(scores: Scores, bins: int = 10, binning: str = "width") -> Calibration:
    """Compare a binary run's scores with the truth; raises CxrError for a choice that is not there.

    Brier (1950): mean (score - truth)². ECE (Naeini et al. 2015): mean over the bins, weighted by
    their images, of |mean score - share that is of the class|.
    """
    values, truth = scores.scores, scores.truth
    table = reliability(scores, bins, binning)
    share, brier = float(truth.mean()), float(np.mean((values - truth) ** 2))
    gaps = (table["score"] - table["share"]).abs()
    return Calibration(
        split=scores.split,
        name=scores.positive,
        images=len(scores),
        prevalence=share,
        mean=float(values.mean()),
        table=table,
        brier=brier,
        skill=1 - brier / (share * (1 - share)) if 0 < share < 1 else None,
        ece=float((table["images"] * gaps).sum() / len(scores)),
        loss=log_loss(scores),
        bins=bins,
        binning=binning,
    )


def reliability(scores: Scores, bins: int = 10, binning: str = "width") -> pd.DataFrame:
    """One row a bin that holds images: its edges, counts, mean score, and the true share.

    share_low and share_high are Wilson's 95% interval, which takes the images as independent.
    A score on an edge belongs to the bin below, as in scikit-learn's calibration_curve.
    """
    values, truth = scores.scores, scores.truth
    edges = _edges(values, bins, binning)
    place = np.searchsorted(edges[1:-1], values)
    images = np.bincount(place, minlength=bins)
    table = pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "images": images,
            "positives": np.bincount(place, weights=truth, minlength=bins).astype(int),
            "score": np.bincount(place, weights=values, minlength=bins) / np.maximum(images, 1),
        }
    )
    table = table[table["images"] > 0].reset_index(drop=True)
    table["share"] = table["positives"] / table["images"]
    pairs = zip(table["positives"].tolist(), table["images"].tolist(), strict=True)
    intervals = [proportion("share", part, whole, "") for part, whole in pairs]
    lows = np.array([entry.low for entry in intervals], dtype=np.float64)
    highs = np.array([entry.high for entry in intervals], dtype=np.float64)
    share = table["share"].to_numpy()  # at 0 and 1 rounding must not leave it outside
    return table.assign(share_low=np.minimum(lows, share), share_high=np.maximum(highs, share))


def log_loss(scores: Scores) -> float:
    """Mean negative log likelihood; a score of exactly 0 or 1 counts as the nearest one."""
    logits = logit(scores.scores)
    return float(np.logaddexp(0, np.where(scores.truth == 1, -logits, logits)).mean())


def logit(values: FloatArray) -> FloatArray:
    """Natural log of the odds, finite for scores of exactly 0 and 1 too; keeps their order."""
    inside = np.clip(values, LOWEST, HIGHEST)
    odds: FloatArray = np.log(inside) - np.log1p(-inside)
    return odds


def _edges(values: FloatArray, bins: int, binning: str) -> FloatArray:
    if not 1 < bins <= MOST_BINS:
        raise CxrError(f"Expected 2 to {MOST_BINS} bins, got {bins}.")
    if binning not in BINNINGS:
        raise CxrError(f"There is no binning '{binning}'. Choose one of: {', '.join(BINNINGS)}.")
    steps = np.linspace(0, 1, bins + 1)
    return steps if binning == "width" else np.percentile(values, 100 * steps)
