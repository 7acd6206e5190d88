"""Files that are as they were are told from others."""

from pathlib import Path

import pandas as pd

from engine.data import changes
from engine.data.catalogue import build_catalogue
from tests.data import made


def table(**files: str) -> pd.DataFrame:
    return pd.DataFrame({"file": list(files), "image_id": list(files.values())})


def test_each_state_is_counted() -> None:
    found = changes.compare(table(a="1", b="2", c="3"), table(a="1", b="9", d="4", e="5"))
    assert (found.same, found.changed, found.gone, found.new) == (1, 1, 1, 2)
    assert "Of 3 files 1 are as they were, 1 have another content" in found.sentence


def test_a_folder_is_compared_with_what_it_last_held(cxr_dirs: Path, tmp_path: Path) -> None:
    folder = made.two_classes(tmp_path / "images")
    before = build_catalogue("lungs", folder).images
    assert changes.since(tmp_path, before) is None
    (folder / "NORMAL" / "n0.png").write_bytes(made.picture(77))
    build_catalogue("lungs", folder)
    found = changes.since(folder, before)
    assert found is not None
    assert (found.same, found.changed, found.gone, found.new) == (5, 1, 0, 0)


def test_nothing_changed_is_one_plain_sentence() -> None:
    assert changes.compare(table(a="1"), table(a="1")).sentence == "All 1 files are as they were."
