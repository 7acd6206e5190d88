"""Owners take turns, and an owner's studies and single jobs among themselves."""

import json
from pathlib import Path

from engine.runs import turns
from engine.runs.jobs import Job


def job(name: str, owner: str, created: float, *groups: str, alone: bool = False) -> Job:
    return Job(name, {}, "s", owner, created, groups=groups, alone=alone or not groups)


def names(jobs: list[Job], last: dict[str, float] | None = None) -> list[str]:
    return [one.run_id for one in turns.ordered(jobs, last or {})]


SWEEP = [job(f"s{number}", "a", number, "study") for number in range(24)]


def test_single_jobs_of_one_owner_start_in_the_order_in_which_they_came() -> None:
    assert names([job("x", "a", 1), job("y", "a", 2), job("z", "a", 3)]) == ["x", "y", "z"]


def test_a_sweep_lets_a_later_single_job_of_another_visitor_go_next() -> None:
    before = {"a": 50.0, "a\nstudy": 50.0}  # it has had a turn
    order = names([*SWEEP, job("b1", "b", 99), job("b2", "b", 100)], before)
    assert order[:5] == ["b1", "s0", "b2", "s1", "s2"] and len(order) == 26


def test_an_owners_own_single_job_alternates_with_his_sweep() -> None:
    before = {"a": 50.0, "a\nstudy": 50.0}
    assert names([*SWEEP, job("mine", "a", 99)], before)[:3] == ["mine", "s0", "s1"]


def test_several_studies_of_an_owner_share_his_turns() -> None:
    other = [job(f"t{number}", "a", 30 + number, "other") for number in range(3)]
    found = names([*SWEEP, *other, job("b1", "b", 99), job("b2", "b", 100)])
    assert found[:6] == ["s0", "b1", "t0", "b2", "s1", "t1"]


def test_a_job_that_somebody_wants_alone_has_a_single_jobs_turn() -> None:
    assert turns.party(job("x", "a", 1, "study", alone=True)) == ("a", "")
    assert turns.party(job("x", "a", 1, "study")) == ("a", "study")


def test_turns_are_remembered_on_disk_and_a_damaged_memory_is_none(models: Path) -> None:
    assert turns.last_turns() == {}
    turns.note(SWEEP[0])
    assert set(turns.last_turns()) == {"a", "a\nstudy"}
    order = names([SWEEP[1], job("b1", "b", 99)], turns.last_turns())
    assert order == ["b1", "s1"]
    for text in ("[]", "{", json.dumps({"a": "soon"})):
        (models / "jobs" / ".turns.json").write_text(text)
        assert turns.last_turns() == {}
