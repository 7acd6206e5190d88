"""Networks of every kind, and every method computed anew: a gradient tape and NumPy alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from engine.explaining.cam import METHODS, CamResult
from engine.learning.assembly import assemble
from engine.learning.ensembles import combine
from engine.learning.freezing import freeze
from engine.learning.regimes import phases
from engine.learning.rules import check
from engine.words.options import Choice
from engine.words.recipe import Recipe
from tests.learning.made_backbone import SIZE

SAMPLES, NOISE, SEED, MAX_N = 3, 0.1, 7, 5
# Grad-CAM++ divides by 2 + sum(activations) * slope: near 0 it makes much of the last digit.
CLOSE = dict.fromkeys(METHODS, 1e-4) | {"gradcam++": 0.03}
KNOBS = {
    "smoothgrad": Choice.of("smoothgrad", samples=SAMPLES, noise=NOISE, seed=SEED),
    "scorecam": Choice.of("scorecam", max_n=MAX_N),
}


def pictures(number: int, size: int = SIZE) -> np.ndarray:
    """Noise with a brighter square at another place in each: (number, size, size) uint8."""
    random = np.random.default_rng(3)
    images = random.integers(0, 150, (number, size, size), dtype=np.uint8)
    for at, image in enumerate(images):
        image[3 * at + 2 : 3 * at + 10, 4:14] += 100
    return images


def scratch(units: int, activation: str, seed: int = 1, convolutions: bool = True) -> Any:
    """Two layers with pooling, then one dense layer on all."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Rescaling(1 / 255)(inputs)
    for width in (4, 8):
        if convolutions:
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D()(x)
        else:
            x = layers.Dense(width, activation="relu")(x)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(units, activation=activation)(x))


def backbone(classes: int, regime: Choice, output: str, kept: Path) -> Any:
    """Train a head, and what the regime lets learn, for a step; return it as read from its file.

    Needs the tiny backbone of made_backbone.
    """
    keras.utils.set_random_seed(2)
    head = Choice.of("gap", output=output, dropout=0.0)
    recipe = Recipe("", Choice("tiny"), Choice("adam"), head, regime, size=SIZE)
    built = assemble(check(recipe), classes, kept)
    freeze(built.model, built.numbers, phases(recipe)[-1], {})
    built.model.compile(keras.optimizers.Adam(0.01), "mse", run_eagerly=True)
    wanted = np.eye(max(2, classes), dtype=np.float32)[[0, 1, 1]]
    outputs = built.model.output_shape[-1]
    batch = pictures(3)[..., None].astype(np.float32)
    built.model.train_on_batch(batch, wanted[:, -1:] if outputs == 1 else wanted)
    built.model.save(kept.parent / "model.keras")
    return keras.saving.load_model(kept.parent / "model.keras", compile=False)


KINDS: dict[str, Callable[[Path], Any]] = {
    "scratch, one sigmoid unit": lambda kept: scratch(1, "sigmoid"),
    "scratch, two of softmax": lambda kept: scratch(2, "softmax"),
    "scratch, three of softmax": lambda kept: scratch(3, "softmax"),
    "no convolution": lambda kept: scratch(2, "softmax", convolutions=False),
    "frozen backbone, one sigmoid unit": lambda kept: backbone(
        2, Choice("frozen"), "sigmoid", kept
    ),
    "frozen backbone, three classes": lambda kept: backbone(3, Choice("frozen"), "softmax", kept),
    "fine-tuned backbone, two sigmoids": lambda kept: backbone(
        2, Choice.of("after", layers=4), "sigmoids", kept
    ),
    "ensemble of sigmoid units": lambda kept: combine(
        [scratch(1, "sigmoid", seed) for seed in (1, 2, 3)]
    ),
    "ensemble of softmax": lambda kept: combine([scratch(2, "softmax", seed) for seed in (1, 2)]),
}


