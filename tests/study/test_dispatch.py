"""A dispatch: a month's customs file in, law, duty and imports out; and the sentence for every wrong file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.errors import InputError
from detente.law.customs import customs_months
from detente.study.backtest.dispatch import dispatch
from detente.study.backtest.run import backtest
from detente.study.backtest.sector_groups import sector_groups

ROW = "{code},111,2025-09,1000,10\n"
HEAD = "exporter,naics3,month,imports_usd,duty_usd\n"


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    months = customs_months()
    path = tmp_path_factory.mktemp("customs") / "month.csv"
    months[months["month"] == "2025-08"].to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_a_month_is_held_against_law_duty_and_imports(august: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["dispatch", str(august), "--out", str(tmp_path / "page"), "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    rows = {row["partner"]: row for row in found["partners"]}
    months = customs_months()
    goods = [code for _, codes in sector_groups().values() for code in codes]
    mine = months[(months["exporter"] == "CHN") & months["naics3"].isin(goods)]
    total = mine.groupby("month")[["duty_usd", "imports_usd"]].sum()
    paid = 100 * total["duty_usd"] / total["imports_usd"]
    assert rows["CHN"]["paid_points"] == pytest.approx(paid["2025-08"] - paid["2024-08"], abs=1e-6)
    for row in rows.values():
        assert row["collected_low"] <= row["collected_points"] <= row["collected_high"]
    page = (tmp_path / "page" / "dispatch.md").read_text(encoding="utf-8")
    assert found["missed"][0]["partner"] in page and "2025-08, against 2024-08" in page
    assert (tmp_path / "page" / "scatter.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no column 'exporter'"),
        (HEAD + "CAN,111,2025-9x,1,1\n", "line 2: a month such as 2025-09"),
        (HEAD + "CAN,111,2025-09,nan,1\n", "two amounts"),
        (HEAD + "CAN,111,2025-09,-1,1\n", "cannot be negative"),
        (HEAD, "no month after"),
        (HEAD + ROW.format(code="WLD"), "no rows of CAN"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "month.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        dispatch(path)


@pytest.mark.whole
def test_rates_of_the_law_as_paid_are_a_choice() -> None:
    statutory, collected = (backtest("2025", rates=rates) for rates in ("statutory", "collected"))
    assert collected.scores["all"].rmse < statutory.scores["all"].rmse
