from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

STEEL = """\
title: Steel
law: none
changes:
  - tariff: {importer: USA, exporter: CAN, sectors: steel, add: 0.25}
"""
TOY = """\
title: A tariff in the toy world
baseline: toy
law: none
changes:
  - tariff: {importer: AAA, exporter: BBB, sectors: goods, rate: 0.3}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def to_file(text: str) -> Path:
        path = tmp_path / "scenario.yaml"
        path.write_text(text)
        return path

    return to_file


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [value]


def test_json_is_all_there_is_on_stdout_and_has_the_promised_shape(detente: Any, write: Any) -> None:
    ran = detente("run", write(STEEL), "--json", "--draws", 0)
    assert (ran.code, ran.stderr) == (0, "")
    document = json.loads(ran.stdout)
    assert {"title", "baseline", "law", "horizon", "diagnostics", "regions", "sectors", "bilateral"} <= set(document)
    assert (document["title"], document["baseline"], document["law"]) == ("Steel", "world-2024", "none")
    assert document["horizon"] == "long"
    assert {"residual", "iterations", "walras"} <= set(document["diagnostics"])
    assert document["diagnostics"]["residual"] < 1e-9
    promised = "welfare_pct welfare_musd real_income_pct real_wage_pct consumer_price_pct exports_pct imports_pct"
    assert {*promised.split(), "tariff_revenue_musd"} <= set(document["regions"]["CAN"])
    promised = "output_pct price_pct employment_kjobs exports_pct imports_pct"
    assert set(promised.split()) <= set(document["sectors"]["CAN"]["steel"])
    assert document["bilateral"]["CAN"]["USA"]["steel"]["exports_pct"] < -20
    assert document["sectors"]["CAN"]["steel"]["output_pct"] < 0 < document["sectors"]["USA"]["steel"]["output_pct"]
    assert document["regions"]["CAN"]["welfare_pct"] < 0
    passed = {code: region.pop("import_pass_through_pct") for code, region in document["regions"].items()}
    assert passed.pop("USA") is not None and set(passed.values()) == {None}  # the rest raised no duty
    jobs = {
        code: (region.pop("jobs_kjobs"), region.pop("jobs_lost_kjobs")) for code, region in document["regions"].items()
    }
    assert {code for code, counted in jobs.items() if counted != (None, None)} == {"USA", "CAN"}  # jobs are held there
    assert all(np.isfinite(leaf) for leaf in leaves(document["regions"]))


def test_out_leaves_three_files_that_agree(detente: Any, write: Any, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "results"
    ran = detente("run", write(TOY), "--out", folder, "--draws", 0)
    assert ran.code == 0
    assert "results.json, results.nc, report.html" in ran.stdout
    assert {path.name for path in folder.iterdir()} == {"results.json", "results.nc", "report.html"}
    document = json.loads((folder / "results.json").read_text())
    with xr.open_dataset(folder / "results.nc") as dataset:
        welfare = dataset["welfare"]
        assert welfare.attrs["units"] == "percent"
        for region in document["regions"]:
            stored = float(welfare.sel(region=region))
            assert document["regions"][region]["welfare_pct"] == pytest.approx(stored, rel=1e-5)
    assert "A tariff in the toy world" in (folder / "report.html").read_text()


def test_the_report_is_written_in_the_language_asked_for(detente: Any, write: Any, tmp_path: Path) -> None:
    ran = detente("run", write(TOY), "--out", tmp_path, "--draws", 0, "--lang", "fr")
    assert ran.code == 0
    assert '<html lang="fr">' in (tmp_path / "report.html").read_text(encoding="utf-8")
    refused = detente("run", write(TOY), "--draws", 0, "--lang", "de")
    assert refused.code == 2
    assert "give one of en, fr" in refused.stderr


def test_the_terminal_says_who_gains_with_units_and_where_there_is_more(
    detente: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = detente("run", write(STEEL), "--draws", 0)
    assert ran.code == 0
    assert "no measurable change for the United States" in " ".join(ran.stdout.split())
    assert "Canada loses 0.0" in ran.stdout
    assert "percent of income" in ran.stdout
    assert "if wages stay as they are" in " ".join(ran.stdout.split())
    assert "more: --out DIR" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80


def test_a_scenario_that_changes_nothing_says_so(detente: Any, write: Any) -> None:
    ran = detente("run", write("title: Nothing\nlaw: none\n"), "--draws", 0)
    assert ran.code == 0
    assert "No measurable change for the United States and China." in ran.stdout


def test_a_fault_prints_one_sentence_and_exits_2(detente: Any, write: Any) -> None:
    path = write(STEEL.replace("CAN", "CANADA"))
    ran = detente("run", path, "--json")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"error: {path}, line 4, changes[0].tariff.exporter: unknown region 'CANADA'")
    assert ran.stderr.count("\n") == 1
    missing = detente("run", path.with_name("missing.yaml"))
    assert missing.code == 2 and "There is no file" in missing.stderr


def test_a_folder_that_cannot_be_written_is_one_sentence(detente: Any, write: Any, tmp_path: Path) -> None:
    path = write(TOY)
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder")
    for folder in (taken, taken / "below"):
        ran = detente("run", path, "--out", folder, "--draws", 0)
        assert ran.code == 2
        assert ran.stderr.startswith("error: Cannot write to") and ran.stderr.count("\n") == 1
        assert "Traceback" not in ran.stderr


def test_a_folder_without_permission_is_one_sentence(detente: Any, write: Any, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        (closed / "probe").write_text("")
    except OSError:
        ran = detente("run", write(TOY), "--out", closed, "--draws", 0)
        assert ran.code == 2 and "Cannot write to" in ran.stderr
    else:
        pytest.skip("this user may write anywhere")
    finally:
        closed.chmod(stat.S_IRWXU)
