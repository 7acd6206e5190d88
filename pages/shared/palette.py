"""One colour, one meaning, on every screen.

Okabe-Ito hues (safe for colour-blind eyes), shifted in lightness until each stands at least 3:1
against both themes' ground. They colour marks and areas; text keeps the theme's own colour.
"""

NORMAL = "#2F86C5"
PNEUMONIA = "#D55E00"
BACTERIAL = "#B04600"  # the darker shade of PNEUMONIA
VIRAL = "#DC7128"  # the lighter shade of PNEUMONIA
THRESHOLD = "#009E73"  # the cut-off that someone chose, and nothing else
REST = "#7C8894"
LEARNS = "#A38A00"  # layers that knew something and go on learning
NEW = "#7F7ACB"  # layers that begin with random weights
MORE = "#F0C419"  # tint of an X-ray where the first of two groups has more heat
LESS = "#9A6BFF"  # ... and where it has less
CHANGED = "#B65A93"  # a picture after the steps that are being composed; before them it is REST

_BY_NAME = {
    "normal": NORMAL,
    "pneumonia": PNEUMONIA,
    "bacterial": BACTERIAL,
    "bacteria": BACTERIAL,
    "viral": VIRAL,
    "virus": VIRAL,
}


def class_colour(name: str) -> str:
    """Return the colour of a class or kind by name; grey for any other class."""
    return _BY_NAME.get(name.lower(), REST)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return a colour's red, green and blue, 0..255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
