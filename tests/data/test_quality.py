"""The quality of a source: what an opened X-ray says, found once per content, kept when stopped."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.data import quality
from engine.data.catalogue import Catalogue, build_catalogue
from engine.vision import artefacts
from engine.vision.decoding import read
from engine.words.errors import Cancelled, CxrError, NotFound
from engine.words.options import Choice
from tests.data import made


def soft(seed: int) -> bytes:
    """Return the bytes of a soft picture, different for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6), dtype=np.uint8)
    fine = cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".png", fine)[1].tobytes()


@pytest.fixture
def catalogue(cxr_dirs: Path, tmp_path: Path) -> Catalogue:
    """Seven small pictures in two classes, two of them with the same bytes."""
    sick = {f"PNEUMONIA/s{number}.png": soft(100 + number) for number in range(3)}
    healthy = {f"NORMAL/n{number}.png": soft(number) for number in range(3)}
    root = made.write(tmp_path / "source", {**healthy, **sick})
    shutil.copy(root / "NORMAL/n0.png", root / "NORMAL/n9.png")
    return build_catalogue("source", root)


def reports(catalogue: Catalogue) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    quality.table(catalogue, lambda done, total, what: told.append((done, total)))
    return told


def test_each_row_says_what_the_opened_picture_says(catalogue: Catalogue) -> None:
    assert not quality.is_quick(catalogue)
    table = quality.table(catalogue)
    assert quality.is_quick(catalogue)
    assert table["file"].tolist() == catalogue.images["file"].tolist()
    assert tuple(table.columns) == (*quality.FACTS, *quality.MEASURED)
    for row in table.to_dict("records"):
        for finding in artefacts.inspect(read(catalogue.root / row["file"])):
            assert row[finding.name] == pytest.approx(finding.severity, abs=1e-4)
    values = table[list(quality.MEASURED)].to_numpy()
    assert ((values >= 0) & (values <= 1)).all()
    assert np.unique(table[list(artefacts.DETECTORS)].round(4), axis=0).shape[0] > 1


def test_only_new_contents_are_looked_at(catalogue: Catalogue) -> None:
    assert reports(catalogue)[-1] == (6, 6)  # seven files, two of them alike
    assert reports(catalogue) == []
    made.write(catalogue.root, {"PNEUMONIA/s9.png": soft(9)})
    assert reports(build_catalogue("source", catalogue.root)) == [(7, 7)]


def test_what_a_stopped_search_has_found_is_kept(catalogue: Catalogue) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if done > 4:
            raise Cancelled

    made.write(catalogue.root, {f"NORMAL/m{n}.png": soft(50 + n) for n in range(6)})
    larger = build_catalogue("source", catalogue.root)
    with pytest.raises(Cancelled):
        quality.table(larger, stop)
    assert not quality.is_quick(larger)
    assert reports(larger) == [(8, 12), (12, 12)]
    assert quality.is_quick(larger)


def test_a_file_that_has_gone_is_named(catalogue: Catalogue) -> None:
    (catalogue.root / "NORMAL/n1.png").unlink()
    with pytest.raises(CxrError, match=r"NORMAL/n1\.png was a readable image"):
        quality.table(catalogue)


def test_limits_are_checked() -> None:
    full = quality.check_limits((Choice("grid"), Choice.of("noise", above=1)))
    assert full == (Choice.of("grid", above=0.5), Choice.of("noise", above=1.0))
    with pytest.raises(NotFound, match=r"There is no artefact 'fog'\. Choose one of: grid"):
        quality.check_limits((Choice("fog"),))
    with pytest.raises(CxrError, match=r"between 0\.0 and 1\.0"):
        quality.check_limits((Choice.of("grid", above=1.5),))
    with pytest.raises(CxrError, match="two limits"):
        quality.check_limits((Choice("grid"), Choice.of("grid", above=0.9)))
