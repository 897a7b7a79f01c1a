"""What is collected against what US Customs recorded, and the parts of the model."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources

import numpy as np
import pytest

from detente.law import added_since_2024
from detente.law.assumptions import BOUNDS
from detente.law.collected import KINDS, collected, model
from detente.law.customs import UNION, flows, groups, partners
from detente.law.entry import BY_AIR, LONGEST, Voyage, charged, monthly, owed
from detente.law.market import regions, sectors
from detente.law.shrinkage import shares

NAMED = ("CAN", "MEX", "CHN", "JPN", "KOR", "GBR")


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


def test_goods_on_the_way_owe_what_the_order_says() -> None:
    path = np.full(243, 0.0)
    path[34:] = 10.0  # 2025-02-04: loaded before February 1 are spared until March 6
    path[62:] = 20.0  # 2025-03-04: nothing is spared
    rates = owed(path, "CHN", date(2025, 1, 1), 60)
    assert rates[4, 34] == 0.0 and rates[3, 34] == 10.0  # loaded on 31 January, and on 1 February
    assert rates[40, 64] == 0.0 and rates[40, 65] == 20.0  # March 6 and 7
    assert (owed(path, "CAN", date(2025, 1, 1), 60) == path).all()  # no waiver for Canada before April
    assert (rates <= path).all()


def test_goods_arrive_by_sea_by_air_or_by_land() -> None:
    lags = Voyage(36.0, 0.35).lags()
    assert lags.sum() == pytest.approx(1.0) and lags[:BY_AIR].sum() == pytest.approx(0.35, abs=0.01)
    assert Voyage(30.0).lags() @ np.arange(LONGEST) == pytest.approx(30.0, abs=0.5)
    np.testing.assert_array_equal(Voyage(0.0).lags(), [1.0])


def test_a_month_is_the_average_of_its_entries() -> None:
    path = np.zeros((31, 3, 1))
    path[15:, 0] = 100.0
    first, land = date(2025, 1, 1), Voyage(0.0)
    even = monthly(path, "MEX", land, 0.0, first, ["2025-01"], KINDS)
    late = monthly(path, "MEX", land, 1.0, first, ["2025-01"], KINDS)
    assert even[0, 0, 0] == pytest.approx(100 * 16 / 31)
    assert late[0, 0, 0] == pytest.approx(100 * 8 / 23)  # half as much enters at twice the price
    assert even[0, 1, 0] == 0.0


def test_a_cut_for_days_gone_by_is_collected_from_the_day_it_was_published() -> None:
    path = np.zeros((243, 3, 1))
    path[:, 2], path[212:, 2] = 25.0, 15.0  # vehicles of the Union, 2025-08-01
    paid = charged(path, "DEU", date(2025, 1, 1), KINDS)
    assert (paid[:, 2] == 25.0).all() and (charged(path, "GBR", date(2025, 1, 1), KINDS) == path).all()


def test_shares_are_pulled_to_what_is_common() -> None:
    rng = np.random.default_rng(1)
    due, weight = rng.uniform(5, 20, (3, 6, 2, 4)), rng.uniform(0.5, 2, (3, 6, 4))
    truth = rng.uniform(0.4, 0.9, (2, 3, 4))
    paid = np.einsum("pmkg,kpg->pmg", due, truth)
    loose, error = shares(due, paid, weight, (1e-6, 1e-6, 1e-6))
    np.testing.assert_allclose(loose, truth, atol=1e-4)
    assert error.max() < 1e-3
    tight, _ = shares(due, paid, weight, (1e9, 1e9, 1e9))
    assert np.ptp(tight[0]) < 1e-4 and np.ptp(tight[1]) < 1e-4
    weight[1, :, 2] = 0.0  # a cell without trade takes what its industry and its partner have in common
    filled, _ = shares(due, paid, weight, (1.0, 1.0, 1.0))
    assert 0.3 < filled[0, 1, 2] < 1.0


def test_each_month_is_predicted_from_the_others_within_the_stated_gap(fit: list[dict[str, str]]) -> None:
    def gap(name: str, rows: list[dict[str, str]]) -> float:
        weight = [float(row["imports_musd"]) for row in rows]
        return float(np.average([abs(float(row[name]) - float(row["collected_pct"])) for row in rows], weights=weight))

    assert gap("predicted_pct", fit) < 0.5 < 2 < gap("statutory_pct", fit)
    for partner in NAMED:
        rows = [row for row in fit if row["partner"] == partner]
        assert len(rows) == 8
        assert np.mean([abs(float(row["predicted_pct"]) - float(row["collected_pct"])) for row in rows]) < 1.0, partner
    union = []
    for month in sorted({row["month"] for row in fit}):
        rows = [row for row in fit if row["month"] == month and row["partner"] in UNION]
        weight = [float(row["imports_musd"]) for row in rows]
        means = [
            np.average([float(row[name]) for row in rows], weights=weight)
            for name in ("predicted_pct", "collected_pct")
        ]
        union.append(abs(means[0] - means[1]))
    assert np.mean(union) < 1.0
    inside = [float(row["low_pct"]) <= float(row["collected_pct"]) <= float(row["high_pct"]) for row in fit]
    assert np.mean(inside) >= 0.90


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
