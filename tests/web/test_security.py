"""What every request must pass and every response carries."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from detente.errors import InputError
from detente.web import json_body
from detente.web.security import Guard
from detente.web.sessions import LASTS, SHORTEST, Sessions, chosen_token, link
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
    assert ask("POST", "/", OPEN, content=b"1" * 1000).status_code == 200
    assert ask("POST", "/", OPEN, content=b"1" * 1001).status_code == 413

    async def pieces():
        for _ in range(5):
            yield b"1" * 300

    assert ask("POST", "/", OPEN, content=pieces()).status_code == 413


def test_other_host_names_and_other_sites_are_refused():
    assert ask("GET", "/", OPEN, headers={"Host": "evil.example"}).status_code == 421
    assert ask("GET", "/", OPEN, headers={"Host": "127.0.0.1:8420"}).status_code == 200
    for name in ("LOCALHOST", "LOCALHOST:8420", "localhost.", "[::1]", "[::1]:8420"):
        assert ask("GET", "/", OPEN, headers={"Host": name}).status_code == 200
    named = Settings(database="sqlite://", hosts=("Trade.Example.CA",))
    assert ask("GET", "/", named, headers={"Host": "trade.example.ca"}).status_code == 200
    assert ask("POST", "/", OPEN, headers={"Host": "LOCALHOST:1", "Origin": "http://localhost:1"}).status_code == 200
    assert ask("POST", "/", OPEN, headers={"Origin": "https://evil.example"}).status_code == 403
    assert ask("POST", "/", OPEN, headers={"Origin": "http://localhost:8420"}).status_code == 200
    assert ask("POST", "/", OPEN, headers={"Origin": "null"}).status_code == 403


def test_a_token_is_asked_for_everywhere_but_health():
    for path in ("/", "/api/whatif", "/app.js", "/text/en.json"):
        assert ask("GET", path, CLOSED).status_code == 401
        assert ask("GET", path, CLOSED, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert ask("GET", path, CLOSED, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert ask("GET", "/health", CLOSED).status_code == 200
    assert ask("GET", f"/api/whatif?token={TOKEN}", CLOSED).status_code == 401


@pytest.mark.parametrize("token", [TOKEN, "with+and/and=and&and#and;", "deux mots accentués é à", "ünïcödé-λόγος-12"])
def test_the_printed_link_opens_a_session_whatever_the_token_is_made_of(token: str):
    closed = Settings(database="sqlite://", token=token)
    printed = link("http://localhost:8420/", token)
    assert all(33 <= ord(letter) < 127 for letter in printed)
    reply = ask("GET", f"{printed}&view=law", closed)
    assert (reply.status_code, reply.headers["location"]) == (303, "/?view=law")
    cookie = reply.headers["set-cookie"]
    assert token not in cookie
    assert "HttpOnly; SameSite=Strict; Path=/" in cookie
    assert reply.headers["cache-control"] == "no-store"
    kept = cookie.split(";")[0]
    assert ask("GET", "/api/x", closed, headers={"Cookie": f'odd="; x=1; {kept}; y'}).status_code == 200
    assert ask("GET", "/api/x", closed, headers={"Cookie": kept[:-1]}).status_code == 401
    assert ask("GET", "/api/x", closed, headers={"Authorization": f"bearer {token}".encode()}).status_code == 200


def test_a_session_outlives_the_server_and_ends_with_its_day_or_its_token(monkeypatch):
    value = Sessions(TOKEN).begin()
    assert Sessions(TOKEN).holds(value)
    assert not Sessions(TOKEN + "x").holds(value)
    name, day, signature = value.split(".")
    for other in ("", ".", "..", "é.1.é", f"{name}.{int(day) + 1}.{signature}", f"x{value}", f"{name}..{signature}"):
        assert not Sessions(TOKEN).holds(other)
    monkeypatch.setattr("detente.web.sessions.time.time", lambda: float(day))
    assert not Sessions(TOKEN).holds(value)
    assert Sessions(TOKEN).cookie != Sessions(TOKEN + "x").cookie  # two servers on one computer do not end each other's
    assert LASTS > 0


def test_a_session_goes_over_encrypted_connections_only_where_it_came_over_one():
    assert "Secure" in ask("GET", f"https://localhost/?token={TOKEN}", CLOSED).headers["set-cookie"]
    assert "Secure" not in ask("GET", f"/?token={TOKEN}", CLOSED).headers["set-cookie"]


def test_a_token_is_chosen_well_or_refused():
    made = {chosen_token("auto") for _ in range(20)}
    assert len(made) == 20
    assert all(token is not None and len(token) >= 2 * SHORTEST for token in made)
    assert chosen_token(None) is None
    for bad in ("short", "a\nline-end-inside", "a\0nul-inside-of-it", " a-space-in-front", "half a pair \ud800"):
        with pytest.raises(InputError):
            chosen_token(bad)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb'{"title": "a\u0000b"}', "control character U+0000"),
        (rb'{"a": {"note": ["x", ["\u001b[2J"]]}}', "control character U+001B"),
        (rb'{"half \ud800": 1}', "control character U+D800"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": [-Infinity]}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "not JSON"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b"[" * 50_000, "nested too deep"),
        (b"a=1", "not JSON"),
    ],
)
def test_a_body_means_one_thing_to_everybody_or_is_refused(body: bytes, said: str):
    reply = ask("POST", "/", Settings(database="sqlite://"), content=body)
    assert reply.status_code == 422
    assert said in reply.json()["error"]
    assert len(reply.text) < 500
    assert json_body.problem('{"note": "two\\nlines, é, \\t, 1e3", "a": [1e3, null]}'.encode()) is None


@pytest.mark.parametrize("address", ["/%00", "/api/x?a=%00", "/api/x?%1b=1", "/a%1bb", "/x?a=%C2%9B"])
def test_an_address_holds_no_control_characters(address: str):
    assert ask("GET", address, OPEN).status_code == 400
    assert ask("GET", "/x?y=%C3%A9%20%26", OPEN).status_code == 200


@pytest.mark.parametrize("length", ["nonsense", "-5", "99999999999999999999", "9" * 5000])
def test_a_strange_length_is_no_failure(length: str):
    assert ask("POST", "/", OPEN, content=b"1", headers={"Content-Length": length}).status_code in (200, 413)
