"""Quotas as complementarity: below the limit the in-quota rate applies, above it the over-quota rate, at it one between.

The rate that a quota amounts to is an unknown of the equilibrium, x = log(1 + rate). It solves
x = clip(x + log(imports / limit) / theta, log(1 + in_quota), log(1 + over_quota)), whose fixed points are exactly the three
cases. What importers pay above the in-quota rate on the goods within the limit is the rent of those who hold the licences.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from detente.economy.interface import Quotas

LARGEST_LOG_RATE = 60.0  # stands for an infinite over-quota rate
SMALLEST_LIMIT = 1e-30  # million USD: a limit of zero


class Licences(NamedTuple):
    """Outcome of quotas [K]: `imports` in the units of the limit, effective `rate`, and `rents`, million USD."""

    imports: Array
    rate: Array
    rents: Array


def bounds(quotas: Quotas) -> tuple[Array, Array]:
    """Logs of one plus the in-quota and the over-quota rate [K]."""
    return tuple(jnp.minimum(jnp.log1p(rate), LARGEST_LOG_RATE) for rate in (quotas.in_quota, quotas.over_quota))  # type: ignore[return-value]


def licences(quotas: Quotas, log_rate: Array, value: Array, quantity: Array) -> Licences:
    """Imports, rate and rents, given border value and quantity of the limited flows [K], million USD."""
    imports = jnp.where(quotas.by_value, value, quantity)
    rate = jnp.expm1(log_rate)
    within = jnp.minimum(1.0, quotas.limit / jnp.maximum(imports, SMALLEST_LIMIT))
    return Licences(imports, rate, jnp.maximum(rate - quotas.in_quota, 0.0) * value * within)


def next_rate(quotas: Quotas, log_rate: Array, imports: Array, theta: Array) -> Array:
    """What the effective rate, in logs, should be, given imports at the present one [K]."""
    low, high = bounds(quotas)
    excess = jnp.log(jnp.maximum(imports, SMALLEST_LIMIT)) - jnp.log(jnp.maximum(quotas.limit, SMALLEST_LIMIT))
    return jnp.clip(log_rate + excess / theta[quotas.sector], low, high)
