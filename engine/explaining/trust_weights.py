"""The randomised-weights check: does a map change when the network forgets what it learned?

Adebayo et al. 2018: Sanity checks for saliency maps (arXiv 1810.03292). A method whose map
survives random weights shows the picture, not the network.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.explaining.overlay import stretch

STAGES = 5  # how many times more layers are randomised, from the last one to all
BOUND = 2.0  # standard deviations at which draws end, as in TensorFlow's truncated normal
SHRINKS = 0.87962566  # what that leaves of the standard deviation
WINDOW = 1.5  # pixels: standard deviation of SSIM's window
SIDE = 64  # pixels a side on which larger maps are compared; finer is not looked at


def copied(model: Any) -> Any:
    """Return the same network with weights of its own, so that the given one stays as it is."""
    import keras

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def weighted(model: Any) -> list[Any]:
    """List the layers whose weights were learned, in the model's order."""
    import keras

    constants = keras.layers.Normalization  # what it holds was measured of pixels, not learned
    return [part for part in model.layers if part.weights and not isinstance(part, constants)]


def stages(layers: int, most: int = STAGES) -> list[int]:
    """How many of the last layers are randomised one stage after another: 1 first, all last."""
    return sorted({round(float(count)) for count in np.linspace(1, layers, min(most, layers))})


def randomise(model: Any, last: int, seed: int, images: NDArray[np.uint8]) -> None:
    """Draw the weights of the last `last` layers anew, in place: give it a copy (`copied`).

    Kernels come from a truncated normal of variance 2 / inputs (He et al. 2015, arXiv 1502.01852);
    biases start as new. Batch norms take the statistics of what they see now of `images` (n, s, s):
    without that the signal of deep networks fades, and maps would be empty for no other reason.
    The same seed gives the same kernels, whatever `last` is.
    """
    layers = weighted(model)
    for number, layer in enumerate(layers):
        if number >= len(layers) - last:
            rng = np.random.default_rng(np.random.SeedSequence([seed, number]))
            layer.set_weights([_anew(weight, rng) for weight in layer.weights])
    _settle(model, layers[len(layers) - last :], images)


def _settle(model: Any, drawn: list[Any], images: NDArray[np.uint8]) -> None:
    import keras

    norms = [part for part in model.layers if isinstance(part, keras.layers.BatchNormalization)]
    for norm in norms:  # those that are still learned keep their statistics
        norm.trainable, norm.momentum = norm in drawn, 0.0
    if any(norm.trainable for norm in norms):
        model(images[..., None].astype(np.float32), training=True)


def _anew(weight: Any, rng: np.random.Generator) -> NDArray[np.float32]:
    shape = tuple(int(length) for length in weight.shape)
    name = str(weight.path).rsplit("/", 1)[-1]
    if len(shape) < 2:
        ones = name in ("gamma", "moving_variance")
        return np.full(shape, float(ones), np.float32)
    inputs = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
    drawn = rng.standard_normal(shape).astype(np.float32)
    while (outside := np.abs(drawn) > BOUND).any():
        drawn[outside] = rng.standard_normal(int(outside.sum()))
    return np.asarray(drawn * (np.sqrt(2 / inputs) / SHRINKS), np.float32)


def rank_correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Spearman's correlation of two maps' values (rows, columns): 1 alike, 0 unrelated.

    Not a number where a map is the same everywhere, as an empty one is.
    """
    from scipy.stats import rankdata

    ranks = np.stack([rankdata(part) for part in _alike(one, other)])
    if (ranks.std(axis=1) == 0).any():
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def ssim(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Structural similarity of two maps (rows, columns) of 0..1: 1 where they are the same.

    Wang, Bovik, Sheikh, Simoncelli 2004 (doi 10.1109/TIP.2003.819861), with its Gaussian window
    and constants. Not a number where a map is the same everywhere.
    """
    import cv2

    a, b = (part.astype(np.float64) for part in _alike(one, other))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), WINDOW), np.float64)

    low, high = 0.01**2, 0.03**2
    x, y = mean(a), mean(b)
    xx, yy, xy = mean(a * a) - x * x, mean(b * b) - y * y, mean(a * b) - x * y
    light = (2 * x * y + low) / (x * x + y * y + low)
    return float((light * (2 * xy + high) / (xx + yy + high)).mean())


def _alike(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Bring two maps to one size, the first one's, and large ones to SIDE."""
    rows, columns = (min(SIDE, length) for length in one.shape)
    return shrunk(one, rows, columns), shrunk(other, rows, columns)


def shrunk(heat: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Return a map of (rows, columns): averaged where it shrinks, so that no point is skipped."""
    import cv2

    if heat.shape == (rows, columns):
        return heat
    if heat.shape[0] >= rows and heat.shape[1] >= columns:
        small = cv2.resize(heat, (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32)
    return stretch(heat, rows, columns)
