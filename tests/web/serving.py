"""`detente serve` as a process of its own, for the tests."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def in_thread(app: Any, **options: Any) -> Iterator[int]:
    """An ASGI application served by a thread of this process; its port."""
    import uvicorn

    config = uvicorn.Config(app, port=0, ws="none", log_level="critical", timeout_graceful_shutdown=2, **options)
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


class Server:
    """`detente serve` as a process of its own."""

    def __init__(self, folder: Path, *options: str, database: str | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        arguments = ["--port", str(self.port), "--database", database or f"sqlite:///{folder / 'kept.db'}", *options]
        program = "from detente.cli import main; main()"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, "serve", *arguments], stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self, seconds: float = 240) -> Server:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as reply:
                    if b'"ready"' in reply.read():
                        return self
            except OSError:
                pass
            time.sleep(0.5)
        raise RuntimeError(f"the server did not become ready: {self.log.read_text()[-2000:]}")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)


def tariff_term(
    importer: str, exporter: str, sectors: list[str], upper: float = 0.6, threat: float | None = 0.5
) -> dict:
    """A term of a talks file: a tariff from 0 to `upper`."""
    kind = {"importer": importer, "exporter": exporter, "sectors": sectors, "range": [0, upper]}
    return {"track": "steel", "tariff": kind, **({} if threat is None else {"threat": threat})}


def table_of(*terms: dict, title: str = "x", **fields: Any) -> dict:
    """A talks file of the United States and Canada, as the page sends it."""
    threats = ["terms" if any("threat" in term for term in terms) else "status_quo"]
    return {"title": title, "parties": {"USA": {}, "CAN": {}}, "threats": threats, "terms": list(terms), **fields}
