"""`detente serve`: the negotiating table in a browser."""

from __future__ import annotations

import ipaddress
import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from detente import text
from detente.cli import app
from detente.cli.ledger import Files, ledger_of
from detente.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; the default is this computer only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8420,
    database: Annotated[
        str | None, typer.Option(help="Where negotiations are kept: sqlite:///FILE or postgresql://USER@HOST/NAME.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="DETENTE_TOKEN",
            help="Ask visitors for this token (12 characters or more), or for a new one that is printed (auto).",
        ),
    ] = None,
    solves: Annotated[int, typer.Option(min=1, max=64, help="Computations at once.")] = 2,
    seconds: Annotated[float, typer.Option(min=1, help="Longest computation for one request.")] = 30.0,
    ledger: Files = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="Host name under which people reach the server; may be repeated.")
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="Address of a proxy in front, whose word on who asks is taken; may be repeated."),
    ] = None,
    backup: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Copy the negotiations of a server, which may be running, to this file, and end."
        ),
    ] = None,
) -> None:
    """Open the page, the JSON API (/api/openapi.json) and the stored negotiations, all in one process."""
    try:
        import uvicorn

        from detente.web.app import create_app
        from detente.web.connections import Door, PatientProtocol, room
    except ModuleNotFoundError as error:
        raise InputError(f"`detente serve` needs {error.name}: install detente with the extra [web].") from None
    from detente.web.sessions import chosen_token, link
    from detente.web.settings import Settings, default_database

    database = default_database() if database is None else database
    if backup is not None:
        from detente.web.backup import back_up

        print(f"Copied {back_up(database, backup)} negotiations to {text.named(backup)}")
        return
    token, proxies = chosen_token(token), [_address(one) for one in proxy or ()]
    names = ("127.0.0.1", "localhost", "[::1]", *(name or ()))
    settings = Settings(
        database=database,
        token=token,
        hosts=names if host in LOOPBACK or name else None,
        solves=solves,
        seconds=seconds,
        ledger=tuple(file.absolute() for file in ledger or ()),
    )
    ledger_of(ledger)  # complain before anything begins to compile
    door = Door(room(settings.connections), settings.per_address, proxies)
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        http=partial(PatientProtocol, door),  # type: ignore[arg-type]  # it is only called
        ws="none",
        log_level="warning",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=5,
        access_log=False,
    )
    try:
        bound = config.bind_socket()  # before anything begins to compile
    except SystemExit:
        raise InputError(f"The server could not start on {host}:{port}; choose another --port.") from None
    port = bound.getsockname()[1]  # the one that was free, for 0
    local = f"http://{'[' + host + ']' if ':' in host else host}:{port}/"
    shown = link(f"https://{name[0]}/" if proxies and name else local, token)
    print(f"Détente is at {shown} (Ctrl+C ends it)", flush=True)
    if host not in LOOPBACK and token is None:
        print("warning: anybody who can reach this address may use it; give --token auto to ask for one.", flush=True)
    for ending in (signal.SIGINT, signal.SIGTERM):  # both end it the same way, also where a parent ignores one
        signal.signal(ending, signal.default_int_handler)
    try:
        uvicorn.Server(config).run(sockets=[bound])
    except KeyboardInterrupt:  # uvicorn raises the signal again when everything is closed
        print("Détente has ended.", flush=True)
    if any(thread.daemon and thread.is_alive() for thread in threading.enumerate()):
        os._exit(0)  # a computation cannot be interrupted, and the interpreter must not pull the ground from under it


def _address(given: str) -> str:
    """The address of a proxy as it is compared. Raises `InputError`."""
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        raise InputError(f"--proxy {text.shown(given)} is not an address; give one such as 127.0.0.1.") from None
