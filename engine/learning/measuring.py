"""What a finished training teaches about this machine: how long each kind of its work took."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from engine.learning import rates
from engine.learning.anatomy import Anatomy
from engine.learning.costs import Stretch, stretches
from engine.learning.rates import Rate
from engine.learning.regimes import phases
from engine.words.recipe import Recipe

ENOUGH = 32  # pictures; fewer say nothing of many
DECODED = 0.0003  # seconds a picture; what took less was in the cache already
TRACED = 0.0065  # seconds to make an operation ready for predictions
LEAST = 0.5  # seconds to build and save a network, whatever else seems to have taken the time


def remember(
    recipe: Recipe,
    network: Anatomy,
    meta: Mapping[str, Any],
    history: Sequence[Mapping[str, float]],
) -> None:
    """Keep what a finished training took, in place of what was known of the same kinds of work."""
    counts = {**meta["counts"], "shown": int(meta["shown_per_epoch"])}
    reading, *found, building = stretches(recipe, counts, network, [1] * len(phases(recipe)))
    device, spent = str(meta["device"]), meta["seconds"]
    images = sum(meta["counts"].values())
    rest = spent["training"] + spent["saving"]
    new = []
    if spent["reading"] > DECODED * images:
        new.append(Rate(reading.kind, device, spent["reading"] / images, images))
    features = [stretch for stretch in found if stretch.kind.what == "features"]
    if features:
        files = list(_computed(features, meta["kept"]))
        rest -= sum(seconds for seconds, _, _ in files)
        new += _features(features, files, TRACED * len(network.nodes), device)
    for stretch in found[len(features) :]:
        rate, trained = _epochs(stretch, history, device)
        rest -= rate.seconds * trained
        new.append(rate)
    each = max(LEAST, rest / building.count)
    rates.add([*new, Rate(building.kind, device, each, len(history))])


def _computed(
    features: Sequence[Stretch], notes: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[float, float, int]]:
    """Yield seconds, work and pictures of each file of features that was computed."""
    files = [(note["phase"], file) for note in notes for file in note["files"] if file["computed"]]
    for stretch, later in zip(features, [*features[1:], features[-1]], strict=True):
        for file in (file for phase, file in files if phase == stretch.phase):
            work = file["computed"] * stretch.count * stretch.kind.work
            work += file["passed"] * later.kind.work
            yield file["seconds"], work, file["computed"]


def _features(
    features: Sequence[Stretch],
    files: Sequence[tuple[float, float, int]],
    starting: float,
    device: str,
) -> Iterator[Rate]:
    """Rates of all frozen parts: they are parts of one network."""
    pictures = sum(count for _, _, count in files)
    if pictures < ENOUGH:
        return
    seconds = sum(max(spent - starting, spent / 3) for spent, _, _ in files)
    each = seconds / sum(work for _, work, _ in files)
    for stretch in features:
        yield Rate(stretch.kind, device, each * stretch.kind.work, pictures)


def _epochs(
    stretch: Stretch, history: Sequence[Mapping[str, float]], device: str
) -> tuple[Rate, float]:
    """Return the rate of a phase's epochs, and the pictures that it accounts for."""
    rows = [row for row in history if row.get("phase", 1) == stretch.phase]
    firsts = {row.get("member", 1): row["epoch"] for row in reversed(rows)}.values()
    # A first epoch also makes the network ready to train.
    steady = [row["seconds"] for row in rows if row["epoch"] not in firsts]
    seconds = median(steady or [row["seconds"] for row in rows]) / stretch.per_epoch
    predicted = stretch.count - stretch.epochs * stretch.per_epoch
    return Rate(stretch.kind, device, seconds, len(rows)), len(rows) * stretch.per_epoch + predicted
