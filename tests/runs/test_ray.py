"""Jobs on a cluster: sent once each, followed by what Ray says, none lost."""

import pytest

from engine.runs import groups, jobs, queue, sent, store
from engine.runs.groups import Study
from engine.runs.live import ProgressWriter
from tests.runs.conftest import make_recipe
from tests.runs.fake_ray import FakeRay

ROW = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.7, "seconds": 0.1}


def submit(seed: int = 0, group: str = "") -> str:
    """Queue a job."""
    return queue.submit(make_recipe(seed=seed), "phantom", "a", group=group).run_id


def begin(fake: FakeRay, run_id: str, epochs: int = 0) -> None:
    """Do what a worker does that sees the app's folder: begin, and finish some epochs."""
    fake.says(f"{run_id}-1", "RUNNING")
    jobs.write_state(run_id, jobs.State("running"))
    for number in range(1, epochs + 1):
        ProgressWriter(run_id, 3).epoch(number, ROW)
    queue.dispatch()


def test_all_that_waits_is_sent_at_once_and_waits_till_its_worker_begins(fake: FakeRay) -> None:
    runs = [submit(seed) for seed in range(3)]
    queue.dispatch()
    assert sorted(fake.jobs) == sorted(f"{run_id}-1" for run_id in runs)
    here = queue.progress(runs[2])
    assert (here.status, here.place) == ("waiting", 0) and "In the queue of the cluster" in (
        here.reason
    )
    begin(fake, runs[0])
    assert [queue.progress(run).status for run in runs] == ["running", "waiting", "waiting"]


def test_a_job_asks_for_what_one_machine_has(
    fake: FakeRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_RAY_CPUS", "6")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "secret")
    monkeypatch.setenv("SOME_SECRET", "x")
    first = submit()
    queue.dispatch()
    told = fake.told[f"{first}-1"]
    assert (told["entrypoint_num_cpus"], told["entrypoint_num_gpus"]) == (6, 0)
    assert told["env_vars"]["TF_NUM_INTRAOP_THREADS"] == "6"
    assert told["entrypoint"].endswith(f"-m engine.worker {first}")
    assert told["env_vars"]["MLFLOW_TRACKING_PASSWORD"] == "secret"
    assert "SOME_SECRET" not in told["env_vars"] and "CXR_MODELS_DIR" not in told["env_vars"]
    fake.machines = [(32.0, 0.0), (4.0, 1.0)]
    second = submit(1)
    queue.dispatch()
    told = fake.told[f"{second}-1"]
    assert (told["entrypoint_num_cpus"], told["entrypoint_num_gpus"]) == (4, 1)


def test_what_was_taken_without_an_answer_is_sent_again_under_the_same_id(fake: FakeRay) -> None:
    run_id = submit()
    fake.forgets_to_answer = True  # as if the app had been killed before it could note it
    queue.dispatch()
    note = sent.read(run_id)
    assert note is not None and not note.accepted and list(fake.jobs) == [f"{run_id}-1"]
    fake.forgets_to_answer = False
    queue.dispatch()
    assert sent.at_work(run_id) and list(fake.jobs) == [f"{run_id}-1"]


def test_a_silent_cluster_leaves_runs_waiting_with_the_reason(fake: FakeRay) -> None:
    run_id = submit()
    fake.silent = True
    queue.dispatch()
    assert queue.progress(run_id).status == "waiting"
    assert "does not answer" in queue.progress(run_id).reason
    fake.silent = False
    queue.dispatch()
    assert sent.at_work(run_id) and "does not answer" not in queue.progress(run_id).reason


def test_a_refusal_is_the_reason_for_waiting(fake: FakeRay) -> None:
    run_id = submit()
    fake.refuses = "The cluster at http://head:8265 refused: the package is too large."
    queue.dispatch()
    assert "too large" in queue.progress(run_id).reason


# Ray's words of a lost machine, which name the memory as one of several guesses; and of the memory.
GUESS = "Some common causes include: (1) the process was killed by the OOM killer, (2) ray stop"
NO_MEMORY = "1 worker(s) were killed due to the node running low on memory."


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            {"error": "JOB_ENTRYPOINT_COMMAND_ERROR", "code": -9},
            [
                "signal 9 (SIGKILL) after epoch 1 of 3",
                "memory ran out",
                "the finished epoch are kept",
            ],
        ),
        ({"error": "JOB_ENTRYPOINT_COMMAND_ERROR", "code": 137}, ["signal 9 (SIGKILL)"]),
        (
            {"error": "JOB_SUPERVISOR_ACTOR_DIED", "message": f"The node\nwas terminated. {GUESS}"},
            ["machine of the cluster on which it worked was lost", "The node was terminated."],
        ),
        (
            {"error": "JOB_SUPERVISOR_ACTOR_DIED", "message": NO_MEMORY},
            ["ran out of memory", "Lower the batch"],
        ),
        (
            {"error": "RUNTIME_ENV_SETUP_FAILURE", "message": "no space"},
            ["could not unpack the project's code", "no space"],
        ),
    ],
)
def test_a_job_that_fails_on_the_cluster_says_why(
    fake: FakeRay, says: dict[str, object], words: list[str]
) -> None:
    run_id = submit()
    queue.dispatch()
    begin(fake, run_id, epochs=1)
    fake.says(f"{run_id}-1", "FAILED", **says)
    queue.dispatch()
    run = store.get_run(run_id)
    assert run.status == "failed" and len(store.history(run_id)) == 1
    for word in words:
        assert word in run.reason
    assert jobs.open_jobs() == []


