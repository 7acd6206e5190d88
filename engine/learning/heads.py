"""Builders of heads: a backbone's features in, probabilities out. Their layers begin with head_."""

import keras
from keras import layers

from engine.words.errors import CxrError


def gap(
    x: keras.KerasTensor, classes: int, units: int, dropout: float, output: str
) -> keras.KerasTensor:
    """Average each channel over the picture, hide some at random, decide."""
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    if units:
        x = layers.Dense(units, activation="relu", name="head_dense")(x)
    return answer(_drop(x, dropout), classes, output)


def report_a(
    x: keras.KerasTensor, classes: int, pool: str, units: int, dropout: float, output: str
) -> keras.KerasTensor:
    """Flatten, Dense(128, relu), Dropout(0.1), two sigmoid units; or pooled in place of flat."""
    flat = layers.Flatten(name="head_flat")
    average = layers.GlobalAveragePooling2D(name="head_pool")
    x = (average if pool == "average" else flat)(x)
    x = layers.Dense(units, activation="relu", name="head_dense")(x)
    return answer(_drop(x, dropout), classes, output)


def report_b(
    x: keras.KerasTensor, classes: int, units: int, dropout: float, l2: float, output: str
) -> keras.KerasTensor:
    """Average pooling, Dense(1024, relu, L2), Dropout(0.7), Dense(classes, softmax, L2)."""
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    decay = keras.regularizers.L2(l2)
    x = layers.Dense(units, activation="relu", kernel_regularizer=decay, name="head_dense")(x)
    return answer(_drop(x, dropout), classes, output, decay)


def report_d(x: keras.KerasTensor, classes: int, dropout: float, output: str) -> keras.KerasTensor:
    """Conv32 pool Conv64 pool Conv128, average pooling, Dropout(0.1), one sigmoid unit."""
    for number, filters in enumerate((32, 64, 128), 1):
        conv = layers.Conv2D(
            filters, 3, padding="same", activation="relu", name=f"head_conv{number}"
        )
        x = conv(x)
        if number < 3:
            x = layers.MaxPooling2D(2, padding="same", name=f"head_pool{number}")(x)
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    return answer(_drop(x, dropout), classes, output)


def answer(
    x: keras.KerasTensor,
    classes: int,
    output: str,
    decay: keras.regularizers.Regularizer | None = None,
) -> keras.KerasTensor:
    """End in one sigmoid unit, a sigmoid unit per class, or softmax; exact in mixed precision."""
    if output == "sigmoid" and classes > 2:
        raise CxrError(
            f"One sigmoid unit tells two classes apart, and this task has {classes}. Choose "
            "softmax (output=softmax)."
        )
    units = 1 if output == "sigmoid" else classes
    kind = "softmax" if output == "softmax" else "sigmoid"
    return layers.Dense(
        units, activation=kind, kernel_regularizer=decay, dtype="float32", name="head_answer"
    )(x)


def _drop(x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
    return layers.Dropout(rate, name="head_dropout")(x) if rate else x
