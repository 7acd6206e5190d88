"""Ways to ask a network where it looked, as a table: a new one is one row, its builder, one test.

A builder gets the model, images (n, s, s), a class for each (n,), the layer's index (None for a
method that asks the pixels) and its knobs; it returns raw maps (n, rows, columns) float32.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.words.errors import CxrError
from engine.words.options import Choice, Option, Param, complete, find


@dataclass(frozen=True)
class Method(Option):
    """One row: `says` is what warm means, of the class {name}; `raw` what the raw values are."""

    layered: bool = True  # it asks a layer; else the pixels, and the map has the picture's size
    says: str = "Warm parts raised the score for {name}."
    raw: str = ""


METHODS: Mapping[str, Method] = {
    "gradcam": Method(
        "Grad-CAM",
        "Weighs each channel of a layer by how much it raises the class's score "
        "(Selvaraju et al. 2017, arXiv 1610.02391).",
        "engine.explaining.visualizers:gradcam",
        harms="One weight for a whole channel: where a channel answers to two things, the map "
        "shows both.",
        raw="The weighted sum of the layer's channels in each cell. Below 0 a cell speaks against "
        "the class; that part is left out, so the colours begin at 0.",
    ),
    "gradcam++": Method(
        "Grad-CAM++",
        "Grad-CAM whose weights come from the cells that raise the score alone, so that several "
        "findings share the heat (Chattopadhay et al. 2018, arXiv 1710.11063).",
        "engine.explaining.visualizers:gradcam_plus_plus",
        harms="What speaks against the class is dropped early: the map looks much the same for "
        "every class, and hardly ever empty.",
        raw="The sum of the layer's channels in each cell, each weighted by where it raises the "
        "score. Divided by the score's exponential, which would only stretch all cells alike.",
    ),
    "layercam": Method(
        "LayerCAM",
        "Weighs each cell of each channel by itself, so that early, finer layers can be asked as "
        "well (Jiang et al. 2021, doi 10.1109/TIP.2021.3089943).",
        "engine.explaining.visualizers:layercam",
        harms="One cell's gradient is noisy, early layers' most of all: small spots may be chance.",
        raw="The sum over the channels of activation times positive gradient, cell by cell.",
    ),
    "scorecam": Method(
        "Faster Score-CAM",
        "Shows the network the X-ray through each of a layer's most varied channels and weighs the "
        "channel by the score; no gradient (Wang et al. 2020, arXiv 1910.01279).",
        "engine.explaining.visualizers:scorecam",
        {
            "max_n": Param(
                10,
                "Channels that are tried, those that vary most; each costs one more answer.",
                1,
                64,
            )
        },
        harms="It tries a few channels of hundreds, and half a picture is no X-ray: the scores it "
        "weighs by may be of pictures unlike any that the network has seen.",
        says="Seen through the warm parts alone, the X-ray kept its score for {name}.",
        raw="The sum of the chosen channels in each cell, each weighted by the probability that "
        "it left of the class.",
    ),
    "saliency": Method(
        "Saliency",
        "How much the score would change if a pixel changed a little, up or down "
        "(Simonyan et al. 2013, arXiv 1312.6034).",
        "engine.explaining.visualizers:saliency",
        harms="A slope, not a share of the score: it finds edges that any network would, and "
        "scatters over single pixels.",
        layered=False,
        says="At warm pixels a small change moves the score for {name} most, up or down.",
        raw="The size of the score's slope at each pixel, per grey level of 0 to 255.",
    ),
    "smoothgrad": Method(
        "SmoothGrad",
        "Saliency averaged over noisy copies of the X-ray, so that what stays is no accident of "
        "single pixels (Smilkov et al. 2017, arXiv 1706.03825).",
        "engine.explaining.visualizers:smoothgrad",
        {
            "samples": Param(16, "Noisy copies; each costs one more gradient.", 2, 64),
            "noise": Param(
                0.15, "The noise's deviation, as a share of the X-ray's range of grey.", 0.01, 0.5
            ),
            "seed": Param(0, "The same seed, the same noise, so the same map.", 0, 9999),
        },
        harms="Noise that the network never saw can be what the map is about; with much of it "
        "small findings wash out.",
        layered=False,
        says="At warm pixels small changes move the score for {name} most, up or down.",
        raw="The mean size of the score's slope at each pixel over the noisy copies, per grey "
        "level of 0 to 255.",
    ),
}


def has_layer(method: str | Choice) -> bool:
    """Whether a method asks a layer; False: the pixels, and a layer says nothing."""
    return row(method).layered


def row(method: str | Choice) -> Method:
    """Return a method's row; raise NotFound with the list of rows."""
    name = method if isinstance(method, str) else method.name
    find(METHODS, name, "method")
    return METHODS[name]


def completed(method: str | Choice) -> Choice:
    """Return a method with all its knobs, checked; raise CxrError or NotFound."""
    choice = Choice(method) if isinstance(method, str) else method
    return complete(choice, METHODS, "method")


def read(text: str) -> Choice:
    """Read `NAME` or `NAME:KEY=VALUE,KEY=VALUE`; raise CxrError or NotFound."""
    name, _, rest = text.partition(":")
    values = {}
    for pair in filter(None, rest.split(",")):
        key, _, value = pair.partition("=")
        try:
            values[key.strip()] = json.loads(value)
        except ValueError:
            raise CxrError(f"A setting of {name} looks like KEY=NUMBER, got '{pair}'.") from None
    return completed(Choice.of(name, **values))
