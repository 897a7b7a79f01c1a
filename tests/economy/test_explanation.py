"""Why things move: parts that add up whatever the policy, that vanish where their cause does, and that approach an integral."""

from __future__ import annotations

from itertools import pairwise

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes, with_capital

from detente.accounts import toy
from detente.economy import Quotas, calibrate
from detente.economy.explanation import PARTS, Explanation
from detente.errors import InputError

seeds = st.integers(0, 2**32 - 1)
WHOLE = {"output": "output", "price": "price", "jobs": "employment"}


def adds_up(found: Explanation, arrays: dict[str, np.ndarray]) -> None:
    assert found.residual < 1e-6
    for name, outcome in WHOLE.items():
        parts, whole = getattr(found, name), arrays[outcome]
        known = np.isfinite(parts).all(axis=-1)
        assert known[arrays["output"] > -99].any()
        np.testing.assert_allclose(parts[known].sum(axis=-1), whole[known], rtol=1e-7, atol=1e-7, err_msg=name)


@given(
    recipes(),
    seeds,
    st.sampled_from([(1.0, 1.0), (0.4, 0.1)]),
    st.sampled_from([1, 3]),
    st.sampled_from([None, (0.0, 1.0)]),
    st.sampled_from(["wages", "world"]),
)
@settings(max_examples=30, deadline=None)
def test_parts_add_up_to_the_change(
    recipe: Recipe,
    seed: int,
    between: tuple[float, float],
    steps: int,
    stock: tuple[float, float] | None,
    anchor: str,
) -> None:
    baseline = recipe.baseline()
    options = {"demand_elasticity": between[0], "input_elasticity": between[1], "anchor": anchor}
    economy = calibrate(baseline, rigidity=0.5, **options, **with_capital(baseline, seed, stock))
    result = economy.compare(random_policy(economy, seed), random_policy(economy, seed + 1))
    adds_up(result.explain(steps), result.arrays)


def test_bans_quotas_and_their_end_add_up_too() -> None:
    economy = calibrate(toy())
    start = economy.status_quo()
    banned = start._replace(tariff=start.tariff.at[0, 1, 0].set(jnp.inf))
    one = jnp.ones(1)
    place = {"importer": jnp.array([0]), "exporter": jnp.array([1]), "sector": jnp.array([0])}
    quota = Quotas(
        **place,
        limit=0.5 * jnp.asarray(economy.baseline.border_value[0, 1, 0].sum()) * one,
        by_value=jnp.array([False]),
        in_quota=start.tariff[0, 1, 0, 0] * one,
        over_quota=0.6 * one,
        rents_to_exporter=one,
    )
    for before, after in ((start, banned), (banned, start), (start, start._replace(quotas=quota))):
        result = economy.compare(before, after)
        adds_up(result.explain(), result.arrays)


def test_a_part_is_nothing_where_its_cause_is_nothing() -> None:
    economy = calibrate(Recipe(11, "two use classes", tariffs=True).baseline())
    start = economy.status_quo()

    def parts(policy) -> dict[str, float]:  # type: ignore[no-untyped-def]
        found = economy.solve(policy).explain()
        return {part: float(np.nanmax(np.abs(found.output[..., k]))) for k, part in enumerate(PARTS["output"])}

    subsidised = parts(start._replace(subsidy=start.subsidy.at[1, 0].set(0.1)))
    assert max(subsidised[part] for part in ("own_tariff", "tariffs_abroad", "rivals_tariffs", "inputs")) < 1e-9
    assert subsidised["subsidies"] > 1
    # a tariff of the first region: only it is protected, only its suppliers are hit
    found = economy.solve(start._replace(tariff=start.tariff.at[0, 1:].add(0.2))).explain()
    own, abroad = (found.output[..., PARTS["output"].index(part)] for part in ("own_tariff", "tariffs_abroad"))
    assert np.abs(own[1:]).max() < 1e-9 and (own[0] > 0).all()
    assert np.abs(abroad[0]).max() < 1e-9 and (abroad[1:] < 0).all()


def test_without_inputs_nothing_comes_from_inputs_and_without_trade_nothing_from_rivals() -> None:
    economy = calibrate(Recipe(3, "two use classes", inputs=False, non_tradable=True).baseline())
    policy = random_policy(economy, 3)._replace(trade_cost=economy.status_quo().trade_cost)
    found = economy.solve(policy).explain()
    at = PARTS["output"].index
    assert np.nanmax(np.abs(found.output[..., at("inputs")])) < 1e-9
    np.testing.assert_allclose(found.output[:, -1, : at("inputs")], 0.0, atol=1e-9)


def test_more_steps_approach_the_integral_along_the_way() -> None:
    """The integral by many steps of first differences with plain mean shares: no logarithmic mean anywhere."""
    economy = calibrate(toy(), rigidity=0.5)
    start = economy.status_quo()
    end = start.set(importer="AAA", rate=0.4).set(importer="BBB", exporter="AAA", rate=0.2)
    result = economy.compare(start, end)
    theta = np.asarray(economy.trade_elasticity)
    steps = 200
    protection = np.zeros(2)
    shares = []
    for k in range(steps + 1):
        part = k / steps
        tariff = (1 + start.tariff) ** (1 - part) * (1 + end.tariff) ** part - 1
        at, _ = economy.levels(start._replace(tariff=tariff))
        paid = np.asarray(at.border_value + at.duties)
        trade = np.asarray(at.trade)
        shares.append((paid / paid.sum(axis=1, keepdims=True), trade / trade.sum(axis=(0, 3), keepdims=True)))
    step = np.log((1 + np.asarray(end.tariff)) / (1 + np.asarray(start.tariff))) / steps
    for (share, sold), (next_share, next_sold) in pairwise(shares):
        barrier = ((share + next_share) / 2 * step)[0].sum(axis=0)  # [sector, use], of the first region's market
        protection += (1 + theta) * (((sold + next_sold) / 2)[0, 0] * barrier).sum(axis=-1)
    whole = np.log1p(result.arrays["output"][0] / 100)
    expected = 100 * protection * np.expm1(whole) / whole
    errors = [np.abs(result.explain(n).output[0, :, 0] - expected).max() for n in (1, 2, 8)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-2 * np.abs(expected).max()


def test_terms_of_trade_add_up_over_partners() -> None:
    economy = calibrate(toy())
    arrays = economy.solve(economy.status_quo().set(importer="AAA", rate=0.3)).arrays
    by_partner = arrays["terms_of_trade_by_partner"]
    np.testing.assert_allclose(by_partner.sum(axis=1), arrays["terms_of_trade"], rtol=1e-12)
    np.testing.assert_array_equal(np.diag(by_partner), 0.0)
    assert by_partner[0, 1] * by_partner[1, 0] < 0  # what one side gains the other loses


def test_wrong_names_are_refused_in_words() -> None:
    economy = calibrate(toy())
    result = economy.solve(economy.status_quo().set(importer="AAA", rate=0.1))
    with pytest.raises(InputError, match="one step or more; got 0"):
        result.explain(0)
    with pytest.raises(InputError, match="Unknown outcome 'welfare'"):
        result.explain().of("welfare", "AAA", "goods")
    with pytest.raises(InputError, match="Unknown region or sector 'gods'"):
        result.explain().of("output", "AAA", "gods")
    assert result.explain().dataset.output.sel(region="AAA", sector="goods", part_of_output="own_tariff").item() > 0
