"""The command: what it refuses, how it starts and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import pytest
from serving import Server

PROGRAM = "from detente.cli import main; main()"


def run(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "serve", *options], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--token", "short"], "12 characters or more"),
        (["--database", "mysql://x/y"], "SQLite or PostgreSQL"),
        (["--database", "nonsense"], "not a database"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(options: list[str], said: str):
    done = run(*options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--port", str(taken.getsockname()[1]), "--database", f"sqlite:///{tmp_path / 'kept.db'}")
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_it_ends_cleanly_while_it_still_compiles(tmp_path):
    server = Server(tmp_path)
    for _ in range(600):
        if "Détente is at" in server.log.read_text():
            break
        time.sleep(0.1)
    time.sleep(1)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=60) == 0
    assert "Détente has ended." in server.log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(tmp_path, how: signal.Signals):
    server = Server(tmp_path, "--token", "a-token-of-some-length").wait()
    assert "?token=a-token-of-some-length" in server.log.read_text()
    server.process.send_signal(how)
    assert server.process.wait(timeout=60) == 0
    said = server.log.read_text()
    assert "Détente has ended." in said
    assert "Traceback" not in said
