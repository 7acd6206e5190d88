"""A flaw that goes with a class is named, and chance is not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from engine.judging.giveaways import apart, apart_sentence, by_class, tells
from engine.words.errors import CxrError

NAMES = {"grid": "Grid lines", "text": "Text and boxes"}


def table(text: tuple[float, float], images: int = 200, seed: int = 0) -> pd.DataFrame:
    """Two classes with text in these shares of their images; grid lines in half of either."""
    random = np.random.default_rng(seed)
    labels = np.repeat(["NORMAL", "PNEUMONIA"], images)
    shares = np.repeat(text, images)
    within = np.tile(np.arange(images), 2) / images
    return pd.DataFrame(
        {
            "label": labels,
            "grid": np.where(np.arange(2 * images) % 2, 0.9, 0.1),
            "text": np.where(within < shares, 0.7, 0.2) + random.uniform(0, 0.1, 2 * images),
        }
    )


def test_flagged_images_are_counted_by_class() -> None:
    rows = by_class(table((0.8, 0.3)), NAMES).set_index(["flaw", "label"])
    assert rows.loc[("Text and boxes", "NORMAL"), ["images", "flagged"]].tolist() == [200, 160]
    assert rows.loc[("Text and boxes", "PNEUMONIA"), "share"] == pytest.approx(0.3)
    assert rows.loc[("Grid lines", "NORMAL"), "flagged"] == 100
    assert (rows["low"] < rows["share"]).all() and (rows["share"] < rows["high"]).all()


def test_a_flaw_that_goes_with_a_class_is_a_shortcut() -> None:
    found = apart(table((0.8, 0.3)), NAMES)
    assert [entry.flaw for entry in found] == ["Text and boxes", "Grid lines"]
    assert (found[0].label, found[0].there, found[0].elsewhere) == ("NORMAL", (160, 200), (60, 200))
    assert found[0].difference == pytest.approx(0.5)
    assert found[0].low < 0.5 < found[0].high and found[0].looks == 2
    assert "160 of 200 (80%) of its images" in apart_sentence(found, 400)
    assert "shortcut" in apart_sentence(found, 400)


def test_what_may_be_chance_is_no_shortcut() -> None:
    said = apart_sentence(apart(table((0.52, 0.5)), NAMES), 400)
    assert said.startswith("No flaw goes with a class by more than chance: 2 differences were")
    weak = apart_sentence(apart(table((0.55, 0.5), 20_000), NAMES), 40_000)
    assert weak.endswith("a weak one.")
    none = table((0, 0)).assign(grid=0.0)
    assert "None of 400 X-rays" in apart_sentence(apart(none, NAMES), 400)
    alone = table((0.8, 0.3)).query("label == 'NORMAL'")
    assert apart(alone, NAMES) == []
    assert "one class" in apart_sentence([], 200)


def test_how_well_a_severity_tells_a_class_is_an_auc() -> None:
    found = table((0.8, 0.3))
    truth = found["label"] == "NORMAL"
    assert tells(found, "text", "NORMAL") == pytest.approx(roc_auc_score(truth, found["text"]))
    assert tells(found, "grid", "NORMAL") == pytest.approx(0.5)
    with pytest.raises(CxrError, match="of others"):
        tells(found[truth], "text", "NORMAL")
