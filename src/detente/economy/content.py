"""Content rules: a rate charged only on the value of a product that was not made in a favoured region.

The content of a flow is what its exporter's product holds of the favoured region's value, along the whole chain (the
Leontief inverse on the inter-country table), at the baseline or, as sourcing changes, in the equilibrium itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from detente.economy.calibration import Calibration, juni
from detente.economy.interface import Policy
from detente.economy.outcomes import Levels
from detente.errors import SolveError

if TYPE_CHECKING:
    from detente.economy.economy import Economy

ROUNDS = 200  # along the chain; each leaves a share of inputs in output, about a half, of the gap
SETTLED = 1e-10  # largest change of a rate from one round of solving to the next
LARGEST_ROUNDS_OF_SOLVING = 30


class ContentRule(NamedTuple):
    """`rate` (fraction) on the value of a flow that is not of region `origin`, on top of `floor`; positions and floats."""

    importer: int
    exporter: int
    sector: int
    origin: int
    rate: float
    floor: float = 0.0


def value_content(cal: Calibration, levels: Levels, origin: int) -> Array:
    """Share of `origin`'s value in each product [region, sector], along the whole chain; over origins they sum to one.

    Value added counts where it is earned, import duties where they are collected, export taxes where they are charged
    (as in `detente.accounts.supply_chain.SupplyChains.content`).
    """
    paid = levels.border_value + levels.duties
    total = paid.sum(axis=1, keepdims=True)
    per_dollar = jnp.where(total > 0, 1 / jnp.where(total > 0, total, 1.0), 0.0)
    basic, border = (juni(flow * per_dollar) for flow in (levels.trade, levels.border_value))
    here = jnp.arange(cal.output.shape[0]) == origin
    duties = jnp.where(total[:, 0].transpose(1, 2, 0) > 0, 1 - border.sum(axis=3), 0.0) * here  # [k, u, n]
    export_taxes = (border - basic)[..., origin]
    price, z = jnp.log(levels.price).transpose(1, 2, 0), 1 - cal.input_elasticity
    dearer, basket = jnp.exp(z * price), jnp.exp(-z * cal.inputs_price(price))

    def in_inputs(values: Array) -> Array:
        """Values of products [k, u, n] in each user's cost, at the shares of the equilibrium [n, j]."""
        return basket * cal.over_inputs(dearer * values)

    source = cal.value_added_share * here[:, None] + in_inputs(duties + export_taxes)

    def one_more_stage(_: int, content: Array) -> Array:
        return source + in_inputs(jnp.einsum("kuni,ik->kun", basic, content))

    return lax.fori_loop(0, ROUNDS, one_more_stage, source)


_value_content = jax.jit(value_content, static_argnames="origin")


def with_content_rules(policy: Policy, rules: list[ContentRule], content: dict[int, np.ndarray]) -> Policy:
    """`policy` with the tariffs of the rules, given the `content` [region, sector] of each origin they name."""
    tariff = np.array(policy.tariff)
    for rule in rules:
        share = float(content[rule.origin][rule.exporter, rule.sector])
        tariff[rule.importer, rule.exporter, rule.sector] = rule.floor + rule.rate * (1 - share)
    return policy._replace(tariff=jnp.asarray(tariff))


def solve_content_rules(
    economy: Economy, policy: Policy, rules: list[ContentRule], *, update: bool
) -> tuple[Policy, Levels, dict[str, float]]:
    """The policy that the rules amount to and its equilibrium; `update`: with the content of that same equilibrium.

    Raises `SolveError` when content and equilibrium do not settle on each other.
    """
    origins = {rule.origin for rule in rules}

    def content_at(levels: Levels) -> dict[int, np.ndarray]:
        return {origin: np.asarray(_value_content(economy.calibration, levels, origin)) for origin in origins}

    current = with_content_rules(policy, rules, content_at(economy.base))
    found, diagnostics = economy.levels(current)
    for _ in range(LARGEST_ROUNDS_OF_SOLVING if update else 0):
        following = with_content_rules(policy, rules, content_at(found))
        before, after = np.asarray(current.tariff), np.asarray(following.tariff)
        moved = after != before  # a ban that stays one has not moved; inf - inf would say nan
        change = float(np.max(np.abs(after[moved] - before[moved]), initial=0.0))
        if change <= SETTLED:
            break
        current = following
        found, diagnostics = economy.levels(current)
    else:
        if update:
            raise SolveError(
                f"Content rules did not settle: rates still move by {change:.1e}; take the baseline's content."
            )
    return current, found, diagnostics
