"""Optimizers, learning-rate schedules and stopping rules, as tables over Keras's own."""

from engine.words.options import Option, Param

_RATE = "Step size: too large jumps about, too small never arrives."


def _rate(default: float) -> Param:
    return Param(default, _RATE, low=1e-7, high=10.0)


OPTIMIZERS = {
    "sgd": Option(
        "SGD",
        "Plain steps against the gradient; with momentum it keeps some of its speed.",
        "keras.optimizers:SGD",
        {
            "learning_rate": _rate(0.01),
            "momentum": Param(0.0, "Share of the last step that is kept.", low=0.0, high=0.999),
            "nesterov": Param(False, "Look ahead along the momentum before each step."),
        },
    ),
    "adagrad": Option(
        "Adagrad",
        "Shrinks the step of a weight the more it has moved already.",
        "keras.optimizers:Adagrad",
        {"learning_rate": _rate(0.01)},
    ),
    "adam": Option(
        "Adam",
        "Adapts the step of each weight; a good first choice.",
        "keras.optimizers:Adam",
        {"learning_rate": _rate(0.001)},
    ),
    "adamw": Option(
        "AdamW",
        "Adam that also pulls all weights gently towards zero.",
        "keras.optimizers:AdamW",
        {
            "learning_rate": _rate(0.001),
            "weight_decay": Param(0.004, "Strength of that pull.", low=0.0, high=1.0),
        },
    ),
    "rmsprop": Option(
        "RMSprop",
        "Divides each step by the recent size of the gradient.",
        "keras.optimizers:RMSprop",
        {"learning_rate": _rate(0.001)},
    ),
}

SCHEDULES = {
    "constant": Option(
        "Constant", "The learning rate stays as it is.", "engine.learning.schedules:constant"
    ),
    "exponential": Option(
        "Exponential (report A)",
        "Each epoch multiplies the current rate by factor to the power of the epoch.",
        "engine.learning.schedules:exponential",
        {"factor": Param(0.85, "Below 1; smaller slows down sooner.", low=0.1, high=0.999)},
    ),
    "cosine": Option(
        "Cosine with warm-up",
        "Rises to the full rate in the first epochs, then falls along half a cosine.",
        "engine.learning.schedules:cosine",
        {
            "warmup": Param(3, "Epochs before the full rate; 0 starts with it.", low=0, high=100),
            "minimum": Param(
                0.01, "Share of the full rate that it falls towards.", low=0.0, high=0.99
            ),
        },
    ),
    "plateau": Option(
        "Reduce on plateau",
        "Cuts the rate when the validation loss has stopped falling.",
        "engine.learning.schedules:plateau",
        {
            "factor": Param(0.2, "What the rate is multiplied by.", low=0.01, high=0.9),
            "patience": Param(5, "Epochs without progress before a cut.", low=1, high=100),
            "minimum": Param(1e-6, "The rate never falls below.", low=0.0, high=1.0),
        },
    ),
}

STOPPING = {
    "none": Option(
        "All epochs",
        "Trains every epoch and keeps the last weights.",
        "engine.learning.schedules:all_epochs",
    ),
    "early": Option(
        "Early stopping",
        "Stops when validation no longer improves and keeps the best weights.",
        "engine.learning.schedules:early",
        {
            "monitor": Param(
                "val_loss", "What must improve.", choices=("val_loss", "val_accuracy")
            ),
            "patience": Param(5, "Epochs without progress before stopping.", low=1, high=100),
        },
    ),
}
