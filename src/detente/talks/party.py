"""`Party`: a government, what it can move and what it wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.errors import InputError

#: Width over which the cost of a broken promise turns on, so that the objective keeps a derivative (half a point).
PLEDGE_SMOOTHING = 0.005


class Objective(NamedTuple):
    """One party's objective as arrays, so that weights can change without compiling anything again.

    `region`: position; `sector_weight` [sector]: worth of one dollar earned in a sector, 1 where it counts as
    everybody's; `revenue_weight`: the same for a dollar of revenue; `jobs_weight` [sector]: percent of real income
    given up for one percent more jobs; `pledge` [exporter, sector]: tariff promised (fraction); `pledge_cost`:
    percent of real income lost for each point conceded below it; `income`: baseline income, million USD.
    """

    region: Array
    sector_weight: Array
    revenue_weight: Array
    jobs_weight: Array
    pledge: Array
    pledge_cost: Array
    income: Array


@dataclass(frozen=True)
class Party:
    """A government and its objective: real income, and what it puts beside it.

    `sector_weights` (sector -> weight, 1 where absent) are the political weights of Ossa (2014, equation 2): a dollar
    of income earned in a sector counts with that weight. `revenue_weight` does the same for a dollar of tariff
    revenue. `jobs` (sector -> weight) is what the government would give up, in percent of real income, for one percent
    more employment in the sector. `pledges` (exporter, sector) -> (tariff promised, cost): conceding below the promise
    costs `cost` percent of real income for each percentage point. `employment` [sector], thousand jobs, turns
    `jobs_in_place` into sector weights. Without any of these, the objective is real income.
    """

    region: str
    sector_weights: Mapping[str, float] = field(default_factory=dict)
    revenue_weight: float = 1.0
    jobs: Mapping[str, float] = field(default_factory=dict)
    pledges: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    @property
    def political(self) -> bool:
        """Whether it weighs anything beside real income."""
        uneven = any(weight != 1 for weight in self.sector_weights.values()) or self.revenue_weight != 1
        return bool(uneven or any(self.jobs.values()) or self.pledges)

    def objective(self, economy: DifferentiableEconomy, income: float) -> Objective:
        """The objective as arrays for `economy`; raises `InputError` for a region or sector it does not have."""
        sectors, regions = economy.sectors, economy.regions
        pledge = np.zeros((len(regions), len(sectors)))
        pledge_cost = np.zeros_like(pledge)
        for (exporter, sector), (rate, cost) in self.pledges.items():
            cell = position(exporter, regions, "region"), position(sector, sectors, "sector")
            pledge[cell], pledge_cost[cell] = rate, cost
        return Objective(
            region=jnp.asarray(position(self.region, regions, "region")),
            sector_weight=jnp.asarray(_by_sector(self.sector_weights, sectors, 1.0)),
            revenue_weight=jnp.asarray(float(self.revenue_weight)),
            jobs_weight=jnp.asarray(_by_sector(self.jobs, sectors, 0.0)),
            pledge=jnp.asarray(pledge),
            pledge_cost=jnp.asarray(pledge_cost),
            income=jnp.asarray(float(income)),
        )


def jobs_in_place(employment: Mapping[str, float], weight: float) -> dict[str, float]:
    """Weights `Party.jobs` for a place: `weight` for one percent of its jobs, given its `employment` by sector."""
    total = sum(employment.values())
    if not total > 0:
        raise InputError("The place has no jobs in any sector: give employment by sector, in thousand jobs.")
    return {sector: weight * jobs / total for sector, jobs in employment.items()}


def payoff(objective: Objective, policy: Policy, outcome: Equilibrium) -> Array:
    """What the government gets, in units of its baseline real income (pure JAX).

    With political weights this is Ossa (2014, equation 2) but for a constant: the sum over sectors of weight times
    real income equals real income plus the excess weights times the real income of their sectors.
    """
    n = objective.region
    money = 1.0 / (outcome.price_index[n] * objective.income)
    politics = ((objective.sector_weight - 1) * outcome.sector_income[n]).sum()
    politics += (objective.revenue_weight - 1) * outcome.revenue[n]
    jobs = (objective.jobs_weight * (outcome.employment[n] - 1)).sum()
    conceded = jnp.maximum(objective.pledge - policy.tariff[n].mean(axis=-1), 0.0)
    broken = jnp.where(
        conceded < PLEDGE_SMOOTHING, conceded**2 / (2 * PLEDGE_SMOOTHING), conceded - PLEDGE_SMOOTHING / 2
    )
    return outcome.welfare[n] + money * politics + jobs - (objective.pledge_cost * broken).sum()


def position(label: str, labels: Sequence[str], what: str) -> int:
    """Index of `label`; raises `InputError` naming the allowed labels."""
    if label not in labels:
        raise InputError(f"Unknown {what} {label!r}; the economy has {', '.join(labels)}.")
    return labels.index(label)


def _by_sector(weights: Mapping[str, float], sectors: Sequence[str], default: float) -> np.ndarray:
    values = np.full(len(sectors), default)
    for sector, weight in weights.items():
        values[position(sector, sectors, "sector")] = weight
    return values
