"""What the person who starts the server decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


def default_database() -> str:
    """A SQLite file in the user's data folder."""
    folder = Path(platformdirs.user_data_dir("detente", appauthor=False))
    return f"sqlite:///{folder / 'negotiations.db'}"


@dataclass(frozen=True)
class Settings:
    """Limits and places of one server.

    `token`: what a browser must show (None: nothing). `hosts`: names the server answers to (None: any). `body`: largest
    request, bytes. `solves`: computations at once; `waiting`: requests that may wait for one; `per_client`: of them, from
    one client; `seconds`: longest wait and longest computation. `database_seconds`: longest wait for the database.
    `refusal_seconds`: how long a client that asks for too much waits to be told. `connections`: held at once;
    `per_address`: of them, by one address. `negotiations`, `entries`: most that are kept, in all and in each. `warm`:
    compile the model before the first request. `ledger`: files of measures on top of ours.
    """

    database: str
    token: str | None = None
    hosts: tuple[str, ...] | None = ("127.0.0.1", "localhost", "[::1]")
    body: int = 64 * 1024
    solves: int = 2
    waiting: int = 100
    per_client: int = 4
    seconds: float = 30.0
    database_seconds: float = 10.0
    refusal_seconds: float = 1.0
    connections: int = 800
    per_address: int = 64
    negotiations: int = 10_000
    entries: int = 1_000
    warm: bool = True
    ledger: tuple[Path, ...] = ()
