"""The one line that every benchmark ends with."""

import json


def report(name: str, ours: float, other: float, goal: str, met: bool, **more: object) -> None:
    """Print one JSON line: what we take, what it is measured against in the same run, the goal."""
    line = {
        "name": name,
        "ours": round(ours, 4),
        "other": round(other, 4),
        "ratio": round(ours / other, 3),
        "goal": goal,
        "met": bool(met),
    }
    print(json.dumps({**line, **more}, ensure_ascii=False), flush=True)
