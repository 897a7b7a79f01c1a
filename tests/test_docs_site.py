"""The docs site: it builds without a warning and without a network, and the tutorial does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli import app

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        "-b",
        "html",
        "-d",
        str(folder / "trees"),
        str(DOCS),
        str(folder / "html"),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder / "html"


def test_every_page_is_there_and_asks_nothing_of_the_network(site: Path) -> None:
    pages = {path.stem for path in site.glob("*.html")}
    assert pages >= {path.stem for path in DOCS.glob("*.md")}
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://', text), path.name
    commands = (site / "made" / "commands.html").read_text(encoding="utf-8")
    assert "detente ledger check" in commands and "--elasticities" in commands
    assert "<math" in (site / "accounts.html").read_text(encoding="utf-8")


def test_the_tutorial_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = re.findall(r"[Ss]ave this as `([^`]+)`", text)
    files = re.findall(r"```yaml\n(.*?)```", text, flags=re.S)
    for name, body in zip(names, files, strict=True):
        Path(name).write_text(body, encoding="utf-8")
    lines = [line[2:] for block in re.findall(r"```console\n(.*?)```", text, flags=re.S) for line in block.splitlines()]
    assert len(lines) >= 5
    for line in lines:
        found = CliRunner().invoke(app, shlex.split(line)[1:])
        assert found.exit_code == 0, f"{line}: {found.output} {found.exception}"
        assert found.stdout.strip()
    assert (tmp_path / "answer" / "report.html").exists()
