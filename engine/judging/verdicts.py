"""What a comparison of runs says, in plain words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.judging.agreement import Agreement
from engine.judging.figures import written
from engine.judging.resampling import Estimate
from engine.judging.significance import LEVEL, DeLong, McNemar
from engine.judging.spread import WORTH, Strategy, by_luck

FAIR = 0.4, 0.6, 0.8  # kappa after Landis and Koch (1977)


def chance(p: float, images: int, split: str) -> str:
    """Whether a difference is distinguishable from chance, and on what."""
    able = "distinguishable" if p < LEVEL else "not distinguishable"
    return (
        f"The difference is **{able} from chance** on these {images:,} {split} images "
        f"({p_words(p)})."
    )


def p_words(p: float) -> str:
    """A p value with the digits that matter."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def signed(value: float, of: int) -> str:
    """A difference with its sign and the digits that the sample allows."""
    text = written(abs(value), of)
    if not float(text):
        return text
    return ("+" if value > 0 else "−") + text


def span(low: float, high: float, of: int) -> str:
    """A difference's interval in words; what it lacks where there is none."""
    if np.isnan(low) or np.isnan(high):
        return "no interval: the images are of one patient, or too many draws lack it"
    return f"95% interval {signed(low, of)} to {signed(high, of)}"


def answers(a: str, b: str, found: McNemar, p: float, split: str) -> str:
    """McNemar's test: who is right where the other is wrong; `p` may be corrected."""
    if not found.only_a + found.only_b:
        return f"{a} and {b} get the very same {split} images right: there is no difference."
    return (
        f"{a} gets {found.only_a} images right that {b} gets wrong, {b} gets {found.only_b} right "
        f"that {a} gets wrong: {signed(found.difference, found.of)} in accuracy "
        f"({span(found.low, found.high, found.of)}). {chance(p, found.of, split)}"
    )


def areas(a: str, b: str, found: DeLong, p: float, split: str) -> str:
    """DeLong's test of two areas under the ROC; `p` may be corrected."""
    return (
        f"{a} has an AUC of {written(found.auc_a, found.of)}, {b} of "
        f"{written(found.auc_b, found.of)}: {signed(found.difference, found.of)} "
        f"({span(found.low, found.high, found.of)}). {chance(p, found.of, split)}"
    )


def resampled(label: str, a: str, b: str, found: Estimate, p: float, of: tuple[int, str]) -> str:
    """The paired bootstrap of one measure; `of` is images and split."""
    images, split = of
    if np.isnan(found.value):
        return f"{label} does not exist for both {a} and {b} here."
    text = f"{label} of {a} less that of {b}: {signed(found.value, images)}"
    text += f" ({span(found.low, found.high, images)})."
    return text if np.isnan(p) else f"{text} {chance(p, images, split)}"


def agreeing(found: Agreement) -> str:
    """How often all say the same, and which two are furthest apart."""
    text = f"All runs say the same of {found.unanimous:,} of {found.images:,} X-rays."
    names = [str(name) for name in found.share.columns]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    if len(pairs) < 2:
        return f"{text} {_kappa(float(found.kappa.to_numpy()[0, 1]))}"
    table = found.share.to_numpy()
    shares = {(a, b): float(table[names.index(a), names.index(b)]) for a, b in pairs}
    a, b = min(shares, key=lambda pair: shares[pair])
    return f"{text} {a} and {b} differ most: they agree on {100 * shares[a, b]:.0f}%."


def ensemble(best: str, figure: Mapping[str, float | None], ensemble_name: str, of: int) -> str:
    """Whether the runs together do better than the best of them alone."""
    alone, both = figure[best], figure[ensemble_name]
    if alone is None or both is None:
        return "F1 does not exist here: no image is or is called positive."
    if written(alone, of) == written(both, of):
        words = f"as well as {best} alone"
    else:
        words = f"{'better' if both > alone else 'worse'} than {best} alone"
    return (
        f"Together they do {words}: F1 {written(both, of)} against {written(alone, of)}, the best "
        "of the single runs."
    )


