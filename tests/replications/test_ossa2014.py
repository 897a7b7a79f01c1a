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
import run

from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.war import war

pytestmark = pytest.mark.sources
EXPECTED = pd.read_csv(REPLICATION / "expected.csv").set_index(["policy", "measure", "region"])["percent"]


@pytest.fixture(scope="module")
def economy(sources: Path) -> ossa.OssaEconomy:
    return ossa.OssaEconomy.from_sources(sources / "ossa2014")


@pytest.fixture(scope="module")
def replication(sources: Path) -> run.Replication:
    return run.Replication(sources / "ossa2014")


@pytest.fixture(scope="module")
def weights(sources: Path) -> dict[str, dict[str, float]]:
    return ossa.political_weights(sources / "ossa2014")


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


@pytest.mark.parametrize(
    ("politics", "region"), [("BAS", "Brazil"), ("BAS", "Japan"), ("BAS", "US"), ("POL", "EU"), ("POL", "Japan")]
)
def test_optimal_mfn_tariffs_are_the_papers(replication: run.Replication, politics: str, region: str) -> None:
    """Every number of the row to the paper's rounding, with political weights and without."""
    levers = replication.instruments("MFN")[region]
    best = replication.best(replication.payoff_model(politics), region, levers, None)
    measured = replication.measures(replication.payoff_model(politics), replication.economy.status_quo(), best)
    n, policy = replication.economy.regions.index(region), f"optimal_MFN_{politics}"
    for measure in ("government", "welfare", "wage", "profits"):
        own, others = measured[measure][n], np.delete(measured[measure], n).mean()
        assert own == pytest.approx(EXPECTED[policy, f"{measure}_own", region], abs=run.ROUNDING)
        assert others == pytest.approx(EXPECTED[policy, f"{measure}_others", region], abs=run.ROUNDING)
    assert measured["median_tariff"][n] == pytest.approx(EXPECTED[policy, "median_tariff", region], abs=run.FLAT_MEDIAN)
    assert replication.steepest_pct < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("politics", ["BAS", "POL"])
def test_mfn_war_is_the_papers_and_carries_its_proof(replication: run.Replication, politics: str) -> None:
    economy, levers, payoffs = replication.economy, replication.instruments("MFN"), replication.payoff_model(politics)
    start = {r: mine.read(replication.best(payoffs, r, mine, None)) for r, mine in levers.items()}  # as in the paper
    fought = war(payoffs, levers, start=start)
    assert max(fought.best_deviation_gain_pct.values()) < 1e-4
    for region in economy.regions:
        printed = EXPECTED[f"nash_MFN_{politics}", "government", region]
        assert fought.gain_pct[region] == pytest.approx(printed, abs=run.NASH_OTHERS)


@pytest.mark.slow
def test_the_political_agreement_from_free_trade_is_at_least_the_papers(replication: run.Replication) -> None:
    today = replication.economy.status_quo()
    free = today._replace(tariff=jnp.zeros_like(today.tariff))
    payoffs = replication.payoff_model("POL")
    agreed = replication.cooperation(payoffs, free, free, "MFN")
    gains = replication.measures(payoffs, free, agreed)["government"]
    for region, gain in zip(replication.economy.regions, gains, strict=True):
        assert gain >= EXPECTED["cooperative_MFN_POL_from_free_trade", "government", region] - 0.005


@pytest.mark.parametrize("region", ["Japan", "US"])
def test_the_political_objective_is_equation_2_of_the_paper(
    economy: ossa.OssaEconomy, weights: dict[str, dict[str, float]], region: str
) -> None:
    """G = sum of weights times sector incomes over the base year's, over the price index; incomes add up to spending."""
    tariff, n = economy.base_tariff.copy(), economy.regions.index(region)
    tariff[n] += 0.4 * (np.arange(len(economy.regions)) != n)[:, None]
    after = economy.status_quo()._replace(tariff=jnp.asarray(tariff)[..., None])
    old, new = (jax.jit(economy.equilibrium)(policy) for policy in (economy.status_quo(), after))
    np.testing.assert_allclose(new.sector_income.sum(axis=1), new.income, rtol=1e-10)
    weight = np.array([weights[region][sector] for sector in economy.sectors])
    objective = (weight @ new.sector_income[n]) / (weight @ old.sector_income[n]) / new.price_index[n]
    seen = PayoffModel(economy, [Party(region, weights[region])]).see(after)
    assert seen.payoff[0] == pytest.approx(float(objective), rel=1e-10)
