"""What type checkers and notebooks see: the notebook is strict and runs, a misspelt name is found."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "examples" / "notebook.py"

#: One slip per line; every one of them must be found, and nothing else.
SLIPS = """\
import detente as dt
world = dt.load("toy")
world.outputs
economy = dt.calibrate(world)
result = economy.solve(economy.status_quo())
result.wellfare
result.to_frame("country")
dt.bargain
dt.run({"title": "t"}).welfaer
economy.status_quo().set("tarif", importer="AAA", rate=0.1)
economy.status_quo().set(importer="AAA", rates=0.1)
dt.optimum(economy, party=3)
dt.talks({"title": "t"}).agreement().value
"""
WRONG_LINES = {3, 6, 7, 8, 9, 10, 11, 12, 13}


def test_a_misspelt_name_is_found_and_the_notebook_is_strictly_typed(tmp_path: Path) -> None:
    slips = tmp_path / "slips.py"
    slips.write_text(SLIPS, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(slips), str(NOTEBOOK)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    lines = ran.stdout.splitlines()
    found = {int(line.split(":")[1]) for line in lines if line.startswith(str(slips)) and ": error:" in line}
    assert found == WRONG_LINES, ran.stdout + ran.stderr
    assert not [line for line in lines if "notebook.py" in line and ": error:" in line], ran.stdout


@pytest.mark.slow
def test_the_notebook_runs_in_25_lines(capsys: pytest.CaptureFixture[str]) -> None:
    written = [line for line in NOTEBOOK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(written) <= 25
    held = runpy.run_path(str(NOTEBOOK))
    said = capsys.readouterr().out
    assert "50.0 percent added duty" in said and "USA tariff on CAN: steel" in said
    assert held["result"].welfare.sel(region="CAN").item() < 0 and held["chart"].to_dict()["mark"]["type"] == "bar"
