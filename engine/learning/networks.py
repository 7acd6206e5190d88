"""Networks and heads as tables: a new one is one row, one builder and one test."""

from engine.learning.backbones import BACKBONES
from engine.words.options import Option, Param, Table

_DROPOUT = "Share of the values hidden at random in each training step; 0 hides none."
_UNITS = "Units of the dense layer before the answer; 0 leaves it out."
_OUTPUT = "One sigmoid unit (two classes), a sigmoid unit per class, or softmax over the classes."
OUTPUTS = ("sigmoid", "sigmoids", "softmax")


def _dropout(rate: float) -> Param:
    return Param(rate, _DROPOUT, low=0.0, high=0.9)


def _output(kind: str) -> Param:
    return Param(kind, _OUTPUT, choices=OUTPUTS)


SCRATCH: Table = {
    "dnn": Option(
        "Dense network (C1)",
        "Three tiny dense layers on each pixel, then one on all: it sees no neighbourhoods.",
        "engine.learning.scratch:dnn",
        {"dropout": _dropout(0.5)},
    ),
    "cnn_c": Option(
        "Small CNN (C2, C3)",
        "Two convolutions with pooling; without dropout it is C3.",
        "engine.learning.scratch:cnn_c",
        {"dropout": _dropout(0.5)},
    ),
    "cnn_d": Option(
        "Deeper CNN (D1)",
        "Six convolutions with pooling and light dropout, for two or three classes.",
        "engine.learning.scratch:cnn_d",
    ),
    "cnn": Option(
        "CNN of your own",
        "As many convolution blocks as you like; each next one has twice the filters.",
        "engine.learning.scratch:cnn",
        {
            "blocks": Param(3, "Convolution and pooling, so often; each halves the side.", 1, 6),
            "filters": Param(16, "Filters of the first block.", 4, 128),
            "dropout": _dropout(0.3),
            "batch_norm": Param(True, "Even out each batch after every convolution."),
        },
    ),
}
NETWORKS: Table = {**SCRATCH, **BACKBONES}

HEADS: Table = {
    "own": Option(
        "Its own", "A network from scratch ends in its own layers.", "engine.learning.heads:gap"
    ),
    "gap": Option(
        "Average and decide",
        "Averages every channel over the picture: few parameters, hard to overfit.",
        "engine.learning.heads:gap",
        {
            "units": Param(0, _UNITS, 0, 4096),
            "dropout": _dropout(0.2),
            "output": _output("sigmoid"),
        },
    ),
    "report_a": Option(
        "Report A's head",
        "Flattens the picture into a dense layer of 128: every place has weights of its own.",
        "engine.learning.heads:report_a",
        {
            "pool": Param(
                "flatten", "Keep every place, or average.", choices=("flatten", "average")
            ),
            "units": Param(128, "Units of the dense layer.", 1, 4096),
            "dropout": _dropout(0.1),
            "output": _output("sigmoids"),
        },
    ),
    "report_b": Option(
        "Report B's head",
        "Averages, then a dense layer of 1,024 held back by L2 and strong dropout.",
        "engine.learning.heads:report_b",
        {
            "units": Param(1024, "Units of the dense layer.", 1, 4096),
            "dropout": _dropout(0.7),
            "l2": Param(0.01, "How strongly large weights are punished.", 0.0, 1.0),
            "output": _output("softmax"),
        },
    ),
    "report_d": Option(
        "Report D's head",
        "Three more convolutions, then average: it learns patterns of its own.",
        "engine.learning.heads:report_d",
        {"dropout": _dropout(0.1), "output": _output("sigmoid")},
    ),
}
