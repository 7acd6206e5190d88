"""`trust` from the command line: a table with intervals, beside what knows nothing."""

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.data import sources
from engine.explaining import trust_own
from tests.pages import little_showcase


@pytest.fixture
def home(cxr_dirs: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A showcase of tiny runs on tiny images, in folders of its own; few phantoms."""
    monkeypatch.setattr(trust_own, "TRUTHS", 2)
    little_showcase.build(cxr_dirs / "showcase", sources.open_source(tiny_folder))
    return cxr_dirs


def test_figures_have_intervals_and_stand_beside_baselines(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["trust", "showcase-TINY", "--images", "2", "--cover", "mean"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "Deletion, n 2 (lower is better; Petsiuk et al. 2018, arXiv 1806.07421)" in said
    assert "  Blob in the centre  " in said
    assert "The true opacity is known of 2 drawn phantoms." in said
    assert main([*asked, "--json"]) == 0  # read from the disk this time
    (found,) = json.loads(capsys.readouterr().out)
    rows = {(row["method"], row["figure"]): row for row in found["figures"]}
    blob = rows["centre:33x33", "pointing"]
    assert blob["low"] <= blob["mean"] <= blob["high"]
    assert blob["n"] == 2
    assert rows["centre:33x33", "rank"]["mean"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("more", "text"),
    [(["--method", "tealeaves"], "--method must be one of"), (["--images", "1"], "between 2 and")],
)
def test_a_wrong_argument_is_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], more: list[str], text: str
) -> None:
    assert main(["trust", "showcase-TINY", *more]) == 1
    assert text in capsys.readouterr().err
