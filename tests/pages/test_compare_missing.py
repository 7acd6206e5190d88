"""The imbalance lab queues the strategies that nobody has trained yet."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.data import sources
from engine.runs import store
from tests.pages import little_showcase

Open = Callable[..., AppTest]


@pytest.fixture
def lab(warm: Path, lungs: str, open_page: Open) -> AppTest:
    little_showcase.build(warm / "showcase", sources.open_source(lungs))
    return open_page("pages/compare.py", compare_runs="showcase-TINY", compare_view="balance")


def test_chosen_strategies_are_queued_with_all_else_equal(lab: AppTest) -> None:
    assert not lab.exception
    pills = next(group for group in lab.button_group if group.label == "Train its recipe with")
    assert "none" not in pills.value
    page = pills.set_value(["class_weight", "focal"]).run()
    page = next(one for one in page.button if one.label == "Queue 2 trainings").click().run()
    assert not page.exception
    assert "In the queue: Class weights and Focal loss" in page.success[0].value
    queued = {run.recipe.imbalance.name: run.recipe.to_json() for run in store.list_runs()}
    like = queued.pop("none")
    assert set(queued) == {"class_weight", "focal"}
    for other in queued.values():
        differing = {name for name in like if other[name] != like[name]}
        assert differing <= {"imbalance", "network", "optimizer", "preset", "preprocessing"}
