"""A pipeline written as Python code that needs nothing of this product."""

import inspect
from collections.abc import Sequence
from typing import Any

import cv2

from engine.vision.transforms import Call, draw

WIDTH = 88
NAMED = {
    "border_mode": {cv2.BORDER_REFLECT_101: "cv2.BORDER_REFLECT_101"},
    "interpolation": {cv2.INTER_LANCZOS4: "cv2.INTER_LANCZOS4"},
}
HEAD = """import random

import albumentations as A  # {version}
import cv2
import numpy as np

pipeline = A.Compose({steps})


{draw}

# drawn = draw(pipeline, image, seed=0)
"""


def written(calls: Sequence[Call]) -> str:
    """Return the code: `pipeline`, and `draw(pipeline, image, seed)` as this product draws."""
    import albumentations as A

    steps = _list(calls, "") if calls else "[]"
    return HEAD.format(version=A.__version__, steps=steps, draw=inspect.getsource(draw).rstrip())


def _list(calls: Sequence[Call], indent: str) -> str:
    lines = "".join(f"{indent}    {_one(call, indent + '    ')},\n" for call in calls)
    return f"[\n{lines}{indent}]"


def _one(call: Call, indent: str) -> str:
    parts = [f"{name}={_value(name, value)}" for name, value in call.args.items()]
    if call.inner:
        parts.insert(0, _list(call.inner, indent))
    line = f"A.{call.name}({', '.join(parts)})"
    if call.inner or len(indent) + len(line) < WIDTH:
        return line
    rows = "".join(f"{indent}    {part},\n" for part in parts)
    return f"A.{call.name}(\n{rows}{indent})"


def _value(name: str, value: Any) -> str:
    return NAMED[name][value] if name in NAMED else repr(value).replace("'", '"')
