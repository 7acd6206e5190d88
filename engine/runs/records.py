"""How a run is written into MLflow's tags, parameters and metrics, and read back."""

import json
import logging
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.runs.artefacts import seconds_of
from engine.runs.run import Run, name_of
from engine.words.errors import CxrError
from engine.words.recipe import Recipe

STATUS, REASON, STARTED = "cxr.status", "cxr.reason", "cxr.started"
RECIPE, HASH, SOURCE, OWNER = "cxr.recipe", "cxr.recipe_hash", "cxr.source", "cxr.owner"
METRICS, CLASSES, PARAMETERS = "cxr.metrics", "cxr.classes", "cxr.parameters"
DEVICE, VERSIONS, SECONDS = "cxr.device", "cxr.versions", "cxr.seconds"
TAG_LIMIT = 4500  # characters; MLflow's SQL store takes 5,000 or 8,000, by version
MLFLOW_STATUS = {
    "waiting": "SCHEDULED",
    "running": "RUNNING",
    "finished": "FINISHED",
    "cancelled": "KILLED",
    "failed": "FAILED",
}
_log = logging.getLogger(__name__)


def new_tags(recipe: Recipe, source: str, owner: str, status: str) -> dict[str, str]:
    """The tags of a run that has not begun."""
    return {
        STATUS: status,
        RECIPE: json.dumps(recipe.to_json()),
        HASH: recipe.hash,
        SOURCE: source[:TAG_LIMIT],
        OWNER: owner[:200],
        "mlflow.user": owner[:200],
        "mlflow.source.name": "cxr-lab",
    }


def meta_tags(meta: Mapping[str, Any], metrics: Mapping[str, float]) -> dict[str, str]:
    """The tags that a training's meta.json fills."""
    if not meta:
        return {}
    return {
        METRICS: json.dumps(dict(metrics)),
        CLASSES: json.dumps(list(meta.get("classes", []))),
        PARAMETERS: str(int(meta.get("parameters", 0))),
        DEVICE: str(meta.get("device", "")),
        VERSIONS: json.dumps(meta.get("versions", {})),
        SECONDS: str(seconds_of(meta)),
    }


def params_of(recipe: Recipe) -> dict[str, str]:
    """The recipe flattened for MLflow's table: optimizer.name, optimizer.learning_rate, ..."""
    flat: dict[str, str] = {}
    for key, value in recipe.to_json().items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": str(entry) for inner, entry in value.items()}
        else:
            flat[key] = json.dumps(value) if isinstance(value, list) else str(value)
    return flat


def log(
    client: Any,
    run_id: str,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    metrics: Mapping[str, float] | None = None,
    step: int = 0,
) -> None:
    """Write many entries in one transaction."""
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(key, float(value), now, step) for key, value in (metrics or {}).items()],
        params=[Param(key, value) for key, value in (params or {}).items()],
        tags=[RunTag(key, value) for key, value in (tags or {}).items()],
    )


def to_run(entry: Any) -> Run | None:
    """Read MLflow's run; None, with a line in the log, where it is none of ours."""
    tags = entry.data.tags
    try:
        recipe = Recipe.from_json(json.loads(tags[RECIPE]))
    except (KeyError, ValueError, CxrError) as error:
        _log.warning("MLflow's run %s is left out: %s", entry.info.run_id, error)
        return None
    status = tags.get(STATUS, "failed")
    return Run(
        id=entry.info.run_id,
        name=entry.info.run_name or name_of(recipe),
        preset=recipe.preset,
        recipe=recipe,
        source=tags.get(SOURCE, ""),
        status=status,
        reason=tags.get(REASON, ""),
        owner=tags.get(OWNER, ""),
        created=datetime.fromtimestamp(entry.info.start_time / 1000, UTC),
        seconds=_seconds(entry, status),
        metrics=json.loads(tags.get(METRICS, "{}")),
        classes=tuple(json.loads(tags.get(CLASSES, "[]"))),
        parameters=int(tags.get(PARAMETERS, "0")),
        device=tags.get(DEVICE, ""),
        versions=json.loads(tags.get(VERSIONS, "{}")),
    )


def _seconds(entry: Any, status: str) -> float:
    tags = entry.data.tags
    if SECONDS in tags:
        return float(tags[SECONDS])
    if STARTED not in tags or status == "waiting":
        return 0.0
    end = entry.info.end_time / 1000 if entry.info.end_time else time.time()
    return float(max(0.0, end - float(tags[STARTED]))) if math.isfinite(end) else 0.0
