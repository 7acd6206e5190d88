"""Networks trained from scratch: the quick start, report C and report D's own CNN."""

from typing import Any

from engine.learning.preset import Preset, confusion
from engine.words.options import Choice


def _report_c(network: Choice, *augmentation: Choice) -> dict[str, Any]:
    return {
        "network": network,
        "optimizer": Choice.of("adam", learning_rate=0.001),
        "augmentation": augmentation,
        "size": 256,
        "batch": 32,
        "epochs": 12,
    }


def _report_d(optimizer: Choice, epochs: int, **more: Any) -> dict[str, Any]:
    return {
        "network": Choice("cnn_d"),
        "optimizer": optimizer,
        "size": 180,
        "batch": 20,
        "epochs": epochs,
        **more,
    }


def _shifts(contrast: float, shift: float, zoom: float) -> tuple[Choice, ...]:
    steps = {"contrast": contrast, "shift": shift, "zoom": zoom}
    return tuple(Choice.of(name, limit=limit) for name, limit in steps.items())


_C = "Report C, official test"
_D = "Report D, random 60/20/20 split of all 5,863 images"
_CNN = Choice.of("cnn_c", dropout=0.5)

SCRATCH = (
    Preset(
        "Quick",
        "Quick: a small CNN in about a minute",
        "The deeper CNN at 96 pixels for a few epochs, to see a training from start to end.",
        {
            "network": Choice("cnn_d"),
            "optimizer": Choice.of("adam", learning_rate=0.001),
            "size": 96,
            "batch": 32,
            "epochs": 12,
        },
    ),
    Preset(
        "C1",
        "C1: a dense network from scratch",
        "Dense layers treat each pixel alone; how far does that carry?",
        _report_c(Choice.of("dnn", dropout=0.5)),
        confusion(68, 166, 4, 386) | {"recall": 0.99, "precision": 0.70, "val_acc": 0.9616},
        _C,
    ),
    Preset(
        "C2",
        "C2: a small CNN from scratch",
        "Two convolutions and dropout: excellent on validation, and on the test folder?",
        _report_c(_CNN),
        confusion(51, 183, 2, 388) | {"recall": 0.99, "precision": 0.68, "val_acc": 0.9655},
        _C,
    ),
    Preset(
        "C3",
        "C3: the small CNN without dropout",
        "The same as C2 without dropout: is more regularisation always better?",
        _report_c(Choice.of("cnn_c", dropout=0.0)),
        confusion(71, 163, 2, 388) | {"recall": 0.99, "precision": 0.70, "val_acc": 0.9635},
        _C,
    ),
    Preset(
        "C4",
        "C4: strong augmentation",
        "C2 with large shifts, zooms and contrast changes: can augmentation be too much?",
        _report_c(_CNN, *_shifts(0.2, 0.23, 0.27)),
        confusion(0, 234, 1, 389) | {"recall": 1.00, "precision": 0.62, "val_acc": 0.9309},
        _C,
    ),
    Preset(
        "C5",
        "C5: moderate augmentation",
        "C2 with half of C4's augmentation.",
        _report_c(_CNN, *_shifts(0.1, 0.12, 0.13)),
        confusion(148, 86, 10, 380) | {"recall": 0.97, "precision": 0.82, "val_acc": 0.9539},
        _C,
    ),
    Preset(
        "D1",
        "D1: a deeper CNN with Adagrad",
        "Six convolutions, one sigmoid unit; the report scored it on a random split.",
        _report_d(Choice.of("adagrad", learning_rate=0.01), 10),
        {
            "confusion": [[286, 30], [29, 827]],
            "accuracy": 0.9497,
            "loss": 0.1472,
            "precision": 0.965,
            "recall": 0.9661,
            "split": "random 60/20/20",
        },
        _D,
    ),
    Preset(
        "D3",
        "D3: the deeper CNN with momentum",
        "The best of report D's sweep over optimizers, learning rates and epochs.",
        _report_d(Choice.of("sgd", learning_rate=0.001, momentum=0.9), 20),
        {"accuracy": 0.9659, "split": "random 60/20/20"},
        _D,
    ),
    Preset(
        "D4",
        "D4: normal, bacterial or viral",
        "The same CNN tells bacterial from viral too; it stops when validation stalls.",
        _report_d(
            Choice.of("adam", learning_rate=0.0005),
            60,
            task="kinds",
            stopping=Choice.of("early", patience=5),
        ),
        {"accuracy": 0.8261, "split": "random 60/20/20"},
        _D,
    ),
    Preset(
        "D4-SGD",
        "D4 with plain SGD",
        "The report's best for three classes without early stopping; slow to leave the start.",
        _report_d(Choice.of("sgd", learning_rate=0.0005), 60, task="kinds"),
        {"accuracy": 0.8165, "split": "random 60/20/20"},
        _D,
    ),
)
