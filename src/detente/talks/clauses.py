"""Clauses: what an agreement must respect besides the threat point - floors for sectors, ratification at home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy.interface import DifferentiableEconomy, Equilibrium
from detente.errors import InputError
from detente.talks.party import position

#: What is measured in a constituency: real income of owners and workers, jobs, or real income of a sector for each job.
Measure = Literal["income", "jobs", "pay"]
MEASURES: tuple[Measure, ...] = ("income", "jobs", "pay")

#: Width (fraction) over which a constituency turns from against to in favour while the optimizer looks for a deal.
SOFTNESS = 1e-4


@dataclass(frozen=True)
class Floor:
    """A red line on outcomes: `measure` of `sectors` in `region` may not change by less than `change` (-0.02: minus
    2 percent).

    On a protected sector at home it is a protection floor; on one's exporting sectors it is a market-access floor.
    `reference`: the change is counted from `today` or from the `threat`. Sectors are weighted by today's income.
    """

    label: str
    region: str
    sectors: tuple[str, ...]
    change: float
    measure: Measure = "income"
    reference: Literal["today", "threat"] = "today"


@dataclass(frozen=True)
class Ratification:
    """A majority at home: constituencies with at least `threshold` of the `votes` must gain against `reference`.

    `shares` [constituency, sector]: part of each sector's income that arises in a constituency (sectors as constituencies:
    the identity); `votes` [constituency] sum to one. `jobs` [constituency, sector]: thousand jobs at the baseline; where
    they are given, a nation's jobs move with its labour alone, as in `Result.jobs`. Places also have `other`
    [constituency], their part in the income that belongs to no sector (duties, transfers): `income` of a place includes it.
    `regions` [constituency]: where each is, for the members of a customs union; all in `region` where it is not given.
    """

    label: str
    region: str
    constituencies: tuple[str, ...]
    shares: np.ndarray
    votes: np.ndarray
    threshold: float
    measure: Measure = "pay"
    reference: Literal["today", "threat"] = "threat"
    jobs: np.ndarray | None = None
    other: np.ndarray | None = None
    regions: tuple[str, ...] | None = None

    def places(self, regions: Sequence[str]) -> np.ndarray:
        """Position of each constituency's region [constituency]; raises `InputError` for a region that is not there."""
        names = self.regions or (self.region,) * len(self.votes)
        return np.array([position(name, regions, "region") for name in names])


class Clauses(NamedTuple):
    """All clauses as arrays: `level` [k], `region` (position) and `votes` [k, constituency].

    `income`, `jobs` [k, constituency, sector] and `other` [k, constituency] weigh real income and employment of sectors and
    real duties and transfers so that income and jobs of a constituency are 1 at the reference; `heads` [k, sector] weighs
    employment so that a nation's jobs move with its work as a whole (0 where heads are not counted). `majority` [k]: votes
    are counted (else the first constituency's change is held against the level); `measure` [k], position in `MEASURES`.
    """

    region: Array
    income: Array
    other: Array
    jobs: Array
    heads: Array
    votes: Array
    level: Array
    majority: Array
    measure: Array


