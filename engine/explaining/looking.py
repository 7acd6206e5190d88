"""Reading one file to be asked about: what the network sees, and what makes an answer doubtful."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision import artefacts, colour, decoding, gate
from engine.vision.artefacts import Finding
from engine.vision.gate import Verdict
from engine.words.errors import CxrError

File = tuple[str, Callable[[], bytes]]  # its name and what reads it (or raises UnreadableImage)
Grey = NDArray[np.uint8]
FOREIGN = "foreign"  # the artefact that says what the gate says


@dataclass(frozen=True, eq=False)
class Look:
    """What one file shows: the network's square (size, size) and what is doubtful, or a reason."""

    name: str
    square: Grey | None = None
    warning: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""


def look(file: File, view: Callable[[Grey], Grey]) -> Look:
    """Read one file; `view` makes the network's square of its picture (H, W) uint8."""
    name, read = file
    try:
        data = read()
        image = decoding.decode(data)
        verdict, found = doubts(image, colour.colourfulness(data))
        square = view(image)
    except CxrError as error:
        return Look(name, reason=str(error))
    except OSError as error:
        return Look(name, reason=f"The file cannot be read: {error.strerror or error}.")
    except MemoryError:
        return Look(name, reason="The picture is too large for this machine's memory.")
    warning = verdict.sentence if verdict.flagged else ""
    return Look(name, square, warning, tuple(finding.label for finding in found))


def doubts(image: Grey, coloured: float = 0.0) -> tuple[Verdict, tuple[Finding, ...]]:
    """Return the gate's verdict and the flagged artefacts of a picture (H, W) uint8.

    `coloured` is its file's colourfulness. What the gate says already is not said twice.
    """
    verdict = gate.judge(image, coloured)
    flagged = (finding for finding in artefacts.inspect(image) if finding.flagged)
    return verdict, tuple(
        finding for finding in flagged if not (verdict.flagged and finding.name == FOREIGN)
    )
