"""Ratification: who is for and against an agreement, and the cheapest payments that make it pass."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from armington import random_economy
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.talks.bargaining import Negotiation, NoAgreementError, deal
from detente.talks.clauses import Ratification, changes, compile_clauses
from detente.talks.instruments import tariff_instruments
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.ratification import Standing, cheapest, standings, without_rules
from detente.talks.table import Table, make_term
from detente.talks.war import war

SECTORS = 3
#: Four places: where the sectors earn, where they employ, and what each place has of duties.
EARN = np.array([[0.7, 0.1, 0.2], [0.1, 0.6, 0.2], [0.1, 0.2, 0.5], [0.1, 0.1, 0.1]])
WORK = np.array([[60.0, 5.0, 9.0], [12.0, 40.0, 8.0], [9.0, 12.0, 30.0], [5.0, 6.0, 7.0]])


def rule(measure: str = "income", threshold: float = 0.5, **options: object) -> Ratification:
    votes = WORK.sum(axis=1) / WORK.sum()
    other = np.array([0.3, 0.3, 0.3, 0.1])
    names = ("north", "south", "east", "west")
    return Ratification("places of A", "A", names, EARN, votes, threshold, measure, jobs=WORK, other=other, **options)  # type: ignore[arg-type]


class World:
    def __init__(self) -> None:
        self.economy = random_economy(7, sectors=SECTORS)
        self.payoff_model = PayoffModel(self.economy, [Party("A"), Party("B")])
        self.war = war(self.payoff_model, {r: tariff_instruments(self.economy, r) for r in ("A", "B")})
        self.table = Table(
            make_term(self.economy, "tariff", (a, b), [s], track=s)
            for s in self.economy.sectors
            for a, b in (("A", "B"), ("B", "A"))
        )

    def negotiation(self, *clauses: Ratification) -> Negotiation:
        return Negotiation.open(self.payoff_model, self.table, self.war.policy, clauses=clauses)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def by_hand(cost: np.ndarray, votes: np.ndarray, in_favour: np.ndarray, threshold: float) -> float:
    """The least cost over every set of payments there is."""
    who = np.flatnonzero(~in_favour)
    best = np.inf
    for chosen in product((False, True), repeat=len(who)):
        paid = who[list(chosen)]
        if votes[in_favour].sum() + votes[paid].sum() >= threshold - 1e-9:
            best = min(best, cost[paid].sum())
    return float(best)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 10_000), st.sampled_from([0.1, 0.5, 0.55, 2 / 3, 1.0]), st.booleans())
def test_no_set_of_payments_is_cheaper(count: int, seed: int, threshold: float, equal: bool) -> None:
    rng = np.random.default_rng(seed)
    votes = np.ones(count) if equal else rng.pareto(1.0, count) + 0.01
    votes /= votes.sum()
    cost, in_favour = rng.pareto(0.8, count), rng.random(count) < 0.4
    paid = cheapest(cost, votes, in_favour, threshold)
    assert not (paid & in_favour).any()
    assert votes[in_favour | paid].sum() >= threshold - 2e-9
    assert cost[paid].sum() == pytest.approx(by_hand(cost, votes, in_favour, threshold), rel=1e-6, abs=1e-9)


def test_votes_are_counted_one_by_one_at_a_tie() -> None:
    votes = np.full(51, 1 / 51)
    paid = cheapest(np.arange(1.0, 52.0), votes, np.arange(51) >= 31, 26 / 51)  # 20 in favour, 26 needed
    assert list(np.flatnonzero(paid)) == list(range(6))


@pytest.mark.parametrize("measure", ["income", "pay", "jobs"])
def test_the_clause_measures_what_places_earn_and_employ(world: World, measure: str) -> None:
    before, after = world.war.view.outcome, world.payoff_model.see(world.payoff_model.today).outcome
    arrays = compile_clauses(world.economy, [rule(measure)], {"threat": before, "today": before})
    money, jobs = [], []
    for at in (before, after):
        other = rule().other * float(at.revenue[0]) if measure == "income" else 0.0
        money.append((EARN @ np.asarray(at.sector_income[0]) + other) / float(at.price_index[0]))
        heads = WORK @ np.asarray(at.employment[0])
        jobs.append(heads / heads.sum())  # the nation's labour is fixed here, so its jobs are
    expected = {"income": money[1] / money[0], "jobs": jobs[1] / jobs[0]}
    expected["pay"] = expected["income"] / expected["jobs"]
    np.testing.assert_allclose(np.asarray(changes(arrays, after))[0], expected[measure] - 1, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["income", "pay", "jobs"])
def test_slopes_of_a_places_change_are_those_of_differences(world: World, measure: str) -> None:
    instruments = world.table.instruments
    arrays = compile_clauses(world.economy, [rule(measure)], {"threat": world.war.view.outcome})
    values, step = np.full(len(instruments), 0.1), 1e-5
    slopes = world.payoff_model.change_slopes(instruments, values, world.payoff_model.today, arrays)

    def at(moved: np.ndarray) -> np.ndarray:
        outcome = world.economy.equilibrium(instruments.apply(world.payoff_model.today, moved))
        return np.asarray(changes(arrays, outcome)).ravel()

    for k in range(len(instruments)):
        unit = step * np.eye(len(instruments))[k]
        np.testing.assert_allclose(
            slopes[:, k], (at(values + unit) - at(values - unit)) / (2 * step), rtol=1e-5, atol=1e-8
        )


@pytest.mark.parametrize("measure", ["income", "pay"])
def test_paying_their_losses_leaves_nobody_against(world: World, measure: str) -> None:
    """The transfers, added to what places earn, bring every place back to where it was."""
    negotiation = world.negotiation(rule(measure, reference="today"))
    agreement = without_rules(negotiation, None).agreements["nash"]
    [one] = standings(negotiation, agreement)
    before, after = negotiation.today.outcome, agreement.view.outcome
    assert one.against.any()

    def measured(at, transfer: np.ndarray | float = 0.0) -> np.ndarray:
        money = EARN @ np.asarray(at.sector_income[0])
        money += rule().other * float(at.revenue[0]) if measure == "income" else 0.0
        heads = WORK @ np.asarray(at.employment[0])
        real = money / float(at.price_index[0]) + transfer
        return real if measure == "income" else real / (heads / heads.sum())

    whole = measured(after, one.loss_musd) / measured(before)
    np.testing.assert_allclose(whole[one.against], 1.0, rtol=1e-9)
    assert (whole[~one.against] > 1).all() and (one.loss_musd[~one.against] == 0).all()


def test_incomes_of_places_add_up_to_the_nations_gain(world: World) -> None:
    negotiation = world.negotiation(rule())
    agreement = without_rules(negotiation, None).agreements["nash"]
    [one] = standings(negotiation, agreement)
    before = negotiation.threat.outcome
    base = EARN @ np.asarray(before.sector_income[0]) + rule().other * float(before.revenue[0])
    total = float((one.change * base).sum() / before.price_index[0])
    assert total == pytest.approx(one.gain_musd, rel=1e-9)
    income = negotiation.incomes[0]
    assert one.gain_musd == pytest.approx(
        float(agreement.view.outcome.welfare[0] - before.welfare[0]) * income, rel=1e-6
    )


def test_what_passes_costs_nothing(world: World) -> None:
    negotiation = world.negotiation(rule(threshold=0.05))
    settled = deal(negotiation)
    assert without_rules(negotiation, settled) is settled  # the rule holds nothing back
    for agreement in settled.agreements.values():
        [one] = standings(negotiation, agreement)
        assert one.passes and one.cost_musd == 0 and one.covered and not one.paid.any()


def test_an_agreement_under_a_rule_passes_and_the_one_without_can_be_paid_for(world: World) -> None:
    negotiation = world.negotiation(rule(threshold=0.99))
    settled = deal(negotiation)
    [bound] = standings(negotiation, settled.agreements["nash"])
    assert bound.passes and bound.cost_musd == 0
    free = without_rules(negotiation, settled)
    [loose] = standings(negotiation, free.agreements["nash"])
    assert not loose.passes and loose.covered
    assert loose.rule.votes[~loose.against | loose.paid].sum() >= 0.99
    product_of_gains = [one.agreements["nash"].gain_vs_threat_pct.prod() for one in (settled, free)]
    assert product_of_gains[0] < product_of_gains[1]


def test_where_nothing_suits_a_majority_payments_still_do(world: World) -> None:
    negotiation = world.negotiation(rule("jobs", threshold=0.99))
    with pytest.raises(NoAgreementError):
        deal(negotiation)
    [loose] = standings(negotiation, without_rules(negotiation, None).agreements["nash"])
    assert not loose.passes and loose.paid.any() and loose.covered


def test_payments_beyond_the_gain_are_called_what_they_are() -> None:
    votes = np.array([0.6, 0.4])
    one = Standing(rule(), np.array([-0.1, 0.2]), np.array([50.0, 0.0]), 30.0, np.array([True, False]))
    assert one.cost_musd == 50 and not one.covered
    assert Standing(rule(), np.array([-0.1, 0.2]), np.array([50.0, 0.0]), 60.0, np.array([True, False])).covered
    assert not Standing(rule(), np.array([-0.1, 0.2]), np.array([5.0, 0.0]), -3.0, np.array([True, False])).covered
    assert cheapest([50.0, 0.0], votes, np.array([False, True]), 0.5).tolist() == [True, False]
