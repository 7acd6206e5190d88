"""Pictures sent within the page.

Streamlit passes an address on as it is. An array it would check, encode and keep under /media
for as long as the page shows it: a browser that asks a moment later, on a busy server or after a
quick click, gets "404 Not Found".
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from engine.words.errors import CxrError

if TYPE_CHECKING:
    import numpy as np

QUALITY = 92  # of JPEG, 0..100


def address(picture: np.ndarray) -> str:
    """Return a grey (H, W) or RGB (H, W, 3) uint8 picture as a JPEG data address."""
    import cv2

    ordered = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise CxrError(f"A picture of shape {picture.shape} cannot be written as JPEG.")
    return f"data:image/jpeg;base64,{b64encode(data.tobytes()).decode()}"
