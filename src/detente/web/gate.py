"""`Gate`: so many computations at once, so many waiting, and no client takes all the places."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class BusyError(Exception):
    """The server has no place for this request now; the message says why and what to do."""


class Gate:
    """Runs computations in threads, `at_once` of them, in the order in which they came.

    A computation that outlives `seconds` keeps its place until it ends (a thread cannot be stopped), but its client is
    told at once. Raises `BusyError` when `waiting` requests, or `per_client` of one client, are already here.
    """

    def __init__(self, at_once: int, waiting: int, per_client: int, seconds: float) -> None:
        self.at_once, self.waiting, self.per_client, self.seconds = at_once, waiting, per_client, seconds
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="solve")
        self._slots = asyncio.Semaphore(at_once)
        self._here: Counter[str] = Counter()

    async def run(self, client: str, work: Callable[[], T]) -> T:
        """The result of `work`, once a place is free."""
        if self._here[client] >= self.per_client:
            raise BusyError(f"You already have {self.per_client} computations under way; wait for one to end.")
        if self._here.total() >= self.waiting + self.at_once:
            raise BusyError("The server is busy with other people's computations; try again in a few seconds.")
        self._here[client] += 1
        try:
            try:
                await asyncio.wait_for(self._slots.acquire(), self.seconds)
            except TimeoutError:
                raise BusyError(f"No place was free within {self.seconds:g} seconds; try again later.") from None
            running = asyncio.get_running_loop().run_in_executor(self._pool, work)
            running.add_done_callback(self._free)
            try:
                return await asyncio.wait_for(asyncio.shield(running), self.seconds)
            except TimeoutError:
                raise BusyError(f"The computation took more than {self.seconds:g} seconds; ask for less.") from None
        finally:
            self._here[client] -= 1
            if not self._here[client]:
                del self._here[client]

    def _free(self, running: asyncio.Future[T]) -> None:
        self._slots.release()
        if not running.cancelled():
            running.exception()  # read it, so that an abandoned failure is not reported a second time

    def close(self) -> None:
        """Let the running computations end and take no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
