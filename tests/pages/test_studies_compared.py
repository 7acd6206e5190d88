"""Compare's view of studies: rows with mean and spread, pairs, bands."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages import made_studies as made
from tests.pages.test_studies import texts

Open = Callable[..., AppTest]


def test_two_studies_on_the_same_folds_are_paired_in_compare(
    open_page: Open, warm: Path, lungs: str
) -> None:
    first, second = made.folds(lungs), made.folds(lungs, size=48)
    for number, test in enumerate((0.7, 0.8, 0.9)):
        made.finish(first, number, 0.95, test)
        made.finish(second, number, 0.95, test + (0.03, 0.05, -0.02)[number])
    chosen = f"{first.id},{second.id}"
    page = open_page("pages/compare.py", compare_view="groups", compare_studies=chosen)
    assert not page.exception
    said = texts(page)
    assert "has the higher AUC in 2 of 3 folds; on average it is 0.020 higher" in said
    assert "(standard deviation 0.036, from -0.020 to +0.050)" in said
    table = next(frame.value for frame in page.dataframe if "Second - first" in frame.value)
    assert table["Second - first"].tolist() == [0.03, 0.05, -0.02]
    rows = next(frame.value for frame in page.dataframe if "Range" in frame.value)
    assert rows["Range"].tolist() == ["0.700 to 0.900", "0.730 to 0.880"]
    assert "validation loss after epoch 2: 0.550 ± 0.000" in " ".join(
        str(chart.proto) for chart in page.get("plotly_chart")
    )


def test_studies_on_other_folds_are_not_paired(open_page: Open, warm: Path, lungs: str) -> None:
    first, second = made.folds(lungs), made.folds(lungs, k=2)
    for study in (first, second):
        for number in range(2):
            made.finish(study, number, 0.95, 0.8)
    chosen = f"{first.id},{second.id}"
    page = open_page("pages/compare.py", compare_view="groups", compare_studies=chosen)
    assert not page.exception
    assert "divided in different ways" in texts(page)
