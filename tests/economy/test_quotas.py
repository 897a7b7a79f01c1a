"""Tariff-rate quotas and import limits: the three cases, the rents, and the limits of the limit."""

from __future__ import annotations

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.accounts import toy, two_uses
from detente.economy import Economy, Policy, Quotas, calibrate

IMPORTER, EXPORTER, SECTOR = 0, 1, 0
IN, OVER = 0.05, 0.60  # the toy world's tariff is 5 percent


@pytest.fixture(scope="module", params=["long", "short"])
def economy(request) -> Economy:
    return calibrate(two_uses(toy()), horizon=request.param)


def quotas(economy, cells, share, *, over=OVER, exporter_share=0.0, by_value=False, within=IN) -> Quotas:
    n, i, j = (np.array(column) for column in zip(*cells, strict=True))
    traded = (economy.baseline.border_value if by_value else economy.baseline.trade).sum(axis=3)[n, i, j]
    each = np.ones(len(n))
    return Quotas(n, i, j, share * traded, np.full(len(n), by_value), within * each, over * each, exporter_share * each)


def one(economy, share, **options) -> Policy:
    limited = quotas(economy, [(IMPORTER, EXPORTER, SECTOR)], share, **options)
    return economy.status_quo()._replace(quotas=limited)


def at_tariff(economy, rate) -> Policy:
    tariff = np.array(economy.status_quo().tariff)
    tariff[IMPORTER, EXPORTER, SECTOR] = rate
    return economy.status_quo()._replace(tariff=jnp.asarray(tariff))


@pytest.mark.parametrize("share", [1.0, 1.5])
@pytest.mark.parametrize("by_value", [False, True])
def test_a_quota_at_or_above_baseline_imports_changes_nothing(economy, share, by_value):
    result = economy.solve(one(economy, share, by_value=by_value))
    assert np.abs(result.arrays["welfare"]).max() < 1e-9
    assert result.found.quota_rate[0] == pytest.approx(IN, abs=1e-9)
    assert np.abs(result.found.quota_rents).max() < 1e-9


def test_a_quota_of_zero_is_the_over_quota_tariff(economy):
    limited, plain = (economy.solve(policy) for policy in (one(economy, 0.0), at_tariff(economy, OVER)))
    np.testing.assert_allclose(limited.arrays["welfare"], plain.arrays["welfare"], atol=1e-8)
    np.testing.assert_allclose(limited.found.tariff_revenue, plain.found.tariff_revenue, rtol=1e-9)


def test_an_import_limit_of_zero_is_a_ban(economy):
    limited, ban = (economy.solve(p) for p in (one(economy, 0.0, over=np.inf), at_tariff(economy, np.inf)))
    np.testing.assert_allclose(limited.arrays["welfare"], ban.arrays["welfare"], atol=1e-8)
    assert ban.found.trade[IMPORTER, EXPORTER, SECTOR].sum() == 0


def test_the_effective_rate_rises_to_the_over_quota_rate_as_the_quota_falls(economy):
    found = [economy.levels(one(economy, share))[0] for share in np.linspace(1.1, 0.0, 12)]
    rates = [float(levels.quota_rate[0]) for levels in found]
    assert all(later >= earlier - 1e-10 for earlier, later in pairwise(rates))
    assert rates[0] == pytest.approx(IN)
    assert rates[-1] == pytest.approx(OVER)
    assert any(IN + 1e-6 < rate < OVER - 1e-6 for rate in rates)  # some quotas bind


@given(st.floats(0.05, 1.2), st.floats(0.0, 1.0), st.booleans())
@settings(max_examples=30, deadline=None)
def test_complementarity_and_rents_add_up(share, exporter_share, by_value):
    economy = calibrate(two_uses(toy()))
    policy = one(economy, share, exporter_share=exporter_share, by_value=by_value)
    levels, _ = economy.levels(policy)
    rate, imports, limit = float(levels.quota_rate[0]), float(levels.quota_imports[0]), float(policy.quotas.limit[0])
    if imports < limit * (1 - 1e-8):
        assert rate == pytest.approx(IN, abs=1e-8)
    if imports > limit * (1 + 1e-8):
        assert rate == pytest.approx(OVER, abs=1e-8)
    value = float(levels.border_value[IMPORTER, EXPORTER, SECTOR].sum())
    paid = float(levels.duties[IMPORTER, EXPORTER, SECTOR].sum())
    rents = float(levels.quota_rents.sum())
    assert paid == pytest.approx(rate * value, rel=1e-9)
    within = min(1.0, limit / imports)
    assert rents == pytest.approx((rate - IN) * value * within, rel=1e-8, abs=1e-9)
    revenue = float(levels.tariff_revenue[IMPORTER]) + rents
    assert revenue == pytest.approx(
        float(levels.duties[IMPORTER].sum()), rel=1e-9
    )  # revenue and rents are all duties paid
    assert float(levels.quota_rents[EXPORTER]) == pytest.approx(exporter_share * rents, rel=1e-9, abs=1e-12)
    spent = levels.income.sum()
    earned = levels.factor_income.sum() + levels.tariff_revenue.sum() + rents + levels.export_tax_revenue.sum()
    assert float(spent) == pytest.approx(float(earned), rel=1e-9)


def test_licences_held_by_the_exporter_turn_the_loss(economy):
    importer, exporter = (economy.solve(one(economy, 0.7, exporter_share=s)).arrays["welfare"] for s in (0.0, 1.0))
    assert exporter[EXPORTER] > importer[EXPORTER]
    assert exporter[IMPORTER] < importer[IMPORTER]


def test_a_binding_quota_is_the_tariff_that_gives_the_same_imports(economy):
    levels, _ = economy.levels(one(economy, 0.8))
    same, _ = economy.levels(at_tariff(economy, float(levels.quota_rate[0])))
    np.testing.assert_allclose(same.trade, levels.trade, rtol=1e-7)
    np.testing.assert_allclose(same.welfare, levels.welfare, rtol=1e-9)


def test_many_quotas_at_once_and_their_gradient(economy):
    cells = [(0, 1, 0), (0, 2, 0), (0, 1, 1), (1, 2, 0), (2, 1, 1)]

    @jax.jit
    def welfare(share):
        policy = economy.status_quo()._replace(quotas=quotas_at(share))
        return economy.equilibrium(policy).welfare[EXPORTER]

    def quotas_at(share):
        base = quotas(economy, cells, 1.0, over=5.0, within=0.0)
        return base._replace(limit=share * jnp.asarray(base.limit))

    levels, diagnostics = economy.levels(economy.status_quo()._replace(quotas=quotas_at(0.8)))
    assert diagnostics["residual"] < 1e-10
    limit = 0.8 * np.asarray(quotas_at(1.0).limit)
    binds = np.asarray(levels.quota_rate) > 1e-8
    assert binds.sum() >= 3
    np.testing.assert_allclose(np.asarray(levels.quota_imports)[binds], limit[binds], rtol=1e-8)
    assert (np.asarray(levels.quota_imports)[~binds] <= limit[~binds] * (1 + 1e-8)).all()
    step = 1e-5
    slope = (welfare(0.8 + step) - welfare(0.8 - step)) / (2 * step)
    assert float(jax.grad(welfare)(0.8)) == pytest.approx(float(slope), rel=1e-5)
