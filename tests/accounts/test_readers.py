from __future__ import annotations

import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from official import World, grid, world, write_icio, write_xlsb, write_xlsx

from detente.accounts import Baseline
from detente.accounts.readers import read_elasticities, read_official
from detente.accounts.readers.common import InterCountryTable, tabulate, to_baseline, year_in
from detente.errors import InputError

ICIO_2023 = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
TITLES = ("Multiregional Input-Output Table 2024", "75 economies, at current prices", "In millions of US$", "")


def assert_holds(baseline: Baseline, made: World, regions: tuple[str, ...] | None = None) -> None:
    """The baseline holds the flows of the made-up world, in any order of regions and sectors."""
    order = regions or made.regions
    n, j = len(made.regions), len(made.sectors)
    flows = made.flows.reshape(n, j, n, j)
    for i, exporter in enumerate(order):
        for m, importer in enumerate(order):
            for k, sector in enumerate(made.sectors):
                cell = baseline.trade[
                    baseline.index("importer", importer),
                    baseline.index("exporter", exporter),
                    baseline.index("sector", sector),
                ]
                uses = [baseline.index("using_sector", using) for using in made.sectors]
                np.testing.assert_allclose(cell[uses], flows[i, k, m], rtol=1e-12)
                assert cell[-1] == pytest.approx(made.demand.reshape(n, j, n, -1)[i, k, m].sum(), rel=1e-12)
    assert baseline.output.sum() == pytest.approx(made.output.sum(), rel=1e-12)
    # Taxes less subsidies on products that industries pay are part of value added.
    assert baseline.value_added.sum() == pytest.approx((made.value_added + made.taxes).sum(), rel=1e-12)
    assert baseline.uses == (*baseline.sectors, "final")
    assert not baseline.tariff.any()
    baseline.check(1e-12)


@pytest.mark.parametrize(
    ("name", "sectors"),
    [("ICIO2023_2020.csv", ("A01_02", "B05_06", "C29")), ("2022_SML.csv", ("A01", "C24A", "C24B", "C301"))],
    ids=["edition 2023", "edition 2025"],
)
def test_oecd_icio(tmp_path: Path, name: str, sectors: tuple[str, ...]) -> None:
    made = world(["CAN", "CHN", "MEX", "ROW", "USA"], sectors, len(ICIO_2023))
    write_icio(tmp_path / name, made, ICIO_2023)
    baseline = read_official(tmp_path / name, "icio")
    assert_holds(baseline, made)
    assert baseline.attributes["year"] == (2020 if "2020" in name else 2022)
    assert baseline.sources["trade"] == f"OECD ICIO, file {name}"
    assert "taken to be zero" in baseline.sources["tariff"]


@pytest.mark.parametrize("with_zero_rows", [True, False], ids=["CHN beside CN1, CN2", "CN1, CN2 alone"])
def test_parts_of_china_and_mexico_are_folded(tmp_path: Path, with_zero_rows: bool) -> None:
    made = world(["CHN", "MEX", "USA"], ["A01", "C29"], 6)
    split = {"CHN": ("CN1", "CN2"), "MEX": ("MX1", "MX2")}
    write_icio(tmp_path / "ICIO2021_2018.csv", made, ICIO_2023, split, with_zero_rows)
    baseline = read_official(tmp_path / "ICIO2021_2018.csv", "icio")
    assert set(baseline.regions) == {"CHN", "MEX", "USA"}
    assert_holds(baseline, made)


