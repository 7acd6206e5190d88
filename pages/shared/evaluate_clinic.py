"""Evaluate's clinic view: what the model would mean where the disease is rarer or more common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.judging import prevalence, sentences_clinic, worked
from engine.judging.figures import Judgement, class_counts, judge
from engine.judging.sentences import cut, word
from pages.shared import (
    cached_clinic,
    charts,
    charts_clinic,
    evaluate_calibration,
    formulas,
    layout,
    state,
    wording,
)
from pages.shared.components.clinic import clinic
from pages.shared.state import Key

if TYPE_CHECKING:
    import pandas as pd

    from engine.judging.scores import Scores
    from engine.judging.thresholds import Threshold
    from engine.runs.run import Run

USUAL = 0.05
CURVE = Key.EVALUATE.of("decision_curve")
RATES = ("recall", "specificity")


def show(run: Run, scores: Scores, threshold: Threshold) -> None:
    """Draw 1,000 people at a prevalence set by hand, then the decision curve and the formulas."""
    judged = judge(scores, threshold.value)
    missing = [judged.figures[name].reason for name in RATES if judged.figures[name].value is None]
    if missing:
        layout.empty(
            f"What a model means in a clinic follows from recall and specificity. {missing[0]} "
            "Judge on images of both classes."
        )
        return
    now = current_prevalence()
    people(run, scores, threshold, judged, now)
    decision_curve(run, scores, threshold.value, now)
    entries = worked.measures(class_counts(judged.matrix, 1), scores.classes)
    recall, specificity = (float(judged.figures[name].value or 0.0) for name in RATES)
    found = prevalence.predictive(recall, specificity, now)
    formulas.show(
        (
            *worked.at_prevalence(found, recall, specificity),
            *entries,
            *_net(judged, threshold.value),
        ),
        f"tp: {word(scores.positive)} and alarmed, fp: others alarmed, fn: missed, tn: left "
        f"alone; {wording.count(len(scores), scores.split + ' image')} at {cut(threshold.value)}.",
    )


def current_prevalence() -> float:
    """Return the prevalence set by hand, 5% unless one is set."""
    text = state.choice(Key.PREVALENCE)
    try:
        value = float(text or USUAL)
    except ValueError:  # an address that someone typed
        return USUAL
    return value if prevalence.LEAST <= value <= prevalence.MOST else USUAL


def people(run: Run, scores: Scores, threshold: Threshold, judged: Judgement, now: float) -> None:
    """The live part, and in words where its numbers come from."""
    bands, patients = intervals(run, scores, threshold.value, judged)
    recall, specificity = (judged.figures[name] for name in RATES)
    clinic(
        (float(recall.value or 0.0), float(specificity.value or 0.0)),
        bands,
        now,
        (float(scores.truth.mean()), f"these {len(scores):,} images"),
        scores.classes,
        lambda value: state.choose(Key.PREVALENCE, f"{value:.4g}"),
        Key.EVALUATE.of("clinic"),
    )
    how = (
        f"by resampling {patients:,} patients"
        if patients
        else "by Wilson, images taken as independent"
    )
    st.caption(
        f"At the threshold {cut(threshold.value)}, recall is {recall.text} of {recall.of:,} and "
        f"specificity {specificity.text} of {specificity.of:,} {scores.split} X-rays; bands take "
        f"the worst and the best of both 95% intervals ({how}). The slider holds both still; in "
        "another clinic milder cases or another X-ray machine would change them too."
    )


def intervals(
    run: Run, scores: Scores, value: float, judged: Judgement
) -> tuple[tuple[prevalence.Band | None, prevalence.Band | None], int]:
    """95% intervals of recall and specificity, and how many patients were resampled for them.

    Where no resample differs (all found, say) Wilson's serve, and the number is 0.
    """
    index = run.classes.index(scores.positive)
    resampled, patients = cached_clinic.intervals(run.id, scores.split, index, value)
    ends = [resampled[name] for name in RATES]
    if all(low < high for low, high in ends):  # a NaN compares as false
        return (ends[0], ends[1]), patients
    figures = [judged.figures[name] for name in RATES]
    found = [
        None if one.low is None or one.high is None else (one.low, one.high) for one in figures
    ]
    return (found[0], found[1]), 0


def decision_curve(run: Run, scores: Scores, threshold: float, now: float) -> None:
    """Net benefit of the model, of treating all and none, for these images or at the prevalence."""
    own = round(float(scores.truth.mean()), 3)
    names = {
        "images": f"these images ({sentences_clinic.share(own)})",
        "prevalence": f"the prevalence above ({sentences_clinic.share(now)})",
    }
    st.markdown("#### Is acting on the model worth it?")
    which = st.segmented_control(
        "Decision curve for",
        list(names),
        default="images",
        required=True,
        format_func=names.__getitem__,
        key=CURVE,
        persist_state="session",
    )
    there = now if which == "prevalence" else None
    table, others = tables(run, scores, there)
    said = ""
    if 0 < threshold < 1:
        said = sentences_clinic.net_benefit(
            table, prevalence.decision_curve(scores, there, [threshold])
        )
    figure = charts_clinic.decisions(table, scores.positive, threshold, others)
    st.plotly_chart(
        figure, config=charts.CONFIG, key=Key.EVALUATE.of("decisions"), alt=said or "Decision curve"
    )
    st.markdown(said)
    st.caption(
        "Who treats from a probability t on holds one case found to be worth (1 - t) / t false "
        "alarms. Net benefit counts the cases found and takes the false alarms off at that rate "
        "(Vickers and Elkin 2006). The green line is the threshold in force."
    )


def tables(
    run: Run, scores: Scores, there: float | None
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """The decision curve, and those of scores recalibrated or moved to the prevalence."""
    index = run.classes.index(scores.positive)
    table = cached_clinic.decisions(run.id, scores.split, index, "", there)
    method = evaluate_calibration.current_method()
    fitted, _ = evaluate_calibration.fit(run.id, index, method)
    others = {}
    if fitted:
        label = f"recalibrated ({fitted.method.label.lower()})"
        others[label] = cached_clinic.decisions(run.id, scores.split, index, method, there)
    if there is not None:
        label = "odds moved to that prevalence"
        used = method if fitted else ""
        others[label] = cached_clinic.moved_decisions(run.id, scores.split, index, used, there)
    return table, others


def _net(judged: Judgement, threshold: float) -> tuple[worked.Worked, ...]:
    if not 0 < threshold < 1:
        return ()  # no odds, no net benefit
    (_, fp), (_, tp) = judged.matrix.tolist()
    return (worked.net_benefit(tp, fp, int(judged.matrix.sum()), threshold),)
