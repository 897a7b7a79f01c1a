"""`Party`: a government, what it can move and what it wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.accounts.customs_unions import UNIONS, members
from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.errors import InputError

#: Width over which the cost of a broken promise turns on, so that the objective keeps a derivative (half a point).
PLEDGE_SMOOTHING = 0.005


class Objective(NamedTuple):
    """One party's objective as arrays, so that weights can change without compiling anything again.

    `members` [member]: positions of the regions it governs, one but for a customs union; `member_weight` [member]: worth of a
    dollar in each, zero for what only fills the array; `share` [member]: part of baseline income so weighted; `sector_weight`
    [sector]: worth of one dollar earned in a sector, 1 where it counts as everybody's; `revenue_weight`: the same for a dollar
    of revenue; `jobs_weight` [sector]: percent of real income given up for one percent more jobs; `pledge` [exporter, sector]:
    tariff promised (fraction); `pledge_cost`: percent of real income lost for each point conceded below it; `income`: baseline
    income so weighted, million USD.
    """

    members: Array
    member_weight: Array
    share: Array
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

    A customs union (`EU`) is one government: its real income is that of its members, a dollar in each counting with its
    `member_weights` (1 where absent).
    """

    region: str
    sector_weights: Mapping[str, float] = field(default_factory=dict)
    revenue_weight: float = 1.0
    jobs: Mapping[str, float] = field(default_factory=dict)
    pledges: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    member_weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def political(self) -> bool:
        """Whether it weighs anything beside real income."""
        weights = (*self.sector_weights.values(), *self.member_weights.values(), self.revenue_weight)
        uneven = any(weight != 1 for weight in weights)
        return bool(uneven or any(self.jobs.values()) or self.pledges)

    def objective(self, economy: DifferentiableEconomy, income: np.ndarray, room: int = 1) -> Objective:
        """The objective as arrays for `economy`, whose baseline `income` [region] is given; `room`: members to make room for.

        Raises `InputError` for a region or sector that the economy does not have.
        """
        sectors, regions = economy.sectors, economy.regions
        mine = positions(self.region, regions)
        weights = np.zeros(max(room, len(mine)))
        weights[: len(mine)] = [float(self.member_weights.get(regions[n], 1.0)) for n in mine]
        padded = np.array([*mine, *[mine[0]] * (len(weights) - len(mine))])
        if foreign := set(self.member_weights) - {regions[n] for n in mine}:
            raise InputError(f"{min(foreign)} is no member of {self.region}, so it has no weight there.")
        total = float(weights @ income[padded])
        if not total > 0:
            raise InputError(f"The weights of the members of {self.region} are all zero; give one a weight above zero.")
        pledge = np.zeros((len(regions), len(sectors)))
        pledge_cost = np.zeros_like(pledge)
        for (exporter, sector), (rate, cost) in self.pledges.items():
            for cell in product(positions(exporter, regions), [position(sector, sectors, "sector")]):
                pledge[cell], pledge_cost[cell] = rate, cost / len(positions(exporter, regions))
        return Objective(
            members=jnp.asarray(padded),
            member_weight=jnp.asarray(weights),
            share=jnp.asarray(weights * income[padded] / total),
            sector_weight=jnp.asarray(_by_sector(self.sector_weights, sectors, 1.0)),
            revenue_weight=jnp.asarray(float(self.revenue_weight)),
            jobs_weight=jnp.asarray(_by_sector(self.jobs, sectors, 0.0)),
            pledge=jnp.asarray(pledge),
            pledge_cost=jnp.asarray(pledge_cost),
            income=jnp.asarray(total),
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
    n, share = objective.members, objective.share
    money = objective.member_weight / (outcome.price_index[n] * objective.income)
    politics = ((objective.sector_weight - 1) * outcome.sector_income[n]).sum(axis=1)
    politics += (objective.revenue_weight - 1) * outcome.revenue[n]
    jobs = (objective.jobs_weight * (outcome.employment[n] - 1)).sum(axis=1)
    conceded = jnp.maximum(objective.pledge - policy.tariff[n].mean(axis=-1), 0.0)
    broken = jnp.where(
        conceded < PLEDGE_SMOOTHING, conceded**2 / (2 * PLEDGE_SMOOTHING), conceded - PLEDGE_SMOOTHING / 2
    )
    kept = jobs - (objective.pledge_cost * broken).sum(axis=(1, 2))
    return share @ outcome.welfare[n] + money @ politics + share @ kept


def position(label: str, labels: Sequence[str], what: str) -> int:
    """Index of `label`; raises `InputError` naming the allowed labels."""
    if label not in labels:
        raise InputError(f"Unknown {what} {label!r}; the economy has {', '.join(labels)}.")
    return labels.index(label)


def positions(code: str, regions: Sequence[str]) -> list[int]:
    """Where the members of a customs union stand among `regions`, or the one region; raises `InputError` for others."""
    if inside := members(code, regions):
        return [regions.index(member) for member in inside]
    if code not in regions:
        unions = [union for union in UNIONS if members(union, regions)]
        raise InputError(f"Unknown region {code!r}; the economy has {', '.join([*regions, *unions])}.")
    return [regions.index(code)]


def _by_sector(weights: Mapping[str, float], sectors: Sequence[str], default: float) -> np.ndarray:
    values = np.full(len(sectors), default)
    for sector, weight in weights.items():
        values[position(sector, sectors, "sector")] = weight
    return values
