"""`detente serve` as a process of its own, for the tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


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
