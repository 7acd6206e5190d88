"""The command line's `export`."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from engine.cli import main
from engine.words.recipe import Recipe
from tests.runs.conftest import make_recipe, write_training


@pytest.fixture
def home(models: Path) -> Path:
    """A showcase run beside an empty database."""
    write_training(models.parent / "showcase" / "C2", make_recipe())
    return models


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["export", "C2", *arguments]) == 0
    return capsys.readouterr().out


def test_a_run_is_printed_in_each_form_and_written_where_it_is_asked_for(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Recipe.from_json(json.loads(printed(capsys))) == make_recipe()
    assert Recipe.from_json(json.loads(printed(capsys, "--json"))) == make_recipe()
    text = printed(capsys, "--script")
    compile(text, "c2.py", "exec")
    assert json.loads(printed(capsys, "--script", "--json"))["script"].strip() == text.strip()
    table = pd.read_csv(io.StringIO(printed(capsys, "--csv")))
    assert table["score_PNEUMONIA"].tolist() == [0.2, 0.7]
    out = tmp_path / "new" / "c2.py"
    assert "written to" in printed(capsys, "--script", "--out", str(out))
    assert out.read_text().startswith('"""The recipe of C2')
