"""Transfer learning: report A, report B in two phases, report D with MobileNetV2."""

from typing import Any

from engine.learning.preset import RANDOM, Preset
from engine.words.options import Choice
from engine.words.recipe import Split


def _report_a(backbone: str, cut: str, regime: Choice, **more: Any) -> dict[str, Any]:
    return {
        "network": Choice.of(backbone, cut=cut),
        "head": Choice("report_a"),
        "regime": regime,
        "optimizer": Choice.of("adam", learning_rate=0.001),
        "schedule": Choice.of("exponential", factor=0.85),
        "stopping": Choice.of("early", patience=5),
        "size": 256,
        "epochs": 50,
        **more,
    }


def _report_b(backbone: str) -> dict[str, Any]:
    return {
        "network": Choice(backbone),
        "head": Choice("report_b"),
        "regime": Choice.of(
            "two_phases", layers=20, optimizer="adam", learning_rate=1e-5, epochs=50
        ),
        "optimizer": Choice.of("adamw", learning_rate=1e-4),
        "schedule": Choice.of("plateau", factor=0.2, patience=5, minimum=1e-6),
        "stopping": Choice.of("early", patience=5),
        "imbalance": Choice("class_weight"),
        "task": "kinds",
        "split": Split("random", validation=0.2, test=0.2),
        "preprocessing": (
            Choice("pad"),
            Choice.of("clahe", clip_limit=2.0, tiles=16),
            Choice("blur"),
        ),
        "augmentation": (
            Choice.of("shift", limit=0.1),
            Choice.of("zoom", limit=0.1),
            Choice.of("rotate", limit=7.0),
        ),
        "size": 224,
        "batch": 16,
        "epochs": 50,
    }


def _report_d(regime: Choice, optimizer: Choice, epochs: int, **more: Any) -> dict[str, Any]:
    return {
        "network": Choice("mobilenetv2"),
        "head": Choice("report_d"),
        "regime": regime,
        "optimizer": optimizer,
        "split": RANDOM,
        "size": 180,
        "batch": 20,
        "epochs": epochs,
        **more,
    }


_CUT = "conv5_block15_1_relu"  # of DenseNet121
_FROZEN = Choice("frozen")
_MIDDLE = Choice.of("middle", first=133, last=150, batch_norm=True)
_ADAM = Choice.of("adam", learning_rate=0.001)
_ADAGRAD = Choice.of("adagrad", learning_rate=0.01)

TRANSFER = (
    Preset(
        "A1",
        "A1: ResNet152, frozen",
        "The largest backbone here, cut inside its last block: is bigger better?",
        _report_a("resnet152", "conv5_block3_1_relu", _FROZEN),
    ),
    Preset(
        "A2",
        "A2: DenseNet121, frozen",
        "A smaller backbone, cut inside its last block, under a head that keeps every place.",
        _report_a("densenet121", _CUT, _FROZEN),
    ),
    Preset(
        "A2-GAP",
        "A2 with average pooling",
        "The whole DenseNet121, each channel averaged: an eighth of A2's parameters to learn.",
        _report_a("densenet121", "", _FROZEN, head=Choice.of("report_a", pool="average")),
    ),
    Preset(
        "A2-undersample",
        "A2 with undersampling",
        "As many X-rays with pneumonia as without: the others are left out.",
        _report_a("densenet121", _CUT, _FROZEN, imbalance=Choice("undersample")),
    ),
    Preset(
        "A2-oversample",
        "A2 with oversampling",
        "Augmented copies of normal images until both classes are of one size.",
        _report_a("densenet121", _CUT, _FROZEN, imbalance=Choice("oversample_augmented")),
    ),
    Preset(
        "A2-ensemble",
        "A2 as an ensemble",
        "Three networks, each with a third of the pneumonia and all normal images, vote.",
        _report_a("densenet121", _CUT, _FROZEN, imbalance=Choice.of("ensemble", members=3)),
    ),
    Preset(
        "A2-weights",
        "A2 with class weights",
        "A mistake on a normal image costs more than one on a sick one.",
        _report_a("densenet121", _CUT, _FROZEN, imbalance=Choice("class_weight")),
    ),
    Preset(
        "A3",
        "A3: InceptionV3, frozen",
        "The backbone that Kermany used in 2018, cut inside its last block.",
        _report_a("inceptionv3", "283", _FROZEN),
    ),
    Preset(
        "A4",
        "A4: InceptionV3, its middle trained",
        "Layers 133 to 150 learn and all others stay: does the middle need to see X-rays?",
        _report_a("inceptionv3", "283", _MIDDLE),
    ),
    Preset(
        "A5",
        "A5: A4 with oversampling",
        "Augmented copies of normal images until both classes are of one size.",
        _report_a("inceptionv3", "283", _MIDDLE, imbalance=Choice("oversample_augmented")),
    ),
    Preset(
        "A6",
        "A6: ResNet50V2 with class weights",
        "A mistake on a normal image costs more than one on a sick one.",
        _report_a("resnet50v2", "", _FROZEN, imbalance=Choice("class_weight")),
    ),
    Preset(
        "B-VGG16",
        "B: VGG16 in two phases",
        "Head first, then the last 20 layers in small steps; three classes.",
        _report_b("vgg16"),
    ),
    Preset(
        "B-DenseNet121",
        "B: DenseNet121 in two phases",
        "The same two phases with the smaller and deeper DenseNet121.",
        _report_b("densenet121"),
    ),
    Preset(
        "B-ResNet50",
        "B: ResNet50 in two phases",
        "The same two phases with ResNet50; the report shows its figures as a picture only.",
        _report_b("resnet50"),
    ),
    Preset(
        "D5",
        "D5: MobileNetV2, frozen",
        "A quick backbone under three more convolutions.",
        _report_d(_FROZEN, _ADAGRAD, 50),
    ),
    Preset(
        "D5-fine",
        "D5: MobileNetV2, fine-tuned",
        "All but the first 60 layers learn: more freedom, and better?",
        _report_d(Choice.of("after", layers=60), _ADAGRAD, 100),
    ),
    Preset(
        "D6",
        "D6: MobileNetV2 with Adam",
        "D5 under the best of report D's optimizers for it.",
        _report_d(_FROZEN, _ADAM, 80),
    ),
    Preset(
        "D6-early",
        "D6 with early stopping",
        "The same, but it stops when validation has stalled for ten epochs.",
        _report_d(_FROZEN, _ADAM, 80, stopping=Choice.of("early", patience=10)),
    ),
)
