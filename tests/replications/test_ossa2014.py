from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

REPLICATION = Path(__file__).resolve().parents[2] / "replications" / "ossa2014"
sys.path.insert(0, str(REPLICATION))

import jax
import jax.numpy as jnp
import ossa
import pandas as pd

from detente.talks.instruments import tariff_instruments
from detente.talks.optimum import optimum
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.war import war

pytestmark = pytest.mark.sources
EXPECTED = pd.read_csv(REPLICATION / "expected.csv").set_index(["policy", "measure", "region"])["percent"]


@pytest.fixture(scope="module")
def economy(sources: Path) -> ossa.OssaEconomy:
    return ossa.OssaEconomy.from_sources(sources / "ossa2014")


@pytest.fixture(scope="module")
def payoff_model(economy: ossa.OssaEconomy) -> PayoffModel:
    return PayoffModel(economy, [Party(region) for region in economy.regions])


def test_the_purge_of_imbalances_gives_the_authors_trade_matrix(economy: ossa.OssaEconomy, sources: Path) -> None:
    cells = pd.read_csv(sources / "ossa2014" / "trade_tariffs.csv")
    published = cells["trade_balanced_musd"].to_numpy().reshape(33, 7, 7).transpose(2, 1, 0)
    np.testing.assert_allclose(economy.trade, published, rtol=1e-8, atol=1e-5)


def test_no_change_is_no_change_and_a_tax_on_all_purchases_at_free_trade_does_nothing(
    economy: ossa.OssaEconomy,
) -> None:
    outcome = economy.equilibrium(economy.status_quo())
    np.testing.assert_allclose(outcome.welfare, 1.0, atol=1e-12)
    free = economy.rebased(np.zeros_like(economy.base_tariff))
    taxed = free.status_quo()._replace(tariff=jnp.full((7, 7, 33, 1), 0.3))
    np.testing.assert_allclose(free.equilibrium(taxed).welfare, 1.0, atol=1e-11)


def test_doing_and_undoing_a_tariff_returns_to_the_start(economy: ossa.OssaEconomy) -> None:
    tariff = economy.base_tariff.copy()
    tariff[6, :6] += 0.4
    back = economy.rebased(tariff).rebased(economy.base_tariff)
    np.testing.assert_allclose(back.trade, economy.trade, rtol=1e-9, atol=1e-9)


def test_gradients_are_finite_differences(economy: ossa.OssaEconomy) -> None:
    policy = economy.status_quo()
    welfare = jax.jit(lambda tariff: economy.equilibrium(policy._replace(tariff=tariff)).welfare[6])
    point = policy.tariff.at[6, :6].add(0.2)
    gradient = np.asarray(jax.jit(jax.grad(welfare))(point))
    for cell in [(6, 1, 23, 0), (6, 2, 28, 0), (2, 6, 30, 0)]:
        step = jnp.zeros_like(point).at[cell].set(1e-4)
        difference = (welfare(point + step) - welfare(point - step)) / 2e-4
        np.testing.assert_allclose(gradient[cell], difference, rtol=1e-5, atol=1e-11)


@pytest.mark.parametrize("region", ["Brazil", "Japan", "US"])
def test_optimal_mfn_tariffs_are_the_papers(economy: ossa.OssaEconomy, payoff_model: PayoffModel, region: str) -> None:
    instruments = tariff_instruments(economy, region, mfn=True, upper=10.0)
    best = optimum(payoff_model, region, instruments, starts=[1 / (economy.sigma - 1)])
    n = economy.regions.index(region)
    policy = "optimal_MFN_BAS"
    assert best.gain_pct == pytest.approx(EXPECTED[policy, "government_own", region], abs=0.05)
    others = 100 * (np.delete(best.view.payoff, n).mean() - 1)
    assert others == pytest.approx(EXPECTED[policy, "government_others", region], abs=0.05)
    assert 100 * np.median(best.values) == pytest.approx(EXPECTED[policy, "median_tariff", region], abs=0.05)
    assert best.steepest_pct < 1e-4


@pytest.mark.slow
def test_mfn_war_is_the_papers_and_carries_its_proof(economy: ossa.OssaEconomy, payoff_model: PayoffModel) -> None:
    instruments = {region: tariff_instruments(economy, region, mfn=True, upper=10.0) for region in economy.regions}
    fought = war(payoff_model, instruments, start=dict.fromkeys(economy.regions, 1 / (economy.sigma - 1)))
    assert max(fought.best_deviation_gain_pct.values()) < 1e-4
    for region in economy.regions:
        printed = EXPECTED["nash_MFN_BAS", "government", region]
        assert fought.gain_pct[region] == pytest.approx(printed, abs=0.07)
