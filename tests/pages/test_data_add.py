"""The Data page: images, a ZIP and a folder become a source; removing one says what goes."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from tests.data.made import picture, two_classes, zip_of
from tests.vision.made_dicom import IDENTITY, file

Open = Callable[..., AppTest]
NAMED = {
    f"{label}/p{patient}_{image}.png": picture(10 * patient + image)
    for label, patients in (("NORMAL", (0, 1)), ("SICK", (2, 3)))
    for patient in patients
    for image in range(2)
}
ZIP = zip_of(NAMED | {"SICK/cut.png": picture(9)[:80], "SICK/same.png": picture(30)}).getvalue()


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.success, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def tiles(page: AppTest) -> dict[str, str]:
    return {tile.label: tile.value for tile in page.metric}


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def names() -> list[str]:
    return [source.name for source in sources.list_sources()]


@pytest.fixture
def adding(open_page: Open) -> Callable[[str], AppTest]:
    """Open the panel at a way of adding."""

    def open_it(way: str) -> AppTest:
        page = press(open_page("pages/data.py"), "Add a source")
        if way != "Image files":
            page = page.segmented_control(key="data_add_way").set_value(way).run()
        assert not page.exception
        return page

    return open_it


def add(page: AppTest, name: str) -> AppTest:
    page.text_input(key="data_add_name").set_value(name)
    page = press(page, "Add it")
    for _ in range(600):
        if not page.get("progress"):
            break
        time.sleep(0.1)
        page = page.run()
    assert not page.exception
    return page


def test_a_zip_is_tried_added_and_reported(adding: Callable[[str], AppTest]) -> None:
    page = adding("A ZIP")
    page = page.file_uploader[0].set_value(("x.zip", ZIP, "application/zip")).run()
    assert "**10 files** could be images, classes: NORMAL, SICK" in texts(page)
    assert "10 of 10 (100.0%) names tell none" in texts(page)
    page.selectbox(key="data_add_pattern").set_value("A pattern of your own").run()
    page = page.text_input(key="data_add_own").set_value(r"p(\d+)_").run()
    assert "**4 patients** found in the names; 2 of 10" in texts(page)
    assert list(page.dataframe[0].value["patient"])[:3] == ["", "", "0"]
    assert names() == ["phantom"]
    page = add(page, "clinic")
    assert tiles(page) == {
        "Images": "8",
        "Patients": "4",
        "Copies left out": "1",
        "Unreadable files": "1",
    }
    tables = [table.value for table in page.dataframe]
    assert tables[0]["patients"].tolist() == [2, 2]
    assert tables[1]["file"].tolist() == ["SICK/cut.png"]
    assert tables[2].to_numpy().tolist() == [["SICK/same.png", "SICK/p3_0.png"]]
    assert sources.find_source("clinic").patients == r"p(\d+)_"
    page = press(page, "Look at the images")
    assert page.session_state["data"] == "clinic"
    assert tiles(page)["Images"] == "8"


def test_a_pattern_that_is_none_is_said_and_adds_nothing(adding: Callable[[str], AppTest]) -> None:
    page = adding("A ZIP")
    page.file_uploader[0].set_value(("x.zip", ZIP, "application/zip")).run()
    page.selectbox(key="data_add_pattern").set_value("A pattern of your own").run()
    page = page.text_input(key="data_add_own").set_value("p(").run()
    assert "The pattern for patients cannot be read" in texts(page)
    assert next(button for button in page.button if button.label == "Add it").disabled


@pytest.mark.parametrize(
    ("data", "said"), [(b"no zip", "Expected a ZIP file"), (ZIP[:-40], "Expected a ZIP file")]
)
def test_a_broken_zip_gets_one_message(
    adding: Callable[[str], AppTest], data: bytes, said: str
) -> None:
    page = adding("A ZIP").file_uploader[0].set_value(("x.zip", data, "application/zip")).run()
    assert not page.exception
    assert [said in error.value for error in page.error] == [True]
    assert names() == ["phantom"]


def test_images_get_a_class_and_a_second_class_joins_them(
    adding: Callable[[str], AppTest],
) -> None:
    page = adding("Image files")
    page.file_uploader[0].set_value([("a.png", picture(1), "image/png"), ("b.dcm", file(), "")])
    page = add(page.run(), "mine")
    assert "A class needs a name" in texts(page)
    page.selectbox(key="data_add_class").set_value("NORMAL")
    page = add(page, "mine")
    assert tiles(page)["Images"] == "2"
    assert "1 DICOM file, read without identity fields" in texts(page)
    assert "one class alone" in texts(page)
    page = press(page, "Add more")
    page.file_uploader[0].set_value([("c.png", picture(3), "image/png")]).run()
    page.selectbox(key="data_add_class").set_value("PNEUMONIA")
    page = add(page, "mine")
    assert tiles(page)["Images"] == "3"
    assert page.dataframe[0].value["class"].tolist() == ["NORMAL", "PNEUMONIA"]
    page = press(page, "Look at the images")
    shown = texts(page) + "".join(str(table.value) for table in page.dataframe)
    assert not any(value in shown for value in (*IDENTITY.values(), "Geheim"))


def test_a_folder_is_added_and_chosen(adding: Callable[[str], AppTest], tiny_folder: Path) -> None:
    page = adding("A folder on the server")
    page = page.text_input(key="data_add_folder").set_value(str(tiny_folder)).run()
    assert "**48 files** could be images" in texts(page)
    assert "0 of 48 (0.0%) names tell none" in texts(page)
    page = add(page, "mine")
    assert page.session_state["data"] == "mine"
    assert names() == ["mine", "phantom"]
    assert "Every name tells a patient" in texts(page)


def test_a_folder_that_is_not_there_and_a_taken_name_get_one_clear_message(
    adding: Callable[[str], AppTest], tiny_folder: Path, tmp_path: Path
) -> None:
    page = adding("A folder on the server")
    page = page.text_input(key="data_add_folder").set_value(str(tmp_path / "no")).run()
    assert [("no folder" in error.value) for error in page.error] == [True]
    page = page.text_input(key="data_add_folder").set_value(str(tiny_folder)).run()
    page = add(page, "phantom")
    assert [("already data called" in error.value) for error in page.error] == [True]
    page = add(page, "a/b")
    assert [("name needs" in error.value) for error in page.error] == [True]


def test_an_empty_folder_gets_one_clear_message(
    adding: Callable[[str], AppTest], tmp_path: Path
) -> None:
    page = adding("A folder on the server")
    page = add(page.text_input(key="data_add_folder").set_value(str(tmp_path)).run(), "empty")
    assert [("Expected folders" in error.value) for error in page.error] == [True]
    assert page.text_input(key="data_add_folder").value == str(tmp_path)


def test_a_source_is_removed_after_saying_what_goes(open_page: Open, lungs: str) -> None:
    page = press(open_page("pages/data.py", data=lungs), "Remove")
    said = texts(page)
    assert "stays as it is" in said and "2.5 MB of caches" in said and "No run was" in said
    page = press(page, "Keep it")
    assert names() == ["lungs", "phantom"]
    page = press(press(page, "Remove"), "Remove it")
    assert not page.exception
    assert names() == ["phantom"]
    assert "was removed" in page.success[0].value


def test_an_upload_says_how_much_is_deleted(open_page: Open, quiet: Path) -> None:
    source = sources.register_zip("up", zip_of(NAMED))
    page = press(open_page("pages/data.py", data="up"), "Remove")
    assert "Its own copy of the pictures, 0.0 MB, is deleted." in texts(page)
    press(page, "Remove it")
    assert not source.path.exists()


def test_the_phantom_stays(open_page: Open, quiet: Path) -> None:
    two_classes(quiet / "data" / "phantom")
    page = press(open_page("pages/data.py", data="phantom"), "Remove")
    assert "stays in the list" in texts(page)


def test_choosing_another_source_closes_the_panel(
    open_page: Open, lungs: str, tmp_path: Path
) -> None:
    sources.register_folder("other", two_classes(tmp_path))
    page = press(open_page("pages/data.py", data=lungs), "Add a source")
    assert not page.metric
    page = page.selectbox(key="data_choice").set_value("other").run()
    assert tiles(page)["Images"] == "6"
