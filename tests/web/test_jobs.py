"""Work that takes longer than a request: shared, watched, stopped, tried again."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

from detente.errors import SolveError
from detente.web.gate import BusyError
from detente.web.jobs import MOST_EACH, MOST_WAITING, Job, Jobs
from detente.web.visitors import Visitor

ME = Visitor("here", "me")


@pytest.fixture
def jobs():
    made = Jobs("talks", "reports")
    yield made
    made.close()


def ended(jobs: Jobs, name: str) -> dict:
    for _ in range(500):
        job = jobs.find(name)
        assert job is not None
        if (status := job.status())["state"] not in ("waiting", "running"):
            return status
        time.sleep(0.01)
    raise AssertionError("it never ended")


def test_work_is_done_once_and_its_result_kept(jobs: Jobs):
    times = []
    first = jobs.ask(ME, "talks", "key", lambda job: times.append(1) or "found")
    assert ended(jobs, first["job"])["result"] == "found"
    again = jobs.ask(ME, "talks", "key", lambda job: times.append(1) or "found again")
    assert (again["state"], again["result"], len(times)) == ("done", "found", 1)


def test_how_far_it_is_and_how_long_it_has_left(jobs: Jobs):
    go, told = threading.Event(), threading.Event()

    def work(job: Job) -> str:
        for k in range(10):
            job.step()
            job.tell("frontier", k / 20)
            time.sleep(0.12)
        told.set()
        go.wait(20)
        return "x"

    name = jobs.ask(ME, "talks", "key", work)["job"]
    assert told.wait(20)
    job = jobs.find(name)
    assert job is not None
    status = job.status()
    assert (status["state"], status["stage"], status["solved"], status["done"]) == ("running", "frontier", 10, 0.45)
    assert 1 <= status["left_s"] <= 10  # eleven twentieths, at a twentieth in 0.12 s
    go.set()
    assert ended(jobs, name)["state"] == "done"


def test_it_stops_at_its_next_step_and_can_be_begun_again(jobs: Jobs):
    began = threading.Event()

    def work(job: Job) -> None:
        began.set()
        while True:
            job.step()
            time.sleep(0.005)

    name = jobs.ask(ME, "talks", "key", work)["job"]
    assert began.wait(20)
    assert jobs.stop(name)["state"] == "stopped"
    second = jobs.ask(ME, "talks", "key", lambda job: "fresh")
    assert second["job"] != name
    assert ended(jobs, second["job"])["result"] == "fresh"  # the lane is free again
    assert jobs.stop("nothing") is None


def test_what_cannot_be_solved_is_said_and_tried_again_when_asked(jobs: Jobs):
    def fail(job: Job) -> None:
        raise SolveError("No equilibrium was found.")

    status = ended(jobs, jobs.ask(ME, "talks", "key", fail)["job"])
    assert (status["state"], status["error"]) == ("failed", "No equilibrium was found.")
    assert ended(jobs, jobs.ask(ME, "talks", "key", lambda job: 1)["job"])["result"] == 1


def test_lanes_do_not_wait_for_one_another_and_queues_are_bounded(jobs: Jobs):
    go = threading.Event()
    for k in range(MOST_WAITING - 1):
        jobs.ask(Visitor(f"address {k}"), "talks", k, lambda job: go.wait(20))
    assert ended(jobs, jobs.ask(ME, "reports", "r", lambda job: "quick")["job"])["result"] == "quick"
    jobs.ask(ME, "talks", "last", lambda job: 1)
    with pytest.raises(BusyError, match="ask again"):
        jobs.ask(ME, "reports", "one too many", lambda job: 1)
    go.set()


def test_nobody_takes_every_place(jobs: Jobs):
    go = threading.Event()
    for k in range(MOST_EACH):
        jobs.ask(ME, "talks", k, lambda job: go.wait(20))
    with pytest.raises(BusyError, match="You already have"):
        jobs.ask(ME, "talks", "more", lambda job: 1)
    assert jobs.ask(Visitor("here", "you"), "talks", "more", lambda job: 1)["state"] == "waiting"
    go.set()
