"""Every instrument that a table may hold, on Détente's own economy."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from armington import symmetric

from detente.accounts import load
from detente.economy import Economy, calibrate
from detente.talks.bargaining import Negotiation, deal
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, make_term


@pytest.fixture(scope="module")
def economy() -> Economy:
    return calibrate(load("toy"))


@pytest.fixture(scope="module")
def payoff_model(economy: Economy) -> PayoffModel:
    subsidy = np.zeros_like(economy.status_quo().subsidy)
    subsidy[:2, economy.sectors.index("goods")] = 0.1  # both support what they sell to each other
    return PayoffModel(economy, [Party("AAA"), Party("BBB")], economy.status_quo()._replace(subsidy=subsidy))


def test_slopes_of_every_instrument_are_those_of_differences(economy: Economy, payoff_model: PayoffModel) -> None:
    instruments = Table(
        [
            make_term(economy, "tariff", ("AAA", "BBB"), ["goods"]),
            make_term(economy, "tariff_cut", ("BBB", "AAA"), ["goods"], today=payoff_model.today),
            make_term(economy, "export_tax", ("BBB", "AAA"), ["goods"]),
            make_term(economy, "trade_cost", ["AAA", "BBB"], ["goods", "services"], today=payoff_model.today),
            make_term(economy, "subsidy", ("AAA",), ["goods"]),
        ]
    ).instruments
    values = np.array([0.2, 0.4, 0.05, -0.02, 0.06])
    _, slopes, _ = payoff_model.features(instruments, values, payoff_model.today, payoff_model.no_clauses)
    for k, step in enumerate(1e-4 * np.eye(len(instruments))):
        ends = [
            payoff_model.see(instruments.apply(payoff_model.today, values + sign * step)).payoff for sign in (1, -1)
        ]
        np.testing.assert_allclose(slopes[:, k], (ends[0] - ends[1]) / 2e-4, rtol=1e-4, atol=1e-8)


@pytest.mark.slow
def test_subsidies_that_cost_both_are_disciplined(economy: Economy, payoff_model: PayoffModel) -> None:
    table = Table([make_term(economy, "subsidy", (region,), ["goods"], upper=0.1) for region in ("AAA", "BBB")])
    agreement = deal(Negotiation.open(payoff_model, table), ["egalitarian"]).agreements["egalitarian"]
    assert agreement.certificate.holds
    assert (agreement.gain_vs_threat_pct > 0).all()
    assert (agreement.values < 0.1).all()
    disciplined = np.asarray(agreement.policy.subsidy)[:2, economy.sectors.index("goods")]
    np.testing.assert_allclose(disciplined, agreement.values)


def test_a_variant_of_an_economy_is_judged_by_its_own_outcomes() -> None:
    economy = symmetric(sectors=1, sigma=4.0)
    before = PayoffModel(economy, [Party("A"), Party("B")])
    variant = copy.copy(economy)  # carries along whatever was cached on the original
    variant.sigma = 8.0
    taxed = before.today._replace(tariff=np.full((2, 2, 1, 1), 0.3) * (1 - np.eye(2))[:, :, None, None])
    copied = PayoffModel(variant, [Party("A"), Party("B")]).see(taxed).payoff
    made = PayoffModel(symmetric(sectors=1, sigma=8.0), [Party("A"), Party("B")]).see(taxed).payoff
    np.testing.assert_allclose(copied, made, rtol=1e-12)
