"""Tariff-rate quotas as terms of a table, on Détente's own economy: slopes, licences, and deals across kinks."""

from __future__ import annotations

import numpy as np
import pytest

from detente.accounts import load
from detente.economy import Economy, Policy, calibrate
from detente.talks.bargaining import CONCEPTS, Negotiation, deal
from detente.talks.certificate import certify
from detente.talks.instruments import Instruments, Licence
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, Term, make_term

AGAINST = 0.5  # the tariff of both, above every quota


@pytest.fixture(scope="module")
def economy() -> Economy:
    return calibrate(load("toy"))


@pytest.fixture(scope="module")
def payoff_model(economy: Economy) -> PayoffModel:
    tariff = np.array(economy.status_quo().tariff)
    goods = economy.sectors.index("goods")
    for importer, exporter in ((0, 1), (1, 0)):
        tariff[importer, exporter, goods] = AGAINST
    today = economy.status_quo()._replace(tariff=tariff)
    return PayoffModel(economy, [Party("AAA"), Party("BBB")], today)


def term(economy: Economy, to_exporter: float = 0.0, **options: object) -> Term:
    trade = economy.baseline.trade.sum(axis=3)
    licence = Licence(in_quota=0.05, to_exporter=to_exporter)
    return make_term(economy, "quota", ("AAA", "BBB"), ["goods"], trade=trade, licence=licence, **options)  # type: ignore[arg-type]


def under(economy: Economy, payoff_model: PayoffModel, share: float, to_exporter: float = 0.0) -> Policy:
    instruments = Instruments([term(economy, to_exporter).instrument])
    return instruments.apply(payoff_model.today, np.array([share]))


def test_a_quota_of_nothing_is_the_tariff_above_it_and_a_wide_one_the_tariff_within(
    economy: Economy, payoff_model: PayoffModel
) -> None:
    nothing = payoff_model.see(under(economy, payoff_model, 0.0)).payoff
    np.testing.assert_allclose(nothing, [1.0, 1.0], atol=1e-9)
    free = np.array(payoff_model.today.tariff)
    free[0, 1, economy.sectors.index("goods")] = 0.05
    wide = payoff_model.see(under(economy, payoff_model, 5.0)).payoff
    np.testing.assert_allclose(wide, payoff_model.see(payoff_model.today._replace(tariff=free)).payoff, atol=1e-9)


@pytest.mark.parametrize("to_exporter", [0.0, 1.0])
@pytest.mark.parametrize("share", [0.1, 0.6, 2.5])
def test_slopes_in_the_limit_are_those_of_differences(
    economy: Economy, payoff_model: PayoffModel, share: float, to_exporter: float
) -> None:
    instruments = Instruments([term(economy, to_exporter, upper=3.0).instrument])
    _, slopes, _ = payoff_model.features(instruments, np.array([share]), payoff_model.today, payoff_model.no_clauses)
    ends = [
        payoff_model.see(instruments.apply(payoff_model.today, np.array([share + s * 1e-4]))).payoff for s in (1, -1)
    ]
    np.testing.assert_allclose(slopes[:, 0], (ends[0] - ends[1]) / 2e-4, rtol=1e-4, atol=1e-8)


def test_who_holds_the_licences_decides_who_gains(economy: Economy, payoff_model: PayoffModel) -> None:
    by_importer = payoff_model.see(under(economy, payoff_model, 0.6, 0.0)).payoff
    by_exporter = payoff_model.see(under(economy, payoff_model, 0.6, 1.0)).payoff
    assert by_importer[0] > by_exporter[0] + 1e-4
    assert by_importer[1] < by_exporter[1] - 1e-4


def test_instruments_read_what_they_applied_and_other_quotas_stay(economy: Economy, payoff_model: PayoffModel) -> None:
    instruments = Instruments([term(economy).instrument])
    trade = economy.baseline.trade.sum(axis=3)
    other = make_term(economy, "quota", ("BBB", "AAA"), ["goods"], trade=trade, licence=Licence(over_quota=0.9))
    both = Instruments([other.instrument]).apply(
        instruments.apply(payoff_model.today, np.array([0.4])), np.array([0.7])
    )
    assert instruments.read(both) == pytest.approx([0.4])
    again = instruments.apply(both, np.array([0.9]))
    assert Instruments([other.instrument]).read(again) == pytest.approx([0.7])
    assert again.quotas is not None
    assert sorted(np.asarray(again.quotas.over_quota).tolist()) == pytest.approx([AGAINST, 0.9])
    assert instruments.read(payoff_model.today) == pytest.approx([0.0])


@pytest.mark.slow
@pytest.mark.parametrize("to_exporter", [0.0, 1.0])
def test_a_deal_finds_the_quota_from_a_place_where_no_slope_shows_it(
    economy: Economy, payoff_model: PayoffModel, to_exporter: float
) -> None:
    # From a limit of zero with licences at home nothing moves until the quota binds: the payoff is flat there.
    mine = term(economy, to_exporter, lower=0.0, upper=2.0)
    yours = make_term(economy, "tariff", ("BBB", "AAA"), ["goods"], upper=AGAINST)
    negotiation = Negotiation.open(payoff_model, Table([mine, yours]))
    settled = deal(negotiation)
    for concept in CONCEPTS:
        agreement = settled.agreements[concept]
        another = PayoffModel(economy, payoff_model.parties, payoff_model.today)
        threat = another.see(payoff_model.today, fresh=True)
        again = certify(another, agreement.policy, threat, payoff_model.no_clauses)
        assert again.holds
        np.testing.assert_allclose(again.gain_pct, agreement.gain_vs_threat_pct, atol=1e-7)
        assert agreement.values[0] > 0.3
    best = settled.agreements["nash"].gain_vs_threat_pct
    for share in np.linspace(0, 2, 11):
        for rate in np.linspace(0, AGAINST, 6):
            policy = negotiation.table.instruments.apply(payoff_model.today, np.array([share, rate]))
            gain = 100 * (payoff_model.see(policy).payoff - 1)
            if (gain > 0).all():
                assert gain.prod() <= best.prod() * (1 + 1e-4)
