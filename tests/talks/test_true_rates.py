"""Terms move the true rates: what is left alone stays exactly as it is, and what a threat moves beside the table is listed."""

from __future__ import annotations

import numpy as np
import pytest
from armington import Armington, random_economy, symmetric

from detente.economy.interface import Policy
from detente.errors import InputError
from detente.talks.bargaining import Negotiation, deal
from detente.talks.instruments import Instruments
from detente.talks.linkage import linkage
from detente.talks.partial_deals import partial_deals, staging
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.standstill import STANDSTILL
from detente.talks.table import Table, make_term
from detente.talks.valuation import concessions


def taxed(economy: Armington, rates: dict[tuple[int, int, int], float]) -> Policy:
    tariff = np.zeros((len(economy.regions),) * 2 + (len(economy.sectors), 1))
    for cell, rate in rates.items():
        tariff[cell] = rate
    return economy.status_quo()._replace(tariff=tariff)


def gain(model: PayoffModel, policy: Policy, before: Policy) -> np.ndarray:
    return 100 * (model.see(policy, fresh=True).payoff / model.see(before, fresh=True).payoff - 1)


@pytest.fixture(scope="module")
def uneven() -> Negotiation:
    """A group of two products at 40 and 5 percent, on a table whose range ends below both, against a table of today."""
    economy = random_economy(3)
    today = taxed(economy, {(0, 1, 0): 0.4, (0, 1, 1): 0.05, (1, 0, 0): 0.3, (1, 0, 1): 0.2})
    model = PayoffModel(economy, [Party("A"), Party("B")], today)
    table = Table(
        [
            make_term(economy, "tariff", ("A", "B"), ["s0", "s1"], upper=0.03, track="mine"),
            make_term(economy, "tariff", ("B", "A"), ["s0"], upper=0.1, years=2, track="yours"),
            make_term(economy, "tariff", ("B", "A"), ["s1"], upper=0.5, track="yours"),
        ]
    )
    return Negotiation.open(model, table)


def test_an_untouched_table_is_today_to_the_last_bit(uneven: Negotiation) -> None:
    instruments = uneven.table.instruments
    left = instruments.apply(uneven.today.policy, np.full(len(instruments), np.nan))
    for mine, now in zip(left[:4], uneven.today.policy[:4], strict=True):
        np.testing.assert_array_equal(mine, now)
    assert left.quotas is None


def test_rates_are_printed_as_the_law_has_them(uneven: Negotiation) -> None:
    instruments = uneven.table.instruments
    traded = uneven.payoff_model.economy.border_value
    mean = (np.array([0.4, 0.05]) * traded[0, 1, :2, 0]).sum() / traded[0, 1, :2, 0].sum()
    assert mean != pytest.approx(0.225, rel=1e-3)
    np.testing.assert_allclose(instruments.rates(uneven.today.policy, traded)[0], [0.05, mean, 0.4])
    assert instruments.read(uneven.today.policy)[1] == pytest.approx(0.3)  # above the range, and said so
    assert instruments.start(uneven.today.policy)[1] == pytest.approx(0.1)


def test_partial_deals_years_and_concessions_start_from_the_true_law(uneven: Negotiation) -> None:
    agreement = deal(uneven, ["nash"]).agreements["nash"]
    today, model = uneven.today.policy, uneven.payoff_model
    cells = {
        "A tariff on B: s0, s1": (0, 1, slice(None)),
        "B tariff on A: s0": (1, 0, 0),
        "B tariff on A: s1": (1, 0, 1),
    }
    for partial in partial_deals(uneven, agreement):
        tariff = np.array(today.tariff)
        for label in partial.labels:
            tariff[cells[label]] = np.asarray(agreement.policy.tariff)[cells[label]]
        expected = gain(model, today._replace(tariff=tariff), today)
        np.testing.assert_allclose(partial.gain_vs_today_pct, expected, atol=1e-7)
    for one in concessions(uneven, agreement):
        tariff = np.array(agreement.policy.tariff)
        tariff[cells[one.label]] = np.asarray(today.tariff)[cells[one.label]]
        expected = gain(model, agreement.policy, today) - gain(model, today._replace(tariff=tariff), today)
        np.testing.assert_allclose(one.worth_pct, expected, atol=1e-7)
    first, last = staging(uneven, agreement)
    assert np.asarray(first.policy.tariff)[1, 0, 0, 0] == pytest.approx((0.3 + agreement.values[1]) / 2)
    np.testing.assert_allclose(last.gain_vs_today_pct, agreement.gain_vs_today_pct, atol=1e-7)


