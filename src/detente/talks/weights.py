"""Political weights: those that make the tariffs observed today a government's best choice, and draws of those not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize
from scipy.stats import norm, qmc

from detente.economy.interface import Policy
from detente.errors import InputError
from detente.talks.instruments import Instruments
from detente.talks.optimum import optimum
from detente.talks.party import Party, position
from detente.talks.payoff_model import PayoffModel

Spread = Literal["uniform", "normal"]


@dataclass(frozen=True)
class InferredWeights:
    """Weights by sector (mean 1) and how well they explain the tariffs.

    `observed`, `explained` [instrument]: the tariffs in force and the best ones under the weights, fractions.
    `r_squared`: share of the variance of the observed ones explained. `gain_left_pct`: what the government, with
    these weights, would still gain by moving from the observed to its best tariffs; small means that the weights
    rationalize them.
    """

    party: Party
    weights: Mapping[str, float]
    observed: np.ndarray
    explained: np.ndarray
    r_squared: float
    gain_left_pct: float


def infer_weights(
    payoff_model: PayoffModel,
    region: str,
    instruments: Instruments,
    observed: Policy | None = None,
    *,
    ridge: float = 1e-3,
) -> InferredWeights:
    """The weights under which `observed` (default: today) satisfies the first-order conditions as nearly as can be.

    The conditions are linear in the weights: the slope of real income plus the excess weights times the slopes of each
    sector's real income is zero for every instrument. Least squares over instruments, each condition in units of the tariff it
    would move, weights not negative, `ridge` pulling those that no tariff identifies toward 1. Instruments at a bound say
    only an inequality and are left out.
    """
    economy = payoff_model.economy
    observed = payoff_model.today if observed is None else observed
    n = economy.regions.index(region)
    policy = jax.tree.map(jnp.asarray, observed)

    def outcomes(policy: Policy) -> jnp.ndarray:
        outcome = economy.equilibrium(policy)
        real = outcome.sector_income[n] / (outcome.price_index[n] * payoff_model.income[n])
        return jnp.concatenate([outcome.welfare[n : n + 1], real])

    by_outcome = jax.jit(jax.jacrev(outcomes))(policy)
    slopes = np.array(  # [1 + sector, instrument]
        [
            instruments.vjp(jax.tree.map(lambda array, k=k: array[k], by_outcome))
            for k in range(1 + len(economy.sectors))
        ]
    )
    values = instruments.read(observed)
    free = (values > instruments.lower + 1e-9) & (values < instruments.upper - 1e-9)
    bend = payoff_model.curvature(instruments).max(axis=0)
    design, target = (slopes[1:, free] / bend[free]).T, -slopes[0, free] / bend[free]
    size = np.sqrt((design**2).sum(axis=0).mean())
    design = np.vstack([design, ridge * size * np.eye(design.shape[1])])
    target = np.concatenate([target, np.zeros(design.shape[1])])
    excess = optimize.lsq_linear(design, target, bounds=(-1.0, np.inf)).x
    raw = 1 + excess
    weights = dict(zip(economy.sectors, (raw / raw.mean()).tolist(), strict=True))
    party = Party(region, weights)
    alone = PayoffModel(economy, [party], observed)
    best = optimum(alone, region, instruments, starts=[values])
    spread = ((values - values.mean()) ** 2).sum()
    unexplained = ((values - best.values) ** 2).sum()
    r_squared = 1 - unexplained / spread if spread > 0 else float(unexplained == 0)
    return InferredWeights(party, weights, values, best.values, float(r_squared), best.gain_pct)


def drawn_weights(
    sectors: Sequence[str],
    central: np.ndarray,
    ranges: Mapping[str, tuple[float, float]],
    draws: int,
    spread: Spread = "uniform",
    seed: int = 0,
) -> np.ndarray:
    """Draws of sector weights [draw, sector]: `central` [sector], and within `ranges` a Latin hypercube.

    `uniform`: anywhere in the range; `normal`: the range holds the middle 90 percent, and no weight is below zero. Raises
    `InputError` for an unknown sector or a range that is upside down or below zero.
    """
    if not (draws > 0 and ranges):
        raise InputError("Acceptance needs at least one draw and the range of one sector's weight.")
    found = np.tile(np.asarray(central, float), (draws, 1))
    shares = qmc.LatinHypercube(len(ranges), rng=seed).random(draws)
    for share, (sector, (low, high)) in zip(shares.T, ranges.items(), strict=True):
        if not 0 <= low <= high < np.inf:
            raise InputError(
                f"The weights of {sector} run from {low:g} to {high:g}; give the lower end first, from zero."
            )
        middle, deviation = (low + high) / 2, (high - low) / 2 / norm.ppf(0.95)
        at = low + share * (high - low) if spread == "uniform" else middle + deviation * norm.ppf(share)
        found[:, position(sector, sectors, "sector")] = np.maximum(at, 0.0)
    return found
