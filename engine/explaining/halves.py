"""A network in two: up to a layer, compiled, and what follows it.

Heat maps of a layer need gradients of what follows alone. Most of a network comes before, and
compiled without a gradient in mind it answers four times as fast.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 8  # images of one pass: more are no quicker


@dataclass(frozen=True)
class Halves:
    """Two networks that share the layers of one: from pixels to a layer, from there to scores."""

    below: Any
    above: Any

    def values(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the layer's values (n, rows, columns, channels) for images (n, s, s, 1).

        Every pass has the same shape, since each other one would be compiled anew.
        """
        parts = []
        for start in range(0, len(batch), AT_ONCE):
            part = batch[start : start + AT_ONCE]
            filled = np.concatenate([part, *[part[-1:]] * (AT_ONCE - len(part))])
            parts.append(np.asarray(self.below.predict_on_batch(filled))[: len(part)])
        return np.concatenate(parts)


def halves(model: Any, copy: Any, layer: int) -> Halves | None:
    """Split `copy` after a layer; None where something passes by that layer.

    They are kept as long as `model`, for compiling takes a second.
    """
    kept = _kept.setdefault(model, {})
    if layer not in kept:
        kept[layer] = _split(copy, layer)
    return kept[layer]


_kept: WeakKeyDictionary[Any, dict[int, Halves | None]] = WeakKeyDictionary()


def _split(copy: Any, layer: int) -> Halves | None:
    import keras

    values = copy.layers[layer].output
    try:
        above = keras.Model(values, copy.outputs[0])
    except ValueError:  # Keras found no way from this layer alone to the answer
        return None
    return Halves(keras.Model(copy.inputs, values), above)
