"""What the explorer is sent: nothing lost, nothing that depends on the threshold."""

import json

import numpy as np
import pytest

from engine.judging.bootstrap import bands
from engine.judging.scores import Scores
from engine.judging.thresholds import Threshold, snaps
from engine.words.errors import CxrError
from pages.shared.components.explorer.packet import pack
from pages.shared.components.explorer.standalone import standalone_html
from pages.shared.components.explorer.wish import wish
from tests.judging import made

SCORES = Scores.of(made.predictions(images=99), "test")


def opened(packet: bytes) -> tuple[dict, dict]:
    """Return the header and the arrays by name."""
    start = 4 + int.from_bytes(packet[:4], "little")
    header = json.loads(packet[4:start])
    arrays = {}
    for place in header["arrays"]:
        at = start + place["offset"]
        assert at % 8 == 0
        arrays[place["name"]] = np.frombuffer(packet, place["type"], place["length"], at)
    return header, arrays


def test_a_packet_holds_scores_labels_and_bands() -> None:
    found = bands(SCORES, resamples=20)
    header, arrays = opened(pack(SCORES, found, (), snaps(SCORES)))
    assert np.array_equal(arrays["scores"], SCORES.scores)
    assert np.array_equal(arrays["labels"], SCORES.truth)
    narrow = found.measures["recall"].astype(np.float32)
    assert np.array_equal(arrays["band_recall"].reshape(-1, 2), narrow, equal_nan=True)
    assert header["bands"]["patients"] == found.patients
    assert [row["rule"] for row in header["snaps"]["test"]][:2] == ["f1", "youden"]


def test_scores_that_float32_would_round_stay_as_they_are() -> None:
    table = made.of([0, 1, 1], [0.1, 0.3, 0.7])
    scores = Scores.of(table, "test")
    _, arrays = opened(pack(scores, None, (), ()))
    assert arrays["scores"].dtype == np.float64
    assert np.array_equal(arrays["scores"], scores.scores)


def test_three_classes_are_taken_one_against_the_rest() -> None:
    scores = Scores.of(made.predictions(made.THREE), "test")
    with pytest.raises(CxrError, match="two classes"):
        pack(scores, None, (), ())
    header, _ = opened(pack(scores.against(2), None, (), ()))
    assert [entry["word"] for entry in header["classes"]] == ["not viral", "viral"]


def test_half_is_a_rule_of_its_own_and_only_rules_have_a_target() -> None:
    assert wish(Threshold(0.5, "hand"))["rule"] == "half"
    assert wish(Threshold(0.31, "hand", target=0.9))["target"] is None
    told = wish(Threshold(0.31, "recall", "test", 99, target=0.9))
    assert (told["target"], told["on"], told["of"]) == (0.9, "test", 99)


def test_a_chosen_range_is_no_cell() -> None:
    threshold = Threshold(0.4, "hand")
    assert "cell" not in wish(threshold)
    pressed = wish(threshold, cell="1-0")
    assert (pressed["cell"], pressed["brush"]) == ("1-0", None)
    assert wish(threshold, cell="0.2..0.41")["brush"] == [0.2, 0.41]
    assert wish(threshold, cell="a..b")["brush"] is None


def test_a_title_cannot_break_out_of_the_page() -> None:
    page = standalone_html(pack(SCORES, None, (), (), name="</script><b>"), "<i>", "a & b")
    assert "&lt;i&gt;" in page
    assert page.count("</script>") == 2