def compile_clauses(
    economy: DifferentiableEconomy,
    clauses: Sequence[Floor | Ratification],
    references: Mapping[str, Equilibrium],
) -> Clauses:
    """Arrays for the clauses, measured against the equilibria `references` (`today`, `threat`)."""
    size = max([len(c.votes) if isinstance(c, Ratification) else 1 for c in clauses], default=1)
    count, sectors = len(clauses), len(economy.sectors)
    income, jobs = np.zeros((count, size, sectors)), np.zeros((count, size, sectors))
    other, votes = np.zeros((count, size)), np.zeros((count, size))
    heads, region = np.zeros((count, sectors)), np.zeros((count, size), dtype=int)
    for k, clause in enumerate(clauses):
        if isinstance(clause, Ratification):
            n = clause.places(economy.regions)
        else:
            n = np.array([position(clause.region, economy.regions, "region")])
        at = references[clause.reference]
        real = np.asarray(at.sector_income)[n] / np.asarray(at.price_index)[n, None]
        worked = np.asarray(at.employment)[n]
        region[k] = n[0]
        if isinstance(clause, Ratification):
            size_of = (len(clause.votes), sectors)
            if clause.shares.shape != size_of:
                raise InputError(
                    f"{clause.label}: shares must be constituencies x sectors, {size_of}; they are {clause.shares.shape}."
                )
            mine = slice(0, len(clause.votes))
            votes[k, mine] = clause.votes
            part = np.zeros(len(clause.votes))
            if clause.other is not None and clause.measure == "income":
                part = clause.other
            region[k, mine] = n
            base = (clause.shares * real).sum(axis=1) + part * np.asarray(unassigned(at, n) / at.price_index[n])
            income[k, mine], other[k, mine] = _over(clause.shares, base[:, None]), _over(part, base)
            counted = clause.shares * real / worked if clause.jobs is None else clause.jobs
            jobs[k, mine] = _over(counted, (counted * worked).sum(axis=1)[:, None])
            if clause.jobs is not None:
                nation = clause.jobs.sum(axis=0)
                heads[k] = nation / (nation @ worked[0]) * float(at.employed[n[0]])
        else:
            named = [position(s, economy.sectors, "sector") for s in clause.sectors]
            weight = np.zeros(sectors)
            weight[named] = np.asarray(references["today"].sector_income)[n[0], named]
            weight = _over(weight, weight.sum())
            income[k, 0], jobs[k, 0], votes[k, 0] = _over(weight, real[0]), weight / worked[0], 1.0
    return Clauses(
        region=jnp.asarray(region),
        income=jnp.asarray(income),
        other=jnp.asarray(other),
        jobs=jnp.asarray(jobs),
        heads=jnp.asarray(heads),
        votes=jnp.asarray(votes),
        level=jnp.array([c.threshold if isinstance(c, Ratification) else c.change for c in clauses], dtype=float),
        majority=jnp.array([isinstance(c, Ratification) for c in clauses], dtype=bool),
        measure=jnp.array([MEASURES.index(c.measure) for c in clauses], dtype=int),
    )


def _over(part: np.ndarray, whole: np.ndarray | float) -> np.ndarray:
    whole = np.broadcast_to(whole, np.shape(part))
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)


def unassigned(at: Equilibrium, region: int | Array | np.ndarray) -> Array:
    """Income of a region (or of each) that belongs to no sector: revenue and transfers, million USD."""
    return at.income[region] - at.sector_income[region].sum(axis=-1)


@jax.jit
def changes(clauses: Clauses, outcome: Equilibrium) -> Array:
    """Change of each constituency's measure against its reference [k, constituency], fraction; 0 where nobody earns."""

    def one(clause: Clauses) -> Array:
        n = clause.region
        price, worked = outcome.price_index[n], outcome.employment[n]
        there = clause.income.sum(axis=1) > 0
        money = unassigned(outcome, n) / price
        earned = (clause.income * outcome.sector_income[n]).sum(axis=1) / price
        income = jnp.where(there, earned + clause.other * money, 1.0)
        counted = clause.heads.sum() > 0
        nation = jnp.where(counted, outcome.employed[n] / jnp.where(counted, worked @ clause.heads, 1.0), 1.0)
        jobs = jnp.where(clause.jobs.sum(axis=1) > 0, (clause.jobs * worked).sum(axis=1) * nation, 1.0)
        return jnp.stack([income, jobs, income / jobs])[clause.measure] - 1

    return jax.vmap(one)(clauses)


def slack_of(
    clauses: Clauses, change: np.ndarray, softness: float | np.ndarray = SOFTNESS
) -> tuple[np.ndarray, np.ndarray]:
    """How far each clause is from being broken [k], negative where it is, and the derivative in each change.

    Majorities are smoothed over `softness` (one, or [k, 1]), and a constituency counts as in favour a little late.
    """
    majority, votes = np.asarray(clauses.majority), np.asarray(clauses.votes)
    in_favour = 1 / (1 + np.exp(np.clip(2 - change / softness, -500, 500)))
    first = np.zeros_like(votes)
    first[:, :1] = 1.0
    room = np.where(majority, (votes * in_favour).sum(axis=1), (first * change).sum(axis=1))
    slope = np.where(majority[:, None], votes * in_favour * (1 - in_favour) / softness, first)
    return room - np.asarray(clauses.level), slope


def exact_slack(clauses: Clauses, outcome: Equilibrium) -> np.ndarray:
    """As `slack_of`, with votes counted one by one: what a certificate shows."""
    change = np.asarray(changes(clauses, outcome))
    majority = np.asarray(clauses.majority)
    in_favour = (np.asarray(clauses.votes) * (change > 0)).sum(axis=1)
    return np.where(majority, in_favour, change[:, 0]) - np.asarray(clauses.level)
