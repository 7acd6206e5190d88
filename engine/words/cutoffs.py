"""Rules that choose a threshold, as a table: a recipe names one, the judging computes it."""

from engine.words.options import Choice, Option, Param

_BUILD = "engine.judging.thresholds:choose"

RULES = {
    "f1": Option("Best F1", "The threshold with the highest F1.", _BUILD),
    "youden": Option(
        "Youden's J",
        "The threshold with the largest recall + specificity - 1 (Youden's J).",
        _BUILD,
    ),
    "recall": Option(
        "Recall of at least",
        "The highest threshold that still reaches a recall you set.",
        _BUILD,
        {"target": Param(0.95, "The recall that it still reaches.", 0.01, 1.0)},
    ),
    "specificity": Option(
        "Specificity of at least",
        "The lowest threshold that reaches a specificity you set.",
        _BUILD,
        {"target": Param(0.95, "The specificity that it reaches.", 0.01, 1.0)},
    ),
    "cost": Option(
        "Lowest cost",
        "The threshold with the lowest cost, a missed image counted as often as you set.",
        _BUILD,
        {"target": Param(10.0, "So many false alarms cost as much as a miss.", 0.01, 1e4)},
    ),
}
USUAL = Choice("f1")  # of a recipe that says nothing else


def rule_of(choice: Choice) -> tuple[str, float | None]:
    """Return a rule's name and its parameter, by default the table's; None where it has none."""
    param = RULES[choice.name].params.get("target") if choice.name in RULES else None
    value = choice.kwargs.get("target", param.default if param else None)
    return choice.name, None if value is None else float(value)
