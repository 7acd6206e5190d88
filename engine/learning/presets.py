"""The reports' experiments as presets: recipe, story and reported figures in one row each."""

from engine.learning.preset import Preset
from engine.learning.presets_beyond import BEYOND
from engine.learning.presets_scratch import SCRATCH
from engine.learning.presets_transfer import TRANSFER
from engine.words.errors import NotFound

__all__ = ["PRESETS", "Preset", "get_preset"]
PRESETS = {preset.name: preset for preset in (*SCRATCH, *TRANSFER, *BEYOND)}


def get_preset(name: str) -> Preset:
    """Return the preset of this name, in any case of letters; raise NotFound with the list."""
    by_name = {preset.lower(): preset for preset in PRESETS}
    if name.lower() not in by_name:
        raise NotFound(f"There is no preset '{name}'. Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[by_name[name.lower()]]
