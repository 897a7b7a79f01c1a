from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from detente.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed and the status it exited with."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture
def detente(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command `detente` in this process: ``detente("data", "info", "toy")``, wide enough not to wrap."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["detente", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as status:
            code = status.code if isinstance(status.code, int) else int(status.code is not None)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
