"""Nodes that see no folder of the app: images go there once, progress and results come back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.ray_nodes import Ray
from engine.runs import jobs, live, store
from tests.cluster.conftest import lab_of
from tests.cluster.lab import LONG, SHORT, Lab, ended, learns, phantom, stored, submit, until

FETCHING = "Fetching the images"


@pytest.fixture
def lab(place: Path, run_store: str, ray: Ray) -> Iterator[Lab]:
    """An app whose folders are its own."""
    with lab_of(place / "apart", ray, MLFLOW_TRACKING_URI=run_store) as running:
        yield running


def test_jobs_work_and_are_watched_where_nothing_is_shared(lab: Lab, browser: Browser) -> None:
    lab.start_app()
    catalogue = phantom()
    with lab.visitor(browser) as seen:
        seen.open("/queue")
        stopped = submit(catalogue, LONG, seed=21)
        short = [submit(catalogue, SHORT, seed) for seed in (22, 23, 24)]
        every = [stopped, *short]
        until("it learns", lambda: learns(stopped, 1), every)
        now = live.progress(stopped)
        assert now.status == "running" and {"loss", "val_loss"} <= set(now.history)
        until("its log is here", lambda: "Epoch 1 of" in jobs.log_tail(stopped, 10**6), every)
        page = seen.open(f"/train?job={stopped}")
        expect(page.locator(".js-plotly-plot .point").first).to_be_attached()
        seen.check()
        jobs.request_cancel(stopped)
        done = until("all end", lambda: ended(every), every)
    check_endings({run_id: done[run_id].status for run_id in every}, stopped, short)
    check_parcels(lab, catalogue.hash, every)


def check_endings(status: dict[str, str], stopped: str, short: list[str]) -> None:
    """Each run has ended as it must, and what it made can be opened where the app is."""
    wanted = {stopped: "cancelled", **dict.fromkeys(short, "finished")}
    assert status == wanted
    assert {run_id: stored(run_id) for run_id in wanted} == wanted
    assert "Stopped on request" in store.get_run(stopped).reason
    assert len(store.history(stopped)) > 1
    for run_id in short:
        assert len(store.history(run_id)) == SHORT["epochs"]
        assert not store.predictions(run_id).empty
        assert store.model_file(run_id).is_file()


def check_parcels(lab: Lab, content: str, run_ids: list[str]) -> None:
    """Of all runs on a node only the first fetched the images."""
    nodes = list(lab.ray.folder.glob(f"*/parcels/{content}"))
    assert nodes
    logs = {run_id: store.log_text(run_id) for run_id in run_ids}
    assert all("Epoch 1 of" in text for text in logs.values())
    assert sum(FETCHING in text for text in logs.values()) == len(nodes)
