"""Connections that take too long or too many: time limits on heads, bodies and readers, and room for whoever comes next.

uvicorn waits for the end of a request as long as somebody likes. Here a request has seconds to arrive, an answer has
seconds to be taken, an address holds so many connections, and when all places are taken the connection that has
waited longest without a whole request makes room. A proxy in front is trusted to keep such limits itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from detente.web.visitors import counted


def _last_words(status: str, sentence: str) -> bytes:
    body = json.dumps({"error": sentence})
    heads = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\nretry-after: 5"
    return f"HTTP/1.1 {status}\r\n{heads}\r\n\r\n{body}".encode()


TOO_SLOW = _last_words("408 Request Timeout", "The request took too long to arrive; send it again.")
NO_ROOM = _last_words("503 Service Unavailable", "There are too many connections from this address; close some.")


def room(wanted: int, spare: int = 100) -> int:
    """How many connections the system lets the server hold, up to `wanted`, with `spare` files for everything else."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows, whose limit is far away
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted + spare:
        soft = wanted + spare if hard == resource.RLIM_INFINITY else min(hard, wanted + spare)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wanted if limit == resource.RLIM_INFINITY else max(1, min(wanted, limit - spare))


@dataclass(frozen=True)
class Patience:
    """Seconds for the head of a request, for its body, and for an answer that is not taken."""

    head: float = 10.0
    body: float = 20.0
    answer: float = 30.0


class Door:
    """The connections of a server. `most` in all, `each` of an address; addresses in `proxies` are not counted."""

    def __init__(self, most: int, each: int, proxies: Collection[str] = (), patience: Patience | None = None) -> None:
        self.most, self.each, self.patience = most, each, patience or Patience()
        self.proxies = frozenset(counted((proxy,)) for proxy in proxies)
        self.here: Counter[str] = Counter()
        #: Those without a whole request, the one that waits longest first.
        self.waiting: dict[PatientProtocol, None] = {}

    def enter(self, one: PatientProtocol) -> bool:
        """Count a connection in; False where there is no room and none can be made."""
        full = one.address not in self.proxies and self.here[one.address] >= self.each
        if full or self.here.total() >= self.most:
            slowest = next((other for other in self.waiting if not full or other.address == one.address), None)
            if slowest is None:
                return False
            slowest.drop(TOO_SLOW)
        self.here[one.address] += 1
        self.waiting[one] = None
        return True

    def leave(self, one: PatientProtocol) -> None:
        """Count a connection out."""
        self.waiting.pop(one, None)
        self.here[one.address] -= 1
        if self.here[one.address] <= 0:
            del self.here[one.address]


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with the limits of a `Door`."""

    def __init__(self, door: Door, **given: Any) -> None:
        super().__init__(**given)
        self.door, self.address, self.inside = door, "", False
        self._phase = ""
        self._limit: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Count the connection, or refuse it."""
        super().connection_made(transport)
        self.address = counted(transport.get_extra_info("peername"))
        self.inside = self.door.enter(self)
        if self.inside:
            self._watch()
        else:
            self.drop(NO_ROOM)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As uvicorn, unless the connection is being closed."""
        if self.inside:
            super().data_received(data)
            self._watch()

    def on_response_complete(self) -> None:
        """As uvicorn; then the next request has its seconds."""
        super().on_response_complete()
        if self.inside:
            self._watch(anew=True)

    def pause_writing(self) -> None:
        """The other side does not read: it has seconds to begin."""
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(self.door.patience.answer, self.transport.abort)

    def resume_writing(self) -> None:
        """The other side reads again."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that asks for nothing more, also where the last answer is not taken."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.door.patience.answer, self.transport.abort)

    def drop(self, reason: bytes) -> None:
        """Say why and close."""
        self._leave()
        with contextlib.suppress(OSError):
            self.transport.write(reason)
        self.transport.close()
        self.loop.call_later(self.door.patience.answer, self.transport.abort)

    def _watch(self, anew: bool = False) -> None:
        """Set the limit of what is waited for now; time that a phase has spent counts until it ends."""
        state = self.conn.their_state
        phase = {h11.IDLE: "head", h11.SEND_BODY: "body"}.get(state, "answer")
        if phase == self._phase and not anew:
            return
        self._phase = phase
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        self.door.waiting.pop(self, None)
        if phase != "answer":
            self.door.waiting[self] = None
            seconds = getattr(self.door.patience, phase)
            self._limit = self.loop.call_later(seconds, self.drop, TOO_SLOW)

    def _leave(self) -> None:
        if self.inside:
            self.inside = False
            self.door.leave(self)
        for timer in (self._limit, self._stalled):
            if timer is not None:
                timer.cancel()
