"""A pattern finds the patient in a name, and no pattern can hang the server."""

import pytest

from engine.data.patients import EXAMPLES, LONGEST, compiled, patient_in, tried
from engine.words.errors import CxrError


@pytest.mark.parametrize(
    ("pattern", "file", "patient"),
    [
        (r"person(\d+)_", "train/SICK/person12_virus_3.png", "12"),
        (r"(?P<patient>\w+)-(\d)", "N/ab-1.png", "ab"),
        (r"(\d+)", "none.png", ""),
        (r"x(\d*)", "N/x.png", ""),
        ("(胸.)", "N/胸部.png", "胸部"),
        (next(iter(EXAMPLES.values())), "a/NORMAL/person12_1.png", "12"),
    ],
)
def test_patient_in_a_name(pattern, file, patient):
    assert patient_in(file, pattern) == patient


@pytest.mark.parametrize(("pattern", "file"), list(zip(EXAMPLES.values(), [
    "a/person12_1.png", "SICK/ab12_1.png", "SICK/ab12/1.png", "SICK/ab12.png",
], strict=True)))  # fmt: skip
def test_each_example_finds_one(pattern, file):
    assert patient_in(file, pattern) in ("12", "ab12")


@pytest.mark.parametrize(
    "pattern",
    ["(", r"\d+", "(a)(b)", r"(a)\1", "(?=a)", "(a{1000}){1000}", "(" + "a" * LONGEST + ")"],
)
def test_what_is_no_pattern_says_why(pattern):
    with pytest.raises(CxrError, match="pattern"):
        compiled(pattern)


@pytest.mark.parametrize("pattern", [r"((?:a+)+)$", r"((?:a|aa)+)$", r"(.*.*.*.*.*.*x)"])
def test_a_hostile_pattern_ends_at_once(pattern):
    assert patient_in("a" * 4000 + "!", pattern) == ""  # backtracking would take years


def test_names_are_tried_before_anything_is_added():
    names = [("N/p1_1.png", "N"), ("N/x.png", "N"), ("S/person7_virus_1.png", "S")]
    assert list(tried(names, r"p(\d)")["patient"]) == ["1", "", ""]
    assert list(tried(names, "")["patient"]) == ["", "", "virus-7"]
