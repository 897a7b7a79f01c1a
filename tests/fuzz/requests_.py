"""Requests to the server, drawn from its OpenAPI document and from what no document foresees."""

from __future__ import annotations

import asyncio
import atexit
import json
import tempfile
from functools import cache
from typing import Any

import documents
import httpx
import targets
from hypothesis import strategies as st
from kinds import Kind

HOSTILE_HEADERS = [
    ("Host", "evil.example"),
    ("Origin", "null"),
    ("X-Client", "\x00"),
    ("Content-Type", "text/plain"),
    ("Cookie", 'a="'),
    ("X-Forwarded-For", "1.2.3.4"),
]


@cache
def _app() -> Any:
    """The application on a database of its own, with nothing solved: what is fuzzed is what comes before."""
    from detente.errors import SolveError
    from detente.web.app import create_app
    from detente.web.settings import Settings
    from detente.web.solver import Solver

    def not_solved(self: Solver, *_: object, **__: object) -> None:
        raise SolveError("Nothing is solved while fuzzing.")

    Solver.answer = not_solved  # type: ignore[method-assign, assignment]
    folder = tempfile.mkdtemp(prefix="fuzz")
    app = create_app(Settings(f"sqlite:///{folder}/kept.db", warm=False, refusal_seconds=0))
    loop = asyncio.new_event_loop()
    life = app.router.lifespan_context(app)
    loop.run_until_complete(life.__aenter__())

    def end() -> None:
        loop.run_until_complete(life.__aexit__(None, None, None))
        loop.close()

    atexit.register(end)
    room = app.state.tools.room
    room._make = lambda setup: (_ for _ in ()).throw(SolveError("Nothing is solved while fuzzing."))
    return app, loop


def _from_schema(schema: dict[str, Any], all_: dict[str, Any], deep: int = 0) -> st.SearchStrategy[Any]:
    """Values near a JSON schema, as FastAPI writes them."""
    if "$ref" in schema:
        schema = all_[schema["$ref"].rsplit("/", 1)[1]]
    if deep > 6:
        return st.none()
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([_from_schema(one, all_, deep + 1) for one in schema[several]])
    match schema.get("type"):
        case "object":
            parts = {k: _from_schema(v, all_, deep + 1) for k, v in schema.get("properties", {}).items()}
            must = {k: parts.pop(k) for k in schema.get("required", []) if k in parts}
            return st.fixed_dictionaries(must, optional=parts)
        case "array":
            most = min(4, schema.get("maxItems", 4))
            return st.lists(
                _from_schema(schema.get("items", {}), all_, deep + 1),
                min_size=min(most, schema.get("minItems", 0)),
                max_size=most,
            )
        case "string":
            words = ["USA", "CAN", "steel", "2025-06-10", "latest", "none", "x", "7208", "talks"]
            return st.one_of(st.sampled_from(words), st.text(max_size=10))
        case "integer":
            return st.one_of(st.integers(1, 5), st.integers())
        case "number":
            return st.one_of(st.floats(0, 1), st.floats(), st.integers())
        case "boolean":
            return st.booleans()
    return st.one_of(st.none(), st.text(max_size=3), st.floats(0, 1))


#: In place of a part of a body, as it stands in the text.
RAW = [
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 5000,
    '"\\u0000"',
    '"\\ud800"',
    "[" * 2000,
    '{"a":1,"a":2}',
    "",
    "null",
    "010",
    '"\\u001b[2J"',
    "\xff",
]


@st.composite
def _requests(draw: st.DrawFn) -> dict[str, Any]:
    """Method, path, query, headers and body of a request."""
    document = _app()[0].openapi()
    schemas = document["components"]["schemas"]
    path = draw(st.sampled_from(sorted(document["paths"])))
    method = draw(st.sampled_from(sorted(document["paths"][path])))
    operation = document["paths"][path][method]
    query, made = {}, path
    for one in operation.get("parameters", []):
        value = draw(
            st.one_of(_from_schema(one["schema"], schemas), st.sampled_from(["\0", "..", "%00", "x" * 3000, "é"]))
        )
        if one["in"] == "path":
            made = made.replace(
                "{" + one["name"] + "}", httpx.URL("http://x/", params={"a": str(value)}).query[2:].decode() or "x"
            )
        elif draw(st.integers(0, 5)):
            query[one["name"]] = str(value)
    content = b""
    if body := operation.get("requestBody"):
        value = draw(_from_schema(body["content"]["application/json"]["schema"], schemas))
        value = draw(documents.damaged(value)) if draw(st.booleans()) else value
        text = json.dumps(value, default=str)
        if draw(st.integers(0, 4)) == 0:
            text = text.replace(
                draw(st.sampled_from(["null", '"USA"', "true", "0.0", "{"])), draw(st.sampled_from(RAW)), 1
            )
        content = text.encode("latin-1" if "\xff" in text else "utf-8", "replace")
        content = draw(documents.cut(content)) if draw(st.integers(0, 6)) == 0 else content
    headers = [("Content-Type", "application/json")] if content else []
    headers += draw(st.lists(st.sampled_from(HOSTILE_HEADERS), max_size=1)) if draw(st.integers(0, 8)) == 0 else []
    return {"method": method.upper(), "url": made, "params": query, "content": content, "headers": headers}


def _try_request(drawn: dict[str, Any]) -> bool:
    app, loop = _app()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(**drawn)

    with targets.judged():
        reply = loop.run_until_complete(ask())
    if reply.status_code >= 500 and "/health" not in str(reply.url):
        raise targets.Fault(f"{reply.status_code}: {reply.text[:500]}")
    if reply.headers.get("content-type", "").startswith("application/json"):
        json.loads(reply.text, parse_constant=targets._refuse_constant)
    if reply.status_code >= 400:
        if "error" not in reply.text or len(reply.text) > 3000:
            raise targets.Fault(f"no sentence: {reply.text[:500]!r}")
        return True
    return False


REQUESTS = {"requests": Kind(_requests, _try_request, share=3)}
