"""A run's recipe as a short Python script on the engine, to be read, changed and run."""

import json

from engine.runs.run import Run
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split

WIDTH = 96
ALWAYS = ("network", "optimizer", "split", "size", "batch", "epochs", "seed")  # never left out

TEMPLATE = '''"""{title}

Put it into the folder of the product and run it there: python {file} FOLDER [OUT]
FOLDER holds the images, in train/CLASS and test/CLASS or in CLASS alone. The run was trained on
{source}, content {data}.
"""

import sys
from pathlib import Path

import pandas as pd

from engine.data.sources import open_source
from engine.judging.figures import judge
from engine.judging.scores import Scores
from engine.judging.thresholds import DEFAULT, run_threshold
from engine.learning.listener import Silent
from engine.learning.training import train
from engine.words.options import Choice
from engine.words.recipe import Recipe, Split

catalogue = open_source(sys.argv[1])
out = Path(sys.argv[2] if len(sys.argv) > 2 else "{out}")
if catalogue.hash != "{data}":
    print("These are other images than the run's: figures will differ.", file=sys.stderr)

{recipe}

train(recipe, catalogue, out, Silent())  # model.keras, predictions.parquet and more

predictions = pd.read_parquet(out / "predictions.parquet")
classes = catalogue.classes(recipe.task)
own = run_threshold(predictions, classes, recipe.threshold)
threshold = own.value if len(classes) == 2 else DEFAULT
judged = judge(Scores.of(predictions, "test", classes), threshold)
for figure in judged.figures.values():
    print(figure.label, figure.text)
'''


def script(run: Run) -> str:
    """Return the script of a run's recipe: trains, chooses the threshold, prints test figures."""
    return TEMPLATE.format(
        title=_safe(f"The recipe of {run.name}, {run.id}."),
        file=f"{file_name(run)}.py",
        source=_safe(run.source or "data without a name"),
        data=run.recipe.data,
        out=file_name(run),
        recipe=in_python(run.recipe),
    )


def in_python(recipe: Recipe) -> str:
    """Return the statement that makes a recipe on the catalogue; most defaults are left out."""
    base = Recipe("", recipe.network, recipe.optimizer)
    lines = ["recipe = Recipe(", "    data=catalogue.hash,"]
    for name in recipe.to_json():
        value = getattr(recipe, name)
        needed = name in ALWAYS or value != getattr(base, name)
        if name != "data" and needed:
            lines += _lines(name, value)
    return "\n".join([*lines, ")"])


def file_name(run: Run) -> str:
    """Return a file name for a run, without suffix: letters, digits and dashes."""
    text = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in run.name.lower())
    return "-".join(part for part in text.split("-") if part) or "run"


def _lines(name: str, value: object) -> list[str]:
    one = f"    {name}={_code(value)},"
    if len(one) <= WIDTH or not isinstance(value, tuple):
        return [one]
    return [f"    {name}=(", *(f"        {_code(entry)}," for entry in value), "    ),"]


def _code(value: object) -> str:
    if isinstance(value, Choice):
        knobs = "".join(f", {name}={_code(entry)}" for name, entry in value.params)
        return f"Choice.of({_code(value.name)}{knobs})" if knobs else f"Choice({_code(value.name)})"
    if isinstance(value, Split):
        shares = f"validation={value.validation}"
        shares += f", k={value.k}, fold={value.fold}" if value.k else f", test={value.test}"
        shares += "" if value.seed is None else f", seed={value.seed}"
        return f"Split({_code(value.kind)}, {shares})"
    if isinstance(value, tuple):
        inside = ", ".join(map(_code, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _safe(text: str) -> str:
    """Keep a name from ending the docstring that it stands in."""
    plain = " ".join(text.split())
    return plain.replace("\\", "/").replace('"', "'")
