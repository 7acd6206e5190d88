"""The command line's `networks`: what can be trained, and what it costs here."""

import argparse
from typing import Any

from engine.cli import Answer
from engine.learning import estimate, weights
from engine.learning.backbones import BACKBONES, Backbone
from engine.learning.networks import SCRATCH
from engine.words.errors import CxrError


def networks(args: argparse.Namespace) -> Answer:
    """List the pretrained backbones with their cuts and costs, and the networks from scratch."""
    rows = [_backbone(name, row) for name, row in BACKBONES.items()]
    own = [{"network": name, "label": row.label, "help": row.help} for name, row in SCRATCH.items()]
    lines = [line for row in rows for line in _lines(row)]
    lines += [f"{row['label']} ({row['network']})\n    {row['help']}" for row in own]
    return Answer([*rows, *own], "\n".join(lines))


def _backbone(name: str, row: Backbone) -> dict[str, Any]:
    try:
        found = weights.find(name)
        where = found.origin if found else "not on this machine"
    except CxrError as error:
        where = str(error)
    seconds = estimate.thousand_pictures(name)
    cuts = {cut: {"layer": number, "where": words} for cut, (number, words) in row.cuts.items()}
    return {
        "network": name,
        "label": row.label,
        "help": row.help,
        "parameters": row.parameters,
        "layers": row.layers,
        "size": row.size,
        "smallest": row.smallest,
        "scaling": row.scaling.words,
        "multiply_adds": row.multiply_adds,
        "seconds_per_1000": seconds and round(seconds, 1),
        "cuts": cuts,
        "weights": where,
    }


def _lines(row: dict[str, Any]) -> list[str]:
    seconds = row["seconds_per_1000"]
    cost = "not measured here yet" if seconds is None else f"about {seconds:.0f} s here"
    cuts = "; ".join(f"{cut} ({at['layer']}): {at['where']}" for cut, at in row["cuts"].items())
    return [
        f"{row['label']} ({row['network']})",
        f"    {row['help']}",
        f"    {row['parameters']:,} parameters in {row['layers']} layers; {row['size']} pixels, at "
        f"least {row['smallest']}; grey values {row['scaling']}",
        f"    {row['multiply_adds'] / 1e9:.2g} billion multiply-adds an image; "
        f"1,000 images: {cost}",
        f"    cuts: {cuts}",
        f"    weights: {row['weights']}",
    ]
