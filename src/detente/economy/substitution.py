"""Substitution between products in a basket: constant elasticity, at one too (Cobb-Douglas), where it is exactly linear.

A basket costs P = (sum_k a_k P_k^z)^(1/z) with z = 1 - elasticity, and a_k (P_k / P)^z of it is spent on product k. Written so
that nothing is lost near z = 0: with E(x) = (e^x - 1) / x and L(y) = log(1 + y) / y, log P = A L(z A), A = sum_k a_k p_k E(z
p_k).
"""

from __future__ import annotations

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array

#: Below this E and L are their series to the third power, whose error is below rounding.
_SMALL = 1e-4


def basket_price(average: Callable[[Array], Array], log_price: Array, z: Array) -> Array:
    """Log price of a basket; `average` weights an array shaped like `log_price` with the basket's shares, which sum to one."""
    mean = average(log_price * _exponential(z * log_price))
    return mean * _logarithm(z * mean)


def _exponential(x: Array) -> Array:
    small = jnp.abs(x) < _SMALL
    away = jnp.where(small, 1.0, x)
    return jnp.where(small, 1 + x / 2 * (1 + x / 3 * (1 + x / 4)), jnp.expm1(away) / away)


def _logarithm(y: Array) -> Array:
    small = jnp.abs(y) < _SMALL
    away = jnp.where(small, 1.0, y)
    return jnp.where(small, 1 - y / 2 + y * y / 3 - y**3 / 4, jnp.log1p(away) / away)
