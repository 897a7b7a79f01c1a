"""Work that takes longer than a request: begun once, watched, stopped."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from detente.errors import DetenteError
from detente.web.gate import BusyError, stand_back
from detente.web.visitors import Usage, Visitor

MOST_WAITING = 8
#: Under way for one client.
MOST_EACH = 3
MOST_KEPT = 24
#: Seconds that a job has to come to its next step when the server ends.
ENDING = 5.0
#: Seconds of recent work from which the time left is estimated.
RECENT = 15.0


class StoppedError(Exception):
    """The work was asked to stop."""


class Job:
    """One piece of work. It `tell`s how far it is; `solved` counts the equilibria behind it."""

    def __init__(self, visitor: Visitor, lane: str, work: Callable[[Job], Any]) -> None:
        self.visitor, self.lane, self.work = visitor, lane, work
        self.name = secrets.token_urlsafe(9)
        self.stage, self.done, self.solved = "begins", 0.0, 0
        self.span = (0.0, 1.0, 0)  # of the stage: shares of the work, and `solved` when it began
        self.began: float | None = None
        self._pace: deque[tuple[float, float]] = deque(maxlen=500)  # when, and how much was done
        self.stopped = threading.Event()
        self.future: Future[Any] = Future()

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
    """Jobs by what they are about (`key`, so that the same work is not done twice) and by name. One runs in each lane.

    The next in a lane is that of whoever had least of late. Where all places are taken, the newest waiting job of the
    address that has most gives way to an address that has fewer.
    """

    def __init__(self, *lanes: str) -> None:
        self._jobs: dict[Hashable, Job] = {}
        self._usage = Usage()
        self._lock = threading.Lock()
        self._more = threading.Condition(self._lock)
        self._closed = False
        self._lanes = [threading.Thread(target=self._work, args=(lane,), name=lane, daemon=True) for lane in lanes]
        for thread in self._lanes:
            thread.start()

    def ask(self, visitor: Visitor, lane: str, key: Hashable, work: Callable[[Job], Any]) -> dict[str, Any]:
        """Where the work about `key` stands; it is begun if it is not under way. Raises `BusyError`."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.stopped.is_set() or _failed(job):
                self._make_room(visitor)
                job = self._jobs[key] = Job(visitor, lane, work)
                self._more.notify_all()
        return job.status()

    def find(self, name: str) -> Job | None:
        """The job of that name."""
        with self._lock:
            return next((job for job in self._jobs.values() if job.name == name), None)

    def result(self, key: Hashable) -> Any:
        """What the work about `key` came to; None where it is not done."""
        with self._lock:
            job = self._jobs.get(key)
        done = job is not None and job.future is not None and job.future.done() and not job.future.cancelled()
        return job.future.result() if done and job is not None and job.future is not None and not _failed(job) else None

    def stop(self, name: str) -> dict[str, Any] | None:
        """Ask a job to stop; it ends at its next step. None when there is none of that name."""
        job = self.find(name)
        if job is None:
            return None
        _stop(job)
        return job.status()

    def close(self) -> None:
        """Stop everything, each at its next step, and take no more."""
        with self._lock:
            self._closed = True
            for job in self._jobs.values():
                _stop(job)
            self._more.notify_all()
        for thread in self._lanes:
            thread.join(ENDING)

    def _work(self, lane: str) -> None:
        """Do the jobs of a lane, one after another."""
        stand_back()
        while True:
            with self._lock:
                while not self._closed and not (waiting := self._waiting(lane)):
                    self._more.wait()
                if self._closed:
                    return
                job = min(waiting, key=lambda one: self._usage.rank(one.visitor))
                job.began = began = time.monotonic()
                if not job.future.set_running_or_notify_cancel():
                    continue
            try:
                job.check()
                result = job.work(job)
            except BaseException as error:
                job.future.set_exception(error)
            else:
                job.future.set_result(result)
            with self._lock:
                self._usage.add(job.visitor, time.monotonic() - began)

    def _waiting(self, lane: str | None = None) -> list[Job]:
        waiting = (job for job in self._jobs.values() if job.began is None and not job.future.cancelled())
        return [job for job in waiting if lane in (None, job.lane)]

    def _make_room(self, visitor: Visitor) -> None:
        under_way = [job for job in self._jobs.values() if not job.future.done()]
        if sum(job.visitor == visitor for job in under_way) >= MOST_EACH:
            raise BusyError(f"You already have {MOST_EACH} pieces of work under way; wait for one to end, or stop it.")
        if len(under_way) >= MOST_WAITING:
            here = Counter(job.visitor.address for job in under_way)
            last = max(self._waiting(), key=lambda job: here[job.visitor.address], default=None)
            if last is None or here[last.visitor.address] <= here[visitor.address] + 1:
                raise BusyError("The server is working on other people's requests; ask again in a minute.")
            _stop([job for job in self._waiting() if job.visitor.address == last.visitor.address][-1])
        for key in [key for key, job in self._jobs.items() if job.future.done()][: -(MOST_KEPT - 1) or None]:
            del self._jobs[key]


def _failed(job: Job) -> bool:
    return job.future.done() and (job.future.cancelled() or job.future.exception() is not None)


def _stop(job: Job) -> None:
    if not job.future.done():
        job.stopped.set()
        job.future.cancel()
