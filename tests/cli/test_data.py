from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.accounts import Baseline, toy

Run = Callable[..., Any]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "map.csv"
    path.write_text("old,new\nAAA,AAA\n*,ROW\n")
    return path


def test_info_shows_regions_sectors_flows_and_sources(detente: Run) -> None:
    ran = detente("data", "info", "toy", "--top", "1")
    assert ran.code == 0
    assert ran.stderr == ""
    assert "toy, 2024: 3 regions, 2 sectors" in ran.stdout
    assert "World GDP 210.0, output 380.0, trade 49.4 million USD; average tariff 3.85 percent" in ran.stdout
    for words in (
        "AAA",
        "services",
        "BBB       AAA       goods    13.3",
        "tariff: made up",
        "export_tax: taken to be zero",
    ):
        assert words in ran.stdout


def test_info_as_json_is_json_alone(detente: Run) -> None:
    ran = detente("data", "info", "toy", "--json")
    figures = json.loads(ran.stdout)
    assert figures["regions"][0]["region"] == "AAA"
    assert figures["world"]["gdp"] == pytest.approx(toy().gdp.sum())
    assert len(figures["flows"]) == 10


def test_info_of_a_world_without_flows(detente: Run, tmp_path: Path) -> None:
    assert "Largest flows" not in detente("data", "info", "toy", "--top", "0").stdout


def test_check_lists_every_identity(detente: Run) -> None:
    ran = detente("data", "check", "toy")
    assert ran.code == 0
    assert "toy adds up: every identity holds to 1e-09, relative" in ran.stdout
    assert "deficit = imports - exports" in ran.stdout


def test_check_names_the_cells_that_fail(detente: Run, tmp_path: Path) -> None:
    output = toy().output.copy()
    output[1, 0] *= 1.001
    toy().replace(output=output).save(tmp_path / "broken.nc")
    ran = detente("data", "check", tmp_path / "broken.nc")
    assert ran.code == 2
    assert ran.stderr.startswith("error: The accounts do not add up:")
    assert "output = sales net of duties fails at region BBB, sector goods" in ran.stderr
    assert detente("data", "check", tmp_path / "broken.nc", "--tolerance", "0.01").code == 0


def test_aggregate_writes_a_baseline_that_adds_up(detente: Run, tmp_path: Path, mapping: Path) -> None:
    ran = detente("data", "aggregate", "toy", "--regions", mapping, "--out", tmp_path / "two.nc")
    assert ran.code == 0
    assert "2 regions (AAA, ROW), 2 sectors" in ran.stdout
    written = Baseline.open(tmp_path / "two.nc")
    written.check()
    assert written.gdp.sum() == pytest.approx(toy().gdp.sum())
    sectors = tmp_path / "sectors.csv"
    sectors.write_text("old,new\n*,everything\n")
    ran = detente("data", "aggregate", tmp_path / "two.nc", "--sectors", sectors, "--out", tmp_path / "one.nc")
    assert Baseline.open(tmp_path / "one.nc").sectors == ("everything",)


def test_compare_shows_the_largest_differences(detente: Run, tmp_path: Path) -> None:
    trade = toy().trade.copy()
    trade[0, 1, 0, 0] += 0.5
    toy().replace(trade=trade).save(tmp_path / "other.nc")
    ran = detente("data", "compare", "toy", tmp_path / "other.nc")
    assert ran.code == 0
    assert "importer AAA, exporter BBB, sector goods, use goods" in ran.stdout
    tables = json.loads(detente("data", "compare", "toy", tmp_path / "other.nc", "--json").stdout)
    assert not tables["identical"]
    assert tables["cells"][0]["difference"] == pytest.approx(0.5)
    assert tables["variables"][1]["total_first"] is None


def test_compare_of_the_same_and_of_other_labels(detente: Run, tmp_path: Path, mapping: Path) -> None:
    assert "are the same" in detente("data", "compare", "toy", "toy").stdout
    detente("data", "aggregate", "toy", "--regions", mapping, "--out", tmp_path / "two.nc")
    ran = detente("data", "compare", "toy", tmp_path / "two.nc")
    assert "region in toy only: BBB, CCC" in ran.stdout
    assert "two.nc only: ROW" in ran.stdout


def test_compare_of_other_uses_says_so(detente: Run, tmp_path: Path) -> None:
    from detente.accounts import one_use

    one_use(toy()).save(tmp_path / "one.nc")
    assert "compared over all uses" in detente("data", "compare", "toy", tmp_path / "one.nc").stdout


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_export_lists_what_it_wrote(detente: Run, tmp_path: Path, file_format: str) -> None:
    ran = detente("data", "export", "toy", "--to", tmp_path / "tables", "--format", file_format)
    assert ran.code == 0
    paths = [Path(line) for line in ran.stdout.splitlines()]
    assert all(path.is_file() for path in paths)
    assert tmp_path / "tables" / f"trade.{file_format}" in paths


