from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from random_worlds import random_baseline

from detente.accounts import Baseline, toy
from detente.accounts.export import export, tidy
from detente.accounts.schema import VARIABLES
from detente.errors import InputError


def rebuilt(baseline: Baseline, folder: Path, file_format: str) -> Baseline:
    """The baseline that the tables in `folder` describe, read without the package's help."""
    arrays = {}
    for name, variable in VARIABLES.items():
        path = folder / f"{name}.{file_format}"
        table = pd.read_csv(path, comment="#") if file_format == "csv" else pd.read_parquet(path)
        assert list(table.columns) == [*variable.dims, "value"]
        values = np.full(
            [baseline.size(dim) for dim in variable.dims],
            np.nan if np.isnan(variable.default or 0.0) else 0.0,
            dtype=float,
        )
        where = [[baseline.index(dim, label) for label in table[dim]] for dim in variable.dims]
        values[tuple(where)] = table["value"]
        arrays[name] = values
    return baseline.replace(**arrays)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_tables_hold_the_whole_baseline(tmp_path: Path, file_format: str) -> None:
    baseline = random_baseline(9)
    paths = export(baseline, tmp_path / "tables", file_format)
    assert {path.name for path in paths} == {path.name for path in (tmp_path / "tables").iterdir()}
    assert len(paths) == len(VARIABLES) + 2
    again = rebuilt(baseline, tmp_path / "tables", file_format)
    again.check()
    for name in VARIABLES:
        np.testing.assert_array_equal(again.arrays[name], baseline.arrays[name])


def test_csv_leads_with_unit_and_source(tmp_path: Path) -> None:
    export(toy(), tmp_path)
    lines = (tmp_path / "trade.csv").read_text().splitlines()
    assert lines[1] == "# units: million USD a year"
    assert lines[2] == "# source: made up"
    assert lines[4] == "importer,exporter,sector,use,value"
    assert lines[3] == "# cells not listed: zero"
    assert "# cells not listed: unknown" in (tmp_path / "employment.csv").read_text()
    buyers = pd.read_csv(tmp_path / "buyers.csv", comment="#")
    assert list(buyers["buyer"]) == ["goods", "services", "final demand"]


def test_parquet_carries_unit_and_source(tmp_path: Path) -> None:
    export(toy(), tmp_path, "parquet")
    metadata = pq.read_schema(tmp_path / "tariff.parquet").metadata
    assert metadata[b"units"] == VARIABLES["tariff"].units.encode()
    assert metadata[b"source"] == b"made up"


def test_the_readme_says_where_every_variable_comes_from(tmp_path: Path) -> None:
    export(toy(), tmp_path)
    text = (tmp_path / "README.md").read_text()
    for name, variable in VARIABLES.items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{name}.csv` |")]
        assert variable.units in line
        assert "not stated" not in line
    assert "- year: 2024" in text


def test_bad_requests(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Unknown format 'xlsx'; choose csv or parquet"):
        export(toy(), tmp_path / "x", "xlsx")
    assert not (tmp_path / "x").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    with pytest.raises(InputError, match="already exists and is not an empty folder"):
        export(toy(), tmp_path / "full")
    with pytest.raises(InputError, match="Unknown baseline variable 'prices'"):
        tidy(toy(), "prices")
