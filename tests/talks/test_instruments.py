"""Every instrument that a table may hold, on Détente's own economy."""

from __future__ import annotations

import numpy as np
import pytest

from detente.accounts import load
from detente.economy import Economy, calibrate
from detente.talks.bargaining import Negotiation, deal
from detente.talks.outlook import Outlook
from detente.talks.party import Party
from detente.talks.table import Table, export_tax_term, subsidy_term, tariff_cut_term, tariff_term, trade_cost_term


@pytest.fixture(scope="module")
def economy() -> Economy:
    return calibrate(load("toy"))


@pytest.fixture(scope="module")
def outlook(economy: Economy) -> Outlook:
    subsidy = np.zeros_like(economy.status_quo().subsidy)
    subsidy[:2, economy.sectors.index("goods")] = 0.1  # both support what they sell to each other
    return Outlook(economy, [Party("AAA"), Party("BBB")], economy.status_quo()._replace(subsidy=subsidy))


def test_slopes_of_every_instrument_are_those_of_differences(economy: Economy, outlook: Outlook) -> None:
    levers = Table(
        [
            tariff_term(economy, "AAA", "BBB", ["goods"]),
            tariff_cut_term(economy, "BBB", "AAA", ["goods"], today=outlook.today),
            export_tax_term(economy, "BBB", "AAA", ["goods"]),
            trade_cost_term(economy, ["AAA", "BBB"], ["goods", "services"], today=outlook.today),
            subsidy_term(economy, "AAA", ["goods"]),
        ]
    ).levers
    values = np.array([0.2, 0.4, 0.05, -0.02, 0.06])
    _, slopes, _ = outlook.features(levers, values, outlook.today, outlook.no_clauses)
    for k, step in enumerate(1e-4 * np.eye(len(levers))):
        ends = [outlook.see(levers.apply(outlook.today, values + sign * step)).payoff for sign in (1, -1)]
        np.testing.assert_allclose(slopes[:, k], (ends[0] - ends[1]) / 2e-4, rtol=1e-4, atol=1e-8)


@pytest.mark.slow
def test_subsidies_that_cost_both_are_disciplined(economy: Economy, outlook: Outlook) -> None:
    table = Table([subsidy_term(economy, region, ["goods"], upper=0.1) for region in ("AAA", "BBB")])
    agreement = deal(Negotiation.open(outlook, table), ["egalitarian"]).agreements["egalitarian"]
    assert agreement.certificate.holds
    assert (agreement.gain_vs_threat_pct > 0).all()
    assert (agreement.values < 0.1).all()
    disciplined = np.asarray(agreement.policy.subsidy)[:2, economy.sectors.index("goods")]
    np.testing.assert_allclose(disciplined, agreement.values)
