"""`detente mcp`: the model as tools for other programs (Model Context Protocol), over stdio or HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli import app
from detente.errors import InputError


@app.command()
def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve http://127.0.0.1:PORT/mcp in the place of stdio.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port, with --http.")] = 8421,
) -> None:
    """Answer other programs: duty, rates, what if, jobs by place, best tariffs, a deal; typed, with units, ranges and sources."""
    try:
        from detente.agents.server import create_server, serve_http
    except ModuleNotFoundError as error:
        raise InputError(f"`detente mcp` needs {error.name}: install detente with the extra [mcp].") from None
    if http:
        serve_http("127.0.0.1", port)
        return
    create_server().run("stdio")
