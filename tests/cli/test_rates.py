"""`detente rates` from the command line: answers, JSON alone on standard output, one sentence and status 2 for bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = [
    *("--importer", "USA", "--exporter", "CAN", "--on", "2025-06-10", "--product", "7601.10.30"),
    *("--claim", "usmca", "--fact", "us_content=0.5"),
]


def test_the_example_in_json_alone(detente: Callable[..., Any]) -> None:
    ran = detente("rates", *EXAMPLE, "--fact", "steel_content=1", "--fact", "over_quota=true", "--json")
    data = json.loads(ran.stdout)
    assert (ran.code, ran.stderr) == (0, "")
    assert data["column1_pct"] == 0 and data["added_pct"] == data["total_pct"] == 50 and data["prohibited"] is False
    assert [layer["measure"] for layer in data["applied"]] == ["US-232-METALS-50"]
    ran = detente("rates", "--product", "8703.23", "--on", "2025-06-10", "--json")
    ranges = {fact["fact"]: fact["range_pct"] for fact in json.loads(ran.stdout)["open_facts"]}
    assert ranges["content_approved"] == [0, 25]


def test_the_example_as_tables(detente: Callable[..., Any]) -> None:
    ran = detente("rates", *EXAMPLE)
    assert ran.code == 0
    for words in ("7601.10.30", "percent of customs value", "Applies", "US-232-METALS-50", "note 19(f)", "9903.01.14"):
        assert words in ran.stdout


def test_split_codes_and_measures(detente: Callable[..., Any]) -> None:
    ran = detente("rates", "--on", "2026-09-10", "--product", "9403.60", "--claim", "usmca")
    assert ran.code == 0 and "0 to 50 percent" in ran.stdout and "US-232-CABINET" in ran.stdout
    ran = detente("rates", "--measures", "--json")
    records = {record["id"]: record for record in json.loads(ran.stdout)}
    assert ran.code == 0 and records["US-232-METALS-50"]["from"] == "2025-06-04"
    ran = detente("rates", "--measures", "--importer", "CAN", "--exporter", "USA")
    assert ran.code == 0 and "announced not in force" in ran.stdout


def test_averages_by_sector(detente: Callable[..., Any]) -> None:
    ran = detente("rates", "--on", "2026-09-30", "--by", "sector", "--json")
    data = json.loads(ran.stdout)
    assert (ran.code, ran.stderr) == (0, "")
    steel = data["sectors"]["steel"]
    assert steel["low_pct"] <= steel["rate_pct"] <= steel["high_pct"] and steel["imports_musd"] > 5000
    assert data["low_pct"] <= data["average_pct"] <= data["high_pct"]
    assert sum(data["by_measure_pct"].values()) == pytest.approx(data["average_pct"], abs=0.01)
    ran = detente("rates", "--on", "2026-09-30", "--by", "sector")
    assert ran.code == 0 and "motor_vehicles" in ran.stdout and "imports, million USD" in ran.stdout


def test_series_and_its_figure(detente: Callable[..., Any], tmp_path: Path) -> None:
    dates = ["--from", "2025-02-20", "--to", "2025-04-10"]
    for suffix in ("png", "svg", "html"):
        file = tmp_path / f"rates.{suffix}"
        ran = detente("rates", *dates, "--plot", str(file), "--by", "sector", "--json")
        assert ran.code == 0 and file.stat().st_size > 10_000
    data = json.loads(ran.stdout)
    assert len(data["days"]) == 50 and data["days"][0]["date"] == "2025-02-20"
    assert [jump["date"] for jump in data["jumps"]][:3] == ["2025-03-04", "2025-03-07", "2025-03-12"]
    assert "US-IEEPA-CA-USMCA" in data["jumps"][1]["begins"] and "steel" in data["steps"][0]["sectors"]
    svg = (tmp_path / "rates.svg").read_text(encoding="utf-8")
    assert (
        "Duties of the United States on Canada" in svg
        and "25% on goods of Canada" in svg
        and "percent of the value" in svg
    )
    assert "cdn.jsdelivr" not in (tmp_path / "rates.html").read_text(encoding="utf-8")
    ran = detente("rates", *dates)
    assert ran.code == 0 and "2025-03-04" in ran.stdout and "+19." in ran.stdout


def test_the_mirror_and_a_ledger_of_ones_own(detente: Callable[..., Any], tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "- {id: OWN, imposing: CAN, affected: [USA], authority: Own, instrument: a bill, scope: oranges, kind: duty, "
        "charges: [{products: {prefixes: ['080510']}, rate_pct: 12}], from: 2025-10-01, status: in_force, "
        "source: what if, confidence: single-source}",
        encoding="utf-8",
    )
    place = ["--importer", "CAN", "--exporter", "USA", "--on", "2025-11-01", "--ledger", str(own), "--json"]
    ran = detente("rates", *place, "--product", "0805.10")
    assert ran.code == 0 and json.loads(ran.stdout)["added_pct"] == 12
    ran = detente("rates", *place, "--by", "sector")
    assert ran.code == 0 and json.loads(ran.stdout)["by_measure_pct"]["OWN"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "give one of --product"),
        ("--product 7601.10 --by sector", "give one of --product"),
        ("--by product", "expected sector"),
        ("--product 7777.77.77", "not in the schedule"),
        ("--product 7601.10 --on 2017-12-31", "before the ledger begins"),
        ("--product 7601.10 --on yesterday", "not a day"),
        ("--product 7601.10 --fact us_content=1.2", "out of range"),
        ("--product 7601.10 --fact us_content", "NAME=VALUE"),
        ("--product 7601.10 --fact colour=1", "not a fact"),
        ("--product 7601.10 --claim gsp", "expected usmca"),
        ("--product 7601.10 --column1 -3", "out of range"),
        ("--product 7601.10 --ledger missing.yaml", "There is no file"),
        ("--by sector --exporter ZZZ", "not a region"),
        ("--by sector --claim usmca", "describe one consignment"),
        ("--from 2026-01-01 --to 2025-01-01", "before it begins"),
        ("--from 2025-01-01 --on 2025-02-01", "--on is for one day"),
        ("--from 2025-03-01 --to 2025-03-10 --plot rates.bmp", "expected a name ending in"),
        ("--from 2025-03-01 --to 2025-03-10 --plot /nowhere/rates.png", "does not exist"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(detente: Callable[..., Any], arguments: str, words: str) -> None:
    ran = detente("rates", *arguments.split())
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ") and words in ran.stderr and ran.stderr.count("\n") == 1


def test_a_table_that_goes_to_a_file_is_not_cut(detente: Callable[..., Any]) -> None:
    ran = detente("rates", "--by", "sector", "--on", "2026-10-06")
    assert "refined_petroleum" in ran.stdout and "…" not in ran.stdout
