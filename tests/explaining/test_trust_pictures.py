"""The X-rays that maps are judged on: whose they are, and where their truth comes to lie."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.explaining import trust_own, trust_pictures
from engine.words.errors import CxrError
from engine.words.options import Choice

SIZE, CLASSES = 32, ("NORMAL", "PNEUMONIA")
SQUASH = (Choice("squash"),)


def test_phantoms_of_a_run_have_its_classes_and_their_masks(cxr_dirs: Path) -> None:
    kinds = ("NORMAL", "BACTERIAL", "VIRAL")
    found = trust_pictures.phantoms(kinds, 4, SIZE, SQUASH)
    assert found.classes == (1, 2, 1, 2)
    assert found.masks is not None
    assert found.masks.any(axis=(1, 2)).all()
    assert trust_pictures.are_drawn(kinds, 4, SIZE, SQUASH)
    assert not trust_pictures.are_drawn(kinds, 5, SIZE, SQUASH)
    again = trust_pictures.phantoms(kinds, 4, SIZE, SQUASH)
    assert again.key == found.key != found.first(3).key
    with pytest.raises(CxrError, match="CATS, DOGS"):
        trust_pictures.phantoms(("CATS", "DOGS"), 4, SIZE, SQUASH)


def test_the_mask_goes_where_the_picture_goes() -> None:
    image = np.zeros((40, 80), np.uint8)
    image[10:20, 50:70] = 255
    for steps in (SQUASH, (Choice("pad"),), (Choice("crop"), Choice("equalize"))):
        seen, mask = trust_pictures.follow(image, image > 0, 40, steps)
        assert np.array_equal(seen > 127, mask)
        assert mask.any()
    drawn = trust_pictures.draw(3, "viral", 128)
    steps = (Choice("lungs"), Choice("squash"))
    seen, mask = trust_pictures.follow(drawn.image, drawn.mask, 64, steps)
    marked, _ = trust_pictures.follow(drawn.image, np.ones_like(drawn.mask), 64, steps)
    assert mask.shape == seen.shape == marked.shape == (64, 64)
    assert mask.mean() > drawn.mask.mean()  # the crop leaves out what is no lung


def test_own_x_rays_are_diseased_one_a_patient_and_carry_their_masks(
    tmp_path: Path, cxr_dirs: Path
) -> None:
    import cv2

    rows = []
    for patient in range(6):
        for picture in range(2):
            file = f"{patient}-{picture}.png"
            sick = patient % 3 != 0
            drawn = trust_pictures.draw(patient, "viral" if sick else "normal", SIZE, picture)
            cv2.imwrite(str(tmp_path / file), drawn.image)
            (tmp_path / "masks").mkdir(exist_ok=True)
            cv2.imwrite(str(tmp_path / "masks" / file), drawn.mask.astype(np.uint8) * 255)
            rows.append((file, CLASSES[sick], f"patient {patient}"))
    table = pd.DataFrame(rows, columns=["file", "label", "patient"])
    (tmp_path / "1-0.png").write_text("no picture")  # costs only itself
    folder = trust_own.Folder(tmp_path, table, tmp_path / "masks")
    pictures, truth = trust_own.gather(CLASSES, SIZE, SQUASH, folder, 2, 24)
    assert truth is not None
    assert truth.names == ("4-0.png", "2-0.png", "5-0.png")
    assert pictures.names == truth.names[:2]
    assert truth.masks is not None
    assert truth.masks.any()
    without = trust_own.Folder(tmp_path, table)
    own, drawn = trust_own.gather(CLASSES, SIZE, SQUASH, without, 2, 3)
    assert own.masks is None
    assert drawn is not None
    assert drawn.drawn
    with pytest.raises(CxrError, match="Add the images"):
        trust_own.gather(("CATS", "DOGS"), SIZE, SQUASH, None, 2, 3)
