"""Colours stand out from the ground of both themes and keep their meaning."""

import tomllib
from pathlib import Path

import pytest

from pages.shared import palette

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
THEMES = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
COLOURS = (
    "NORMAL",
    "PNEUMONIA",
    "BACTERIAL",
    "VIRAL",
    "THRESHOLD",
    "REST",
    "LEARNS",
    "NEW",
    "CHANGED",
)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", COLOURS)
def test_marks_stand_out_in_both_themes(theme: str, name: str) -> None:
    assert contrast(getattr(palette, name), THEMES[theme]["backgroundColor"]) >= 3


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", ["textColor", "linkColor", "primaryColor"])
def test_text_is_readable_in_both_themes(theme: str, name: str) -> None:
    assert contrast(THEMES[theme][name], THEMES[theme]["backgroundColor"]) >= 4.5


def test_a_class_keeps_its_colour_in_any_case() -> None:
    assert palette.class_colour("NORMAL") == palette.class_colour("normal") == palette.NORMAL
    assert palette.class_colour("something") == palette.REST
