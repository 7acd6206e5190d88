"""The Data page: choose, add, browse, find problems, remove."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption, *page.error])


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def section(page: AppTest, name: str) -> AppTest:
    return page.segmented_control(key="data_section").set_value(name).run()


def test_without_a_source_the_page_teaches(open_page: Open) -> None:
    page = open_page("pages/data.py")
    assert "No source is chosen yet" in texts(page)
    assert any(button.label == "Draw 1,000 synthetic X-rays" for button in page.button)


def test_a_source_is_counted(open_page: Open, lungs: str) -> None:
    page = open_page("pages/data.py", data=lungs)
    tiles = {tile.label: tile.value for tile in page.metric}
    assert tiles["Images"] == "49"
    assert tiles["Unreadable files"] == "1"
    assert tiles["Images found twice"] == "1"


def test_the_gallery_filters_by_class(open_page: Open, lungs: str) -> None:
    page = open_page("pages/data.py", data=lungs)
    page = page.button_group(key="data_label").set_value(["PNEUMONIA"]).run()
    assert "24 images of" in texts(page)


def test_counts_are_shown_by_split_class_and_kind(open_page: Open, lungs: str) -> None:
    page = section(open_page("pages/data.py", data=lungs), "Counts")
    table = page.dataframe[0].value
    assert set(table.columns) == {"split", "label", "kind", "images", "patients"}
    assert table["images"].sum() == 49


def test_problems_name_the_unreadable_file_and_the_copy(open_page: Open, lungs: str) -> None:
    page = section(open_page("pages/data.py", data=lungs), "Problems")
    assert not page.exception
    assert "IM-0901-0001.png" in page.dataframe[0].value["file"].iloc[0]
    assert len(page.dataframe[1].value["files"].iloc[0]) == 2
    assert "In a random split by image" in texts(page)
    assert "In a split by patient (20% test): no patient" in texts(page)


def test_a_source_that_is_gone_is_said_to_be_gone(open_page: Open) -> None:
    page = open_page("pages/data.py", data="nowhere")
    assert "There is no source 'nowhere'" in page.warning[0].value
