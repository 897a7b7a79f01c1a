"""Every solution against brute force, on tables of two and three terms that are smooth, kinked or voted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from armington import random_economy
from oracle import Grid, shortfall

from detente.accounts import load
from detente.economy import Economy, calibrate
from detente.talks.bargaining import Negotiation, deal
from detente.talks.clauses import Ratification
from detente.talks.instruments import Licence, tariff_instruments
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, Term, make_term
from detente.talks.war import war

COUNT = {2: 15, 3: 7}


def checked(negotiation: Negotiation) -> None:
    """No point of the grid beats a solution by more than rounding, and no party hopes for less than the grid has."""
    settled = deal(negotiation)
    grid = Grid(negotiation, COUNT[len(negotiation.table.terms)])
    assert grid.allowed.any()
    for concept, short in shortfall(settled, grid).items():
        assert short < 1e-4, (concept, short)
        assert settled.agreements[concept].certificate.holds
    assert (settled.ideal_pct > grid.ideal() * (1 - 1e-4)).all()


def tariffs(economy: object, pairs: list[tuple[str, str, str]]) -> Table:
    return Table(make_term(economy, "tariff", (a, b), [s], upper=1.0) for a, b, s in pairs)  # type: ignore[arg-type]


SMOOTH = [("A", "B", "s0"), ("B", "A", "s1"), ("A", "B", "s1")]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("seed", [4])
def test_smooth_tables(seed: int, count: int) -> None:
    economy = random_economy(seed)
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
    fought = war(payoff_model, {r: tariff_instruments(economy, r) for r in ("A", "B")})
    checked(Negotiation.open(payoff_model, tariffs(economy, SMOOTH[:count]), fought.policy))


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.whole)])
@pytest.mark.parametrize("seed", [7])
def test_voted_tables(seed: int, count: int) -> None:
    # Three places vote; which two are in favour decides, and that jumps.
    economy = random_economy(seed, sectors=3)
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
    fought = war(payoff_model, {r: tariff_instruments(economy, r) for r in ("A", "B")})
    earn = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    votes = np.full(3, 1 / 3)
    rules = [Ratification(f"places of {r}", r, ("x", "y", "z"), earn, votes, 0.6) for r in ("A", "B")]
    checked(Negotiation.open(payoff_model, tariffs(economy, SMOOTH[:count]), fought.policy, clauses=rules))


@pytest.fixture(scope="module")
def toy() -> Economy:
    return calibrate(load("toy"))


def kinked(economy: Economy, terms: Sequence[str], against: float, in_quota: float, power: float = 0.5) -> Negotiation:
    """Quotas on what AAA buys of goods (licences at home) and of services (licences abroad), and a tariff of BBB."""
    tariff, trade = np.array(economy.status_quo().tariff), economy.baseline.trade.sum(axis=3)
    tariff[0, 1] = tariff[1, 0] = against
    payoff_model = PayoffModel(economy, [Party("AAA"), Party("BBB")], economy.status_quo()._replace(tariff=tariff))

    def quota(sector: str, to_exporter: float) -> Term:
        licence = Licence(in_quota=in_quota, to_exporter=to_exporter)
        return make_term(economy, "quota", ("AAA", "BBB"), [sector], trade=trade, licence=licence, upper=2.0)

    each = {
        "goods": quota("goods", 0.0),
        "services": quota("services", 1.0),
        "tariff": make_term(economy, "tariff", ("BBB", "AAA"), ["goods"], upper=against),
    }
    table = Table(each[name] for name in terms)
    return Negotiation.open(payoff_model, table, power={"AAA": power, "BBB": 0.5})


@pytest.mark.parametrize(
    ("terms", "against", "in_quota", "power"),
    [
        pytest.param(
            ("goods", "services"), 0.625, 0.0, 0.78, marks=pytest.mark.whole
        ),  # once refused, though a third of the grid are agreements
        (("services", "goods"), 0.697, 0.0, 0.51),  # Kalai-Smorodinsky was once a fifth short of the grid
        (("services", "goods"), 0.417, 0.05, 0.36),  # and here a hundredth
        (("goods", "services"), 0.461, 0.0, 0.57),  # the best that BBB could hope for was once a seventh short
        pytest.param(("goods", "tariff"), 0.5, 0.05, 0.5, marks=pytest.mark.whole),
        pytest.param(("goods", "services", "tariff"), 0.5, 0.05, 0.5, marks=pytest.mark.whole),
    ],
)
def test_kinked_tables(toy: Economy, terms: Sequence[str], against: float, in_quota: float, power: float) -> None:
    checked(kinked(toy, terms, against, in_quota, power))


def test_the_note_says_how_widely_was_sought(toy: Economy) -> None:
    found = deal(kinked(toy, ("goods", "tariff"), 0.5, 0.05), ["nash"]).agreements["nash"].searched
    assert found.places == 81
    assert 0 < found.agree <= 1
    assert found.gap >= 0
