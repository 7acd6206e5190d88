"""The methods of methods.py through tf-keras-vis, many images at a time.

Each returns raw maps (n, rows, columns) float32, nothing dropped or stretched. Scores are those
before softmax or sigmoid. An image's map does not depend on those beside it.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.explaining.halves import AT_ONCE, halves

Images = NDArray[np.uint8]  # (n, s, s)
Maps = NDArray[np.float32]  # (n, rows, columns)
Indices = NDArray[np.intp]  # (n,)

ENOUGH = 4  # images from which on compiling the network up to a layer pays
MEMORY = 1e9  # bytes that the values kept for the gradients of one pass may take
RAW = {
    "seek_penultimate_conv_layer": False,
    "activation_modifier": None,
    "expand_cam": False,
    "normalize_cam": False,
}


def gradcam(model: Any, images: Images, classes: Indices, layer: int) -> Maps:
    """Return Grad-CAM's weighted sums of channels, before their ReLU."""
    _quiet_import()
    from tf_keras_vis.gradcam import Gradcam

    return _ask_layer(Gradcam, model, images, classes, layer)


def gradcam_plus_plus(model: Any, images: Images, classes: Indices, layer: int) -> Maps:
    """Return Grad-CAM++'s weighted sums of channels, before their last ReLU.

    They are divided by exp(score), as which the method writes its class score: a factor of the
    whole map, which overflows for a network that is sure of itself.
    """
    _quiet_import()
    import tensorflow as tf
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus

    def from_zero(values: Any) -> Any:
        return values - tf.stop_gradient(values)

    def weights_only(values: Any) -> Any:  # called for the weights, then for the map itself
        return tf.nn.relu(values) if len(values.shape) == 4 else values

    return _ask_layer(
        GradcamPlusPlus, model, images, classes, layer, from_zero, activation_modifier=weights_only
    )


def layercam(model: Any, images: Images, classes: Indices, layer: int) -> Maps:
    """Return LayerCAM's sums of activation times positive gradient, before their ReLU."""
    _quiet_import()
    from tf_keras_vis.layercam import Layercam

    return _ask_layer(Layercam, model, images, classes, layer)


def scorecam(model: Any, images: Images, classes: Indices, layer: int, max_n: int) -> Maps:
    """Return Faster Score-CAM's sums of channels, before their ReLU.

    One image at a time: tf-keras-vis tries the union of a batch's channels on all of its images.
    """
    _quiet_import()
    from tf_keras_vis.scorecam import Scorecam

    ask = Scorecam(_Answering(_linear_copy(model)))
    most = min(max_n, int(model.layers[layer].output.shape[-1]))

    def one(image: NDArray[np.uint8], column: int) -> Maps:
        return _array(
            ask(
                lambda outputs: outputs[:, column],
                _batch(image[None]),
                penultimate_layer=layer,
                max_N=most,
                batch_size=AT_ONCE,
                **RAW,
            )
        )[0]

    return np.stack([one(image, int(index)) for image, index in zip(images, classes, strict=True)])


def saliency(model: Any, images: Images, classes: Indices, layer: None = None) -> Maps:
    """Return the size of the score's gradient at each pixel: (n, s, s), per grey level."""
    return _slopes(model, classes, _batch(images))


def smoothgrad(
    model: Any,
    images: Images,
    classes: Indices,
    layer: None,
    samples: int,
    noise: float,
    seed: int,
) -> Maps:
    """Return the mean size of the gradient over noisy copies: (n, s, s), per grey level.

    The noise comes from `seed`, not from tf-keras-vis: that draws from the process's generator,
    so no map would come again. Every image gets the same.
    """
    batch = _batch(images)
    deviation = np.float32(noise) * np.ptp(batch, axis=(1, 2, 3), keepdims=True)
    random = np.random.default_rng(seed)
    total = np.zeros(images.shape, np.float32)
    for _ in range(samples):
        drawn = random.standard_normal(batch.shape[1:], np.float32)
        total += _slopes(model, classes, (batch + deviation * drawn).astype(np.float32))
    return (total / samples).astype(np.float32)


