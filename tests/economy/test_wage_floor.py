"""Downward-rigid nominal wages: no wage below the floor, unemployment where it binds, nothing where it does not."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from detente.accounts import toy, two_uses
from detente.economy import calibrate


def hit_exporter(economy):
    """The first region taxes the goods of the second at 60 percent."""
    tariff = np.array(economy.status_quo().tariff)
    tariff[0, 1, 0] = 0.6
    return economy.status_quo()._replace(tariff=jnp.asarray(tariff))


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
def test_wages_stop_at_the_floor_and_jobs_are_lost(horizon):
    world = two_uses(toy())
    flexible, rigid = (calibrate(world, horizon=horizon, wage_floor=floor) for floor in (None, 1.0))
    free, stuck = (economy.solve(hit_exporter(economy)) for economy in (flexible, rigid))
    assert free.found.sector_wage[1].min() < 0.999  # it does bind
    assert stuck.found.sector_wage.min() >= 1 - 1e-12
    assert stuck.arrays["unemployment"][1] > 0.01
    assert stuck.arrays["employment_kjobs"][1].sum() < -0.01
    assert stuck.arrays["welfare"][1] < free.arrays["welfare"][1]
    jobs_lost = -100 * stuck.arrays["employment_kjobs"][1].sum() / world.employment[1].sum()
    assert jobs_lost == pytest.approx(stuck.arrays["unemployment"][1], rel=1e-6)
    np.testing.assert_allclose(free.arrays["employment_kjobs"].sum(axis=1), 0, atol=1e-8)
    earned = stuck.found.sector_wage * stuck.found.employment * world.value_added
    np.testing.assert_allclose(earned, stuck.found.value_added, rtol=1e-9)


def test_a_floor_that_does_not_bind_changes_nothing():
    world = two_uses(toy())
    flexible, low = (calibrate(world, horizon="short", wage_floor=floor) for floor in (None, 0.2))
    a, b = (economy.solve(hit_exporter(economy)) for economy in (flexible, low))
    np.testing.assert_allclose(a.arrays["welfare"], b.arrays["welfare"], rtol=0, atol=1e-9)
    assert np.abs(b.arrays["unemployment"]).max() == 0
