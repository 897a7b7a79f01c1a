"""The command itself: version, completion, and terminals of old."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

import detente as package


def test_version(detente: Callable) -> None:
    assert detente("--version").stdout == f"detente {package.__version__}\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_output_to_an_old_encoding_keeps_its_signs(encoding: str) -> None:
    """Redirecting `detente run` ended in UnicodeEncodeError."""
    program = "import detente.cli as c; c.app = lambda: print('Détente: −0.03 × 2 ─ ≥ 1…'); c.main()"
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=False)
    said = ran.stdout.decode(encoding)
    assert ran.returncode == 0, ran.stderr
    assert "-0.03" in said and "tente" in said and ">= 1" in said and "?" not in said
