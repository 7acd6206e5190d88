"""The answers to many pictures as CSV, as ZIP and as a sentence."""

import csv
import zipfile
from io import BytesIO, StringIO

import pytest

from engine.explaining import batch_table
from engine.explaining.batch_table import Answers, Row

CLASSES = ("NORMAL", "PNEUMONIA")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1.png", "-2.png", "@x.png", "\t=1.png"])
def test_a_file_name_is_no_formula_in_a_spreadsheet(name: str) -> None:
    rows = [
        Row(name, "NORMAL", (0.75, 0.25), flags=("Metal", "Noise")),
        Row("b,\n.png", reason="x"),
    ]
    answers = Answers(batch_table.table(rows, CLASSES), CLASSES, 0.5, 2, 1.0)
    written = list(csv.reader(StringIO(batch_table.csv(answers))))
    assert written[0][:4] == ["file", "decision", "score_NORMAL", "score_PNEUMONIA"]
    assert written[1][0] == f"'{name}" and written[1][2:] == [
        *("0.750000", "0.250000", "", "Metal, Noise", "", "")
    ]
    assert written[2] == ["b,\n.png", "", "", "", "", "", "", "x"]
    assert answers.table["file"].iloc[0] == name  # only the spreadsheet needs the guard


def test_the_zip_has_the_table_and_the_maps() -> None:
    rows = [Row("a.png", "NORMAL", (0.75, 0.25), heat="00001-a.jpg")]
    answers = Answers(batch_table.table(rows, CLASSES), CLASSES, 0.5, 1, 1.0)
    data = batch_table.zipped(answers, {"00001-a.jpg": b"jpeg"})
    with zipfile.ZipFile(BytesIO(data)) as opened:
        assert opened.namelist() == ["answers.csv", "heat_maps/00001-a.jpg"]
        assert opened.read("answers.csv").decode() == batch_table.csv(answers)
        assert opened.read("heat_maps/00001-a.jpg") == b"jpeg"


def test_the_summary_counts_what_there_is() -> None:
    rows = [
        Row("a", "PNEUMONIA", (0.1, 0.9)),
        Row("b", "NORMAL", (0.9, 0.1), warning="The picture is blank."),
        Row("c", reason="The file is empty."),
    ]
    answers = Answers(batch_table.table(rows, CLASSES), CLASSES, 0.84, 3, 1.0)
    assert batch_table.summary(answers) == (
        "1 of 3 called pneumonia at 0.84; 1 does not look like a chest X-ray; 1 could not be read."
    )
