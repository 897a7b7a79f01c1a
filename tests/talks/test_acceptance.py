"""Whether an offer is accepted: brute force over a grid and a few known weights as the oracle, and the limits."""

from __future__ import annotations

import numpy as np
import pytest
from armington import random_economy

from detente.errors import InputError
from detente.talks.acceptance import ROBUST, Acceptance, acceptance
from detente.talks.bargaining import Negotiation
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, make_term
from detente.talks.weights import drawn_weights

PAIRS = [("A", "B", "s0"), ("B", "A", "s0")]
BELIEF = np.array([[0.3, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 1.0]])
GRID = np.linspace(0, 0.5, 26)


def opened(weight: float = 1.0) -> Negotiation:
    """Two tariffs on the table and no deal: half on both; B gives a dollar of s0 this weight."""
    economy = random_economy(4)
    table = Table(make_term(economy, "tariff", (a, b), [s], lower=0.0, upper=0.5) for a, b, s in PAIRS)
    model = PayoffModel(economy, [Party("A"), Party("B", {"s0": weight})])
    return Negotiation.open(model, table, table.instruments.apply(model.today, np.array([0.5, 0.5])))


@pytest.fixture(scope="module")
def negotiation() -> Negotiation:
    return opened()


@pytest.fixture(scope="module")
def brute() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offers of a fine grid [offer, term], A's gain [offer], and B's [draw, offer], percent, each from a model of its own."""
    points = np.array([[a, b] for a in GRID for b in GRID])
    own, theirs = np.zeros(len(points)), np.zeros((len(BELIEF), len(points)))
    for k, weight in enumerate(BELIEF[:, 0]):
        other = opened(float(weight))
        for i, point in enumerate(points):
            policy = other.table.instruments.apply(other.ground, point)
            gain = 100 * (other.payoff_model.see(policy).payoff / other.threat.payoff - 1)
            own[i], theirs[k, i] = gain
    return points, own, theirs


@pytest.fixture(scope="module")
def found(negotiation: Negotiation) -> Acceptance:
    offers = {"middle": np.array([0.1, 0.4]), "today": np.array([np.nan, 0.5])}
    return acceptance(negotiation, "B", BELIEF, offers=offers)


def test_an_offer_is_accepted_where_a_model_with_those_weights_gains(
    negotiation: Negotiation, found: Acceptance, brute: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    points, own, theirs = brute
    k = int(np.abs(points - [0.1, 0.4]).sum(axis=1).argmin())
    offer = found.offers["middle"]
    np.testing.assert_allclose(offer.theirs_pct, theirs[:, k], atol=1e-7)
    assert offer.probability == (theirs[:, k] >= 0).mean()
    assert offer.gain_pct == pytest.approx(own[k], abs=1e-7)
    assert offer.expected_pct == offer.probability * offer.gain_pct
    left_open = negotiation.table.instruments.apply(negotiation.ground, found.offers["today"].values)
    assert float(np.asarray(left_open.tariff)[0, 1, 0, 0]) == 0  # as it is today


def test_no_offer_of_a_fine_grid_is_better(found: Acceptance, brute: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    _, own, theirs = brute
    yes = theirs >= 0
    expected = (yes.mean(axis=0) * own).max()
    safe = own[yes.mean(axis=0) >= ROBUST].max()
    known = np.maximum((yes * own).max(axis=1), 0).mean()
    assert 0 < yes[:, own > 0].mean() < 1  # the weights decide
    assert found.best is not None and found.robust is not None
    assert found.best.expected_pct >= expected - 2e-3 * abs(expected)
    assert found.robust.gain_pct >= safe - 2e-3 * abs(safe)
    assert found.robust.probability >= ROBUST
    assert found.known_pct >= known - 2e-3 * abs(known)
    assert found.best.expected_pct >= found.robust.expected_pct
    # The oracle's own answers are not far below either: the grid is fine.
    assert found.best.expected_pct <= expected + 0.1 * abs(expected)
    assert found.known_pct <= known + 0.1 * abs(known)


def test_known_weights_leave_nothing_to_inspect(negotiation: Negotiation) -> None:
    for weight in BELIEF[[0, 4]]:
        sure = acceptance(negotiation, "B", np.tile(weight, (3, 1)), offers={"middle": np.array([0.1, 0.4])})
        assert sure.offers["middle"].probability in (0, 1)
        assert sure.inspection_pct == pytest.approx(0, abs=1e-12)
        assert sure.best is not None and sure.best.probability == 1


def test_knowing_is_never_worth_less_than_nothing_and_more_where_less_is_known(negotiation: Negotiation) -> None:
    economy = negotiation.payoff_model.economy
    worth = []
    for spread in (0.0, 0.5, 1.5):
        weights = drawn_weights(economy.sectors, np.ones(2), {"s0": (1.6 - spread, 1.6 + spread)}, 40)
        one = acceptance(negotiation, "B", weights)
        assert one.inspection_pct >= 0
        best = 0.0 if one.best is None else one.best.expected_pct
        assert best <= one.known_pct
        worth.append(one.inspection_pct)
    assert worth[0] == pytest.approx(0, abs=1e-12)
    assert worth[2] > worth[1] > 0


def test_scattered_answers_are_sure_of_nothing(negotiation: Negotiation) -> None:
    at = {"threat": np.array([0.5, 0.5]), "middle": np.array([0.1, 0.4])}
    noisy = acceptance(negotiation, "B", BELIEF, noise=0.2, offers=at)
    assert noisy.offers["threat"].probability == pytest.approx(0.5, abs=1e-6)
    theirs = noisy.offers["middle"].theirs_pct
    assert noisy.offers["middle"].probability == pytest.approx((1 / (1 + np.exp(-theirs / 0.2))).mean())
    assert noisy.inspection_pct >= 0


def test_draws_of_weights_fill_their_ranges() -> None:
    sectors, central = ("s0", "s1"), np.array([1.0, 1.5])
    flat = drawn_weights(sectors, central, {"s0": (1.0, 3.0)}, 100)
    assert (flat[:, 1] == 1.5).all() and flat[:, 0].min() >= 1 and flat[:, 0].max() <= 3
    assert np.sort(flat[:, 0])[50] == pytest.approx(2, abs=0.05)
    bell = drawn_weights(sectors, central, {"s0": (1.0, 3.0)}, 200, "normal")[:, 0]
    assert ((bell >= 1) & (bell <= 3)).mean() == pytest.approx(0.9, abs=0.02)
    assert (drawn_weights(sectors, central, {"s0": (0.0, 1.0)}, 200, "normal") >= 0).all()


def test_what_cannot_be_asked_is_said(negotiation: Negotiation) -> None:
    for wrong in ({"s0": (2.0, 1.0)}, {"s0": (-1.0, 1.0)}, {"steel": (1.0, 2.0)}, {}):
        with pytest.raises(InputError):
            drawn_weights(("s0", "s1"), np.ones(2), wrong, 10)
    with pytest.raises(InputError, match="cannot make the offer and answer it"):
        acceptance(negotiation, "B", BELIEF, by="B")
    with pytest.raises(InputError, match="is not a party"):
        acceptance(negotiation, "C", BELIEF)
    three = PayoffModel(random_economy(4, regions=3), [Party("A"), Party("B"), Party("C")])
    with pytest.raises(InputError, match="could make B an offer"):
        acceptance(Negotiation.open(three, negotiation.table), "B", BELIEF)
