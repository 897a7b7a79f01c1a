"""Connections that are slow or many: they end in time, and whoever comes next is let in."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from functools import partial

import pytest
from serving import in_thread

pytest.importorskip("uvicorn", reason="the page needs the extra [web]")

from detente.web.connections import Door, Patience, PatientProtocol, room

QUICK = Patience(head=0.5, body=0.5, answer=0.5)
PATIENT = Patience(head=60, body=60, answer=60)
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-More:"


async def inner(scope, receive, send):
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if scope["path"] == "/slow":
        await asyncio.sleep(1.5)
    body = b"x" * (50_000_000 if scope["path"] == "/large" else 5)
    heads = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": heads})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def serving(**given) -> Iterator[tuple[Door, int]]:
    door = Door(**{"most": 100, "each": 20, "patience": PATIENT, **given})
    with in_thread(inner, http=partial(PatientProtocol, door), lifespan="off") as port:
        yield door, port


def connect(port: int, said: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), 30, (address, 0))
    made.sendall(said)
    return made


def told(one: socket.socket) -> bytes:
    """All that the server says until it closes; the status line is enough where it does not close."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while not found.endswith((b"xxxxx", b'"}')) and (more := one.recv(65536)):
            found += more
    return found


def settled(door: Door, count: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if door.here.total() == count:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("said", [b"", HALF, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"])
def test_a_request_that_does_not_arrive_is_given_up(said: bytes):
    with serving(patience=QUICK) as (door, port), connect(port, said) as one:
        assert b" 408 " in told(one)
        assert settled(door, 0)


def test_a_head_that_arrives_drop_by_drop_is_given_up_too():
    with serving(patience=QUICK) as (door, port), connect(port, b"GET / HTTP/1.1\r\n") as one:
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                one.sendall(b"x: y\r\n")
                time.sleep(0.02)
                if not door.here:
                    break
        assert settled(door, 0)


def test_an_answer_that_nobody_takes_is_given_up():
    with serving(patience=QUICK) as (door, port), connect(port, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"):
        assert settled(door, 1)
        assert settled(door, 0)


def test_requests_one_after_another_and_at_once_are_answered():
    with serving(patience=QUICK) as (_, port), connect(port) as one:
        for _ in range(5):
            one.sendall(WHOLE)
            assert told(one).startswith(b"HTTP/1.1 200")
        one.sendall(WHOLE + b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")  # the second takes longer than a head may
        time.sleep(2.5)
        assert one.recv(65536).count(b"HTTP/1.1 200") == 2


def test_an_address_holds_so_many_and_its_slowest_make_room_for_its_next():
    with serving(each=5) as (door, port), contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port, HALF, "127.0.0.2")) for _ in range(5)]
        assert settled(door, 5)
        with connect(port, WHOLE, "127.0.0.2") as more, connect(port, WHOLE, "127.0.0.3") as other:
            assert b" 408 " in told(slow[0])
            assert told(more).startswith(b"HTTP/1.1 200")
            assert told(other).startswith(b"HTTP/1.1 200")


def test_a_request_that_is_being_answered_is_never_dropped_for_another():
    with serving(each=1) as (door, port), connect(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") as first:
        assert settled(door, 1)
        time.sleep(0.2)
        with connect(port, WHOLE) as second:
            assert b" 503 " in told(second)
        assert told(first).startswith(b"HTTP/1.1 200")


def test_many_slow_connections_from_many_addresses_shut_nobody_out():
    with serving(most=100, each=20) as (door, port), contextlib.ExitStack() as stack:
        for k in range(300):
            stack.enter_context(connect(port, HALF, f"127.0.1.{1 + k % 30}"))
        assert settled(door, 100)
        for _ in range(10):
            with connect(port, WHOLE, "127.0.0.9") as honest:
                assert told(honest).startswith(b"HTTP/1.1 200")


def test_a_trusted_proxy_is_not_counted_as_one_visitor():
    with serving(each=2, proxies=["127.0.0.4"]) as (door, port), contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connect(port, HALF, "127.0.0.4"))
        assert settled(door, 10)


def test_the_limit_of_open_files_is_raised_where_it_may_be_and_respected():
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert room(10**9) <= (10**9 if hard == resource.RLIM_INFINITY else hard)
        assert room(50) == 50
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
