"""Six jobs at once; one is cancelled, one worker killed, the app killed and started again."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.ray_nodes import Ray
from engine.runs import jobs, live, store
from tests.browser.conftest import Watched
from tests.browser.screens import badge
from tests.cluster.conftest import lab_of
from tests.cluster.lab import LIMIT, LONG, SHORT, Lab, ended, learns, phantom, stored, submit, until


@pytest.fixture(scope="module")
def lab(place: Path, run_store: str, ray: Ray) -> Iterator[Lab]:
    """An app whose folders the nodes see too."""
    shared = {"MLFLOW_TRACKING_URI": run_store, "CXR_RAY_SHARED": "1"}
    with lab_of(place / "shared", ray, **shared) as running:
        yield running


def test_six_jobs_end_and_none_is_lost(lab: Lab, browser: Browser) -> None:
    lab.start_app()
    catalogue = phantom()
    with lab.visitor(browser) as seen:
        seen.open("/queue")  # the app's threads begin
        long = [submit(catalogue, LONG, seed) for seed in (1, 2)]
        for run_id in long:
            until("it learns", lambda run_id=run_id: learns(run_id, 1), long)
        stopped, killed = long
        short = [submit(catalogue, SHORT, seed) for seed in (3, 4, 5, 6)]
        every = [*long, *short]
        assert {job.run_id for job in jobs.open_jobs()} == set(every)
        assert lab.worker(stopped)[0] != lab.worker(killed)[0]  # one on each node
        look_at_it_learning(seen, stopped)
        cancel_it(seen, stopped)
    until("it is cancelled", lambda: ended([stopped]), every)
    lab.kill_app()
    os.kill(lab.worker(killed)[1], signal.SIGKILL)  # nobody looks
    lab.start_app()
    with lab.visitor(browser) as seen:
        seen.open("/queue")
        done = until("all end", lambda: ended(every), every)
        check_endings({run_id: done[run_id].status for run_id in every}, stopped, killed, short)
        look_at_the_endings(seen, stopped, killed, short[0])


def look_at_it_learning(seen: Watched, run_id: str) -> None:
    """Curves and log of a run on another machine, on the page and in the engine."""
    now = live.progress(run_id)
    assert now.status == "running"
    assert {"loss", "val_loss"} <= set(now.history) and len(now.history) > 1
    assert "Epoch 1 of" in live.progress(run_id, lines=10**6).log
    page = seen.open(f"/train?job={run_id}")
    page.get_by_text(re.compile(r"^After \d+ of 1,?000 epoch")).wait_for()
    expect(page.locator(".js-plotly-plot .point").first).to_be_attached()
    before = learns(run_id) or 0
    until("it goes on", lambda: learns(run_id, before), [run_id])
    seen.check()


def cancel_it(seen: Watched, run_id: str) -> None:
    """Press Cancel on the page of a run that learns."""
    page = seen.page
    page.get_by_role("button", name="Cancel").click()
    sure = page.get_by_role("button", name="Yes, stop it")
    sure.wait_for()
    sure.click()
    badge(seen, "Cancelled").wait_for(timeout=1000 * LIMIT)
    seen.check()


def check_endings(status: dict[str, str], stopped: str, killed: str, short: list[str]) -> None:
    """Each run has ended as it must, the server knows it, and it has what it had learned."""
    wanted = {stopped: "cancelled", killed: "failed", **dict.fromkeys(short, "finished")}
    assert status == wanted
    assert {run_id: stored(run_id) for run_id in wanted} == wanted
    assert set(wanted) <= {run.id for run in store.list_runs()}
    assert "Stopped on request" in store.get_run(stopped).reason
    assert "SIGKILL" in store.get_run(killed).reason
    for run_id in (stopped, killed):
        assert len(store.history(run_id)) > 1
    for run_id in short:
        assert len(store.history(run_id)) == SHORT["epochs"]
        assert not store.predictions(run_id).empty
        assert store.model_file(run_id).is_file()
    for run_id in wanted:
        assert "Epoch 1 of" in store.log_text(run_id)


def look_at_the_endings(seen: Watched, stopped: str, killed: str, finished: str) -> None:
    """What a visitor reads of them."""
    for run_id, label in ((stopped, "Cancelled"), (killed, "Failed"), (finished, "Finished")):
        page = seen.open(f"/train?job={run_id}")
        badge(seen, label).wait_for()
        if label == "Failed":
            expect(seen.alerts()).to_contain_text("SIGKILL")
        else:
            seen.check()
        expect(page.locator(".js-plotly-plot")).to_have_count(2)


def test_a_lost_machine_fails_its_run_and_another_one_goes_on(lab: Lab, browser: Browser) -> None:
    if lab.app is None:
        lab.start_app()
    catalogue = phantom()
    with lab.visitor(browser) as seen:
        seen.open("/queue")
        lost = submit(catalogue, LONG, seed=7)
        until("it learns", lambda: learns(lost, 1), [lost])
        name = lab.worker(lost)[0]
        lab.ray.lose(name)
        after = submit(catalogue, SHORT, seed=8)
        lab.ray.add("three", {"CXR_NODE_DIR": str(lab.ray.folder / "three")})
        done = until("both end", lambda: ended([lost, after]), [lost, after])
    assert done[after].status == "finished"
    assert (done[lost].status, stored(lost)) == ("failed", "failed")
    assert "machine" in done[lost].reason and "lost" in done[lost].reason
    assert len(store.history(lost)) > 1
