from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from armington import Armington, random_economy, symmetric

from detente.errors import InputError
from detente.talks.bargaining import CONCEPTS, Deal, Negotiation, NoAgreementError, deal
from detente.talks.clauses import Floor, Ratification
from detente.talks.frontier import frontier
from detente.talks.instruments import tariff_instruments
from detente.talks.linkage import linkage
from detente.talks.partial_deals import partial_deals, staging
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, make_term
from detente.talks.valuation import concessions, shadow_prices
from detente.talks.war import war


def two_way(economy: Armington, years: int = 0) -> Table:
    return Table(
        make_term(economy, "tariff", (a, b), [s], track=s, upper=1.0, years=years)
        for s in economy.sectors
        for a, b in (("A", "B"), ("B", "A"))
    )


class World:
    """An economy, its war and a negotiation against it, made once."""

    def __init__(self, economy: Armington) -> None:
        self.economy = economy
        self.payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
        instruments = {r: tariff_instruments(economy, r) for r in ("A", "B")}
        self.war = war(self.payoff_model, instruments)
        self.table = two_way(economy)
        self.negotiation = Negotiation.open(self.payoff_model, self.table, self.war.policy)
        self.deal = deal(self.negotiation)

    def against_war(self, **options: object) -> Deal:
        return deal(Negotiation.open(self.payoff_model, self.table, self.war.policy, **options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def twins() -> World:
    return World(symmetric(sectors=2))


@pytest.fixture(scope="module")
def uneven() -> World:
    return World(random_economy(4, sectors=2))


def test_symmetric_parties_split_evenly_and_trade_freely(twins: World) -> None:
    for concept in CONCEPTS:
        gains = twins.deal.agreements[concept].gain_vs_threat_pct
        assert gains[0] > 0.1
        assert gains[0] == pytest.approx(gains[1], abs=1e-4), concept
    # Free trade is efficient between twins, up to a common tax on everything.
    assert twins.deal.agreements["nash"].view.payoff == pytest.approx([1.0, 1.0], abs=1e-6)


def test_each_solution_is_what_its_author_asked_for(uneven: World) -> None:
    agreements, ideal = uneven.deal.agreements, uneven.deal.ideal_pct
    gain = {concept: a.gain_vs_threat_pct for concept, a in agreements.items()}
    assert gain["egalitarian"][0] == pytest.approx(gain["egalitarian"][1], abs=1e-4)
    assert np.ptp(gain["kalai_smorodinsky"] / ideal) < 1e-4
    others = [g for c, g in gain.items() if c != "nash"]
    assert all(gain["nash"].prod() >= g.prod() - 1e-7 for g in others)
    income = uneven.negotiation.incomes
    assert all(gain["utilitarian"] @ income >= g @ income - 1e-5 for g in gain.values())
    assert all(gain["egalitarian"].min() >= g.min() - 1e-5 for g in gain.values())
    for agreement in agreements.values():
        assert agreement.certificate.holds
        assert (agreement.gain_vs_threat_pct > 0).all()


def test_all_the_power_takes_all_the_gain(uneven: World) -> None:
    for k, name in enumerate(("A", "B")):
        taken = uneven.against_war(power={name: 1.0}).agreements["nash"].gain_vs_threat_pct
        assert taken[k] == pytest.approx(uneven.deal.ideal_pct[k], rel=1e-3)
        assert taken[1 - k] == pytest.approx(0.0, abs=1e-4)
        assert taken[1 - k] >= -1e-6


def test_more_power_is_more_gain(uneven: World) -> None:
    gains = [
        uneven.against_war(power={"A": share, "B": 1 - share}).agreements["nash"].gain_vs_threat_pct[0]
        for share in (0.3, 0.5, 0.7)
    ]
    assert gains[0] < gains[1] < gains[2]


def test_the_frontier_is_efficient_and_the_solutions_lie_on_it(uneven: World) -> None:
    edge = frontier(uneven.deal, points=7)
    gains = edge.gain_pct
    assert (np.diff(gains[:, 0]) > 0).all()
    assert (np.diff(gains[:, 1]) < 0).all()
    assert gains[-1, 0] == pytest.approx(uneven.deal.ideal_pct[0], rel=1e-3)
    for agreement in uneven.deal.agreements.values():
        mine = agreement.gain_vs_threat_pct
        beaten = (gains > mine + 1e-4).all(axis=1)
        assert not beaten.any()


def test_no_deal_where_none_is_possible() -> None:
    economy = symmetric()
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
    free_trade = Negotiation.open(
        payoff_model, two_way(economy)
    )  # twins under free trade have nothing to give each other
    with pytest.raises(NoAgreementError, match="No agreement was found"):
        deal(free_trade)


def test_one_sided_tables_are_refused_too(twins: World) -> None:
    taxed = twins.payoff_model.today._replace(tariff=np.full((2, 2, 2, 1), 0.3) * (1 - np.eye(2))[:, :, None, None])
    payoff_model = PayoffModel(twins.economy, [Party("A"), Party("B")], taxed)
    only_mine = Table([make_term(twins.economy, "tariff_cut", ("A", "B"), ["s0", "s1"], today=taxed)])
    with pytest.raises(NoAgreementError, match="No agreement was found"):
        deal(Negotiation.open(payoff_model, only_mine))


def test_a_red_line_holds_and_has_a_price(twins: World) -> None:
    line = Floor("A's s0", "A", ("s0",), 0.01, measure="jobs", reference="today")
    settled = twins.against_war(clauses=[line])
    agreement = settled.agreements["nash"]
    assert agreement.certificate.slack[0] == pytest.approx(0.0, abs=1e-5)
    free = twins.deal.agreements["nash"]
    assert agreement.gain_vs_threat_pct.sum() < free.gain_vs_threat_pct.sum()
    [price] = [p for p in shadow_prices(settled, "nash") if p.kind == "clause"]
    assert price.label == "A's s0"
    assert price.gain_pct.sum() > 0
    # The price is a difference quotient: the same from settling again by hand.
    looser = Floor("A's s0", "A", ("s0",), 0.0, measure="jobs", reference="today")
    by_hand = twins.against_war(clauses=[looser]).agreements["nash"].gain_vs_threat_pct
    np.testing.assert_allclose(price.gain_pct, by_hand - agreement.gain_vs_threat_pct, rtol=0.01)


def test_a_range_that_binds_has_a_price(twins: World) -> None:
    terms = [
        make_term(twins.economy, "tariff", ("A", "B"), ["s0"], lower=0.2, upper=1.0),
        *(
            make_term(twins.economy, "tariff", (a, b), [s])
            for a, b, s in (("A", "B", "s1"), ("B", "A", "s0"), ("B", "A", "s1"))
        ),
    ]
    settled = deal(Negotiation.open(twins.payoff_model, Table(terms), twins.war.policy))
    prices = {p.label: p for p in shadow_prices(settled, "egalitarian")}
    assert "A tariff on B: s0" in prices
    assert prices["A tariff on B: s0"].gain_pct.min() > 0


def test_ratification_by_sectors_is_met_vote_by_vote() -> None:
    economy = random_economy(7, sectors=3)
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
    fought = war(payoff_model, {r: tariff_instruments(economy, r) for r in ("A", "B")})
    table = two_way(economy)
    everyone = Ratification("all sectors of A", "A", economy.sectors, np.eye(3), np.full(3, 1 / 3), 0.99, "income")
    open_deal = deal(Negotiation.open(payoff_model, table, fought.policy))
    bound = deal(Negotiation.open(payoff_model, table, fought.policy, clauses=[everyone]))
    for concept in CONCEPTS:
        real = bound.agreements[concept].view.outcome
        threat = bound.negotiation.threat.outcome
        change = (real.sector_income[0] / real.price_index[0]) / (threat.sector_income[0] / threat.price_index[0]) - 1
        assert (np.asarray(change) > 0).all()
    before = open_deal.agreements["nash"].gain_vs_threat_pct
    assert np.log(bound.agreements["nash"].gain_vs_threat_pct).sum() <= np.log(before).sum() + 1e-6


def test_concessions_cost_the_giver_and_help_the_taker(twins: World) -> None:
    found = concessions(twins.negotiation, twins.deal.agreements["egalitarian"])
    assert {c.by for c in found} == {"A", "B"}
    for one in found:
        giver = 0 if one.by == "A" else 1
        assert one.worth_pct[1 - giver] > 0
        assert one.worth_pct[giver] < one.worth_pct[1 - giver]


def test_linking_adds_up_by_shapley(twins: World) -> None:
    linked = linkage(twins.deal)
    total = sum(linked.shapley_pct.values())
    np.testing.assert_allclose(total, twins.deal.agreements["nash"].gain_vs_threat_pct, atol=1e-9)
    np.testing.assert_allclose(linked.shapley_pct["s0"], linked.shapley_pct["s1"], atol=1e-3)
    alone = linked.gain_pct[("s0",)] + linked.gain_pct[("s1",)]
    np.testing.assert_allclose(linked.linked_pct, twins.deal.agreements["nash"].gain_vs_threat_pct - alone)


def test_linking_tracks_makes_a_deal_where_each_alone_has_none() -> None:
    economy = symmetric(sectors=2)
    today = economy.status_quo()
    tariff = np.zeros((2, 2, 2, 1))
    tariff[0, 1, 0], tariff[1, 0, 1] = 0.1, 0.1  # each track alone asks only one side to give
    today = today._replace(tariff=tariff)
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")], today)
    table = Table(
        make_term(economy, "tariff_cut", (a, b), [s], today=today, track=s)
        for a, b, s in (("A", "B", "s0"), ("B", "A", "s1"))
    )
    settled = deal(Negotiation.open(payoff_model, table))
    linked = linkage(settled)
    assert (linked.gain_pct[("s0",)] == 0).all()
    assert (linked.gain_pct[("s1",)] == 0).all()
    assert (linked.linked_pct > 0.01).all()


def test_steps_are_ranked_and_staging_ends_at_the_deal() -> None:
    economy = symmetric(sectors=2)
    tariff = np.zeros((2, 2, 2, 1))
    tariff[0, 1], tariff[1, 0] = 0.3, 0.3
    today = economy.status_quo()._replace(tariff=tariff)
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")], today)
    negotiation = Negotiation.open(payoff_model, two_way(economy, years=4))
    agreement = deal(negotiation).agreements["egalitarian"]
    steps = partial_deals(negotiation, agreement)
    least = [step.gain_vs_today_pct.min() for step in steps]
    assert least == sorted(least, reverse=True)
    assert len(steps[0].labels) == 2  # one concession from each side
    assert least[0] > 0
    years = staging(negotiation, agreement)
    assert [y.year for y in years] == [1, 2, 3, 4]
    np.testing.assert_allclose(years[-1].gain_vs_today_pct, agreement.gain_vs_today_pct, atol=1e-9)
    assert all(a.gain_vs_today_pct.sum() < b.gain_vs_today_pct.sum() for a, b in pairwise(years))


def test_cooperation_and_export_taxes_can_be_on_the_table(twins: World) -> None:
    terms = [
        make_term(
            twins.economy, "trade_cost", ["A", "B"], ["s0"], today=twins.payoff_model.today, lower=-0.03, track="energy"
        ),
        make_term(twins.economy, "export_tax", ("A", "B"), ["s1"], upper=0.2, track="energy"),
    ]
    settled = deal(Negotiation.open(twins.payoff_model, Table(terms)), ["egalitarian"])
    assert settled.agreements["egalitarian"].values[0] == pytest.approx(-0.03)
    assert (settled.agreements["egalitarian"].gain_vs_today_pct > 0).all()


def test_bad_tables_are_refused(twins: World) -> None:
    term = make_term(twins.economy, "tariff", ("A", "B"), ["s0"])
    with pytest.raises(InputError, match="its own label"):
        Table([term, term])
    with pytest.raises(InputError, match="nothing to decide"):
        _ = Table([]).instruments
    with pytest.raises(InputError, match="given twice"):
        make_term(twins.economy, "tariff", ("A", "A"), ["s0"])
    with pytest.raises(InputError, match="Bargaining power"):
        Negotiation.open(twins.payoff_model, twins.table, power={"A": -1.0})
    with pytest.raises(InputError, match="not a party"):
        Negotiation.open(twins.payoff_model, twins.table, power={"Z": 1.0})
