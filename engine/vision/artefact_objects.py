"""Burned-in text and frames on one hand, metal on the other."""

from engine.vision.artefact_things import Thing
from engine.vision.artefact_view import Measure, View, severity
from engine.vision.evidence import Evidence

LETTERS = 2.5  # in a row; R, L or a technician's two initials are a side marker
FRAME = 4.0  # letters that a frame counts as
METAL = 0.6  # of a thing whose edge rises by STEEP and whose area is SMALL
STEEP = 40.0  # grey levels a pixel
STRIP = 8  # pixels
SMALL = 25  # pixels of the 256 px picture
WHITE, WIRE = -2.0, -60.0  # grey levels over the brightest anatomy; thin wires lose some
ROUND = 0.72  # overlap with its own mirror images from which a lone sign is a disc or ring
INK = 0.75  # of a line of letters that run into one another: its strokes over its height
LINE, STANDS_OUT = 0.4, 60.0  # its sharpness or contrast; ends of collar bones stay below both
MARGIN = 0.24  # share of the width at either side where markers are put


def text(view: View) -> Measure:
    """Rows of three letters and more, and frames; a lone side marker is normal."""
    shape = view.small.shape
    rows, frames, _ = sort_out(view.things, shape)
    letters = sum(_letters(row) for row in rows)
    level = severity(letters + FRAME * len(frames), LETTERS, 2.0)
    if level < 0.5:
        return Measure(level, "No text or frame beyond a side marker.")
    boxes = tuple(thing.box(shape) for row in [*rows, frames] for thing in row)
    parts = [f"about {letters} letters"] * bool(letters) + ["a frame"] * bool(frames)
    sentence = f"Burned into the picture: {' and '.join(parts)}. A network may read them."
    return Measure(level, sentence, Evidence(boxes))


def metal(view: View) -> Measure:
    """Bright compact things that are neither letters nor frames."""
    shape = view.small.shape
    rest = sort_out(view.things, shape)[2]
    found = [thing for thing in rest if thing.area > SMALL / 2 and _white(thing)]
    found = [thing for thing in found if not _along_the_edge(thing, shape)]
    weight = sum(thing.slope / STEEP * min(1.0, thing.area / SMALL) for thing in found)
    level = severity(weight, METAL, 2.0)
    if level < 0.5:
        return Measure(level, "No metal stands out.")
    many = "One thing is" if len(found) == 1 else f"{len(found)} things are"
    sentence = f"{many} whiter and sharper than bone: metal such as buttons, pins or electrodes."
    return Measure(level, sentence, Evidence(tuple(thing.box(shape) for thing in found)))


def sort_out(
    found: list[Thing], shape: tuple[int, ...]
) -> tuple[list[list[Thing]], list[Thing], list[Thing]]:
    """Return rows of text, frames, and what is left when the side markers are taken out."""
    frames = [thing for thing in found if _frame(thing)]
    glyphs = [thing for thing in found if _glyph(thing)]
    rows, lone = [], []
    for row in _rows(glyphs):
        if _letters(row) > LETTERS:
            rows.append(row)
        else:
            lone += row
    taken = {id(thing) for thing in [*frames, *glyphs]}
    rest = [thing for thing in found if id(thing) not in taken]
    return rows, frames, rest + [thing for thing in lone if not _marker(thing, shape[1])]


def _along_the_edge(thing: Thing, shape: tuple[int, ...]) -> bool:
    """A bright strip that the picture's own edge cuts off: an arm, a plate, a scanner's frame."""
    beside = thing.x <= 1 or thing.x + thing.width >= shape[1] - 1
    above = thing.y <= 1 or thing.y + thing.height >= shape[0] - 1
    return (beside and thing.width < STRIP) or (above and thing.height < STRIP)


def _white(thing: Thing) -> bool:
    wire = thing.stroke < 5 and thing.size > 30 and thing.filled < 0.5
    return thing.white > (WIRE if wire else WHITE)


def _frame(thing: Thing) -> bool:
    return min(thing.width, thing.height) > 20 and thing.on_rim > 0.85 and thing.filled < 0.4


def _glyph(thing: Thing) -> bool:
    merged = thing.height < 20 and thing.width < 90 and thing.stroke < INK * thing.height
    merged = merged and (thing.sharp > LINE or thing.contrast > STANDS_OUT)
    solid = thing.stroke > 0.6 * thing.size and thing.filled > 0.65 and thing.size > 6
    return thing.height >= 5 and (merged or _single(thing)) and not solid


def _single(thing: Thing) -> bool:
    return 7 <= thing.height <= 32 and thing.width < 1.4 * thing.height


def _letters(row: list[Thing]) -> int:
    return sum(max(1, round(thing.width / (0.8 * thing.height))) for thing in row)


def _marker(thing: Thing, width: int) -> bool:
    middle = (thing.x + thing.width / 2) / width
    return min(middle, 1 - middle) < MARGIN and _single(thing) and thing.round < ROUND


def _rows(glyphs: list[Thing]) -> list[list[Thing]]:
    rows: list[list[Thing]] = []
    for glyph in sorted(glyphs, key=lambda thing: thing.x):
        home = next((row for row in rows if _follows(glyph, row[-1])), None)
        if home is None:
            rows.append([glyph])
        else:
            home.append(glyph)
    return rows


def _follows(glyph: Thing, last: Thing) -> bool:
    both = min(glyph.y + glyph.height, last.y + last.height) - max(glyph.y, last.y)
    low, high = sorted((glyph.height, last.height))
    gap = glyph.x - (last.x + last.width)
    return both > 0.5 * low and high < 2 * low and gap < 1.5 * high
