"""What every response carries and every request must pass: headers, host names, size, token."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

from detente.web.settings import Settings

COOKIE = "detente_token"
OPEN_PATHS = ("/health",)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Guard:
    """ASGI middleware: the outermost layer of the server."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                have = {name.lower() for name, _ in message["headers"]}
                extra = {"Cache-Control": "no-store" if scope["path"].startswith("/api") else "no-cache", **HEADERS}
                message["headers"] = [
                    *message["headers"],
                    *((k.lower().encode(), v.encode()) for k, v in extra.items() if k.lower().encode() not in have),
                ]
            await send(message)

        refused = self._refusal(scope, headers)
        if refused is None and self._shown(scope):
            await _redirect_with_cookie(scope, self.settings.token or "", send_with_headers)
        elif refused is not None:
            await _answer(*refused, send_with_headers)
        else:
            body = await _read(receive, self.settings.body)
            if body is None:
                problem = f"The request is larger than {self.settings.body // 1024} KB; send less."
                await _answer(413, problem, send_with_headers)
                return
            await self.app(scope, _replay(body, receive), send_with_headers)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if self.settings.hosts is not None and name.lower() not in self.settings.hosts:
            return 421, "This server does not answer to that host name; start it with --host to share it."
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _same_site(headers, host):
            return 403, "Changes are accepted from the server's own page only."
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.settings.body:
            return 413, f"The request is larger than {self.settings.body // 1024} KB; send less."
        if self.settings.token and scope["path"] not in OPEN_PATHS and not self._shown(scope):
            cookie = SimpleCookie(headers.get("cookie", ""))
            given = headers.get("authorization", "").removeprefix("Bearer ")
            given = given or (cookie[COOKIE].value if COOKIE in cookie else "")
            if not hmac.compare_digest(given.encode(), self.settings.token.encode()):
                return 401, "This server asks for a token: open the link that was printed when it started."
        return None

    def _shown(self, scope: Scope) -> bool:
        """Whether the address itself carries the token (the link printed at start)."""
        if not self.settings.token or scope["path"] != "/":
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return hmac.compare_digest(given.encode(), self.settings.token.encode())


def _same_site(headers: dict[str, str], host: str) -> bool:
    origin = headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == host


async def _read(receive: Receive, limit: int) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _answer(status: int, problem: str, send: Send) -> None:
    body = json.dumps({"error": problem}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _redirect_with_cookie(scope: Scope, token: str, send: Send) -> None:
    """Move the token from the address to a cookie that scripts cannot read."""
    query = {k: v for k, v in parse_qs(scope["query_string"].decode("latin-1")).items() if k != "token"}
    place = "/" + (f"?{urlencode(query, doseq=True)}" if query else "")
    cookie = f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
    headers = [(b"location", place.encode()), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