@pytest.mark.parametrize("code_row", [False, True], ids=["2024 layout", "2017 layout"])
def test_adb_mrio(tmp_path: Path, code_row: bool) -> None:
    made = world(["AUS", "PRC", "TAP", "USA"], ["c1", "c2", "c3"], 5)
    rows = grid(made, TITLES, ["Agriculture", "Mining", "Food"], wiod=False)
    if code_row:  # older workbooks have a row of numbers above the names
        rows.insert(len(TITLES), [*[None] * 4, *["0001", "0002"] * 16])
    path = tmp_path / "ADB-MRIO-2024-August 2025.xlsx"
    write_xlsx(path, {"Legend": [["Code", "Country"], ["AUS", "Australia"]], "ADB MRIO 2024": rows})
    baseline = read_official(path, "adb")
    assert baseline.regions == ("AUS", "CHN", "TWN", "USA")
    assert baseline.sectors == ("c1", "c2", "c3")
    assert_holds(baseline, replace(made, regions=baseline.regions))
    assert baseline.attributes["year"] == 2024


@pytest.mark.parametrize("suffix", ["xlsb", "xlsx"])
def test_wiod_2016(tmp_path: Path, suffix: str) -> None:
    made = world(["AUS", "USA", "ROW"], ["A01", "C24", "C29", "T"], 5)
    rows = grid(made, ["Intercountry Input-Output Table", "in current prices, million USD"], list("abcd"), wiod=True)
    path = tmp_path / f"WIOT2014_Nov16_ROW.{suffix}"
    if suffix == "xlsb":
        write_xlsb(path, "2014", rows)
    else:
        write_xlsx(path, {"2014": rows})
    baseline = read_official(path, "wiod")
    assert baseline.sectors == made.sectors
    assert_holds(baseline, made)
    assert baseline.attributes["year"] == 2014


# -- the rules -----------------------------------------------------------------------------------------------------


def table(intermediate: np.ndarray, final: np.ndarray) -> InterCountryTable:
    n, j = final.shape[:2]
    return InterCountryTable(tuple("ABC"[:n]), tuple("xyz"[:j]), intermediate, final, "made up", None, "made up")


def test_negative_purchases_are_set_to_zero_and_reported() -> None:
    intermediate, final = np.full((2, 1, 2, 1), 1.0), np.full((2, 1, 2), 10.0)
    final[0, 0, 1] = -3.0
    intermediate[1, 0, 0, 0] = -0.5
    baseline = to_baseline(table(intermediate, final))
    baseline.check()
    assert baseline.trade[1, 0, 0, 1] == 0.0
    assert baseline.output[0, 0] == pytest.approx(12.0)
    assert "negative purchases set to zero: 4 million USD" in baseline.attributes["adjustments"]


def test_inputs_beyond_output_become_final_demand_of_the_same_origin() -> None:
    intermediate, final = np.full((2, 1, 2, 1), 8.0), np.full((2, 1, 2), 1.0)
    intermediate[0, 0, 1, 0] = 30.0  # B's industry buys more than it sells
    given = table(intermediate, final)
    baseline = to_baseline(given)
    baseline.check()
    assert baseline.value_added[1, 0] == pytest.approx(0.01 * baseline.output[1, 0])
    bought = intermediate.transpose(2, 0, 1, 3).sum(axis=3) + final.transpose(2, 0, 1)
    np.testing.assert_allclose(baseline.trade.sum(axis=3), bought, rtol=1e-12)
    ratio = baseline.trade[1, :, 0, 0] / intermediate[:, 0, 1, 0]
    assert ratio[0] == pytest.approx(ratio[1])
    assert "20 million USD" in baseline.attributes["adjustments"]


def test_an_industry_without_sales_buys_nothing() -> None:
    intermediate, final = np.full((2, 2, 2, 2), 1.0), np.full((2, 2, 2), 20.0)
    intermediate[1, 1], final[1, 1] = 0.0, 0.0
    baseline = to_baseline(table(intermediate, final))
    baseline.check()
    assert baseline.output[1, 1] == 0.0
    assert not baseline.input_expenditure[1, :, 1].any()


def test_a_column_of_discrepancies_is_left_out() -> None:
    cells = tabulate(np.ones((1, 3)), [("A", "x")], [("A", "x"), ("A", None), ("DISC", None)])
    assert cells["regions"] == ("A",)
    assert cells["final"].sum() == 1.0