def at_once(model: Any) -> int:
    """Return how many images a pass may hold whose every value is kept for the gradient."""
    values = sum(
        float(np.prod([side or 1 for side in tensor.shape[1:]]))
        for layer in model.layers
        if (tensor := layer.output) is not None and hasattr(tensor, "shape")
    )
    return int(np.clip(MEMORY / (8 * values), 1, AT_ONCE))  # four bytes each, and its gradient


def _ask_layer(
    method: Callable[[Any], Any],
    model: Any,
    images: Images,
    classes: Indices,
    layer: int,
    after: Callable[[Any], Any] = lambda values: values,
    **options: Any,
) -> Maps:
    """Return a class of tf-keras-vis's maps of a layer; `after` is done to the scores (n,)."""
    copy, batch = _linear_copy(model), _batch(images)
    parts = halves(model, copy, layer) if len(images) >= ENOUGH else None
    if parts:  # nothing before the layer is kept for a gradient that stops there
        copy, batch, layer = parts.above, parts.values(batch), 0

    def piece(part: slice) -> Maps:
        score = _scores(model, classes[part])
        given = {**RAW, **options, "penultimate_layer": layer}
        return _array(method(copy)(lambda outputs: after(score(outputs)), batch[part], **given))

    return _in_pieces(piece, len(batch), AT_ONCE if parts else at_once(model))


def _slopes(model: Any, classes: Indices, batch: NDArray[np.float32]) -> Maps:
    _quiet_import()
    from tf_keras_vis.saliency import Saliency

    ask = Saliency(_linear_copy(model))

    def piece(part: slice) -> Maps:
        return _array(ask(_scores(model, classes[part]), batch[part], normalize_map=False))

    return _in_pieces(piece, len(batch), at_once(model))


def _in_pieces(piece: Callable[[slice], Maps], total: int, step: int) -> Maps:
    return np.concatenate([piece(slice(at, at + step)) for at in range(0, total, step)])


def _scores(model: Any, classes: Sequence[int] | Indices) -> Callable[[Any], Any]:
    """Pick each image's own class: (n, outputs) to (n,). One sigmoid unit speaks for class 1."""
    import tensorflow as tf

    chosen = np.asarray(classes)
    if int(model.output_shape[-1]) == 1:
        signs = np.where(chosen == 1, 1, -1).astype(np.float32)
        return lambda outputs: outputs[:, 0] * signs
    return lambda outputs: tf.gather(outputs, chosen, axis=1, batch_dims=1)


def _linear_copy(model: Any) -> Any:
    """A copy of the model that ends in scores; an ensemble in the mean of its members' scores.

    Copying the layers takes most of a map's time, so the copy is kept as long as the model; its
    weights are taken over each time, for the model may have learned since.
    """
    import keras

    from engine.learning.ensembles import heads

    kept = _copies.get(model)
    if kept is None:
        kept = keras.models.clone_model(model)
        for layer in heads(kept):
            layer.activation = keras.activations.linear
        _copies[model] = kept
    kept.set_weights(model.get_weights())
    return kept


_copies: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


class _Answering:
    """What Score-CAM asks of a model: without a progress bar, and two columns of one unit's score.

    tf-keras-vis puts a softmax over the columns, which is a sigmoid where one of them is 0.
    """

    def __init__(self, model: Any) -> None:
        self.inputs, self.outputs, self.layers = model.inputs, model.outputs, model.layers
        self._model = model

    def predict(self, images: list[NDArray[np.float32]], batch_size: int) -> NDArray[np.float32]:
        """Return scores (n, classes) of one list entry's images (n, s, s, 1)."""
        (batch,) = images
        starts = range(0, len(batch), batch_size)
        parts = [self._model.predict_on_batch(batch[at : at + batch_size]) for at in starts]
        scores = np.concatenate([np.asarray(part, np.float32) for part in parts])
        return np.hstack([0 * scores, scores]) if scores.shape[1] == 1 else scores


def _batch(images: Images) -> NDArray[np.float32]:
    return images[..., None].astype(np.float32)


def _array(raw: Any) -> Maps:
    return np.asarray(raw, dtype=np.float32)


def _quiet_import() -> None:
    with warnings.catch_warnings():  # tf-keras-vis 0.8.7 reaches scipy through its old name
        warnings.simplefilter("ignore", DeprecationWarning)
        import tf_keras_vis.gradcam
        import tf_keras_vis.scorecam  # noqa: F401
