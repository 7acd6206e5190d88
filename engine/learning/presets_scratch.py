"""Networks trained from scratch: the quick start, report C and report D's own CNN."""

from typing import Any

from engine.learning.preset import RANDOM, Preset
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
        "split": RANDOM,
        "size": 180,
        "batch": 20,
        "epochs": epochs,
        **more,
    }


def _shifts(contrast: float, shift: float, zoom: float) -> tuple[Choice, ...]:
    steps = {"contrast": contrast, "shift": shift, "zoom": zoom}
    return tuple(Choice.of(name, limit=limit) for name, limit in steps.items())


_CNN = Choice.of("cnn_c", dropout=0.5)
_ADAGRAD = Choice.of("adagrad", learning_rate=0.01)
_MOMENTUM = Choice.of("sgd", learning_rate=0.001, momentum=0.9)

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
    ),
    Preset(
        "C2",
        "C2: a small CNN from scratch",
        "Two convolutions and dropout: excellent on validation, and on the test folder?",
        _report_c(_CNN),
    ),
    Preset(
        "C3",
        "C3: the small CNN without dropout",
        "The same as C2 without dropout: is more regularisation always better?",
        _report_c(Choice.of("cnn_c", dropout=0.0)),
    ),
    Preset(
        "C4",
        "C4: strong augmentation",
        "C2 with large shifts, zooms and contrast changes: can augmentation be too much?",
        _report_c(_CNN, *_shifts(0.2, 0.23, 0.27)),
    ),
    Preset(
        "C5",
        "C5: moderate augmentation",
        "C2 with half of C4's augmentation.",
        _report_c(_CNN, *_shifts(0.1, 0.12, 0.13)),
    ),
    Preset(
        "D1",
        "D1: a deeper CNN with Adagrad",
        "Six convolutions and one sigmoid unit, on a random split of all images.",
        _report_d(_ADAGRAD, 10),
    ),
    Preset(
        "D2",
        "D2: the thresholds of D1",
        "D1's network again: what one threshold after the other makes of it.",
        _report_d(_ADAGRAD, 10),
    ),
    Preset(
        "D3",
        "D3: the deeper CNN with momentum",
        "The best of report D's sweep over optimizers, learning rates and epochs.",
        _report_d(_MOMENTUM, 20),
    ),
    Preset(
        "D3-early",
        "D3 with early stopping",
        "The same, but it stops when validation has stalled for five epochs.",
        _report_d(_MOMENTUM, 20, stopping=Choice.of("early", patience=5)),
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
    ),
    Preset(
        "D4-SGD",
        "D4 with plain SGD",
        "The report's best for three classes without early stopping; slow to leave the start.",
        _report_d(Choice.of("sgd", learning_rate=0.0005), 60, task="kinds"),
    ),
)