def test_trade_elasticities(tmp_path: Path) -> None:
    given = table(np.full((2, 2, 2, 2), 1.0), np.full((2, 2, 2), 20.0))
    default = to_baseline(given)
    np.testing.assert_array_equal(default.trade_elasticity, [5.0, 5.0])
    assert "Head and Mayer" in default.sources["trade_elasticity"]
    assert to_baseline(given, 3.5).sources["trade_elasticity"] == "3.5 in every sector"
    file = tmp_path / "theta.csv"
    file.write_text("sector,trade_elasticity,source\ny,7.5,me\nx,2,me\nother,1,me\n")
    np.testing.assert_array_equal(to_baseline(given, read_elasticities(file)).trade_elasticity, [2.0, 7.5])
    for text, words in (
        ("sector,theta\nx,2\n", "has no column 'trade_elasticity'"),
        ("sector,trade_elasticity\nx,high\n", "line 2: trade_elasticity must be a number"),
    ):
        file.write_text(text)
        with pytest.raises(InputError, match=words):
            read_elasticities(file)
    with pytest.raises(InputError, match="There is no file"):
        read_elasticities(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="No trade elasticity is given for sector y; the table has x, y"):
        to_baseline(given, {"x": 2.0})
    for wrong in (0.0, -2.0, float("nan")):
        with pytest.raises(InputError, match="must be positive"):
            to_baseline(given, wrong)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ICIO2023_2020.csv", 2020),
        ("2022_SML.csv", 2022),
        ("WIOT2014_Nov16_ROW.xlsb", 2014),
        ("ADB-MRIO72-2024_August 2025.xlsx", 2024),
        ("table.csv", None),
    ],
)
def test_years_in_file_names(name: str, year: int | None) -> None:
    assert year_in(name) == year


# -- files that cannot be read -------------------------------------------------------------------------------------


def test_files_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Unknown format 'gtap'; choose one of icio, adb, wiod"):
        read_official(tmp_path, "gtap")
    with pytest.raises(InputError, match="There is no file at"):
        read_official(tmp_path / "absent.csv", "icio")
    text = tmp_path / "text.csv"
    text.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="cannot be read as an OECD ICIO table"):
        read_official(text, "icio")
    with zipfile.ZipFile(tmp_path / "2016-2022_SML.zip", "w") as archive:
        archive.writestr("2021_SML.csv", "V1,OUT\n")
        archive.writestr("2022_SML.csv", "V1,OUT\n")
    with pytest.raises(InputError, match=r"Multiple files found in ZIP.*; give one year's CSV file"):
        read_official(tmp_path / "2016-2022_SML.zip", "icio")
    for file_format in ("adb", "wiod"):
        with pytest.raises(InputError, match="cannot be read as an Excel workbook"):
            read_official(text, file_format)
    write_xlsx(tmp_path / "book.xlsx", {"a": [["x", "y"], [1, 2]]})
    with pytest.raises(InputError, match="is not laid out as a table of ADB MRIO: no row of codes"):
        read_official(tmp_path / "book.xlsx", "adb")
    rows: list[list[object]] = [[None] * 6, [*[None] * 4, "AUS", "AUS"], [*[None] * 4, "c1", "c2"]]
    write_xlsx(tmp_path / "empty.xlsx", {"a": rows})
    with pytest.raises(InputError, match="no industries or no final demand"):
        read_official(tmp_path / "empty.xlsx", "adb")


@pytest.mark.parametrize(
    ("file_format", "package"), [("icio", "pymrio"), ("adb", "python_calamine"), ("wiod", "python_calamine")]
)
def test_a_missing_package_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: str, package: str
) -> None:
    (tmp_path / "file.xlsx").write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"is not installed; run: pip install 'detente\[readers\]'"):
        read_official(tmp_path / "file.xlsx", file_format)
