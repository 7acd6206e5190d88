"""explainerdashboard's cutoff slider with matrix, ROC and precision-recall, in its own environment.

It is no dependency of the project: a virtual environment is made for the benchmark and removed.
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.explorer_scores import predictions
from benchmarks.server import free_port

REQUIRED = "explainerdashboard==0.5.8"
INSTALL_SECONDS = 900
START_SECONDS = 240

# The model's one feature is the score itself, so both sides judge the very same scores.
PAGE = """
import sys
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from explainerdashboard import ClassifierExplainer, ExplainerDashboard
from explainerdashboard.custom import (ConfusionMatrixComponent, CutoffConnector,
    CutoffPercentileComponent, ExplainerComponent, PrAucComponent, RocAucComponent)
from dash import html

class Stored(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self
    def predict_proba(self, X):
        score = np.asarray(X)[:, 0].astype(float)
        return np.stack([1 - score, score], axis=1)
    def predict(self, X):
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)

table = pd.read_csv(sys.argv[1])
X, y = table[["score"]], table["truth"]
model = Stored().fit(X, y)
explainer = ClassifierExplainer(model, X, y, labels=["normal", "pneumonia"])
class Shown(ExplainerComponent):
    def __init__(self, explainer, title="Cutoff", name=None, **kwargs):
        super().__init__(explainer, title, name)
        self.cutoff = CutoffPercentileComponent(explainer, hide_percentile=True)
        kinds = (ConfusionMatrixComponent, RocAucComponent, PrAucComponent)
        self.matrix, self.roc, self.pr = (kind(explainer) for kind in kinds)
        self.connector = CutoffConnector(self.cutoff, [self.matrix, self.roc, self.pr])
    def layout(self):
        parts = (self.cutoff, self.matrix, self.roc, self.pr)
        return html.Div([part.layout() for part in parts])
ExplainerDashboard(explainer, [Shown], shap_interaction=False).run(port=int(sys.argv[2]))
"""


class DashboardError(RuntimeError):
    """explainerdashboard could not be measured; says why."""


def install(folder: Path) -> Path:
    """Make the environment; return its Python. Raises DashboardError where it cannot be."""
    python = folder / "bin" / "python"
    if python.exists():
        return python
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-q", REQUIRED],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise DashboardError(f"{REQUIRED} was not installed in {INSTALL_SECONDS} s") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise DashboardError(f"{REQUIRED} could not be installed: {last}")
    return python


@contextmanager
def dashboard(folder: Path, images: int) -> Iterator[str]:
    """Run it on the scores of `explorer_scores`; gives its address. Raises DashboardError."""
    python = install(folder / "rival")
    test = predictions(images).query("split == 'test'")
    scores = folder / f"scores-{images}.csv"
    table = test.assign(score=test["score_PNEUMONIA"], truth=test["label"] == "PNEUMONIA")
    table[["score", "truth"]].astype(float).astype({"truth": int}).to_csv(scores, index=False)
    page, log, port = folder / "rival.py", folder / "rival.log", free_port()
    page.write_text(PAGE, encoding="utf-8")
    with log.open("wb") as out:
        process = subprocess.Popen([python, page, scores, str(port)], stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    last = (log.read_text(errors="replace").strip().splitlines() or ["no message"])[-1]
    raise DashboardError(f"{REQUIRED} did not start: {last}")
