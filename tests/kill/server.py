"""Servers to be killed: each line on standard input begins another one on the same port, a copy of this process.

``python -m tests.kill.server DATABASE``. Everything but economics is real: routes, checks, the store and its threads. What would
be computed is left out, so that a server is there at once and time goes where something can be lost.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from types import SimpleNamespace
from typing import Any

import uvicorn

from detente.web import app as application
from detente.web.api import talks
from detente.web.connections import Door, PatientProtocol
from detente.web.settings import Settings
from detente.web.table_file import Pinned


class NoSolver:
    """In the place of the solver, whose accounts nobody asks for."""

    def __init__(self, *_: Any) -> None:
        self.ready, self.ledger = SimpleNamespace(is_set=lambda: True), None


class NoEconomics:
    """In the place of the negotiation service: every file is a case, every offer scores nothing."""

    def __init__(self, _: Any) -> None:
        return

    def pinned(self, file: Any) -> Pinned:
        """A negotiation that rests on nothing."""
        return Pinned(file, {})

    def case(self, file: Any) -> Any:
        """The case of a file."""
        return file

    def score(self, *_: Any) -> dict[str, Any]:
        """No scores."""
        return {}


def main(database: str) -> None:
    """Say the port, then begin a server for every line; its process number is said when it is begun."""
    application.Solver = NoSolver  # type: ignore[misc, assignment]
    talks._shown = lambda desk, kept, pinned, case: kept
    application.NegotiationService = NoEconomics  # type: ignore[misc, assignment]
    config = uvicorn.Config(None, port=0, log_level="critical")  # type: ignore[arg-type]
    listening = config.bind_socket()
    listening.listen(512)
    print(listening.getsockname()[1], flush=True)
    child = 0
    for _ in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            serve(database, listening)
            os._exit(0)
        print(child, flush=True)


def serve(database: str, listening: Any) -> None:
    """One server, until it is killed."""
    settings = Settings(database, warm=False, refusal_seconds=0, seconds=20)
    config = uvicorn.Config(
        application.create_app(settings),
        http=partial(PatientProtocol, Door(500, 500)),  # type: ignore[arg-type]
        ws="none",
        log_level="critical",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
