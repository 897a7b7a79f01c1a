"""Whether the server can answer, found without making anybody wait: a write and a read, watched from the outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

#: Seconds for which an answer stands, and after which the database is called slow.
FRESH, LIMIT = 1.0, 1.0


class Heartbeat:
    """Asks for one `beat` at a time, in a thread of its own, however many want to know."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._running: asyncio.Future[None] | None = None
        self._last = ("", float("-inf"))

    async def database(self) -> str:
        """`writable`, `slow` (no answer within a second) or `unreachable`."""
        state, when = self._last
        if time.monotonic() - when < FRESH:
            return state
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().run_in_executor(self._pool, self._beat)
        try:
            await asyncio.wait_for(asyncio.shield(self._running), LIMIT)
        except TimeoutError:
            state = "slow"
        except Exception:  # whatever it was, the store has logged it
            state = "unreachable"
        else:
            state = "writable"
        self._last = (state, time.monotonic())
        return state

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
