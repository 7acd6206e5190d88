"""Names tell kind and patient."""

import pytest

from engine.data.naming import kind_and_patient


@pytest.mark.parametrize(
    ("stem", "label", "kind", "patient"),
    [
        ("person1000_bacteria_2931", "PNEUMONIA", "bacterial", "bacteria-1000"),
        ("person1000_virus_1681", "PNEUMONIA", "viral", "virus-1000"),
        ("person1_virus_6_2", "PNEUMONIA", "viral", "virus-1"),
        ("IM-0115-0001", "NORMAL", "normal", "normal-0115"),
        ("IM-0115-0001-0002", "NORMAL", "normal", "normal-0115"),
        ("NORMAL2-IM-0587-0001-0001", "NORMAL", "normal", "normal2-0587"),
        ("Person7_BACTERIA_1", "PNEUMONIA", "bacterial", "bacteria-7"),
        ("scan", "NORMAL", "normal", ""),
        ("scan", "VIRAL", "viral", ""),
        ("scan", "PNEUMONIA", "", ""),
        ("person_of_interest", "PNEUMONIA", "", ""),
    ],
)
def test_kind_and_patient(stem, label, kind, patient):
    assert kind_and_patient(stem, label) == (kind, patient)
