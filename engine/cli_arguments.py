"""The arguments of commands that have many, readable before anything slow is imported."""

from typing import Any

ACTIONS = ("folds", "seeds", "sweep", "list", "show", "mean", "pause", "resume", "cancel", "delete")
STUDY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("action", {"choices": ACTIONS}),
    (
        "what",
        {"metavar": "PRESET or STUDY", "nargs": "?", "default": "", "help": "an id or a name"},
    ),
    ("--data", {"metavar": "SOURCE", "default": "", "help": "of folds, seeds and sweep"}),
    ("--set", {"metavar": "KEY=VALUE", "action": "append", "default": []}),
    ("--k", {"type": int, "default": 3, "help": "folds (default: 3)"}),
    ("--by", {"choices": ("patient", "image"), "default": "patient", "help": "what folds part"}),
    (
        "--over",
        {"metavar": "KEY=V1,V2", "action": "append", "default": [], "help": "what a sweep varies"},
    ),
    ("--seeds", {"type": int, "help": "how many (default: 1; of a study of seeds 3)"}),
    ("--own-splits", {"action": "store_true", "help": "each seed draws its own split"}),
    ("--cell", {"metavar": "LABEL", "default": "", "help": "a sweep's cell to take the mean of"}),
    ("--test", {"action": "store_true", "help": "show test figures too; the study notes it"}),
    ("--name", {"default": "", "help": "what to call it"}),
    (
        "--measure",
        {"choices": ("auc", "accuracy", "loss"), "default": "auc", "help": "what chooses"},
    ),
    ("--queue", {"action": "store_true", "help": "queue it for the app, do not wait"}),
)

TRUST: tuple[tuple[str, dict[str, Any]], ...] = (
    ("runs", {"metavar": "RUN", "nargs": "+"}),
    (
        "--method",
        {"metavar": "METHOD", "action": "append", "default": [], "help": "default: gradcam"},
    ),
    ("--images", {"type": int, "default": 12, "help": "X-rays (default: 12)"}),
    (
        "--cover",
        {"choices": ("blur", "mean", "black"), "default": "blur", "help": "what pixels become"},
    ),
    ("--split", {"choices": ("train", "validation", "test"), "default": "test"}),
)

METHOD: tuple[str, dict[str, Any]] = (
    "--method",
    {"default": "gradcam", "help": "gradcam (default), ..., or scorecam:max_n=20 with a setting"},
)
CAM: tuple[tuple[str, dict[str, Any]], ...] = (
    ("image", {"metavar": "IMAGE"}),
    ("--out", {"metavar": "PNG", "required": True}),
    ("--class", {"metavar": "CLASS", "dest": "of_class", "help": "default: the likeliest"}),
    METHOD,
    ("--layer", {"type": int, "help": "its number (default: the usual one)"}),
)
MEANS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--out", {"metavar": "FOLDER", "required": True}),
    ("--threshold", {"type": float, "help": "default: the run's own"}),
    ("--class", {"metavar": "CLASS", "dest": "of_class", "help": "default: the last one"}),
    ("--images", {"type": int, "default": 24, "help": "of each class and cell (default: 24)"}),
    METHOD,
)
SHIP: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--without-network", {"action": "store_true", "help": "its scores alone"}),
    ("--source", {"metavar": "NAME", "default": "", "help": "what to call its images"}),
)