def seeds(table: pd.DataFrame, measure: str, label: str, drawn: bool) -> str:
    """What the luck of the seed is worth; `drawn` where the seed drew the test images too."""
    values = table.loc[[measure]].to_numpy(dtype=float)[0]
    row = dict(zip(table.columns, values, strict=True))
    low, high = written(row["least"], 999), written(row["most"], 999)
    text = (
        f"Over {int(row['runs'])} runs that differ in the seed alone, {label} is "
        f"{written(row['mean'], 999)} on average, from {low} to {high}."
    )
    if not np.isnan(row["deviation"]):
        text += (
            f" Two such runs differ by up to {by_luck(row['deviation']):.2f} by luck alone (95 of "
            "100 pairs), so a smaller gain from one run proves nothing."
        )
    if drawn:
        text += " Each seed also drew its own test images: the spread is of both."
    return text


def price(table: pd.DataFrame, price: str, unit: str, gain: str = "f1") -> str:
    """What a point costs along the front of `spread.front`; a point is a hundredth."""
    best = table[table["best"]]
    if len(table) < 2 or best.empty:
        return "Two runs or more are needed to set a price against a gain."
    first, last = best.iloc[0], best.iloc[-1]
    beaten = len(table) - len(best)
    rest = f" {beaten} of {len(table)} runs cost as much as a better one or more." if beaten else ""
    if len(best) == 1:
        return (
            f"{first['name']} is the cheapest ({first[price]:,.0f} {unit}) and the best "
            f"({first[gain]:.2f}): nothing is gained by paying more.{rest}"
        )
    points = 100 * (last[gain] - first[gain])
    more = last[price] - first[price]
    return (
        f"From {first['name']} ({first[gain]:.2f}) to {last['name']} ({last[gain]:.2f}) are "
        f"{points:.1f} points for {more:,.0f} {unit} more: {more / points:,.0f} {unit} a point."
        f"{rest}"
    )


def strategy(entry: Strategy, label: str, measure: str) -> str:
    """How much of a strategy's gain is left when each network uses its own threshold."""
    if entry.gain_at_half is None or entry.gain_at_own is None:
        return f"{label}: {measure} does not exist for both networks."
    if entry.gain_at_half < WORTH:
        change = "changes nothing" if entry.gain_at_half > -WORTH else "lowers it"
        text = f"**{label}** {change} at 0.5 ({signed(entry.gain_at_half, 999)} {measure} over no "
        text += "strategy)"
        return f"{text}; at own thresholds the difference is {signed(entry.gain_at_own, 999)}."
    share = max(0.0, min(1.0, entry.remains or 0.0))
    text = (
        f"**{label}** gains {signed(entry.gain_at_half, 999)} {measure} over no strategy at 0.5. "
        f"With each network at its own threshold {signed(entry.gain_at_own, 999)} is left: "
    )
    if share < 0.005:
        return f"{text}all of the gain was a shift of the threshold."
    if share > 0.995:
        return f"{text}the gain is no mere shift of the threshold."
    return f"{text}{share:.0%} of the gain; the rest was a shift of the threshold."


def threshold_alone(base: Strategy, measure: str) -> str:
    """What moving the threshold does for the network without any strategy."""
    if base.at_half is None or base.at_own is None:
        return ""
    return (
        f"Moving the threshold of the plain network from 0.5 to {base.threshold:.2f}, at no cost, "
        f"changes its {measure} by {signed(base.at_own - base.at_half, 999)}."
    )


def listed(names: Sequence[str]) -> str:
    """Names as a reader lists them: "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _kappa(kappa: float) -> str:
    if np.isnan(kappa):
        return "Both say one and the same of every X-ray, so kappa does not exist."
    words = ("hardly", "moderately", "well", "almost fully")
    word = words[sum(kappa >= mark for mark in FAIR)]
    return f"Beyond what chance would give they agree {word} (Cohen's kappa {kappa:.2f})."
