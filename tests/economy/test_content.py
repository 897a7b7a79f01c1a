"""Value-added content and content rules, against the supply-chain accounts and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.accounts import load
from detente.accounts.supply_chain import SupplyChains
from detente.economy import calibrate
from detente.economy.content import ContentRule, solve_content_rules, value_content


@pytest.fixture(scope="module")
def world():
    return load("toy", uses="buyers")


def test_content_equals_the_leontief_inverse_of_the_accounts(world):
    economy = calibrate(world)
    expected = SupplyChains(world).content
    for origin in range(len(world.regions)):
        found = value_content(economy.calibration, economy.base, origin)
        np.testing.assert_allclose(found, expected[origin], rtol=0, atol=1e-12)


def test_contents_sum_to_one_in_a_new_equilibrium_too(world):
    economy = calibrate(world)
    policy = economy.status_quo()
    tariff = np.array(policy.tariff)
    tariff[0, 1] = 0.3
    export_tax = np.array(policy.export_tax)
    export_tax[2, 0] = 0.1
    levels, _ = economy.levels(policy._replace(tariff=tariff, export_tax=export_tax))
    total = sum(np.asarray(value_content(economy.calibration, levels, origin)) for origin in range(3))
    np.testing.assert_allclose(total, 1.0, rtol=0, atol=1e-12)


def test_a_rule_charges_the_part_that_is_not_of_the_origin(world):
    economy = calibrate(world)
    rule = ContentRule(importer=0, exporter=1, sector=0, origin=0, rate=0.25, floor=0.05)
    own = float(value_content(economy.calibration, economy.base, 0)[1, 0])
    policy, _, _ = solve_content_rules(economy, economy.status_quo(), [rule], update=False)
    np.testing.assert_allclose(np.asarray(policy.tariff)[0, 1, 0], 0.05 + 0.25 * (1 - own), rtol=1e-12)


def test_updated_content_is_that_of_its_own_equilibrium(world):
    economy = calibrate(world)
    rule = ContentRule(importer=0, exporter=1, sector=0, origin=0, rate=0.5)
    policy, levels, _ = solve_content_rules(economy, economy.status_quo(), [rule], update=True)
    own = float(value_content(economy.calibration, levels, 0)[1, 0])
    np.testing.assert_allclose(np.asarray(policy.tariff)[0, 1, 0], 0.5 * (1 - own), atol=1e-9)
    fixed, _, _ = solve_content_rules(economy, economy.status_quo(), [rule], update=False)
    assert np.abs(np.asarray(fixed.tariff) - np.asarray(policy.tariff)).max() > 1e-6  # sourcing did move


def test_a_rule_on_a_product_without_the_origins_value_is_the_plain_tariff():
    economy = calibrate(load("toy", uses="buyers"))
    rule = ContentRule(importer=0, exporter=1, sector=0, origin=0, rate=0.0, floor=0.1)
    policy, _, _ = solve_content_rules(economy, economy.status_quo(), [rule], update=True)
    np.testing.assert_allclose(np.asarray(policy.tariff)[0, 1, 0], 0.1)


def test_a_ban_elsewhere_does_not_keep_a_rule_from_settling(world):
    economy = calibrate(world)
    policy = economy.status_quo()
    tariff = np.array(policy.tariff)
    tariff[2, 0, 1] = np.inf
    rule = ContentRule(importer=0, exporter=1, sector=0, origin=0, rate=0.5)
    found, levels, _ = solve_content_rules(economy, policy._replace(tariff=tariff), [rule], update=True)
    own = float(value_content(economy.calibration, levels, 0)[1, 0])
    np.testing.assert_allclose(np.asarray(found.tariff)[0, 1, 0], 0.5 * (1 - own), atol=1e-9)
    assert np.isinf(np.asarray(found.tariff)[2, 0, 1]).all()
