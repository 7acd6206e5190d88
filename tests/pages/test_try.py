"""Try an X-ray: uploads are answered, not kept, and a hostile file costs only itself."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.judging.thresholds import Threshold
from engine.learning import prediction
from engine.vision.decoding import decode
from engine.vision.phantom import draw
from engine.vision.phantom_artefacts import spoil
from engine.vision.preprocessing import preprocess
from engine.words.options import Choice
from pages.shared import trying, trying_words, wording
from tests.pages import little_showcase
from tests.pages.conftest import Drawn

Open = Callable[..., AppTest]
FILE = "pages/try_an_xray.py"


@pytest.fixture
def runs(quiet: Path, lungs: str) -> Path:
    """Three tiny runs."""
    little_showcase.build(quiet / "showcase", sources.open_source(lungs))
    return quiet


def xray(seed: int = 0, suffix: str = ".png") -> bytes:
    image = np.random.default_rng(seed).integers(0, 256, (48, 64), dtype=np.uint8)
    return cv2.imencode(suffix, image)[1].tobytes()


def large_png() -> bytes:
    """20,000 x 20,000 pixels of one bit in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(2501) * 20_000, 9)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "empty.png": b"",
    "text.png": b"This is no picture.",
    "truncated.jpg": xray(1, ".jpg")[:300],
    "one_pixel.png": cv2.imencode(".png", np.zeros((1, 1), np.uint8))[1].tobytes(),
    "large.png": large_png(),
    "noise.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "noise.tif": b"II*\0" + bytes(range(256)),
    "noise.bmp": b"BM" + bytes(range(256)),
}


def words(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(str(entry.value) for entry in [*page.main.markdown, *page.main.caption])


def upload(page: AppTest, files: dict[str, bytes]) -> AppTest:
    given = [(name, data, "application/octet-stream") for name, data in files.items()]
    return page.file_uploader[0].set_value(given).run()


@pytest.mark.parametrize("name", ["TINY", "DENSE", "KINDS"])
def test_an_upload_gets_scores_decision_map_and_what_the_network_saw(
    runs: Path, open_page: Open, maps_drawn: Drawn, name: str
) -> None:
    page = upload(open_page(FILE, run=f"showcase-{name}"), {"a.png": xray()})
    said = words(page)
    assert not page.error
    assert "64 x 48 pixels became 32 x 32 (squash to a square)" in said
    assert "rue class unknown, predicted **" in said
    sentence = maps_drawn["try_heat"][-1][0].said[0]
    assert "Warm parts raised the score for" in sentence or "The map is empty" in sentence
    model = prediction.load(runs / "showcase" / name / "model.keras")
    seen = preprocess(decode(xray()), 32, (Choice("squash"),))
    given = prediction.predict(model, seen[None])[0]
    assert f"{given[1] if name != 'KINDS' else given.max():.3f}" in said


def test_doubts_are_said_before_the_verdict(runs: Path, open_page: Open) -> None:
    blank = cv2.imencode(".png", np.full((64, 64), 120, np.uint8))[1].tobytes()
    page = upload(open_page(FILE, run="showcase-TINY"), {"blank.png": blank})
    assert "This may be no frontal chest X-ray.** The picture is blank" in page.warning[0].value
    assert "so the decision is" in words(page)  # it warns, it does not forbid
    page = upload(page, {"marked.png": marked()})
    order = [str(entry.value) for entry in page.main if entry.type in ("markdown", "caption")]
    said = "\n".join(order)
    assert said.index("**Metal**") < said.index("so the decision is")


def marked() -> bytes:
    """A drawn chest with metal on it."""
    spoiled, _ = spoil(draw(1, "normal", 224).image, "metal", 1)
    return cv2.imencode(".png", spoiled)[1].tobytes()


def test_the_runs_threshold_decides(runs: Path, open_page: Open) -> None:
    page = upload(open_page(FILE, run="showcase-TINY"), {"a.png": xray()})
    said = words(page)
    assert "the run's threshold" in said
    assert "best F1 on the run's 8 validation images" in said


def test_hostile_files_cost_only_themselves(runs: Path, open_page: Open) -> None:
    page = open_page(FILE, run="showcase-TINY")
    page = upload(page, {**HOSTILE, "good.png": xray()})
    said = words(page)
    assert len(page.error) == len(HOSTILE)
    for name, box in zip(HOSTILE, page.error, strict=True):
        assert f"`{name}` was left out. The " in box.value
    assert "so the decision is" in said


def test_several_uploads_stand_in_a_table(runs: Path, open_page: Open) -> None:
    page = open_page(FILE, run="showcase-KINDS")
    page = upload(page, {"one.png": xray(1), "two.jpg": xray(2, ".jpg"), "three.bmp": xray(3)})
    table = page.dataframe[0].value
    assert list(table["picture"]) == ["one.png", "two.jpg", "three.bmp"]
    scores = table[["NORMAL", "BACTERIAL", "VIRAL"]].to_numpy()
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)
    page = page.selectbox[0].select_index(2).run()
    assert "predicted **" in words(page)


def test_uploads_are_not_kept(runs: Path, open_page: Open) -> None:
    before = {path for path in runs.rglob("*") if path.is_file()}
    page = upload(open_page(FILE, run="showcase-TINY"), {"a.png": xray()})
    assert "Uploads are not kept" in words(page)
    after = {path for path in runs.rglob("*") if path.is_file()}
    assert after == before
    assert page.session_state["try"]
    page = page.file_uploader[0].set_value(None).run()
    assert not page.session_state["try"]


def test_samples_need_no_file_and_say_that_they_are_synthetic(runs: Path, open_page: Open) -> None:
    page = open_page(FILE, run="showcase-KINDS")
    page = page.button_group(key="try_sample").set_value(["viral"]).run()
    assert "Drawn as **viral**" in words(page)
    assert "no patient: synthetic" in words(page)
    page = page.button(key="try_again").click().run()
    assert "Drawn as **viral**" in words(page)


def test_another_class_can_be_asked_about(runs: Path, open_page: Open, maps_drawn: Drawn) -> None:
    page = open_page(FILE, run="showcase-KINDS")
    page = page.button_group(key="try_sample").set_value(["normal"]).run()
    choice = next(group for group in page.button_group if "try_class" in str(group.key))
    page = choice.set_value("BACTERIAL").run()
    assert not page.exception
    assert "for BACTERIAL" in maps_drawn["try_heat"][-1][0].said[0]


def test_the_notice_is_on_the_page(runs: Path, open_page: Open) -> None:
    assert wording.NOTICE in words(open_page(FILE, run="showcase-TINY"))


def test_names_cannot_format_the_page() -> None:
    assert trying.plain("a`b\nc.png") == "a?b?c.png"
    assert len(trying.plain("x" * 300 + ".png")) == trying.LONGEST
    assert trying.plain("Thorax-Röntgen 胸部.png") == "Thorax-Röntgen 胸部.png"


def test_the_rule_that_chose_the_threshold_is_named() -> None:
    chosen = Threshold(0.82, "recall", "validation", 521, reached=0.98, target=0.98)
    assert trying_words.origin(chosen) == (
        "The threshold was chosen by a target recall of 0.98 on the run's 521 validation images, "
        "not on pictures like yours."
    )
