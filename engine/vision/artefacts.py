"""Artefacts of an X-ray: a table of detectors; each gives a severity, a sentence and evidence."""

from dataclasses import dataclass

from engine.vision.artefact_view import Grey, View
from engine.vision.evidence import Evidence
from engine.words.options import Option, Param

FLAGGED = 0.5  # severity from which a finding counts
ABOVE = {"above": Param(FLAGGED, "The severity from which a picture counts as spoiled.", 0.0, 1.0)}
HERE = "engine.vision.artefact"

# A builder takes a View and returns a Measure; `above` is for those who filter by severity.
DETECTORS = {
    "grid": Option(
        "Grid lines",
        "Fine parallel stripes: the shadow of the anti-scatter grid, or its moiré.",
        f"{HERE}_grid:grid",
        ABOVE,
    ),
    "metal": Option(
        "Metal",
        "Small, very bright things with sharp edges: pins, buttons, electrodes, wires.",
        f"{HERE}_objects:metal",
        ABOVE,
    ),
    "motion": Option(
        "Motion blur",
        "Edges smeared along one direction: the patient moved or breathed.",
        f"{HERE}_motion:motion",
        ABOVE,
    ),
    "noise": Option(
        "Noise",
        "A grainy picture: too few X-rays reached the detector.",
        f"{HERE}_grain:noise",
        ABOVE,
    ),
    "overexposure": Option(
        "Over-exposure (too dark)",
        "Too many X-rays: the lungs turn black and lose their vessels.",
        f"{HERE}_exposure:over",
        ABOVE,
    ),
    "underexposure": Option(
        "Under-exposure (too bright)",
        "Too few X-rays: the chest is washed out, bones and heart run into white.",
        f"{HERE}_exposure:under",
        ABOVE,
    ),
    "text": Option(
        "Text and boxes",
        "Burned-in words, numbers or frames. A single side marker (R or L) is normal.",
        f"{HERE}_objects:text",
        ABOVE,
    ),
    "rotation": Option(
        "Rotation",
        "The body lies askew: its axis leans against the picture's upright.",
        f"{HERE}_rotation:rotation",
        ABOVE,
    ),
    "foreign": Option(
        "Not a chest X-ray",
        "The picture does not look like a frontal chest X-ray at all.",
        f"{HERE}_foreign:foreign",
        ABOVE,
    ),
}


@dataclass(frozen=True)
class Finding:
    """What one detector says of one picture."""

    name: str  # a row of DETECTORS
    label: str
    severity: float  # 0..1
    flagged: bool  # severity >= FLAGGED
    sentence: str
    evidence: Evidence


def inspect(image: Grey) -> tuple[Finding, ...]:
    """Ask every detector about a picture (H, W) uint8; findings in the table's order."""
    view = View(image)
    return tuple(_find(name, option, view) for name, option in DETECTORS.items())


def _find(name: str, option: Option, view: View) -> Finding:
    measure = option.load()(view)
    severity = round(float(measure.severity), 4)
    flagged = severity >= FLAGGED
    return Finding(name, option.label, severity, flagged, measure.sentence, measure.evidence)
