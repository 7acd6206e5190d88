"""Networks trained from scratch, as flat Functional graphs on raw grey pixels 0..255."""

import keras
from keras import layers


def dnn(size: int, classes: int, dropout: float) -> keras.Model:
    """C1: Dense(2), Dense(3), Dense(4) on each pixel, then one dense layer on all of them."""
    inputs, x = _pixels(size)
    # On one grey channel a ReLU with a negative weight is zero for good, and two such units (one
    # start in four) end the training before it begins; a leaky one always passes something on.
    for units in (2, 3, 4):
        x = layers.Dense(units, activation="leaky_relu")(x)
    return _softmax(inputs, x, classes, dropout)


def cnn_c(size: int, classes: int, dropout: float) -> keras.Model:
    """C2: Conv(32) pool Conv(64) pool with valid padding; C3 is the same without dropout."""
    inputs, x = _pixels(size)
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    return _softmax(inputs, x, classes, dropout)


def cnn_d(size: int, classes: int) -> keras.Model:
    """D1: six 'same' convolutions with pooling; one sigmoid unit for two classes."""
    inputs, x = _pixels(size)
    for filters, rate in ((32, 0), (64, 0), (64, 0.1), (64, 0), (128, 0.2), (256, 0.2)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        if rate:
            x = layers.Dropout(rate)(x)
        x = layers.MaxPooling2D(2, 2, padding="same")(x)
    if classes > 2:
        return _softmax(inputs, x, classes, 0.2)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid", dtype="float32")(x))


def cnn(
    size: int, classes: int, blocks: int, filters: int, dropout: float, batch_norm: bool
) -> keras.Model:
    """Blocks of Conv(filters * 2^i) and pooling, average pooling, dropout, softmax."""
    inputs, x = _pixels(size)
    for block in range(blocks):
        x = layers.Conv2D(filters * 2**block, 3, padding="same", use_bias=not batch_norm)(x)
        if batch_norm:
            x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(2, padding="same")(layers.ReLU()(x))
    return _softmax(inputs, layers.GlobalAveragePooling2D()(x), classes, dropout)


def _pixels(size: int) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    inputs = keras.Input((size, size, 1), name="grey")
    return inputs, layers.Rescaling(1 / 255, name="scale")(inputs)


def _softmax(
    inputs: keras.KerasTensor, x: keras.KerasTensor, classes: int, dropout: float
) -> keras.Model:
    x = layers.Flatten()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", dtype="float32")(x))
