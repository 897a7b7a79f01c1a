from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_folder_that_is_not_there_is_named(detente: Run, tmp_path: Path) -> None:
    ran = detente("data", "build", "--sources", tmp_path / "nowhere")
    assert ran.code == 2
    assert "There is no folder of sources at" in ran.stderr and "give --sources" in ran.stderr


def test_a_folder_without_the_sources_is_named(detente: Run, tmp_path: Path) -> None:
    ran = detente("data", "build", "--sources", tmp_path)
    assert ran.code == 2
    assert "lacks adb_mrio_summary" in ran.stderr


def test_provenance_names_sources_licences_and_assumptions(detente: Run) -> None:
    ran = detente("data", "provenance")
    assert ran.code == 0
    for words in ("US Census Bureau", "CC BY 4.0", "Etalab", "Open Government Licence - Canada", "## Assumptions"):
        assert words in ran.stdout


@pytest.mark.slow
@pytest.mark.sources
def test_build_reports_every_target_and_writes_the_file(detente: Run, sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "world.nc"
    ran = detente("data", "build", "--sources", sources, "--out", out, "--json")
    assert ran.code == 0 and out.is_file()
    report = json.loads(ran.stdout)
    assert "US imports from CAN, steel" in {target["name"] for target in report["targets"]}
    assert max(abs(target["gap"]) for target in report["targets"] if target["hard"]) < 0.01
    assert report["raised"] and report["reweighted"]
