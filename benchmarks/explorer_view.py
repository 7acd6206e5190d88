"""The page that `threshold_explorer` opens: the live explorer, or a slider with four charts.

Run by Streamlit; `?view=live` or `?view=plain`, `&images=` how many made-up scores.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from sklearn import metrics

from benchmarks.explorer_scores import CLASSES, predictions
from engine.judging.bootstrap import bands
from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold, snaps
from pages.shared.components.explorer import explorer, pack
from pages.shared.state import Key


@st.cache_resource
def scores(images: int, split: str) -> Scores:
    """Scores, kept between reruns as any app would."""
    return Scores.of(predictions(images), split)


@st.cache_resource
def packed(images: int) -> bytes:
    """The explorer's packet, intervals included."""
    test, validation = (scores(images, name) for name in ("test", "validation"))
    resamples = 1000 if images <= 10_000 else 100  # draws are no part of what is timed
    return pack(test, bands(test, resamples), snaps(validation), snaps(test), name="made up")


def live(images: int) -> None:
    """Draw the explorer."""
    start = Threshold(0.5, "default")
    explorer(packed(images), Key.EVALUATE.of("bench"), start, print, print, print, print)


def plain(images: int) -> None:
    """Draw the same view of Streamlit's own parts: a slider and four plotly charts."""
    test = scores(images, "test")
    cut = st.slider("Threshold", 0.0, 1.0, 0.5, 0.01)
    said = test.scores >= cut
    truth = test.truth
    for name in ("accuracy", "precision", "recall", "f1"):
        figure = getattr(metrics, f"{name}_score")(truth, said)
        st.markdown(f"{name} {figure:.3f}")
    left, right = st.columns(2)
    left.plotly_chart(go.Figure(go.Heatmap(z=metrics.confusion_matrix(truth, said))), key="a")
    right.plotly_chart(histograms(test, cut), key="b")
    alarms, recall, _ = metrics.roc_curve(truth, test.scores)
    at = ((said & (truth == 0)).sum() / (truth == 0).sum(), metrics.recall_score(truth, said))
    left.plotly_chart(curve(alarms, recall, at), key="c")
    precision, recall, _ = metrics.precision_recall_curve(truth, test.scores)
    at = (metrics.recall_score(truth, said), metrics.precision_score(truth, said))
    right.plotly_chart(curve(recall, precision, at), key="d")
    st.markdown(f'<i class="drawn">{cut:.2f}</i>', unsafe_allow_html=True)


def histograms(test: Scores, cut: float) -> go.Figure:
    """Both classes' scores with the line."""
    figure = go.Figure()
    for index, name in enumerate(CLASSES):
        count, edges = np.histogram(test.scores[test.truth == index], 50, (0, 1))
        figure.add_bar(x=edges[:-1], y=count, name=name)
    return figure.add_vline(cut)


def curve(x: np.ndarray, y: np.ndarray, at: tuple[float, float]) -> go.Figure:
    """A curve thinned to 400 points, with its dot."""
    keep = np.unique(np.linspace(0, len(x) - 1, 400).astype(int))
    figure = go.Figure(go.Scatter(x=x[keep], y=y[keep]))
    return figure.add_scatter(x=[at[0]], y=[at[1]], mode="markers")


VIEWS = {"live": live, "plain": plain}

if __name__ == "__main__":
    chosen = VIEWS[st.query_params.get("view", "live")]
    chosen(int(st.query_params.get("images", "624")))
