"""Work that takes longer than a request: begun once, watched, stopped."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from detente.errors import DetenteError
from detente.web.gate import BusyError

MOST_WAITING = 8
#: Under way for one client.
MOST_EACH = 3
MOST_KEPT = 24
#: Seconds of recent work from which the time left is estimated.
RECENT = 15.0


class StoppedError(Exception):
    """The work was asked to stop."""


class Job:
    """One piece of work. It `tell`s how far it is; `solved` counts the equilibria behind it."""

    def __init__(self, client: str) -> None:
        self.client, self.name = client, secrets.token_urlsafe(9)
        self.stage, self.done, self.solved = "begins", 0.0, 0
        self.span = (0.0, 1.0, 0)  # of the stage: shares of the work, and `solved` when it began
        self.began: float | None = None
        self._pace: deque[tuple[float, float]] = deque(maxlen=500)  # when, and how much was done
        self.stopped = threading.Event()
        self.future: Future[Any] | None = None

    def tell(self, stage: str, done: float) -> None:
        """The stage begun and the share of all the work that is done. Raises `StoppedError` when asked to stop."""
        self.stage, self.done = stage, max(self.done, min(done, 1.0))
        self._pace.append((time.monotonic(), self.done))
        self.check()

    def step(self) -> None:
        """One more equilibrium is asked for. Raises `StoppedError` when asked to stop."""
        self.solved += 1
        self.check()

    def check(self) -> None:
        """Raises `StoppedError` when asked to stop."""
        if self.stopped.is_set():
            raise StoppedError

    def status(self) -> dict[str, Any]:
        """`state`: waiting, running, done (with `result`), failed (with `error`) or stopped; seconds spent and left."""
        assert self.future is not None
        shown: dict[str, Any] = {
            "job": self.name,
            "stage": self.stage,
            "done": round(self.done, 3),
            "solved": self.solved,
        }
        if self.future.cancelled() or self.stopped.is_set():
            return {**shown, "state": "stopped"}
        if not self.future.done():
            if self.began is None:
                return {**shown, "state": "waiting"}
            spent = time.monotonic() - self.began
            return {**shown, "state": "running", "seconds": round(spent, 1), "left_s": self._left()}
        problem = self.future.exception()
        if problem is None:
            return {**shown, "state": "done", "result": self.future.result()}
        if isinstance(problem, DetenteError):
            return {**shown, "state": "failed", "error": str(problem)}
        raise problem

    def _left(self) -> int | None:
        """Seconds left at the pace of late; None while nothing can be told from it."""
        now = time.monotonic()
        recent = [(when, done) for when, done in list(self._pace) if when > now - RECENT]
        if len(recent) < 3 or recent[-1][1] <= recent[0][1] or now - recent[0][0] < 1:
            return None
        return round((1 - self.done) * (now - recent[0][0]) / (recent[-1][1] - recent[0][1]))


class Jobs:
    """Jobs by what they are about (`key`, so that the same work is not done twice) and by name. One runs in each lane."""

    def __init__(self, *lanes: str) -> None:
        self._pools = {lane: ThreadPoolExecutor(1, thread_name_prefix=lane) for lane in lanes}
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()

    def ask(self, client: str, lane: str, key: Hashable, work: Callable[[Job], Any]) -> dict[str, Any]:
        """Where the work about `key` stands; it is begun if it is not under way. Raises `BusyError`."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.stopped.is_set() or _failed(job):
                self._make_room(client)
                job = self._jobs[key] = Job(client)
                job.future = self._pools[lane].submit(_run, job, work)
        return job.status()

    def find(self, name: str) -> Job | None:
        """The job of that name."""
        with self._lock:
            return next((job for job in self._jobs.values() if job.name == name), None)

    def stop(self, name: str) -> dict[str, Any] | None:
        """Ask a job to stop; it ends at its next step. None when there is none of that name."""
        job = self.find(name)
        if job is None:
            return None
        assert job.future is not None
        if not job.future.done():
            job.stopped.set()
            job.future.cancel()
        return job.status()

    def close(self) -> None:
        """Stop everything and take no more."""
        with self._lock:
            for job in self._jobs.values():
                job.stopped.set()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _make_room(self, client: str) -> None:
        under_way = [job for job in self._jobs.values() if job.future is not None and not job.future.done()]
        if sum(job.client == client for job in under_way) >= MOST_EACH:
            raise BusyError(f"You already have {MOST_EACH} pieces of work under way; wait for one to end, or stop it.")
        if len(under_way) >= MOST_WAITING:
            raise BusyError("The server is working on other people's requests; ask again in a minute.")
        for key in [key for key, job in self._jobs.items() if job not in under_way][: -(MOST_KEPT - 1) or None]:
            del self._jobs[key]


def _failed(job: Job) -> bool:
    return job.future is not None and job.future.done() and job.future.exception() is not None


def _run(job: Job, work: Callable[[Job], Any]) -> Any:
    job.check()
    job.began = time.monotonic()
    return work(job)
