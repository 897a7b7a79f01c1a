"""Whether a deal holds, who can wait: formulas against sums over the years, temptations against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from armington import random_economy
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import InputError
from detente.talks.bargaining import Negotiation, deal
from detente.talks.instruments import tariff_instruments
from detente.talks.party import Party
from detente.talks.patience import impatience, month_of_waiting, power_of_patience
from detente.talks.payoff_model import PayoffModel
from detente.talks.self_enforcement import critical_factor, holds, temptations
from detente.talks.table import Table, make_term
from detente.talks.war import war


@given(
    gain=st.floats(0.01, 5),
    loss=st.floats(0.01, 5),
    lag=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    hazard=st.floats(0, 0.3),
)
def test_the_critical_factor_is_where_the_sums_over_the_years_are_equal(
    gain: float, loss: float, lag: float, hazard: float
) -> None:
    factor = critical_factor(gain, loss, lag, hazard)

    def keeping_less_breaking(discount: float) -> float:
        # Each period lasts `lag` years; the first brings the gain, every other the loss.
        d = (discount * (1 - hazard)) ** lag
        later = np.arange(1, 20_000)
        return float(-gain + loss * (d**later).sum())

    if factor == np.inf:
        assert keeping_less_breaking(0.9999) < 1e-6 * gain or (1 - hazard) ** lag < gain / (gain + loss) + 1e-3
    else:
        assert keeping_less_breaking(min(factor * 1.001, 0.99999)) > -1e-2 * gain
        assert keeping_less_breaking(factor * 0.99) < 0


def test_nothing_tempts_and_no_patience_suffices() -> None:
    assert critical_factor(0.0, 1.0, 1.0) == 0.0
    assert critical_factor(1.0, 0.0, 1.0) == np.inf
    assert critical_factor(1.0, 1.0, 1.0) == 0.5
    assert critical_factor(1.0, 1.0, 0.5) == 0.25  # found out sooner, less patience is needed
    assert critical_factor(1.0, 1.0, 1.0, hazard=0.2) == pytest.approx(0.625)
    assert critical_factor(1.0, 1.0, 1.0, hazard=0.6) == np.inf


@pytest.fixture(scope="module")
def negotiation() -> Negotiation:
    economy = random_economy(4)
    model = PayoffModel(economy, [Party("A"), Party("B")])
    fought = war(model, {r: tariff_instruments(economy, r) for r in ("A", "B")})
    pairs = [("A", "B", "s0"), ("B", "A", "s0")]
    return Negotiation.open(model, Table(make_term(economy, "tariff", (a, b), [s]) for a, b, s in pairs), fought.policy)


def test_each_temptation_is_the_best_there_is(negotiation: Negotiation) -> None:
    agreed = deal(negotiation, ["nash"]).agreements["nash"]
    found = temptations(negotiation, agreed)
    instruments = negotiation.table.instruments
    for k, one in enumerate(found):
        assert one.labels == (instruments.labels[k],)
        assert one.tempted and one.loss_pct > 0
        top = max(2.0, float(negotiation.table.instruments.read(negotiation.threat.policy)[k]))
        best = -np.inf
        for rate in np.linspace(0, top, 81):
            values = np.where(np.arange(2) == k, rate, agreed.values)
            best = max(best, negotiation.payoff_model.see(instruments.apply(negotiation.ground, values)).payoff[k])
        brute = 100 * (best - agreed.view.payoff[k]) / negotiation.today.payoff[k]
        assert brute <= one.gain_pct + 1e-6
        assert one.gain_pct <= brute + 0.01 * abs(brute) + 1e-4
    longer, shorter = (max(one.critical_factor(lag) for one in found) for lag in (2.0, 0.25))
    assert shorter < longer < 1
    assert holds(found, 1 / longer - 1 - 1e-6, 2.0)
    assert not holds(found, 1 / longer - 1 + 1e-3, 2.0)


def test_at_the_threat_itself_nobody_is_tempted(negotiation: Negotiation) -> None:
    # The war is a Nash equilibrium: an agreement to do what is done anyway holds by itself.
    agreed = deal(negotiation, ["nash"]).agreements["nash"]
    at_war = type(agreed)(
        "war",
        agreed.values,
        negotiation.threat.policy,
        negotiation.threat,
        np.zeros(2),
        np.zeros(2),
        agreed.certificate,
        agreed.found,
        negotiation,
    )
    assert not any(one.tempted for one in temptations(negotiation, at_war))


def test_who_waits_longer_gets_more(negotiation: Negotiation) -> None:
    assert power_of_patience({"A": 0.05, "B": 0.05}) == {"A": 0.5, "B": 0.5}
    power = power_of_patience({"A": 0.02, "B": 0.06})
    assert power == pytest.approx({"A": 0.75, "B": 0.25})
    # Offers in turn, a week apart: the first offer's share tends to the power.
    a, b = (np.exp(-rate / 5200) for rate in (0.02, 0.06))
    assert (1 - b) / (1 - a * b) == pytest.approx(power["A"], abs=1e-4)
    assert impatience(0.04) == impatience(0.04, 2.0) == 0.04
    assert impatience(0.04, 2.0, 0.5) == pytest.approx(0.04 + np.log(2) / 2)
    for wrong in (lambda: impatience(0.0), lambda: impatience(0.1, -1.0, 0.5), lambda: power_of_patience({"A": 0.0})):
        with pytest.raises(InputError):
            wrong()
    for one, other in product(("A", "B"), repeat=2):
        assert sum(power_of_patience({one: 0.1, other: 0.2}).values()) == pytest.approx(1)


def test_a_month_is_a_twelfth_of_the_year(negotiation: Negotiation) -> None:
    agreed = deal(negotiation, ["nash"]).agreements["nash"]
    month = month_of_waiting(negotiation, agreed)
    year = 100 * (agreed.view.payoff / negotiation.today.payoff - 1)
    np.testing.assert_allclose(12 * month, year / 100 * negotiation.incomes, rtol=1e-9)