def test_a_range_of_one_value_is_a_move() -> None:
    economy = symmetric(sectors=1)
    today = taxed(economy, {(0, 1, 0): 0.25, (1, 0, 0): 0.25})
    model = PayoffModel(economy, [Party("A"), Party("B")], today)
    terms = [make_term(economy, "tariff", pair, ["s0"], lower=0.1, upper=0.1) for pair in (("A", "B"), ("B", "A"))]
    negotiation = Negotiation.open(model, Table(terms))
    agreement = deal(negotiation, ["nash"]).agreements["nash"]
    assert [one.moved for one in concessions(negotiation, agreement)] == pytest.approx([0.15, 0.15])


@pytest.fixture(scope="module")
def escalation() -> Negotiation:
    """Only steel is on the table; without a deal B also taxes autos, which are not."""
    economy = symmetric(sectors=2)
    today = taxed(economy, {(0, 1, 0): 0.2, (1, 0, 0): 0.2})
    threat = taxed(economy, {(0, 1, 0): 0.2, (1, 0, 0): 0.2, (1, 0, 1): 0.5})
    model = PayoffModel(economy, [Party("A"), Party("B")], today)
    terms = [make_term(economy, "tariff", pair, ["s0"], track="steel") for pair in (("A", "B"), ("B", "A"))]
    return Negotiation.open(model, Table(terms), threat)


def test_what_a_deal_takes_back_beside_its_terms_is_listed_and_valued(escalation: Negotiation) -> None:
    agreement = deal(escalation, ["nash"]).agreements["nash"]
    *_, held = concessions(escalation, agreement)
    assert held.track == STANDSTILL
    assert held.by == "B"
    assert "s1" in held.label
    np.testing.assert_allclose(held.threat[1], 0.5)
    tariff = np.array(agreement.policy.tariff)
    tariff[1, 0, 1] = 0.5
    before = escalation.threat.policy
    model = escalation.payoff_model
    expected = gain(model, agreement.policy, before) - gain(model, agreement.policy._replace(tariff=tariff), before)
    np.testing.assert_allclose(held.worth_pct, expected, atol=1e-7)


def test_a_track_settled_alone_leaves_the_threat_on_everything_else(escalation: Negotiation) -> None:
    settled = deal(escalation, ["nash"])
    linked = linkage(settled)
    assert linked.tracks == ("steel", STANDSTILL)
    alone = linked.gain_pct[("steel",)]
    # The reference: the same table where today already has the tariff on autos.
    threat = escalation.threat.policy
    model = PayoffModel(escalation.payoff_model.economy, [Party("A"), Party("B")], threat)
    steel = deal(Negotiation.open(model, escalation.table), ["nash"]).agreements["nash"]
    np.testing.assert_allclose(alone, steel.gain_vs_threat_pct, atol=2e-3)
    total = sum(linked.shapley_pct.values())
    np.testing.assert_allclose(total, settled.agreements["nash"].gain_vs_threat_pct, atol=1e-9)


def test_a_range_that_is_no_range_is_refused() -> None:
    economy = symmetric()
    for lower, upper in ((0.3, 0.1), (float("nan"), 0.1), (0.0, float("inf"))):
        with pytest.raises(InputError, match="two finite ends"):
            make_term(economy, "tariff", ("A", "B"), ["s0"], lower=lower, upper=upper)


def test_an_agreed_tariff_takes_the_place_of_a_quota_on_its_flow() -> None:
    economy = symmetric()
    quota = make_term(economy, "quota", ("A", "B"), ["s0"], trade=np.full((2, 2, 1), 10.0)).instrument
    tariff = make_term(economy, "tariff", ("A", "B"), ["s0"]).instrument
    limited = Instruments([quota]).apply(taxed(economy, {(0, 1, 0): 0.5}), np.array([0.5]))
    assert limited.quotas is not None
    assert Instruments([tariff]).apply(limited, np.array([0.1])).quotas is None
    assert Instruments([tariff]).apply(limited, np.array([np.nan])).quotas is not None
