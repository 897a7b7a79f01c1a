"""`Gate`: so many computations at once, so many waiting, and whoever had least of late is served first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from detente.web.visitors import Usage, Visitor

T = TypeVar("T")
#: Seconds of use that asking for more than there is room for counts as, so that whoever insists comes last.
REFUSAL = 1.0
#: How far long work stands back behind questions that somebody waits for, where the system lets a thread (Linux).
NICENESS = 10
FULL = "The server is busy with other people's computations; try again in a few seconds."


def stand_back() -> None:
    """Let other threads go before this one, and before those that it begins."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class BusyError(Exception):
    """The server has no place for this request now; the message says why and what to do."""


@dataclass(eq=False)
class _Place:
    """A request that waits for its turn (`turn`), or has it."""

    visitor: Visitor
    long: bool
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    began: float = 0.0


class Gate:
    """Runs computations in threads, `at_once` of them; of `long` ones, one less, which stand back, so that short ones pass.

    The next is the one whose address, and then whose client, had the least time of late; to be refused counts as time.
    When `waiting` requests wait, the newest of the address that has most of them gives way to an address that has fewer.
    Raises `BusyError` then, when `per_client` of one client are here, and after `seconds` of waiting or computing; a
    computation that is given up keeps its place until it ends, since a thread cannot be stopped.
    """

    def __init__(self, at_once: int, waiting: int, per_client: int, seconds: float) -> None:
        self.at_once, self.waiting, self.per_client, self.seconds = at_once, waiting, per_client, seconds
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="gate")
        self._back = ThreadPoolExecutor(max(1, at_once - 1), thread_name_prefix="gate-long", initializer=stand_back)
        self._queue: list[_Place] = []
        self._running: list[_Place] = []
        self._here: Counter[Visitor] = Counter()
        self._usage = Usage()

    async def run(
        self,
        visitor: Visitor,
        work: Callable[[], T],
        *,
        long: bool = False,
        gone: Callable[[], Awaitable[bool]] | None = None,
    ) -> T:
        """The result of `work`, in its turn; it is not begun for a visitor who is `gone` by then."""
        if self._here[visitor] >= self.per_client:
            raise self._refusal(
                visitor, f"You already have {self.per_client} computations under way; wait for one to end."
            )
        place = _Place(visitor, long)
        self._join(place)
        self._here[visitor] += 1
        try:
            await self._wait(place)
            if gone is not None and await self._left(place, gone):
                raise BusyError("Nobody waits for this answer any more.")
            running = asyncio.get_running_loop().run_in_executor(self._back if long else self._pool, work)
            running.add_done_callback(lambda done: self._leave(place, done))
            try:
                return await asyncio.wait_for(asyncio.shield(running), self.seconds)
            except TimeoutError:
                raise BusyError(f"The computation took more than {self.seconds:g} seconds; ask for less.") from None
        finally:
            self._here[visitor] -= 1
            if not self._here[visitor]:
                del self._here[visitor]

    def _join(self, place: _Place) -> None:
        """Take a place in the queue, another's where that is fairer. Raises `BusyError`."""
        if len(self._queue) >= self.waiting:
            here = Counter(one.visitor.address for one in self._queue)
            most = max(here, key=lambda address: here[address])
            if here[most] <= here[place.visitor.address] + 1:
                raise self._refusal(place.visitor, FULL)
            last = next(one for one in reversed(self._queue) if one.visitor.address == most)
            self._queue.remove(last)
            last.turn.set_exception(self._refusal(last.visitor, FULL))
        self._queue.append(place)
        self._serve()

    def _refusal(self, visitor: Visitor, why: str) -> BusyError:
        self._usage.add(visitor, REFUSAL)
        return BusyError(why)

    async def _wait(self, place: _Place) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(place.turn), self.seconds)
        except TimeoutError:
            self._give_up(place)
            raise BusyError(f"No place was free within {self.seconds:g} seconds; try again later.") from None
        except asyncio.CancelledError:
            self._give_up(place)
            raise

    async def _left(self, place: _Place, gone: Callable[[], Awaitable[bool]]) -> bool:
        try:
            left = await gone()
        except BaseException:
            self._give_up(place)
            raise
        if left:
            self._give_up(place)
        return left

    def _give_up(self, place: _Place) -> None:
        """Leave the queue, or hand on a turn that is not used."""
        if place in self._queue:
            self._queue.remove(place)
        elif place in self._running:
            self._running.remove(place)
            self._serve()

    def _serve(self) -> None:
        """Give the free places to those whose turn it is."""
        while len(self._running) < self.at_once:
            room_for_long = sum(one.long for one in self._running) < max(1, self.at_once - 1)
            ready = [one for one in self._queue if room_for_long or not one.long]
            if not ready:
                return
            place = min(ready, key=self._rank)  # of equals, the one that came first
            self._queue.remove(place)
            place.began = time.monotonic()
            self._running.append(place)
            place.turn.set_result(None)

    def _rank(self, place: _Place) -> tuple[float, float]:
        now, visitor = time.monotonic(), place.visitor
        address, client = self._usage.rank(visitor)
        for one in self._running:
            address += (now - one.began) * (one.visitor.address == visitor.address)
            client += (now - one.began) * (one.visitor == visitor)
        return address, client

    def _leave(self, place: _Place, done: asyncio.Future[T]) -> None:
        self._usage.add(place.visitor, time.monotonic() - place.began)
        self._running.remove(place)
        if not done.cancelled():
            done.exception()  # read it, so that an abandoned failure is not reported a second time
        self._serve()

    def close(self) -> None:
        """Let the running computations end and take no more."""
        for pool in (self._pool, self._back):
            pool.shutdown(wait=False, cancel_futures=True)
