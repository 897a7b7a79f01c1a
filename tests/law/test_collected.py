"""What is collected against what US Customs recorded, and the parts of the model."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np
import pytest

from detente.law import added_since_2024
from detente.law.assumptions import BOUNDS
from detente.law.collected import collected, entered, model
from detente.law.customs import flows, groups, partners
from detente.law.market import regions, sectors

SEVEN = ("CAN", "MEX", "JPN", "KOR", "GBR")


@pytest.fixture(scope="module")
def fit() -> list[dict[str, str]]:
    with (resources.files("detente.law") / "data" / "collection_fit.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_statistics_add_up_to_the_world() -> None:
    months, imports, duty = flows("2025-08", "2025-08")
    assert months == ("2025-08",)
    assert imports.sum() == pytest.approx(258.4e9, rel=1e-3) and duty.sum() / imports.sum() == pytest.approx(
        0.1055, abs=1e-3
    )
    covered = [region for held in partners().values() for region in held]
    assert sorted(covered) == sorted(region for region in regions() if region != "USA")
    goods = {sector for _, held in groups().values() for sector in held}
    assert goods < set(sectors())


def test_goods_on_the_way_pay_the_lower_of_two_rates() -> None:
    path = np.array([0.0] * 10 + [100.0] * 10 + [20.0] * 180)
    owed = entered(path, 20.0)
    assert (owed <= path + 1e-12).all()
    assert 0 < owed[10] < 10 < owed[19] < 50  # a rise comes in with the ships
    assert owed[20] <= 20  # a fall comes at once
    assert owed[-1] == pytest.approx(20.0)
    assert entered(path, 0.0) is path


def test_each_month_is_predicted_from_the_others_within_the_stated_gap(fit: list[dict[str, str]]) -> None:
    def gap(name: str, rows: list[dict[str, str]]) -> float:
        weight = [float(row["imports_musd"]) for row in rows]
        return float(np.average([abs(float(row[name]) - float(row["collected_pct"])) for row in rows], weights=weight))

    assert gap("predicted_pct", fit) < 0.75 < 2 < gap("statutory_pct", fit)
    for partner in SEVEN:
        rows = [row for row in fit if row["partner"] == partner]
        assert len(rows) == 8
        assert np.mean([abs(float(row["predicted_pct"]) - float(row["collected_pct"])) for row in rows]) < 1.0, partner
    inside = [float(row["low_pct"]) <= float(row["collected_pct"]) <= float(row["high_pct"]) for row in fit]
    assert np.mean(inside) >= 0.88


def test_collected_stands_beside_statutory() -> None:
    paid, stated = collected("2025-08-20"), added_since_2024("2025-08-20")
    assert paid.dims == stated.dims and paid.attrs["concept"] == "collected"
    low, central, high = paid.values
    assert (low <= central + 1e-12).all() and (central <= high + 1e-12).all()
    pair = {"bound": "central", "importer": "USA", "exporter": "CAN", "sector": "machinery"}
    assert 0 < float(paid.sel(pair)) < float(stated.sel(pair))
    ratio = float(paid.sel(bound="central", importer="CAN", exporter="USA", sector="steel"))
    ratio /= float(stated.sel(bound="central", importer="CAN", exporter="USA", sector="steel"))
    assert ratio == pytest.approx(model().remission[0])
    others = {"importer": "CHN", "exporter": "USA"}
    np.testing.assert_array_equal(paid.sel(others).values, stated.sel(others).values)
    assert list(paid["bound"].values) == list(BOUNDS)
