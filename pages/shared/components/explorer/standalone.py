"""One HTML file with the live explorer in it: opens from a USB stick, without a server."""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING

from pages.shared import wording
from pages.shared.components.explorer import assets

if TYPE_CHECKING:
    from engine.judging.thresholds import Threshold


def standalone_html(
    packet: bytes, title: str, about: str, start: Threshold | None = None, numbers: str = "share"
) -> str:
    """Return the page; `about` is plain text under its title, `start` the threshold it opens at."""
    from pages.shared.components.explorer.wish import wish

    page = {"packet": base64.b64encode(packet).decode(), "start": wish(start, numbers)}
    parts = {
        "title": escape(title),
        "about": escape(about),
        "notice": escape(wording.NOTICE),
        "html": assets.html(),
        "css": assets.css("standalone"),
        "js": assets.js("standalone"),
        "page": json.dumps(page).replace("<", "\\u003c"),
    }
    text = assets.read("standalone.html")
    for name, value in parts.items():
        text = text.replace("{{" + name + "}}", value)
    return text
