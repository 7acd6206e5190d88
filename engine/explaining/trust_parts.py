"""What one way of explaining is measured by: four parts, each kept on disk by what it hangs on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import cache
from engine.explaining import trust_places as places
from engine.explaining import trust_weights as weights
from engine.explaining.trust_asking import Asked, Heat
from engine.explaining.trust_baselines import CENTRE, RANDOM, heat_of, split_name
from engine.explaining.trust_curves import STEPS, curves
from engine.explaining.trust_pictures import Pictures
from engine.words.files import digest_json

Arrays = dict[str, NDArray[np.float64]]
Step = Callable[[], object]

AREA = "trust"
VERSION = 2  # raise it when the meaning of a kept figure changes
SECONDS = "seconds_"  # before a part: how long it took
THUMB = 32  # cells a side of the maps that are kept to be looked at
RANDOM_AGAIN = 10**6  # the seed of a random map that is drawn anew
DRAWS = 20  # random maps a picture where they cost nothing: their mean is what chance gives


@dataclass(frozen=True)
class Plan:
    """How maps are judged, apart from the X-rays."""

    filling: str = "blur"
    steps: int = STEPS
    checked: int = 6  # X-rays whose maps are asked of random weights


def curve_part(asked: Asked, method: str, pictures: Pictures, plan: Plan, step: Step) -> Arrays:
    """Scores while pixels go and come: deletion, insertion (n, steps + 1); cells (2,)."""
    heats = _heats(asked, method, pictures, step)
    gone, come = [], []
    for number, (image, index) in enumerate(zip(pictures.seen, pictures.classes, strict=True)):

        def score(images: NDArray[np.uint8], index: int = index) -> NDArray[np.float32]:
            return asked.scores(images, index)

        found = curves(score, image, heats[number], plan.filling, plan.steps, number)
        gone.append(found.deletion)
        come.append(found.insertion)
        step()
    empty = [float(not heat.any()) for heat in heats]
    return {
        "deletion": np.array(gone),
        "insertion": np.array(come),
        "cells": np.array(heats[0].shape, float),
        "empty": np.array(empty),
    }


def lung_part(asked: Asked, method: str, pictures: Pictures, plan: Plan, step: Step) -> Arrays:
    """Share of the heat in the lung field (n,): not a number where no lungs are found."""
    masks = [places.lungs(image) for image in pictures.seen]

    def share(heat: Heat, number: int) -> float:
        mask = masks[number]
        return float("nan") if mask is None else places.inside(heat, mask)

    return {"lungs": _placed(asked, method, pictures, step, share)[0]}


def truth_part(asked: Asked, method: str, pictures: Pictures, plan: Plan, step: Step) -> Arrays:
    """Pointing game, share inside and overlap (n,) of maps against the true opacities."""
    assert pictures.masks is not None
    masks = pictures.masks
    found = _placed(
        asked,
        method,
        pictures,
        step,
        lambda heat, number: places.hit(heat, masks[number]),
        lambda heat, number: places.inside(heat, masks[number]),
        lambda heat, number: places.overlap(heat, masks[number], number),
    )
    return dict(zip(("pointing", "inside", "overlap"), found, strict=True))


def _placed(
    asked: Asked,
    method: str,
    pictures: Pictures,
    step: Step,
    *measures: Callable[[Heat, int], float],
) -> list[NDArray[np.float64]]:
    """Return each measure of each map (n,); of random maps the mean over many."""
    draws = DRAWS if method.startswith(RANDOM) else 1
    each = [_heats(asked, method, pictures, step, DRAWS * again) for again in range(draws)]
    return [
        np.mean([[one(heat, at) for at, heat in enumerate(heats)] for heats in each], axis=0)
        for one in measures
    ]


def weight_part(asked: Asked, method: str, pictures: Pictures, plan: Plan, step: Step) -> Arrays:
    """Likeness of maps of random weights to the learned ones: rank, ssim (stages, n).

    `layers` (stages,) is how many of the last layers were randomised; `rank_others` and
    `ssim_others` what maps of different X-rays have in common; `maps` (1 + stages, n, r, c) small
    copies of the maps to look at, the learned ones first.
    """
    some = pictures.first(plan.checked)
    learned = _heats(asked, method, some, step)
    if split_name(method):
        layers, stages = [0], [_again(method, learned)]
    else:
        layers, stages = asked.forgetful_heats(some.seen, some.classes, method, step)
    found: Arrays = {"layers": np.array(layers, float)}
    for name, alike in (("rank", _size_of_rank), ("ssim", weights.ssim)):
        found[name] = np.array(
            [[alike(*pair) for pair in zip(learned, heats, strict=True)] for heats in stages]
        )
        found[f"{name}_others"] = np.array([alike(*two) for two in combinations(learned, 2)])
    small = [[_thumb(heat) for heat in heats] for heats in (learned, *stages)]
    return found | {"maps": np.array(small)}


PARTS = {"curves": curve_part, "weights": weight_part, "lungs": lung_part, "truth": truth_part}
HANGS_ON = {"curves": ("filling", "steps"), "weights": ("checked",)}  # of the plan


def kept(
    part: str, asked: Asked, method: str, pictures: Pictures, plan: Plan, step: Step
) -> Arrays:
    """Return a part's figures, from disk where they were computed before."""

    def make(path: Path) -> None:
        began = time.monotonic()
        found: dict[str, Any] = dict(PARTS[part](asked, method, pictures, plan, step))
        found[f"{SECONDS}{part}"] = np.array(time.monotonic() - began)
        np.savez_compressed(path, **found)

    path = cache.fetch(AREA, name_of(part, asked.key, method, pictures, plan), ".npz", make)
    return read(path)


def is_kept(part: str, key: str, method: str, pictures: Pictures, plan: Plan) -> bool:
    """Say at once whether a part was computed before."""
    name = name_of(part, key, method, pictures, plan)
    return cache.is_there(cache.folder() / AREA / f"{name}.npz")


def name_of(part: str, key: str, method: str, pictures: Pictures, plan: Plan) -> str:
    """Return the name under which a part is kept: the hash of all that determines it."""
    some = pictures.first(plan.checked) if part == "weights" else pictures
    settings = [getattr(plan, field) for field in HANGS_ON.get(part, ())]
    return digest_json([VERSION, part, key, method, some.key, *settings])


def read(path: Path) -> Arrays:
    """Read a part's figures."""
    with np.load(path) as opened:
        return {name: opened[name] for name in opened.files}


def _heats(asked: Asked, method: str, pictures: Pictures, step: Step, again: int = 0) -> list[Heat]:
    if split_name(method):
        return [heat_of(method, number, again) for number in range(len(pictures))]
    return asked.heats(pictures.seen, pictures.classes, method, step)


def _again(method: str, heats: list[Heat]) -> list[Heat]:
    """What a baseline shows of random weights: a blob the same, a random map another one."""
    if method.startswith(CENTRE):
        return heats
    return [heat_of(method, RANDOM_AGAIN, number) for number in range(len(heats))]


def _size_of_rank(one: Heat, other: Heat) -> float:
    """An inverted map shows the same picture, so the sign is left out."""
    return abs(weights.rank_correlation(one, other))


def _thumb(heat: Heat) -> Heat:
    return weights.shrunk(heat, *(min(THUMB, length) for length in heat.shape))