def expected(
    method: str, model: Any, images: np.ndarray, classes: list[int], layer: int | None
) -> np.ndarray:
    """The raw maps (n, rows, columns) that a method must give."""
    batch = images[..., None].astype(np.float32)
    if method == "saliency":
        return np.abs(tape(model, batch, classes, 0)[1])[..., 0]
    if method == "smoothgrad":
        random = np.random.default_rng(SEED)
        reach = NOISE * (batch.max((1, 2, 3), keepdims=True) - batch.min((1, 2, 3), keepdims=True))
        noise = [random.standard_normal(batch.shape[1:], np.float32) for _ in range(SAMPLES)]
        each = [np.abs(tape(model, batch + reach * one, classes, 0)[1]) for one in noise]
        return np.mean(each, axis=0)[..., 0]
    assert layer is not None
    if method == "scorecam":
        return np.stack([_scorecam(model, *one, layer) for one in zip(batch, classes, strict=True)])
    values, slopes = tape(model, batch, classes, layer)
    if method == "gradcam":
        return (values * slopes.mean((1, 2), keepdims=True)).sum(-1)
    if method == "layercam":
        return (values * np.maximum(slopes, 0)).sum(-1)
    assert method == "gradcam++"
    total = values.sum((1, 2), keepdims=True)
    below = 2 * slopes**2 + slopes**3 * total
    alphas = np.divide(slopes**2, below, out=np.zeros_like(slopes), where=slopes != 0)
    sums = alphas.sum((1, 2), keepdims=True)
    alphas = np.divide(alphas, sums, out=np.zeros_like(alphas), where=sums != 0)
    return (values * (alphas * np.maximum(slopes, 0)).sum((1, 2), keepdims=True)).sum(-1)


def assert_is(result: CamResult, raw: np.ndarray) -> None:
    """Compare a result with a raw map, to a ten-thousandth of its largest value."""
    close, reach = CLOSE[result.method], float(np.abs(raw).max())
    assert result.raw_max == pytest.approx(raw.max(), abs=close * reach)
    assert result.raw_min == pytest.approx(raw.min(), abs=close * reach)
    assert result.empty == (raw.max() <= 0)
    heat = np.zeros_like(raw) if result.empty else np.maximum(raw, 0) / raw.max()
    np.testing.assert_allclose(result.heat, heat, atol=close)


def tape(
    model: Any, batch: np.ndarray, classes: list[int], layer: int
) -> tuple[np.ndarray, np.ndarray]:
    """A layer's values and the gradient of each image's own score, both (n, h, w, channels).

    The score is a matrix product by hand, so that no softmax or sigmoid comes after it.
    """
    import tensorflow as tf

    ends = _ends(model)
    tensors = [model.layers[layer].output, *(end.input for end in ends)]
    inside = keras.Model(model.input, tensors)
    with tf.GradientTape() as watching:
        x = tf.constant(batch)
        watching.watch(x)
        values, *before = inside(x, training=False)
        scores = [
            tf.matmul(tf.reshape(one, (len(batch), -1)), end.kernel) + end.bias
            for one, end in zip(before, ends, strict=True)
        ]
        mean = tf.add_n(scores) / len(scores)
        if mean.shape[1] == 1:
            mean = tf.concat([-mean, mean], axis=1)
        total = tf.add_n([mean[at, index] for at, index in enumerate(classes)])
    slopes = watching.gradient(total, x if layer == 0 else values)
    return np.asarray(batch if layer == 0 else values), np.asarray(slopes)


def _ends(model: Any) -> list[Any]:
    """The dense layers that answer: one, or an ensemble's, one a member."""
    last = model.layers[-1]
    if isinstance(last, layers.Average):
        return [one._keras_history.operation for one in last.input]
    return [last]


def _scorecam(model: Any, picture: np.ndarray, index: int, layer: int) -> np.ndarray:
    values = tape(model, picture[None], [index], layer)[0][0]
    chosen = np.sort(np.argsort(-values.std((0, 1)), kind="stable")[:MAX_N])
    total = np.zeros(values.shape[:2])
    for channel in chosen:
        mask = _enlarged(values[..., channel], picture.shape[0])
        mask = (mask - mask.min()) / (np.ptp(mask) + 1e-7)
        total += values[..., channel] * _probability(model, picture * mask[..., None], index)
    return total


def _enlarged(small: np.ndarray, side: int) -> np.ndarray:
    """Stretch linearly so that corners stay corners."""
    places = np.linspace(0, small.shape[0] - 1, side)
    rows = np.stack([np.interp(places, range(small.shape[0]), line) for line in small.T], axis=1)
    across = np.linspace(0, small.shape[1] - 1, side)
    return np.stack([np.interp(across, range(small.shape[1]), line) for line in rows])


def _probability(model: Any, picture: np.ndarray, index: int) -> float:
    """The softmax of an image's scores; an ensemble's is that of the mean score."""
    ends = _ends(model)
    inside = keras.Model(model.input, [end.input for end in ends])
    before = inside(picture[None].astype(np.float32), training=False)
    before = before if isinstance(before, list) else [before]
    scores = np.mean(
        [
            np.asarray(one).reshape(1, -1) @ np.asarray(end.kernel) + np.asarray(end.bias)
            for one, end in zip(before, ends, strict=True)
        ],
        axis=0,
    )[0]
    both = np.array([0.0, scores[0]]) if len(scores) == 1 else scores
    powers = np.exp(both - both.max())
    return float(powers[index] / powers.sum())
