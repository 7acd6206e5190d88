"""The table of augmentation steps: what each does, its knobs, and when it harms.

A row without a chance is drawn every time, by any amount up to its limit. Rows keep their names,
knobs and defaults: recipes of finished runs are made of them.
"""

from engine.words.options import Option, Param

_ROOM = "engine.vision.transforms"
_CHANCE = Param(0.5, "How often it happens: 0.5 is every other draw.", low=0.0, high=1.0)


def _limit(default: float, high: float, help: str) -> dict[str, Param]:
    return {"limit": Param(default, help, low=0.0, high=high)}


def _row(label: str, help: str, build: str, harms: str, **params: Param) -> Option:
    return Option(label, help, f"{_ROOM}:{build}", {**params, "chance": _CHANCE}, harms)


# The first six are what the reports used.
FORMER = {
    "contrast": Option(
        "Contrast",
        "Stretches or flattens the grey values, as another exposure would.",
        f"{_ROOM}:contrast",
        _limit(0.1, 0.9, "Largest change, as a share of the contrast."),
        "Far above 0.3 bright lungs run into white or black, and a faint shadow with them.",
    ),
    "brightness": Option(
        "Brightness",
        "Makes the whole picture lighter or darker.",
        f"{_ROOM}:brightness",
        _limit(0.1, 0.9, "Largest change, as a share of the grey range."),
        "Far above 0.3 one end of the greys is cut off: a healthy lung may turn white.",
    ),
    "shift": Option(
        "Shift",
        "Moves the picture sideways and up or down; edges are mirrored.",
        f"{_ROOM}:shift",
        _limit(0.1, 0.5, "Largest move, as a share of the width and height."),
        "A diseased lobe near the edge may leave the picture, and the label stays.",
    ),
    "zoom": Option(
        "Zoom",
        "Enlarges or shrinks the picture about its centre.",
        f"{_ROOM}:zoom",
        _limit(0.1, 0.5, "Largest change of size, as a share."),
        "Enlarging cuts the lungs' bases and tips, where a pneumonia may be all there is.",
    ),
    "rotate": Option(
        "Rotation",
        "Turns the picture a little, as a patient who leans.",
        f"{_ROOM}:rotate",
        _limit(7.0, 45.0, "Largest angle in degrees."),
        "Beyond some 15 degrees no radiographer would take such a picture, and corners get lost.",
    ),
    "report_a": Option(
        "Report A's pipeline",
        "Crops, turns, rescales, distorts, changes the exposure and adds noise, each with one "
        "chance in two.",
        f"{_ROOM}:report_a",
        {},
        "In every other draw it cuts 15% from every side, and a lobe near the edge with it.",
    ),
}

_PLACE = {
    "shear": _row(
        "Shear",
        "Leans the picture to one side, as a patient who stands askew to the film.",
        "shear",
        "The heart's outline leans as well; above some 10 degrees no chest looks so.",
        limit=Param(6.0, "Largest lean in degrees.", low=0.0, high=30.0),
    ),
    "stretch": _row(
        "Stretch",
        "Changes width and height, each on its own.",
        "stretch",
        "The heart is judged by its width against the chest's height and width.",
        limit=Param(0.08, "Largest change of a side, as a share.", low=0.0, high=0.4),
    ),
    "crop": _row(
        "Crop and pad",
        "Cuts from each side, or adds to it, on its own, and brings the rest back to size.",
        "crop",
        "What lies in the cut is gone: a lobe near the edge, an apex, the costophrenic angle.",
        limit=Param(0.1, "Most that a side loses or gains, as a share.", low=0.0, high=0.4),
    ),
    "grid": _row(
        "Grid distortion",
        "Widens and narrows the cells of a grid, as a chest of another build.",
        "grid",
        "Strong distortion bends ribs as no chest does: the network learns from monsters.",
        limit=Param(0.1, "Largest change of a cell's side, as a share.", low=0.0, high=0.6),
        cells=Param(5, "Cells along each side.", low=2, high=12),
    ),
    "elastic": _row(
        "Elastic",
        "Bends the picture smoothly (a thin-plate spline on 4 x 4 points). The slowest step: "
        "about 12 ms a picture of 224 pixels.",
        "elastic",
        "Bent heart and diaphragm edges are signs of disease too.",
        limit=Param(0.08, "Strength; 0.1 moves some points by 5% of the width.", 0.0, 0.3),
    ),
    "flip": _row(
        "Horizontal flip",
        "Mirrors the picture left to right.",
        "flip",
        "It mirrors the heart and the R marker: nobody has such a chest, but for one person in "
        "some 10,000 (situs inversus), and where sides differ, the label may be wrong.",
    ),
}

