"""Exposure of industries to measures in force: what they sell and what they buy."""

from __future__ import annotations

import datetime

import pytest

import detente as dt
from detente.errors import InputError
from detente.law import applied
from detente.study.outcomes.exposure import exposures

DAY = datetime.date(2025, 9, 30)


@pytest.fixture(scope="module")
def world():
    return dt.load("world-2024", uses="buyers")


@pytest.fixture(scope="module")
def found(world):
    return exposures(world, DAY)


@pytest.mark.slow
def test_canadian_metals_are_exposed_through_sales_and_american_users_through_costs(world, found):
    metals = max(found, key=lambda one: one.duty[world.index("region", "CAN"), world.index("sector", "steel")])
    can, usa = world.index("region", "CAN"), world.index("region", "USA")
    steel, health = world.index("sector", "steel"), world.index("sector", "health")
    users = world.index("sector", "fabricated_metals")
    assert "232" in metals.authority
    assert metals.charged[can, steel] > 0.2 and metals.duty[can, steel] > 0.1
    assert metals.charged[can, health] == 0
    assert metals.chain[usa, users] > metals.direct[usa, users] > metals.direct[usa, health]


@pytest.mark.slow
def test_the_duty_on_sales_is_what_customs_would_collect_less(world, found):
    """Canadian lumber is sold abroad under duties that the United States alone charges."""
    can, lumber = world.index("region", "CAN"), world.index("sector", "lumber")
    [one] = [one for one in found if one.authority == "AD/CVD"]
    with_it, without = applied(DAY), applied(DAY, without=("AD/CVD",))
    cell = {"bound": "central", "importer": "USA", "exporter": "CAN", "sector": "lumber"}
    collected = (
        float(with_it.sel(cell) - without.sel(cell))
        * world.border_value[world.index("region", "USA"), can, lumber].sum()
    )
    assert collected > 0
    assert one.duty[can, lumber] * world.output[can, lumber] == pytest.approx(collected)


@pytest.mark.slow
def test_shares_are_shares_and_the_chain_adds_to_own_inputs(found):
    for one in found:
        assert one.charged.min() >= 0 and one.charged.max() <= 1 + 1e-9
        if one.direct.min() >= 0:
            assert (one.chain >= one.direct - 1e-12).all()


def test_another_world_is_refused():
    with pytest.raises(InputError, match="world-2024"):
        exposures(dt.load("toy"), DAY)
