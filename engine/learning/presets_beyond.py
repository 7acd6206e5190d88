"""What no report tried: one network made as well as honest means allow."""

from engine.learning.preset import Preset
from engine.words.options import Choice
from engine.words.recipe import Split

GROUP = "Beyond the reports"

BEYOND = (
    Preset(
        "Best",
        "Best: DenseNet121, fine-tuned with care",
        "Early layers stay as they are and the rest learns under mild augmentation, class weights "
        "and a falling rate. Validation, drawn by patient, chooses everything; train it with "
        "several seeds on one split and join them.",
        {
            "network": Choice("densenet121"),
            "head": Choice.of("gap", dropout=0.2),
            # Numbers 0 to 140 end with the second of four dense blocks: small enough to be kept.
            "regime": Choice.of("after", layers=141, views=2),
            "optimizer": Choice.of("adamw", learning_rate=2e-4, weight_decay=0.01),
            "schedule": Choice.of("cosine", warmup=1),
            "imbalance": Choice("class_weight"),
            "augmentation": (
                Choice.of("rotate", limit=10.0),
                Choice.of("shift", limit=0.08),
                Choice.of("zoom", limit=0.12),
                Choice.of("brightness", limit=0.15),
                Choice.of("contrast", limit=0.25),
                Choice.of("gamma", limit=0.3),
                # Normal X-rays of this set are larger than the others: sharpness must not tell.
                Choice.of("blur", limit=1.0, chance=0.3),
                Choice.of("noise", limit=0.03, chance=0.3),
                Choice.of("coarse", chance=0.3),
            ),
            # A seed of its own: trainings with other seeds then have the same validation images.
            "split": Split(validation=0.1, seed=0),
            "size": 160,
            "batch": 32,
            "epochs": 6,
            "threshold": Choice.of("recall", target=0.98),
        },
        GROUP,
    ),
)
