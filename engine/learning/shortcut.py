"""How far one gets without looking at the lungs: a classifier that sees only how a file was stored.

Two groups of X-rays that come from two devices differ in size, compression and brightness. What
this classifier can tell from those alone, a network can too, and no figure says which it used.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data import cache
from engine.data.catalogue import Catalogue
from engine.data.parallel import Progress, in_order
from engine.data.pixels import pixels
from engine.data.sources import PREVIEW
from engine.data.splits import assign
from engine.words.errors import CxrError
from engine.words.files import digest_json
from engine.words.recipe import Split

AREA, VERSION = "shortcut", 1
FILE = ("width", "height", "aspect", "bytes", "bytes_per_pixel", "format", "mode")
GREY = ("mean", "contrast", "p01", "p10", "p50", "p90", "p99", "black", "white")
SEES = {
    "file": ("The file alone", "width, height, aspect ratio, bytes, format"),
    "brightness": ("The brightness alone", "mean, contrast, percentiles, black and white areas"),
    "both": ("Both", "all of these"),
}
PARTS = (0.01, 0.1, 0.5, 0.9, 0.99)  # of the pixels, for the percentiles
ENDS = 8  # grey levels that count as black, and as white


@dataclass(frozen=True, eq=False)
class Shortcut:
    """What classifiers without a look at the lungs say of a source under one split.

    `predictions` has for each of SEES a table as a run's: image_id, file, split, label, patient,
    kind, score_<CLASS>; judged as any run's.
    """

    split: Split
    seed: int
    classes: tuple[str, ...]
    predictions: dict[str, pd.DataFrame]
    constant: tuple[str, ...]  # features that are the same for all images and so tell nothing


def measure(
    catalogue: Catalogue, split: Split, seed: int = 0, progress: Progress | None = None
) -> Shortcut:
    """Train on the split's training images, score its validation and test images.

    Raises CxrError where the data has not exactly the classes that a split needs.
    """
    classes = catalogue.classes("labels")
    images, target = catalogue.images, catalogue.targets("labels")
    parts = assign(images, target, split, seed)
    table = pd.concat([of_files(images), of_pixels(catalogue, progress)], axis=1)
    labels = pd.Categorical(target, categories=list(classes)).codes
    about = images[["image_id", "file", "label", "patient", "kind"]].assign(split=parts)
    predictions = {}
    for name, columns in {"file": FILE, "brightness": GREY, "both": FILE + GREY}.items():
        scores = _scores(table[list(columns)], labels, (parts == "train").to_numpy())
        named = {f"score_{label}": scores[:, number] for number, label in enumerate(classes)}
        judged = about.assign(**named)
        predictions[name] = judged[judged["split"] != "train"].reset_index(drop=True)
    constant = tuple(str(name) for name in table if table[name].nunique() == 1)
    return Shortcut(split, seed, classes, predictions, constant)


def of_files(images: pd.DataFrame) -> pd.DataFrame:
    """What is known without opening an image; sizes as logarithms, names as numbers."""
    size = images["width"] * images["height"]
    return pd.DataFrame(
        {
            "width": np.log(images["width"]),
            "height": np.log(images["height"]),
            "aspect": np.log(images["width"] / images["height"]),
            "bytes": np.log(images["bytes"]),
            "bytes_per_pixel": np.log(images["bytes"] / size),
            "format": pd.factorize(images["format"], sort=True)[0],
            "mode": pd.factorize(images["mode"], sort=True)[0],
        },
        index=images.index,
    )


def of_pixels(catalogue: Catalogue, progress: Progress | None = None) -> pd.DataFrame:
    """Brightness statistics of each image's histogram, once for a catalogue's content."""
    key = digest_json([VERSION, catalogue.hash])

    def compute() -> pd.DataFrame:
        grey = pixels(catalogue, *PREVIEW, progress)
        rows = in_order(
            lambda row: brightness(grey[row]), range(len(grey)), progress, "Measuring brightness"
        )
        return pd.DataFrame(list(rows), columns=list(GREY))

    path = cache.fetch(
        AREA, key, ".parquet", lambda target: compute().to_parquet(target), of=[catalogue.hash]
    )
    return pd.read_parquet(path)


def brightness(image: NDArray[np.uint8]) -> tuple[float, ...]:
    """The statistics named by GREY, of a picture's grey levels (0..255)."""
    counts = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    shares, levels = counts / counts.sum(), np.arange(256)
    mean = float(shares @ levels)
    contrast = float(np.sqrt(shares @ (levels - mean) ** 2))
    parts = np.searchsorted(np.cumsum(shares), PARTS).astype(float)
    return (mean, contrast, *parts, float(shares[:ENDS].sum()), float(shares[-ENDS:].sum()))


def _scores(
    table: pd.DataFrame, labels: NDArray[np.int8], learning: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Fit a logistic regression on the training rows; a probability per class for every row."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(np.unique(labels[learning])) < 2:
        raise CxrError("A classifier needs training images of two classes; choose another split.")
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    values = table.to_numpy(dtype=np.float64)
    model.fit(values[learning], labels[learning])
    return np.asarray(model.predict_proba(values), dtype=np.float64)