def test_import_makes_a_baseline_of_an_official_file(detente: Run, tmp_path: Path) -> None:
    labels = [f"{region}_{sector}" for region in ("CAN", "USA") for sector in ("A01", "C29")]
    header = ",".join(["V1", *labels, "CAN_HFCE", "USA_HFCE", "OUT"])
    rows = [",".join([label, *["1"] * 4, "20", "30", "54"]) for label in labels]
    below = [
        ",".join([name, *[str(value)] * 4, "0", "0", "0"]) for name, value in (("TLS", 1), ("VA", 49), ("OUT", 54))
    ]
    (tmp_path / "2022_SML.csv").write_text("\n".join([header, *rows, *below]) + "\n")
    out = tmp_path / "world.nc"
    ran = detente("data", "import", tmp_path / "2022_SML.csv", "--format", "icio", "--out", out)
    assert ran.code == 0, ran.stderr
    assert "2 regions, 2 sectors\ntariff: taken to be zero\nemployment: unknown" in ran.stdout
    assert "trade elasticity: 5 in every sector" in ran.stdout
    world = Baseline.open(out)
    world.check()
    np.testing.assert_allclose(world.output, 54.0)
    np.testing.assert_allclose(world.value_added, 50.0)
    theta = tmp_path / "theta.csv"
    theta.write_text("sector,trade_elasticity\nA01,2\nC29,8\n")
    command = ("data", "import", tmp_path / "2022_SML.csv", "--format", "icio", "--out", out, "--elasticity")
    detente(*command, theta)
    np.testing.assert_array_equal(Baseline.open(out).trade_elasticity, [2.0, 8.0])
    detente(*command, "3.5")
    np.testing.assert_array_equal(Baseline.open(out).trade_elasticity, [3.5, 3.5])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("info", "nowhere"), "Unknown baseline 'nowhere'"),
        (("info", "absent.nc"), "There is no baseline file at absent.nc"),
        (("check", "nowhere"), "Unknown baseline"),
        (("aggregate", "toy", "--regions", "absent.csv", "--out", "x.nc"), "There is no file absent.csv"),
        (("aggregate", "toy", "--out", "world.zip"), "must end in .nc; world.zip does not"),
        (("export", "toy", "--to", "x", "--format", "xls"), "Unknown format 'xls'; choose csv or parquet"),
        (("compare", "toy", "nowhere"), "Unknown baseline"),
        (("import", "absent.csv", "--format", "icio", "--out", "x.nc"), "There is no file at absent.csv"),
        (("import", "absent.csv", "--format", "gtap", "--out", "x.nc"), "Unknown format 'gtap'"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    detente: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = detente("data", *arguments)
    assert ran.code == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: ")
    assert words in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_usage_errors_exit_with_2(detente: Run) -> None:
    assert detente("data", "aggregate", "toy").code == 2
    assert detente("data", "info", "toy", "--top", "-1").code == 2


def test_import_of_flows_of_ones_own(detente: Run, tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text(
        "exporter,sector,importer,buyer,value\nAAA,x,BBB,final,2\nBBB,x,BBB,final,5\nBBB,x,AAA,final,1\n"
    )
    (tmp_path / "tariffs.csv").write_text("importer,exporter,sector,tariff\nBBB,AAA,*,0.25\n")
    (tmp_path / "jobs.csv").write_text("region,sector,jobs\n*,x,3\n")
    files = [part for name in ("tariffs", "jobs") for part in (f"--{name}", tmp_path / f"{name}.csv")]
    ran = detente("data", "import", tmp_path / "flows.csv", "--format", "long", "--out", tmp_path / "mine.nc", *files)
    assert ran.code == 0 and "tariff: file tariffs.csv\nemployment: file jobs.csv\nlabour share: unknown" in ran.stdout
    world = Baseline.open(tmp_path / "mine.nc")
    assert world.tariff_revenue.tolist() == [0.0, 0.5] and world.employment.tolist() == [[3.0], [3.0]]


def test_grades_of_a_world_and_of_a_sector(detente: Run) -> None:
    shares = json.loads(detente("data", "grade", "--json").stdout)
    assert all(sum(row.values()) == pytest.approx(1.0) for row in shares["shares"].values())
    assert shares["error"]["measured"] < shares["error"]["assumed"]
    rows = json.loads(detente("data", "grade", "--region", "CAN", "--sector", "steel", "--json").stdout)
    sold = {row["partner"]: row["grade"] for row in rows if row["variable"] == "sales"}
    assert sold["to USA"] == "measured" and sold["to MEX"] == "scaled"
    assert "stated" in detente("data", "grade", "toy").stdout.splitlines()[2]
    refused = detente("data", "grade", "--region", "CAN")
    assert refused.code == 2 and "--region and --sector together" in refused.stderr
