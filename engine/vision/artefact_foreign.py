"""Not a chest X-ray: the gate's verdict as a finding."""

from engine.vision.artefact_view import Measure, View
from engine.vision.gate import judge


def foreign(view: View) -> Measure:
    """Ask the gate."""
    verdict = judge(view.image)
    return Measure(verdict.score, verdict.sentence)
