"""Writers, and the one who kills the server under them; what was acknowledged must be there afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import httpx

TARIFF = {"importer": "USA", "exporter": "CAN", "sectors": ["steel"], "range": [0, 0.5]}
TABLE = {"title": "x", "parties": {"USA": {}, "CAN": {}}, "terms": [{"track": "a", "tariff": TARIFF}]}
WRITERS = 3


@dataclass
class Outcome:
    """`kills` of the server; offers `acknowledged` to their writers; of them `lost`; offers `kept` in all."""

    kills: int = 0
    acknowledged: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    kept: int = 0
    faults: list[str] = field(default_factory=list)


class Siege:
    """A server that is killed `kills` times, at times drawn from `seed`, while writers make offers through HTTP."""

    def __init__(self, database: str, kills: int, seed: int) -> None:
        self.kills, self.dice, self.outcome = kills, random.Random(seed), Outcome()
        command = [sys.executable, "-m", "tests.kill.server", database]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.url = f"http://127.0.0.1:{self._said()}"
        self.over = threading.Event()

    def _said(self) -> int:
        assert self.process.stdout is not None
        if not (line := self.process.stdout.readline()):
            raise RuntimeError("the server's process ended")
        return int(line)

    def _begin(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write("begin\n")
        self.process.stdin.flush()
        return self._said()

    def run(self) -> Outcome:
        """Kill, begin again and read, until the kills are used up."""
        child = self._begin()
        try:
            name = self._ask("POST", "/api/talks", json=TABLE).json()["id"]
            writers = [threading.Thread(target=self._write, args=(name, k)) for k in range(WRITERS)]
            for writer in writers:
                writer.start()
            while self.outcome.kills < self.kills:
                before, end = len(self.outcome.acknowledged), time.monotonic() + 30
                while len(self.outcome.acknowledged) == before and time.monotonic() < end:
                    time.sleep(0.002)
                time.sleep(self.dice.uniform(0, 0.1))
                os.kill(child, signal.SIGKILL)
                self.outcome.kills += 1
                told = list(self.outcome.acknowledged)
                child = self._begin()
                self._check(name, told)
            self.over.set()
            for writer in writers:
                writer.join()
            self._check(name, list(self.outcome.acknowledged))
        finally:
            self.over.set()
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(30)
            assert self.process.stdout is not None
            self.process.stdout.close()
        return self.outcome

    def _ask(self, method: str, path: str, **options: object) -> httpx.Response:
        """An answer, however often the server is killed meanwhile; not for what must not be sent twice."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                return httpx.request(method, self.url + path, timeout=20, **options)  # type: ignore[arg-type]
            time.sleep(0.01)

    def _write(self, name: str, k: int) -> None:
        """Make offers with notes of their own, and remember those that were acknowledged."""
        number = 0
        with httpx.Client(base_url=self.url, timeout=20) as client:
            while not self.over.is_set():
                number += 1
                note = f"{k}/{number}"
                try:
                    version = client.get(f"/api/talks/{name}").json()["version"]
                    body = {"version": version, "side": "CAN", "values": [0.1], "note": note}
                    reply = client.post(f"/api/talks/{name}/offers", json=body)
                except httpx.TransportError:
                    continue  # whether it was kept is not known, and nothing was promised
                if reply.status_code == 201:
                    self.outcome.acknowledged.append(note)
                elif reply.status_code not in (409, 429, 503):
                    self.outcome.faults.append(f"{reply.status_code}: {reply.text[:200]}")

    def _check(self, name: str, told: list[str]) -> None:
        """Everything that had been acknowledged is there, once, and the history has no holes."""
        found = self._ask("GET", f"/api/talks/{name}").json()
        notes = [offer["note"] for offer in found["offers"]]
        self.outcome.kept = len(notes)
        self.outcome.lost += [note for note in told if note not in notes]
        if len(set(notes)) != len(notes):
            self.outcome.faults.append("an offer is there twice")
        if [offer["number"] for offer in found["offers"]] != list(range(1, len(notes) + 1)):
            self.outcome.faults.append("the numbers of the offers have a hole")
        if found["version"] != len(notes) + 1:
            self.outcome.faults.append(f"version {found['version']} with {len(notes)} offers")
