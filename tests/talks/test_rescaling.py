from __future__ import annotations

import numpy as np
from armington import symmetric
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.talks.instruments import Instrument, Instruments, tariff_instruments
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.rescaling import Rescaling

RATES = st.lists(st.floats(0, 2), min_size=3, max_size=3).map(np.array)


def frame(bend: np.ndarray, scale: np.ndarray) -> Rescaling:
    cells = [np.array([k]) for k in range(len(bend))]
    return Rescaling(
        Instruments(Instrument.level(str(k), "tariff", c, 0.0, 2.0) for k, c in enumerate(cells)), bend, scale
    )


@given(
    values=RATES,
    bend=st.lists(st.sampled_from([0.0, 1.0, 1.0 + 1e-9, 1.5, 3.0, 20.0]), min_size=3, max_size=3).map(np.array),
    scale=st.lists(st.floats(0.01, 100), min_size=3, max_size=3).map(np.array),
)
@settings(deadline=None, max_examples=60)
def test_there_and_back_and_the_slope_between(values: np.ndarray, bend: np.ndarray, scale: np.ndarray) -> None:
    coordinates = frame(bend, scale)
    point = coordinates.point(values)
    np.testing.assert_allclose(
        coordinates.values(point), values, atol=2e-6
    )  # at most: the bend of 20 flattens high rates
    assert (coordinates.lower <= point).all()
    assert (point <= coordinates.upper).all()
    h = 1e-6
    inner = np.clip(values, 2 * h, 2 - 2 * h)
    slope = (coordinates.point(inner + h) - coordinates.point(inner - h)) / (2 * h)
    np.testing.assert_allclose(slope, coordinates.stretch(inner), rtol=1e-3, atol=1e-9 * scale.max() / h)


def test_a_bound_is_reached_exactly() -> None:
    coordinates = frame(np.array([0.0, 2.0, 7.0]), np.array([0.3, 1.0, 5.0]))
    assert (coordinates.values(coordinates.lower - 1) == 0.0).all()
    assert (coordinates.values(coordinates.upper + 1) == 2.0).all()


def test_duties_are_bent_by_their_elasticity_and_other_instruments_are_not() -> None:
    economy = symmetric(sectors=2)
    payoff_model = PayoffModel(economy, [Party("A")])
    cut = Instrument.cut("cut", "tariff", np.array([2]), payoff_model.today._replace(tariff=np.full((2, 2, 2, 1), 0.4)))
    instruments = Instruments([*tariff_instruments(economy, "A", sectors=["s1"]), cut])
    bend = payoff_model.coordinates(instruments).bend
    np.testing.assert_allclose(bend, [(economy.sigma - 1 + 1) / 3, 0.0])
