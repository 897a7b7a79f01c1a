"""What every response carries and every request must pass: headers, host names, size, token."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes, urlencode

from detente.text import control_character
from detente.web import json_body
from detente.web.sessions import LASTS, Sessions
from detente.web.settings import Settings

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
        self.hosts = None if settings.hosts is None else {_plain_host(name) for name in settings.hosts}
        self.sessions = None if settings.token is None else Sessions(settings.token)

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
            await self._begin_session(scope, send_with_headers)
        elif refused is not None:
            await _answer(*refused, send_with_headers)
        else:
            body = await _read(receive, self.settings.body)
            if body is None:
                await _answer(413, self._too_large(), send_with_headers)
            elif problem := json_body.problem(body):
                await _answer(422, problem, send_with_headers)
            else:
                await self.app(scope, _replay(body, receive), send_with_headers)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = _plain_host(headers.get("host", ""))
        if self.hosts is not None and host not in self.hosts:
            return 421, "This server does not answer to that host name; start it with --name to share it under one."
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _same_site(headers):
            return 403, "Changes are accepted from the server's own page only."
        length = headers.get("content-length", "")
        if length.isdigit() and (len(length) > 18 or int(length) > self.settings.body):
            return 413, self._too_large()
        address = scope["path"] + "?" + scope["query_string"].decode("latin-1")
        if found := control_character(address) or _escaped_control(scope["query_string"]):
            return 400, f"The address holds the control character {found}; remove it."
        if self.sessions and scope["path"] not in OPEN_PATHS and not (self._shown(scope) or self._known(headers)):
            return 401, "This server asks for a token: open the link that was printed when it started."
        return None

    def _too_large(self) -> str:
        return f"The request is larger than {self.settings.body // 1024} KB; send less."

    def _known(self, headers: dict[str, str]) -> bool:
        """Whether a request carries the token, as programs send it, or a session, as browsers do."""
        assert self.sessions is not None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.sessions.is_token(given.strip(" \t").encode("latin-1"))
        pairs = (one.strip().partition("=") for one in headers.get("cookie", "").split(";"))
        return any(name == self.sessions.cookie and self.sessions.holds(value) for name, _, value in pairs)

    def _shown(self, scope: Scope) -> bool:
        """Whether the address itself carries the token (the link printed at start)."""
        if self.sessions is None or scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return self.sessions.is_token(given.encode("utf-8", "surrogateescape"))

    async def _begin_session(self, scope: Scope, send: Send) -> None:
        """Take the token out of the address; the browser keeps a session that scripts cannot read."""
        assert self.sessions is not None
        query = {k: v for k, v in parse_qs(scope["query_string"].decode("latin-1")).items() if k != "token"}
        place = "/" + (f"?{urlencode(query, doseq=True)}" if query else "")
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{self.sessions.cookie}={self.sessions.begin()}; HttpOnly; SameSite=Strict; Path=/; Max-Age={LASTS}{secure}"
        headers = [(b"location", place.encode()), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
        headers.append((b"cache-control", b"no-store"))
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _plain_host(host: str) -> str:
    """A host name as it is compared: without port, capitals and the dot of the root."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
    return name.lower().removesuffix(".")


def _same_site(headers: dict[str, str]) -> bool:
    origin = headers.get("origin")
    return origin is None or origin.split("://", 1)[-1].lower() == headers.get("host", "").lower()


def _escaped_control(query: bytes) -> str | None:
    """The first control character that a query holds as %00."""
    return control_character(unquote_to_bytes(query).decode("utf-8", "replace"))


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
