"""How well the detectors find artefacts of known kinds, and how often they cry wolf.

python -m benchmarks.artefacts [FOLDER]: clean phantoms against the same phantoms with one artefact
each; ours is the worst detector's AUC, other the AUC that each has to reach. With a folder of real
X-rays (train and test) also: the share of them that each detector flags, and the AUC of real
X-rays against the same ones spoiled.
"""

import random
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.gate_material import xrays
from benchmarks.report import report
from engine.vision.artefacts import DETECTORS, FLAGGED, inspect
from engine.vision.decoding import Grey
from engine.vision.phantom import KINDS, draw
from engine.vision.phantom_artefacts import SPOILERS, spoil

PHANTOMS, SIZES = 300, (128, 160, 224, 256, 384)
REAL = 600  # of the training images; all test images are measured
AUC, FALSE, MILLISECONDS = 0.95, 0.05, 60

Scores = NDArray[np.float64]


def main() -> None:
    """Measure and print one JSON line."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder and not (folder / "train").is_dir():
        raise SystemExit(f"No folder {folder / 'train'}: python -m benchmarks.artefacts FOLDER")
    clean = phantoms(PHANTOMS)
    found = severities(clean)
    areas = against_spoiled(clean, found)
    false = {name: round(float((found[name] >= FLAGGED).mean()), 4) for name in DETECTORS}
    took = milliseconds()
    more = measured_on_real(folder) if folder else {}
    report(
        "artefacts",
        ours=min(area for area, _ in areas.values()),
        other=AUC,
        goal=f"each AUC >= {AUC}, each false-alarm rate < {FALSE}, <= {MILLISECONDS} ms at 224 px",
        met=min(area for area, _ in areas.values()) >= AUC
        and max(false.values()) < FALSE
        and took <= MILLISECONDS,
        auc={name: area for name, (area, _) in areas.items()},
        found={name: share for name, (_, share) in areas.items()},
        false_alarms=false,
        milliseconds_at_224=round(took, 1),
        **more,
    )


def phantoms(count: int) -> list[Grey]:
    """Return clean phantoms of every kind, of several sizes and aspects."""
    rng = np.random.default_rng(31)
    return [
        draw(
            90_000 + index,
            KINDS[index % len(KINDS)],
            int(rng.choice(SIZES)),
            aspect=float(rng.uniform(1, 1.25)),
        ).image
        for index in range(count)
    ]


def severities(images: list[Grey]) -> dict[str, Scores]:
    """Return every detector's severity of every picture."""
    rows = [[finding.severity for finding in inspect(image)] for image in images]
    return dict(zip(DETECTORS, np.array(rows).T, strict=True))


def against_spoiled(images: list[Grey], clean: dict[str, Scores]) -> dict[str, tuple[float, float]]:
    """Return each detector's AUC against the same pictures spoiled, and the share it finds."""
    result = {}
    for name in SPOILERS:
        build = DETECTORS[name].load()
        bad = np.array([_severity(build, spoil(im, name, i)[0]) for i, im in enumerate(images)])
        found = round(float((bad >= FLAGGED).mean()), 4)
        result[name] = (round(area(clean[name], bad), 4), found)
    return result


def _severity(build, image: Grey) -> float:  # type: ignore[no-untyped-def]
    from engine.vision.artefact_view import View

    return float(build(View(image)).severity)


def area(clean: Scores, bad: Scores) -> float:
    """Area under the ROC curve: how often a spoiled picture scores above a clean one."""
    above = bad[:, None] - clean[None]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def milliseconds() -> float:
    """Median processor time of all detectors together on one 224 px picture, one thread."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    images = [draw(index, KINDS[index % 3], 224).image for index in range(40)]
    inspect(images[0])
    took = []
    for image in images:
        began = time.thread_time()
        inspect(image)
        took.append(1000 * (time.thread_time() - began))
    cv2.setNumThreads(threads)
    return float(np.median(took))


def measured_on_real(folder: Path) -> dict[str, dict[str, float]]:
    """Return the shares of real X-rays that are flagged, by part, and the AUCs on them."""
    train = random.Random(0).sample(xrays(folder, "train"), REAL)
    parts = {"train": severities(train), "test": severities(xrays(folder, "test"))}
    shares = {
        f"real_{part}": {
            name: round(float((values >= FLAGGED).mean()), 4) for name, values in found.items()
        }
        for part, found in parts.items()
    }
    areas = against_spoiled(train[:300], {n: v[:300] for n, v in parts["train"].items()})
    return {
        **shares,
        "real_auc": {name: value for name, (value, _) in areas.items()},
        "real_found": {name: share for name, (_, share) in areas.items()},
    }


if __name__ == "__main__":
    main()
