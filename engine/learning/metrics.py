"""The figures that are stored with every run."""

import numpy as np
from numpy.typing import NDArray


def metrics(truth: NDArray[np.intp], scores: NDArray[np.floating]) -> dict[str, float]:
    """Accuracy at the largest score, cross-entropy and AUC (one against rest).

    `truth` (n,) indexes the classes, `scores` (n, classes) are probabilities. scikit-learn raises
    ValueError where a class has no image.
    """
    from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

    classes = range(scores.shape[1])
    given = scores / scores.sum(axis=1, keepdims=True)
    auc = (
        roc_auc_score(truth, given[:, 1])
        if len(classes) == 2
        else roc_auc_score(truth, given, multi_class="ovr", labels=list(classes))
    )
    return {
        "accuracy": float(accuracy_score(truth, given.argmax(axis=1))),
        "loss": float(log_loss(truth, given, labels=list(classes))),
        "auc": float(auc),
    }
