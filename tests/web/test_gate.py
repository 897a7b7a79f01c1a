"""Who may take how much: places, queues, and whose turn it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

from detente.web import visitors
from detente.web.gate import BusyError, Gate
from detente.web.jobs import MOST_WAITING, Jobs
from detente.web.visitors import Usage, Visitor, counted

A, B, C = (Visitor(name) for name in "abc")


def gated(go: Callable[[Gate, threading.Event], Awaitable[None]], **limits) -> None:
    """Run a test with a gate, and an event for which computations can wait."""

    async def run() -> None:
        gate = Gate(**{"at_once": 1, "waiting": 10, "per_client": 2, "seconds": 20, **limits})
        try:
            await go(gate, threading.Event())
        finally:
            gate.close()

    asyncio.run(run())


async def begun(gate: Gate, *asked: tuple[Visitor, Callable[[], object]], **options) -> list[asyncio.Task]:
    tasks = []
    for visitor, work in asked:
        tasks.append(asyncio.create_task(gate.run(visitor, work, **options)))
        await asyncio.sleep(0.01)
    return tasks


def test_one_client_cannot_take_all_the_places():
    async def go(gate: Gate, release: threading.Event) -> None:
        tasks = await begun(gate, (A, release.wait), (A, lambda: "second"))
        with pytest.raises(BusyError, match="already have 2"):
            await gate.run(A, lambda: None)
        tasks += await begun(gate, (B, lambda: "other"))
        release.set()
        assert await asyncio.gather(*tasks) == [True, "second", "other"]
        assert await gate.run(A, lambda: "again") == "again"

    gated(go)


def test_whoever_had_least_is_served_first_whatever_it_calls_itself():
    """Many made-up clients of one address, who came first, against one question from another address."""

    async def go(gate: Gate, release: threading.Event) -> None:
        served: list[str] = []
        tasks = await begun(gate, (Visitor("hostile", "0"), release.wait))
        tasks += await begun(
            gate, *[(Visitor("hostile", str(k)), lambda: served.append("hostile")) for k in range(1, 9)]
        )
        tasks += await begun(gate, (Visitor("honest"), lambda: served.append("honest")))
        release.set()
        await asyncio.gather(*tasks)
        assert served == ["honest"] + 8 * ["hostile"]

    gated(go)


def test_a_full_queue_makes_room_for_an_address_that_has_less_of_it():
    async def go(gate: Gate, release: threading.Event) -> None:
        crowd = [(Visitor("hostile", str(k)), release.wait) for k in range(4)]
        tasks = await begun(gate, *crowd)  # one runs, three wait
        honest = (await begun(gate, (B, lambda: "honest")))[0]
        with pytest.raises(BusyError, match="busy with other"):  # the last of the crowd gave way
            await tasks[3]
        with pytest.raises(BusyError, match="busy with other"):  # who has as many as the others gets no more
            await gate.run(Visitor("hostile", "9"), release.wait)
        release.set()
        assert await honest == "honest"
        assert await asyncio.gather(*tasks[:3]) == [True] * 3

    gated(go, waiting=3)


def test_whoever_insists_comes_after_whoever_asks_now_and_then():
    """An honest visitor who was served more than each of a crowd's addresses, which ask again at once when refused."""

    async def go(gate: Gate, release: threading.Event) -> None:
        served: list[str] = []
        gate._usage.add(B, 0.5)
        tasks = await begun(gate, (A, release.wait), (C, lambda: served.append("hostile")))
        for _ in range(3):
            with pytest.raises(BusyError):
                await gate.run(C, lambda: None)
        tasks += await begun(gate, (B, lambda: served.append("honest")))
        release.set()
        await asyncio.gather(*tasks)
        assert served == ["honest", "hostile"]

    gated(go, per_client=1)


def test_long_computations_leave_a_place_to_short_ones():
    async def go(gate: Gate, release: threading.Event) -> None:
        tasks = await begun(gate, (A, release.wait), (B, release.wait), long=True)
        assert await asyncio.wait_for(gate.run(C, lambda: "short"), 10) == "short"
        release.set()
        assert await asyncio.gather(*tasks) == [True, True]

    gated(go, at_once=2)


def test_a_long_computation_is_given_up_and_keeps_its_place_until_it_ends():
    async def go(gate: Gate, release: threading.Event) -> None:
        with pytest.raises(BusyError, match="took more than"):
            await gate.run(A, lambda: release.wait(30))
        with pytest.raises(BusyError, match="No place was free"):
            await gate.run(B, lambda: None)
        release.set()
        await asyncio.sleep(0.1)
        assert await gate.run(B, lambda: "free") == "free"

    gated(go, seconds=0.2)


def test_nothing_is_computed_for_whoever_has_left():
    async def left() -> bool:
        return True

    async def go(gate: Gate, release: threading.Event) -> None:
        with pytest.raises(BusyError, match="Nobody waits"):
            await gate.run(A, lambda: pytest.fail("computed"), gone=left)
        tasks = await begun(gate, (A, release.wait), (B, release.wait))
        tasks[1].cancel()  # as when the server ends a request
        await asyncio.sleep(0.01)
        release.set()
        assert await tasks[0]
        assert await gate.run(C, lambda: "free") == "free"

    gated(go)


def test_a_failure_is_the_callers_and_frees_the_place():
    async def go(gate: Gate, release: threading.Event) -> None:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await gate.run(A, lambda: 1 / 0)

    gated(go, waiting=1, per_client=1)


def test_what_somebody_had_is_forgotten_by_half_a_minute_at_a_time(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(visitors.time, "monotonic", lambda: now)
    usage = Usage()
    usage.add(Visitor("x", "1"), 8)
    usage.add(Visitor("x", "2"), 4)
    assert usage.rank(Visitor("x", "2")) == (12, 4)
    now += visitors.HALF_LIFE
    assert usage.rank(Visitor("x", "2")) == (6, 2)
    assert usage.rank(Visitor("y", "2")) == (0, 0)
    for k in range(3 * visitors.MOST_REMEMBERED):  # addresses are cheap; what is remembered of them has an end
        now += 0.1
        usage.add(Visitor(str(k)), 1)
    assert len(usage._had) < 1.5 * visitors.MOST_REMEMBERED


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_as_one_house(given: str, address: str):
    assert counted((given, 1)) == address
    assert counted(None) == "?"


def test_long_work_of_one_address_does_not_shut_out_another():
    jobs, go, order = Jobs("reports"), threading.Event(), []
    try:
        for k in range(MOST_WAITING):
            jobs.ask(Visitor("hostile", str(k)), "reports", k, lambda job: go.wait(20))
        with pytest.raises(BusyError):
            jobs.ask(Visitor("hostile", "more"), "reports", "more", lambda job: None)
        honest = jobs.ask(Visitor("honest"), "reports", "mine", lambda job: order.append("honest"))
        last = jobs.ask(Visitor("hostile", "7"), "reports", MOST_WAITING - 2, lambda job: order.append("hostile"))
        assert (honest["state"], last["state"]) == ("waiting", "waiting")
        go.set()
        job = jobs.find(honest["job"])
        assert job is not None
        job.future.result(20)
        assert job.status()["state"] == "done"
    finally:
        go.set()
        jobs.close()
