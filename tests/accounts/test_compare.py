from __future__ import annotations

import numpy as np
import pytest
from random_worlds import random_baseline

from detente.accounts import one_use, toy, two_uses
from detente.accounts.aggregate import aggregate
from detente.accounts.compare import compare
from detente.accounts.schema import VARIABLES


def test_a_baseline_is_identical_to_itself() -> None:
    baseline = random_baseline(1)
    result = compare(baseline, random_baseline(1))
    assert result.identical
    assert result.cells.empty
    assert list(result.variables["variable"]) == list(VARIABLES)


def test_largest_cells_first_with_both_values_and_units() -> None:
    first = toy()
    trade = first.trade.copy()
    trade[0, 1, 0, 2] *= 1.5
    trade[2, 0, 1, 0] += 100.0
    result = compare(first, first.replace(trade=trade), top=1)
    assert not result.identical
    row = result.cells.set_index("variable").loc["trade"]
    assert row["cell"] == "importer CCC, exporter AAA, sector services, use goods"
    assert row["difference"] == pytest.approx(100.0)
    assert row["second"] - row["first"] == pytest.approx(100.0)
    assert row["percent"] == pytest.approx(100 * 100.0 / first.trade[2, 0, 1, 0])
    assert row["units"] == "million USD a year"
    summary = result.variables.set_index("variable")
    assert summary.loc["trade", "differ"] == 2
    assert summary.loc["trade", "cells"] == first.trade.size
    assert summary.loc["trade", "total_second"] == pytest.approx(trade.sum())
    assert summary.loc["output", "differ"] == 0
    assert np.isnan(summary.loc["tariff", "total_first"])


def test_different_labels_are_reported_and_the_common_ones_compared() -> None:
    first = random_baseline(4, regions=4, sectors=3)
    second = aggregate(first, regions={"R02": "ROW", "R03": "ROW"}, sectors={"s2": "other"})
    result = compare(first, second)
    assert result.only_first == {"region": ("R02", "R03"), "sector": ("s2",), "use": ("s2",)}
    assert result.only_second == {"region": ("ROW",), "sector": ("other",), "use": ("other",)}
    assert result.all_uses
    assert not result.identical
    output = result.variables.set_index("variable").loc["output"]
    assert (output["cells"], output["differ"]) == (4, 0)


def test_different_use_classes_are_compared_over_all_uses() -> None:
    baseline = random_baseline(6)
    result = compare(two_uses(baseline), one_use(baseline))
    assert result.all_uses
    assert not result.identical
    assert result.variables["differ"].sum() == 0


def test_a_number_that_one_side_does_not_know_is_a_difference() -> None:
    first = toy()
    jobs = first.employment.copy()
    jobs[1, 1] = np.nan
    second = first.replace(employment=jobs)
    result = compare(first, second)
    (cell,) = result.cells.to_dict("records")
    assert cell["cell"] == "region BBB, sector services"
    assert np.isnan(cell["second"])
    assert np.isnan(cell["difference"])
    assert compare(second, second).identical
    none = np.where(np.isnan(jobs), 0.0, jobs)
    assert not compare(second, first.replace(employment=none)).identical  # no jobs is not the same as unknown


def test_no_common_region_is_no_crash() -> None:
    result = compare(toy(), aggregate(toy(), regions={"*": "W"}))
    assert not result.identical
    assert result.variables.set_index("variable").loc["output", "cells"] == 0
