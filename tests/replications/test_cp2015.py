from __future__ import annotations

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import jax.numpy as jnp
import numpy as np
import pytest

from detente.economy import calibrate
from detente.economy.result import Result
from detente.report.comparison import PublishedComparison

pytestmark = pytest.mark.sources
SCRIPT = Path(__file__).resolve().parents[2] / "replications" / "cp2015" / "run.py"


@pytest.fixture(scope="module")
def cp2015() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cp2015_replication", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def comparison(cp2015: ModuleType, sources: Path) -> PublishedComparison:
    return cp2015.run(sources)


def test_every_published_number_is_reproduced_to_the_last_digit(comparison: PublishedComparison) -> None:
    judged = [row for row in comparison.rows if row.tolerance is not None]
    assert len(judged) == 27
    for row in judged:
        assert row.passed, f"{row.label}: {row.paper} in the paper, {row.ours:.4f} here"
    table = [row for row in judged if row.label.startswith("Table2")]
    assert len(table) == 12 and {row.tolerance for row in table} == {0.005}


def test_the_exact_change_of_welfare_is_not_the_first_order_sum(comparison: PublishedComparison) -> None:
    exact = {row.label: row for row in comparison.rows if "exact welfare" in row.label}
    assert len(exact) == 6
    assert all(abs(row.difference) > 0.005 for row in exact.values())
    mexico = exact["Table2, Mexico: exact welfare"]
    assert mexico.paper == pytest.approx(1.31, abs=0.005) and abs(mexico.ours) < 0.05


def test_the_first_order_sums_of_many_small_cuts_add_up_to_the_exact_change(cp2015: ModuleType, sources: Path) -> None:
    """What separates the two columns is the size of the step, nothing else."""
    world, tariff_2005 = cp2015.baseline(sources)
    economy = calibrate(world, closure="balanced")
    whole = cp2015.nafta(economy, tariff_2005)
    before = economy.status_quo()
    members = np.ix_(*[[economy.regions.index(code) for code in cp2015.NAFTA.values()]] * 2)
    end = np.array(before.tariff)
    end[members] = tariff_2005[members]

    def gap(steps: int) -> np.ndarray:
        shares = np.linspace(0, 1, steps + 1)
        path = [
            economy.levels(before._replace(tariff=before.tariff + share * (jnp.asarray(end) - before.tariff)))[0]
            for share in shares
        ]
        moves = [Result(economy, a, b, {}).arrays for a, b in pairwise(path)]
        summed = sum(move["terms_of_trade"] + move["volume_of_trade"] for move in moves)
        return summed - 100 * np.log1p(whole.arrays["welfare"] / 100)

    coarse, fine = gap(8), gap(16)
    np.testing.assert_allclose(2 * fine - coarse, 0.0, atol=0.01)  # percent: the error falls with the step
    assert np.abs(fine).max() < 0.6 * np.abs(coarse).max()
