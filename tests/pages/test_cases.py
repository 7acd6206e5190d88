"""The gallery of a cell, an opened X-ray and the slices, on a page of their own."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.judging.scores import Scores
from engine.learning.presets import get_preset
from pages.shared import cached, cached_slices, case_tiles
from pages.shared import gallery as thumbnails
from pages.shared.components.tiles import Tile
from tests.judging import made
from tests.pages import made_showcase

RUN = "showcase-HERE"


@pytest.fixture
def home(cxr_dirs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kept in (cached_slices.catalogue, cached_slices._images, cached_slices._groups):
        kept.clear()
    return made_showcase.prepare(cxr_dirs, monkeypatch)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[Tile]]:
    """What the tile component is given: AppTest does not show a component's data."""
    seen: list[list[Tile]] = []
    own = case_tiles.tiles

    def watched(shown: list[Tile], *rest: object, **more: object) -> None:
        seen.append(list(shown))
        own(shown, *rest, **more)

    monkeypatch.setattr(case_tiles, "tiles", watched)
    return seen


@pytest.fixture
def here(home: Path, tiny_folder: Path) -> Scores:
    """A run whose 48 images are on this machine, each with a file, kind and patient."""
    catalogue = sources.open_source(sources.register_folder("tiny", tiny_folder).name)
    table = made.predictions(images=len(catalogue.images), splits=("test",), seed=3, decimals=4)
    for column in ("image_id", "file", "kind", "patient"):
        table[column] = list(catalogue.images[column])
    recipe = get_preset("D1").recipe(catalogue.hash)
    made_showcase.write_run(home / "showcase" / "HERE", recipe, made.TWO, table, "tiny")
    return Scores.of(table, "test", made.TWO)


def gallery(run: str, cell: str, threshold: float, **address: str) -> AppTest:
    return made_showcase.opened(
        "pages/evaluate.py", run=run, evaluate_cell=cell, threshold=str(threshold), **address
    )


def slices(run: str, threshold: float, **address: str) -> AppTest:
    return made_showcase.opened(
        "pages/evaluate.py", run=run, view="slices", threshold=str(threshold), **address
    )


def step(app: AppTest) -> AppTest:
    """Press whichever of previous and next there is."""
    names = ("Next", "Previous", "Back")
    button = next(entry for entry in app.button if entry.label in names and not entry.disabled)
    return quiet(button.click().run())


def order(app: AppTest, name: str) -> AppTest:
    box = next(entry for entry in app.selectbox if entry.label == "Order")
    return quiet(box.set_value(name).run())


def needed(app: AppTest, images: int) -> AppTest:
    box = next(entry for entry in app.selectbox if entry.label == "Images needed")
    return quiet(box.set_value(images).run())


