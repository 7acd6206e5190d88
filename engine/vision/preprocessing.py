"""From a grey picture of any size to the square that a network sees: a list of steps.

One step makes the square. Those before it act on the picture as it came, those after it on the
square.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param, complete

Grey = NDArray[np.uint8]

FILTER, RESIZE = "engine.vision.filters", "engine.vision.resizing"
INTERPOLATION = Param(
    "auto",
    "How pixels are blended: AREA averages, right where the picture shrinks; CUBIC curves between "
    "pixels, right where it grows; automatic takes the one that fits.",
    choices=("auto", "cubic", "area"),
    later=True,
)
RESIZES = {
    "squash": Option(
        "Squash to a square",
        "Stretches both sides to the same length: nothing is cut, proportions change.",
        f"{RESIZE}:squash",
        {"interpolation": INTERPOLATION},
        "A wide picture gets a tall, thin chest: the heart's width against the chest's still "
        "holds, but shapes differ from picture to picture.",
    ),
    "pad": Option(
        "Pad to a square",
        "Adds black borders to the shorter side: nothing is cut, proportions stay.",
        f"{RESIZE}:pad",
        {"interpolation": INTERPOLATION},
        "Pixels are spent on black, and where one class has wider pictures the borders give the "
        "answer away. CUBIC on a picture that shrinks skips pixels and makes patterns.",
    ),
    "crop": Option(
        "Crop the centre",
        "Cuts the longer side to the centre square: proportions stay, the edges are lost.",
        f"{RESIZE}:crop",
        {"interpolation": INTERPOLATION},
        "What lies at the edge of a wide picture is gone: the outer lung and the angle above the "
        "diaphragm, where fluid gathers first.",
    ),
}
CROPS = {
    "lungs": Option(
        "Crop to the lung field",
        "Finds the dark lungs in the picture and cuts away what is far from them: arms, neck, "
        "belly, markers. Where it is not sure it keeps the whole picture.",
        "engine.vision.lungs:crop",
        {"margin": Param(0.1, "Kept around the lungs, as a share of their size.", 0.0, 0.5)},
        "A lung that is white with disease is not found, so sick pictures are left whole more "
        "often than healthy ones: whether it was cropped can give the answer away.",
    ),
}
FILTERS = {
    "clahe": Option(
        "Local contrast (CLAHE)",
        "Evens out the contrast tile by tile, so that faint shadows stand out.",
        f"{FILTER}:clahe",
        {
            "clip_limit": Param(2.0, "How much contrast one tile may gain.", 0.1, 40.0),
            "tiles": Param(16, "Tiles along each side.", 1, 64),
        },
        "Noise gains contrast like anatomy: a high limit with small tiles makes texture out of "
        "nothing, and a lung's overall whiteness is levelled out.",
    ),
    "equalize": Option(
        "Histogram equalisation",
        "Spreads the grey values of the whole picture evenly: no knob, and no regard for place.",
        f"{FILTER}:equalize",
        harms="A black border takes most of the range, so the chest itself ends up flat and too "
        "bright; CLAHE works tile by tile and is limited, so it does not.",
    ),
    "window": Option(
        "Percentile window",
        "Makes all films alike in black and white: values between two percentiles fill 0..255.",
        f"{FILTER}:window",
        {
            "low": Param(1.0, "Percent of the pixels that become black.", 0.0, 40.0),
            "high": Param(99.0, "Percent of the pixels that lie below white.", 60.0, 100.0),
        },
        "What lies outside is clipped for good: a narrow window paints dense bone and dense "
        "disease the same white.",
    ),
    "blur": Option(
        "Gaussian blur",
        "Softens noise and fine detail.",
        f"{FILTER}:blur",
        {"sigma": Param(1.0, "Width of the blur in pixels of the picture it acts on.", 0.1, 20.0)},
        "Fine lines and small nodules blur away with the noise; on a small square a sigma of 1 is "
        "already much.",
    ),
    "median": Option(
        "Median",
        "Takes out single odd pixels and thin lines, and keeps edges sharper than a blur does.",
        f"{FILTER}:median",
        {"radius": Param(1, "Pixels on each side: 1 is a square of 3 x 3.", 1, 15)},
        "Thin anatomy is taken for noise: fine vessels and the edge of a collapsed lung go first.",
    ),
    "unsharp": Option(
        "Unsharp mask",
        "Sharpens: adds again what a blur takes away, so that edges stand out.",
        f"{FILTER}:unsharp",
        {
            "sigma": Param(
                2.0, "Width of the blur in pixels: how coarse the edges are.", 0.1, 20.0
            ),
            "amount": Param(1.0, "How much is added.", 0.0, 5.0),
        },
        "Noise is sharpened too, and bright halos along ribs and heart look like disease.",
    ),
    "notch": Option(
        "Grid-line notch filter",
        "Takes out the fine stripes that an anti-scatter grid leaves: a peak that stands out of "
        "the spectrum (FFT) is cut. Where there is none, nothing changes.",
        "engine.vision.notch:notch",
        {
            "strength": Param(
                8.0, "How many times its surroundings a peak has to reach to be cut.", 3.0, 30.0
            ),
            "width": Param(2, "Radius of a cut in the spectrum, in steps of frequency.", 1, 12),
        },
        "A low strength takes true texture for a grid. Put it before the resize: a grid that was "
        "shrunk has already become coarse waves.",
    ),
}
STEPS = {**RESIZES, **CROPS, **FILTERS}


def check_steps(steps: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the steps with their defaults filled in; raise CxrError on a list that cannot run.

    Exactly one step makes the square; crops come before it.
    """
    full = tuple(complete(step, STEPS, "preprocessing step") for step in steps)
    place = _place(full)
    for step in full[place:]:
        if step.name in CROPS:
            raise CxrError(
                f"'{_label(step)}' changes the picture's shape, so it must come before the step "
                f"that makes the square, '{_label(full[place])}'. Move it up."
            )
    return full


def resize_of(steps: tuple[Choice, ...]) -> Choice:
    """Return the one step that makes the square; raise CxrError where the list cannot run."""
    full = check_steps(steps)
    return full[_place(full)]


def geometry(steps: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the steps that move pixels and change no grey value; raise CxrError."""
    return tuple(step for step in check_steps(steps) if step.name not in FILTERS)


def pipeline(size: int, steps: tuple[Choice, ...]) -> Callable[[Grey], Grey]:
    """Return one function for many pictures: (H, W) uint8 -> (size, size) uint8."""
    parts: list[Callable[[Grey], Grey]] = []
    for step in check_steps(steps):
        own = {"size": size} if step.name in RESIZES else {}
        parts.append(partial(STEPS[step.name].load(), **own, **step.kwargs))

    def run(image: Grey) -> Grey:
        for part in parts:
            image = part(image)
        return image

    return run


def preprocess(image: Grey, size: int, steps: tuple[Choice, ...]) -> Grey:
    """Resize and filter one picture: (H, W) uint8 -> (size, size) uint8; raise CxrError."""
    return pipeline(size, steps)(image)


def _place(steps: tuple[Choice, ...]) -> int:
    places = [place for place, step in enumerate(steps) if step.name in RESIZES]
    if len(places) == 1:
        return places[0]
    allowed = " or ".join(f"'{row.label}' ({name})" for name, row in RESIZES.items())
    if not places:
        raise CxrError(f"No step makes the square that a network needs. Add one: {allowed}.")
    twice = ", ".join(f"'{_label(steps[place])}'" for place in places)
    raise CxrError(f"{len(places)} steps make the square ({twice}). Keep one of them.")


def _label(step: Choice) -> str:
    return STEPS[step.name].label
