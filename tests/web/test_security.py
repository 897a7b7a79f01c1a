"""What every request must pass and every response carries; who may take how much."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest

from detente.web.gate import BusyError, Gate
from detente.web.security import COOKIE, Guard
from detente.web.settings import Settings

TOKEN = "a-token-of-some-length"


async def _inner(scope, receive, send):
    body = (await receive()).get("body", b"")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


def ask(method: str, path: str, settings: Settings, **options) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=Guard(_inner, settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8420") as client:
            return await client.request(method, path, **options)

    return asyncio.run(go())


OPEN = Settings(database="sqlite://", body=1000)
CLOSED = Settings(database="sqlite://", token=TOKEN)


def test_every_response_carries_the_security_headers():
    headers = ask("GET", "/", OPEN).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert ask("GET", "/api/x", OPEN).headers["cache-control"] == "no-store"


def test_requests_that_are_too_large_are_refused_declared_or_not():
    assert ask("POST", "/", OPEN, content=b"x" * 1000).status_code == 200
    assert ask("POST", "/", OPEN, content=b"x" * 1001).status_code == 413

    async def pieces():
        for _ in range(5):
            yield b"x" * 300

    assert ask("POST", "/", OPEN, content=pieces()).status_code == 413


def test_other_host_names_and_other_sites_are_refused():
    assert ask("GET", "/", OPEN, headers={"Host": "evil.example"}).status_code == 421
    assert ask("GET", "/", OPEN, headers={"Host": "127.0.0.1:8420"}).status_code == 200
    assert ask("GET", "/", OPEN, headers={"Host": "LOCALHOST:8420"}).status_code == 200
    assert ask("POST", "/", OPEN, headers={"Origin": "https://evil.example"}).status_code == 403
    assert ask("POST", "/", OPEN, headers={"Origin": "http://localhost:8420"}).status_code == 200
    assert ask("POST", "/", OPEN, headers={"Origin": "null"}).status_code == 403


def test_a_token_is_asked_for_everywhere_but_health():
    for path in ("/", "/api/whatif", "/app.js", "/text/en.json"):
        assert ask("GET", path, CLOSED).status_code == 401
        assert ask("GET", path, CLOSED, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert ask("GET", path, CLOSED, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert ask("GET", path, CLOSED, headers={"Cookie": f"{COOKIE}={TOKEN}"}).status_code == 200
    assert ask("GET", "/health", CLOSED).status_code == 200
    assert ask("GET", f"/api/whatif?token={TOKEN}", CLOSED).status_code == 401


def test_the_printed_link_moves_the_token_into_a_cookie_that_scripts_cannot_read():
    reply = ask("GET", f"/?token={TOKEN}&view=law", CLOSED)
    assert reply.status_code == 303
    assert reply.headers["location"] == "/?view=law"
    cookie = reply.headers["set-cookie"]
    assert TOKEN in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize("length", ["nonsense", "-5", "99999999999999999999"])
def test_a_strange_length_is_no_failure(length: str):
    assert ask("POST", "/", OPEN, content=b"x", headers={"Content-Length": length}).status_code in (200, 413)


def test_one_client_cannot_take_all_the_places():
    async def go() -> None:
        gate, release = Gate(at_once=1, waiting=10, per_client=2, seconds=20), threading.Event()
        first = asyncio.create_task(gate.run("a", release.wait))
        second = asyncio.create_task(gate.run("a", lambda: "second"))
        await asyncio.sleep(0.05)
        with pytest.raises(BusyError, match="already have 2"):
            await gate.run("a", lambda: None)
        other = asyncio.create_task(gate.run("b", lambda: "other"))
        await asyncio.sleep(0.05)
        release.set()
        assert await asyncio.gather(first, second, other) == [True, "second", "other"]
        assert await gate.run("a", lambda: "again") == "again"
        gate.close()

    asyncio.run(go())


def test_a_long_computation_is_given_up_and_keeps_its_place_until_it_ends():
    async def go() -> None:
        gate, release = Gate(at_once=1, waiting=10, per_client=3, seconds=0.2), threading.Event()
        with pytest.raises(BusyError, match="took more than"):
            await gate.run("a", lambda: release.wait(30))
        with pytest.raises(BusyError, match="No place was free"):
            await gate.run("b", lambda: None)
        release.set()
        await asyncio.sleep(0.1)
        assert await gate.run("b", lambda: "free") == "free"
        gate.close()

    asyncio.run(go())


def test_the_queue_has_an_end():
    async def go() -> None:
        gate, release = Gate(at_once=1, waiting=1, per_client=5, seconds=20), threading.Event()
        held = [asyncio.create_task(gate.run(name, release.wait)) for name in ("a", "b")]
        await asyncio.sleep(0.05)
        with pytest.raises(BusyError, match="busy with other"):
            await gate.run("c", lambda: None)
        release.set()
        await asyncio.gather(*held)
        gate.close()

    asyncio.run(go())


def test_a_failure_is_the_callers_and_frees_the_place():
    async def go() -> None:
        gate = Gate(at_once=1, waiting=1, per_client=1, seconds=5)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await gate.run("a", lambda: 1 / 0)
        gate.close()

    asyncio.run(go())