_GREYS = {
    "gamma": _row(
        "Gamma",
        "Lightens or darkens the middle greys and keeps black and white, as another detector.",
        "gamma",
        "A shadow in the lung is a difference of middle greys: strong gamma flattens it.",
        limit=Param(0.2, "Largest change of the exponent.", low=0.0, high=0.9),
    ),
    "heel": _row(
        "Uneven exposure",
        "Makes one side lighter or darker than the other, as the tube's heel effect or a grid "
        "that is off its centre.",
        "heel",
        "One whiter lung is what a pneumonia looks like.",
        limit=Param(0.08, "Largest change at the edge, as a share.", low=0.01, high=0.2),
    ),
    "clahe": _row(
        "CLAHE, varied",
        "Evens out local contrast tile by tile, each time to another degree.",
        "clahe",
        "It lifts noise as well; a lung without vessels gets a texture it does not have.",
        limit=Param(3.0, "Largest clip limit; the smallest is 1.", low=1.0, high=20.0),
        tiles=Param(8, "Tiles along each side.", low=2, high=32),
    ),
}

_DETAIL = {
    "noise": _row(
        "Noise",
        "Adds grain, as a low dose does.",
        "noise",
        "The fine net of a viral pneumonia drowns in it, and the label stays.",
        limit=Param(0.04, "Largest standard deviation, as a share of the grey range.", 0.0, 0.4),
    ),
    "blur": _row(
        "Gaussian blur",
        "Softens fine detail, as a larger focal spot.",
        "blur",
        "The fine net of a viral pneumonia is the first thing that it takes.",
        limit=Param(1.5, "Largest width (sigma) in pixels of the network's picture.", 0.2, 10.0),
    ),
    "motion": _row(
        "Motion blur",
        "Smears along a line, as a child that moves or breathes.",
        "motion",
        "Vessels and fine lines are gone; a smeared healthy lung looks hazy.",
        length=Param(7, "Longest smear in pixels of the network's picture.", low=3, high=31),
    ),
    "coarse": _row(
        "Coarser pixels",
        "Shrinks the picture and enlarges it again, as a coarser detector or a small original.",
        "coarse",
        "Below a third of the pixels nothing of a viral pneumonia's net remains.",
        smallest=Param(0.5, "Smallest size, as a share of each side.", low=0.1, high=0.95),
    ),
    "jpeg": _row(
        "JPEG compression",
        "Saves it as JPEG of random quality: blocks and rings, as from another archive.",
        "jpeg",
        "Below a quality of 20 the blocks hide fine detail.",
        quality=Param(50, "Lowest quality; the highest is 95.", low=5, high=90),
    ),
    "dropout": _row(
        "Coarse dropout",
        "Blackens some boxes, so that no single place decides.",
        "dropout",
        "A box over the diseased lobe takes the disease out of the picture, and the label stays.",
        boxes=Param(3, "Most boxes in a draw.", low=1, high=20),
        side=Param(0.15, "Largest side of a box, as a share of the picture's.", 0.05, 0.5),
    ),
}

STEPS = {**FORMER, **_PLACE, **_GREYS, **_DETAIL}
