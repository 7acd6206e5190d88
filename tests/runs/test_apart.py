"""Workers that share no folder with the app: seen through the run store, fed by parcels."""

import json
import shutil
from pathlib import Path

import pytest

from engine.data import sources
from engine.runs import (
    apart,
    jobs,
    mirror,
    node,
    parcels,
    queue,
    records,
    remote,
    sending,
    store,
)
from engine.runs.tracking import tracking_uri
from engine.words.errors import CxrError, NotFound
from tests.runs.conftest import make_recipe
from tests.runs.fake_ray import FakeRay

ROW = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.7, "seconds": 0.1}


def test_a_worker_apart_is_seen_through_the_run_store(
    fake: FakeRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_SHARED", "0")
    monkeypatch.setattr(sending, "why_not", lambda job: "")  # its images are there
    run_id = queue.submit(make_recipe(), "phantom", "a").run_id
    queue.dispatch()
    assert remote.tags(run_id)[remote.SUBMISSION] == f"{run_id}-1"
    rows = [{"epoch": number, **ROW} for number in range(1, 101)]  # more than one tag holds
    told = apart.epoch_tags(rows)
    assert len(told) > 1 and mirror.epochs(told).count("\n") == 100
    store.mark(run_id, "running")
    remote.set_tags(run_id, told | {remote.PROGRESS: '{"phase": "Training", "epoch": 100}'})
    fake.says(f"{run_id}-1", "RUNNING")
    fake.printed = "Training\n"
    queue.dispatch()
    here = queue.progress(run_id)
    assert (here.status, here.now.phase, here.log) == ("running", "Training", "Training")
    assert list(here.history["epoch"]) == list(range(1, 101))
    store.mark(run_id, "finished")
    fake.says(f"{run_id}-1", "SUCCEEDED", code=0)
    queue.dispatch()
    assert queue.progress(run_id).status == "finished" and jobs.open_jobs() == []
    assert not [name for name in remote.tags(run_id) if name.startswith(remote.EPOCHS)]


def test_a_node_takes_its_job_from_the_run_store_and_no_other(
    fake: FakeRay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_SHARED", "0")
    monkeypatch.setattr(sending, "why_not", lambda job: "")
    run_id = queue.submit(make_recipe(), "phantom", "ann").run_id
    queue.dispatch()
    told = fake.told[f"{run_id}-1"]["env_vars"][node.ORDER]
    database = tracking_uri()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", database)  # now this is the node
    monkeypatch.setenv("CXR_NODE_DIR", str(tmp_path / "node"))
    for name in ("MODELS", "DATA", "SHOWCASE", "CACHE"):
        monkeypatch.setenv(f"CXR_{name}_DIR", "")  # it is put back when the test is over
    monkeypatch.setenv(node.ORDER, told)
    assert node.is_apart() and node.arrive(run_id)
    assert jobs.folder_of(run_id) == tmp_path / "node" / "models" / "jobs" / run_id
    job = jobs.read(run_id)
    assert (job.owner, jobs.recipe_of(job)) == ("ann", make_recipe())
    remote.set_tags(run_id, {remote.SUBMISSION: f"{run_id}-2"})  # sent anew meanwhile
    assert not node.arrive(run_id)
    remote.set_tags(run_id, {remote.SUBMISSION: f"{run_id}-1", records.STATUS: "cancelled"})
    assert not node.arrive(run_id)


def test_a_node_that_shares_no_folder_though_the_settings_say_so_says_it(
    fake: FakeRay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = queue.submit(make_recipe(), "phantom", "a").run_id
    queue.dispatch()
    told = json.loads(fake.told[f"{run_id}-1"]["env_vars"][node.ORDER])
    told["paths"]["CXR_MODELS_DIR"] = str(tmp_path / "elsewhere")
    monkeypatch.setenv(node.ORDER, json.dumps(told))
    for name in (*told["paths"], "CXR_CACHE_DIR"):
        monkeypatch.setenv(name, "")
    with pytest.raises(CxrError, match=r"elsewhere.*not shared with this machine"):
        node.arrive(run_id)


@pytest.fixture
def parcel(models: Path, tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The content hash of a parcel of 48 images, on a machine that has none of them."""
    monkeypatch.setattr(parcels, "is_remote", lambda: True)  # its files lie in this folder
    monkeypatch.chdir(tmp_path)
    sources.register_folder("tiny", tiny_folder)
    catalogue = sources.open_source("tiny")
    assert parcels.find(catalogue.hash) is None
    parcels.send(catalogue, tmp_path / "way")
    assert list((tmp_path / "way").iterdir()) == []
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_uri())
    monkeypatch.setenv("CXR_MODELS_DIR", str(tmp_path / "node" / "models"))
    monkeypatch.setenv("CXR_DATA_DIR", str(tmp_path / "node" / "data"))
    return catalogue.hash


def test_a_parcel_is_fetched_once_and_holds_the_same_images(parcel: str, tmp_path: Path) -> None:
    told: list[str] = []
    found = parcels.receive(parcel, tmp_path / "node" / "parcels", told.append)
    assert found.hash == parcel and len(found.images) == 48
    assert found.root == tmp_path / "node" / "parcels" / parcel
    again = parcels.receive(parcel, tmp_path / "node" / "parcels", told.append)
    assert again.root == found.root and len(told) == 1
    with pytest.raises(NotFound, match="not in the run store"):
        parcels.receive("0" * 16, tmp_path / "node" / "parcels")


def test_a_parcel_with_other_images_is_refused(parcel: str, tmp_path: Path) -> None:
    (packed,) = tmp_path.glob("ml*/**/images.zip")
    with parcels.zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "spoiled")
    next((tmp_path / "spoiled").rglob("*.png")).unlink()
    shutil.make_archive(str(packed.with_suffix("")), "zip", tmp_path / "spoiled")
    with pytest.raises(CxrError, match="are not those of this training"):
        parcels.receive(parcel, tmp_path / "node" / "parcels")
    assert not (tmp_path / "node" / "parcels" / parcel).exists()


def test_a_waiting_worker_is_told_of_shorter_trainings_that_came_later(
    fake: FakeRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_SHARED", "0")
    monkeypatch.setattr(sending, "why_not", lambda job: "")
    run_id = queue.submit(make_recipe(), "phantom", "a").run_id
    queue.dispatch()
    assert remote.tags(run_id)[remote.PASSING] == ""
    for epochs in (2, 1):
        queue.submit(make_recipe(epochs=epochs), "phantom", "a", follows=run_id)
    queue.dispatch()
    assert remote.tags(run_id)[remote.PASSING] == "1,2" and list(fake.jobs) == [f"{run_id}-1"]
    assert sorted(apart.places(run_id)) == [1, 2]
