"""Several trained networks as one: a flat graph that answers with their mean, and their votes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from engine.learning import prediction
from engine.words.files import write_atomic

MEAN = "mean"  # the operation that averages the members


def combine(members: Sequence[keras.Model], shared: int = 0) -> keras.Model:
    """Join networks of one build into a flat Functional graph: the mean of their probabilities.

    `shared` is the position in `model.operations` of the last operation that all have in common
    (0: the input). It and all before it appear once; what follows is copied for each member, its
    names ending in `_m1`, `_m2` and so on. Raises ValueError where what should be common differs.
    """
    config, first = members[0].get_config(), members[0].operations
    common = [operation.name for operation in first[: shared + 1]]
    entries: list[dict[str, Any]] = []
    outputs: list[list[Any]] = []
    sources: dict[str, Any] = {}  # the operation whose weights each name takes
    for number, member in enumerate(members, 1):
        own = member.get_config()
        # By position: counters in automatic names differ from member to member.
        names = {
            operation.name: base.name if base.name in common else f"{base.name}_m{number}"
            for operation, base in zip(member.operations, first, strict=True)
        }
        _check_common(member, members[0], shared)
        entries += [
            _renamed_entry(entry, names)
            for entry in own["layers"]
            if number == 1 or names[entry["name"]] not in common
        ]
        outputs.append(_output(own, names))
        sources |= {names[operation.name]: operation for operation in member.operations}
    joined = keras.Model.from_config({**config, "layers": entries, "output_layers": outputs})
    mean = keras.layers.Average(name=MEAN, dtype="float32")(joined.outputs)
    combined = keras.Model(joined.inputs, mean)
    for layer in combined.layers:
        if layer.name != MEAN:
            layer.set_weights(sources[layer.name].get_weights())
    return combined


def join_files(files: Sequence[Path], out: Path) -> None:
    """Write the mean of saved networks of one build as one network; what all share is there once.

    Raises CxrError where a file is missing or broken, ValueError where the builds differ.
    """
    members = [prediction.load(file) for file in files]
    whole = combine(members, shared(members))
    write_atomic(out, keras.Model(whole.inputs, whole.outputs).save)


def shared(members: Sequence[keras.Model]) -> int:
    """Return the position of the last operation up to which all members know the same."""
    place = 0
    operations = zip(*(member.operations for member in members), strict=True)
    for number, (first, *others) in enumerate(operations):
        if isinstance(first, keras.Layer):
            known = first.get_weights()
            for other in others:
                if not all(map(np.array_equal, known, other.get_weights())):
                    return place
        place = number
    return place


def heads(model: keras.Model) -> list[keras.Layer]:
    """Return the layers that turn scores into probabilities: an ensemble has one a member."""
    last = model.get_layer(model.output_names[0])
    if last.name != MEAN:
        return [last]
    return [tensor._keras_history.operation for tensor in last.input]


def votes(member_scores: NDArray[np.floating]) -> NDArray[np.intp]:
    """Count the members that find each class most likely: (k, n, classes) to (n, classes)."""
    classes = member_scores.shape[-1]
    return np.eye(classes, dtype=np.intp)[member_scores.argmax(axis=-1)].sum(axis=0)


def majority(counts: NDArray[np.intp], mean_scores: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the class with the most votes (n,); among equals the one with the largest mean."""
    leading = counts == counts.max(axis=-1, keepdims=True)
    return np.where(leading, mean_scores, -np.inf).argmax(axis=-1)


def _check_common(member: keras.Model, first: keras.Model, shared: int) -> None:
    pairs = zip(member.operations[: shared + 1], first.operations, strict=False)
    for operation, base in pairs:
        if not isinstance(operation, keras.Layer):
            continue
        own, others = operation.get_weights(), base.get_weights()
        if not all(map(np.array_equal, own, others)):
            raise ValueError(f"members differ in {base.name}, at or before operation {shared}")


def _output(config: Mapping[str, Any], names: Mapping[str, str]) -> list[Any]:
    place = config["output_layers"]
    name, *rest = place[0] if isinstance(place[0], list) else place
    return [names[name], *rest]


def _renamed_entry(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    name = names[entry["name"]]
    return {
        **entry,
        "name": name,
        "config": {**entry["config"], "name": name},
        "inbound_nodes": _renamed(entry["inbound_nodes"], names),
    }


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Name the sources of every tensor in an operation's arguments anew."""
    match value:
        case {"keras_history": [name, *place]}:
            return {**value, "keras_history": [names[name], *place]}
        case dict():
            return {key: _renamed(entry, names) for key, entry in value.items()}
        case list() | tuple():
            return type(value)(_renamed(entry, names) for entry in value)
    return value