def test_a_head_that_was_restarted_gets_waiting_jobs_again_and_fails_what_ran(
    fake: FakeRay,
) -> None:
    ran, waited = submit(), submit(1)
    queue.dispatch()
    begin(fake, ran)
    fake.jobs.clear()
    queue.dispatch()
    assert list(fake.jobs) == [f"{waited}-2"]
    assert "was restarted" in store.get_run(ran).reason
    assert queue.progress(waited).status == "waiting"


def test_a_job_that_waited_longer_than_ray_does_is_sent_anew(fake: FakeRay) -> None:
    run_id = submit()
    queue.dispatch()
    fake.says(f"{run_id}-1", "FAILED", error="JOB_SUPERVISOR_ACTOR_START_TIMEOUT")
    queue.dispatch()
    assert fake.jobs[f"{run_id}-2"].status == "PENDING"
    assert queue.progress(run_id).status == "waiting"


def test_cancel_of_a_waiting_job_is_at_once_and_ray_is_told(fake: FakeRay) -> None:
    run_id = submit()
    queue.dispatch()
    queue.cancel(run_id)
    assert queue.progress(run_id).status == store.get_run(run_id).status == "cancelled"
    queue.dispatch()
    queue.dispatch()
    assert fake.stopped == [f"{run_id}-1"]
    fake.says(f"{run_id}-1", "STOPPED")
    queue.dispatch()
    assert jobs.open_jobs() == [] and store.get_run(run_id).status == "cancelled"


def test_cancel_of_a_running_job_waits_for_what_it_keeps(fake: FakeRay) -> None:
    run_id = submit()
    queue.dispatch()
    begin(fake, run_id, epochs=2)
    queue.cancel(run_id)
    queue.dispatch()
    assert fake.stopped == [f"{run_id}-1"] and queue.progress(run_id).stopping
    fake.says(f"{run_id}-1", "STOPPED")  # killed after its patience: it wrote nothing
    queue.dispatch()
    run = store.get_run(run_id)
    assert run.status == "cancelled" and "2 finished epochs" in run.reason


def test_a_deleted_run_leaves_nothing_here_and_is_stopped_there(fake: FakeRay) -> None:
    run_id = submit()
    queue.dispatch()
    begin(fake, run_id)
    store.delete_run(run_id)
    queue.dispatch()
    assert fake.stopped == [f"{run_id}-1"]
    fake.says(f"{run_id}-1", "STOPPED")
    queue.dispatch()
    assert not jobs.folder_of(run_id).exists()


def test_a_paused_study_takes_back_what_waits_there(fake: FakeRay) -> None:
    study = Study("abc", "A", "sweep", groups.now(), "a", "phantom", {}, {}, (0,), ())
    groups.write(study)
    ran, waited = submit(0, "abc"), submit(1, "abc")
    queue.dispatch()
    begin(fake, ran)
    groups.change("abc", lambda one: Study(**(vars(one) | {"state": "paused"})))
    queue.dispatch()
    assert fake.stopped == [f"{waited}-1"] and not sent.at_work(waited)
    assert "study is paused" in queue.progress(waited).reason and sent.at_work(ran)
    groups.change("abc", lambda one: Study(**(vars(one) | {"state": "active"})))
    queue.dispatch()
    assert fake.jobs[f"{waited}-2"].status == "PENDING"


def test_without_an_address_jobs_there_are_followed_and_new_ones_stay_here(
    fake: FakeRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = submit()
    queue.dispatch()
    begin(fake, run_id)
    monkeypatch.delenv("CXR_RAY_ADDRESS")
    fake.says(f"{run_id}-1", "FAILED", code=-9)
    queue.dispatch()
    assert store.get_run(run_id).status == "failed"
    assert queue.progress(submit(1)).place == 1
