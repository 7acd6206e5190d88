"""Made-up predictions, as the run store holds them."""

import numpy as np
import pandas as pd

TWO = ("NORMAL", "PNEUMONIA")
THREE = ("NORMAL", "BACTERIAL", "VIRAL")


def predictions(classes=TWO, images=200, seed=0, decimals=2, splits=("validation", "test")):
    """Random predictions that lean to the truth; few decimals give ties."""
    random = np.random.default_rng(seed)
    tables = []
    for split in splits:
        truth = random.integers(0, len(classes), images)
        logits = random.normal(size=(images, len(classes)))
        logits[np.arange(images), truth] += 1.2
        share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        if len(classes) == 2:
            positive = share[:, 1].round(decimals).astype(np.float32)
            share = np.stack([1 - positive, positive], axis=1)
        names = [f"{split}-{number:04}" for number in range(images)]
        table = pd.DataFrame({"image_id": names, "file": [f"{name}.png" for name in names]})
        table["split"], table["label"] = split, [classes[index] for index in truth]
        table["patient"], table["kind"] = names, ""
        for index, name in enumerate(classes):
            table[f"score_{name}"] = share[:, index].astype(np.float32)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def of(labels, scores, split="test"):
    """Predictions of two classes from lists of 0/1 and scores."""
    return pd.DataFrame(
        {
            "image_id": [f"{split}{number}" for number in range(len(labels))],
            "file": [f"{split}{number}.png" for number in range(len(labels))],
            "split": split,
            "label": [TWO[label] for label in labels],
            "patient": "p",
            "kind": "",
            "score_NORMAL": [1 - score for score in scores],
            "score_PNEUMONIA": scores,
        }
    )