def quiet(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def text(app: AppTest) -> str:
    return "\n".join(entry.value for entry in [*app.markdown, *app.caption, *app.subheader])


def test_a_cell_shows_its_images_the_worst_first(here: Scores, drawn: list[list[Tile]]) -> None:
    app = gallery(RUN, "0-1", 0.2)
    alarmed = (here.truth == 0) & (here.scores >= 0.2)
    assert f"{alarmed.sum()} of {(here.truth == 0).sum()} normal X-rays" in text(app)
    tiles = drawn[-1]
    assert len(tiles) == min(12, alarmed.sum())
    scores = [float(tile.lines[0]) for tile in tiles]
    assert scores == sorted(scores, reverse=True)
    assert all(tile.picture.startswith("data:image/jpeg") and not tile.right for tile in tiles)
    assert all("normal, called pneumonia" in tile.label for tile in tiles)


def test_turning_the_page_shows_the_next_ones(here: Scores, drawn: list[list[Tile]]) -> None:
    app = gallery(RUN, "0..1", 0.2)
    pages = -(-len(here) // 12)
    seen = {tile.id for tile in drawn[-1]}
    for number in range(2, pages + 1):
        quiet(app.pagination[0].set_value(number).run())
        seen |= {tile.id for tile in drawn[-1]}
    assert len(seen) == len(here)


def test_another_order_begins_with_others(here: Scores, drawn: list[list[Tile]]) -> None:
    app = gallery(RUN, "0..1", 0.2)
    order(app, "rising")
    assert float(drawn[-1][0].lines[0]) == pytest.approx(here.scores.min(), abs=5e-4)


def test_a_link_opens_an_image_and_the_buttons_step(here: Scores) -> None:
    place = int(here.scores.argmax())
    row = here.rows.iloc[place]
    app = gallery(RUN, "0..1", 0.2, image=row["image_id"])
    assert f"Patient {row['patient']}, file {row['file']}" in text(app)
    step(app)
    assert app.query_params["image"] not in ("", row["image_id"])
    assert f"Patient {row['patient']}, file {row['file']}" not in text(app)


def test_an_image_from_elsewhere_opens_with_a_way_back(here: Scores) -> None:
    inside = (here.truth == 0) & (here.scores >= 0.2)
    other = here.rows["image_id"][int((~inside).argmax())]
    app = gallery(RUN, "0-1", 0.2, image=other)
    assert "outside the gallery" in text(app)
    step(app)
    assert app.query_params["image"] in set(here.rows["image_id"][inside])


def test_an_unknown_image_in_the_address_is_said(here: Scores) -> None:
    assert "not among this run's test images" in text(gallery(RUN, "0..1", 0.2, image="ghost"))


def test_a_heat_map_that_cannot_be_drawn_says_why(here: Scores) -> None:
    app = gallery(RUN, "0..1", 0.2, image=here.rows["image_id"][0])
    heat = next(entry for entry in app.button if entry.label == "Show the heat map")
    quiet(heat.click().run())
    assert len(app.error) == 1  # this run was written without its network
    assert "Patient" in text(app)


def test_an_image_that_is_gone_is_said_on_its_tile(
    here: Scores, drawn: list[list[Tile]], tiny_folder: Path
) -> None:
    lowest = here.rows["file"][int(here.scores.argmin())]
    app = gallery(RUN, "0.9..1", 0.9)  # the folder is found, this image not looked at yet
    thumbnails.thumbnail.cache_clear()
    cached.picture.clear()
    (tiny_folder / lowest).rename(tiny_folder / "away")
    try:
        app.session_state["evaluate_cell"] = "0..1"
        order(quiet(app.run()), "rising")
    finally:
        (tiny_folder / "away").rename(tiny_folder / lowest)
    assert lowest in drawn[-1][0].broken
    assert not drawn[-1][0].picture


def test_without_images_the_files_are_listed_and_a_link_names_its_own(home: Path) -> None:
    scores = Scores.of(cached.predictions("showcase-D1"), "test", made.TWO)
    row = scores.rows.iloc[5]
    app = gallery("showcase-D1", "0-1", 0.4, image=row["image_id"])
    assert "not on this machine" in text(app)
    assert f"Patient {row['patient']}" in text(app)
    assert (app.dataframe[0].value["score"] >= 0.4).all()


def test_three_classes_have_cells_too(home: Path) -> None:
    scores = Scores.of(cached.predictions("showcase-D4"), "test", made.THREE)
    app = gallery("showcase-D4", "1-2", 0.5)
    wrong = ((scores.truth == 1) & (scores.predicted() == 2)).sum()
    assert f"{wrong} of {(scores.truth == 1).sum()} bacterial X-rays are wrongly" in text(app)
    assert len(app.dataframe[-1].value) == wrong


def test_slices_come_worst_first_and_a_link_shows_one(here: Scores) -> None:
    app = slices(RUN, 0.5, slice="kind:normal")
    shares = app.dataframe[0].value["Accuracy"]
    assert list(shares) == sorted(shares)
    assert "The worst of " in text(app)
    assert "Kind: normal, " in text(app)
    needed(app, 10)
    assert {"Brightness", "Kind"} <= set(app.dataframe[0].value["By"])


def test_slices_without_images_say_what_is_missing(home: Path) -> None:
    table = made.predictions(images=120, seed=2, splits=("test",))
    table["kind"] = ["bacterial" if n % 2 else "viral" for n in range(120)]
    recipe = replace(get_preset("D1").recipe("fedcba9876543210"), epochs=4)
    made_showcase.write_run(home / "showcase" / "AWAY", recipe, made.TWO, table, "gone")
    app = slices("showcase-AWAY", 0.5)
    assert "brightness, size and file format would be here too" in text(app)
    assert set(app.dataframe[0].value["By"]) == {"Kind"}
    needed(app, 100)
    assert "No slice has 100 or more images" in text(app)
