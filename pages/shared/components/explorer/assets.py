"""The explorer's files, put together for Streamlit and for a page that stands alone."""

from functools import lru_cache
from pathlib import Path

from pages.shared import palette

HERE = Path(__file__).parent
STYLES = ("explorer", "controls", "panels", "tiles")
SCRIPTS = (
    "packet",
    "measures",
    "wording",
    "curves",
    "draw",
    "drag",
    "panel_matrix",
    "panel_histogram",
    "panel_curves",
    "panel_fbeta",
    "panel_tiles",
    "table",
    "controls",
    "export_image",
    "wiring",
    "explorer",
)


@lru_cache
def read(name: str) -> str:
    """Return a file of this folder."""
    return (HERE / name).read_text(encoding="utf-8")


def html() -> str:
    """The markup that the scripts fill."""
    return read("explorer.html")


def css(*more: str) -> str:
    """All styles as one, with the palette's colour of the threshold."""
    text = "\n".join(read(f"{name}.css") for name in (*more, *STYLES))
    return text.replace("var(--palette-threshold)", palette.THRESHOLD)


def js(binding: str) -> str:
    """All scripts as one module; `binding` ties it to where it runs."""
    return "\n".join(read(f"{name}.js") for name in (*SCRIPTS, binding))
