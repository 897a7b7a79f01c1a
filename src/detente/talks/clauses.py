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

#: What is measured in a sector: real income of its owners and workers, jobs, or real income for each job.
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

    `shares` [constituency, sector] weigh the changes of the region's sectors in each constituency (rows sum to one;
    sectors as constituencies: the identity); `votes` [constituency] sum to one.
    """

    label: str
    region: str
    constituencies: tuple[str, ...]
    shares: np.ndarray
    votes: np.ndarray
    threshold: float
    measure: Measure = "pay"
    reference: Literal["today", "threat"] = "threat"


class Clauses(NamedTuple):
    """All clauses as arrays: `region` [k], `shares` [k, constituency, sector], `votes` [k, constituency], `level` [k].

    `majority` [k]: votes are counted (else the first constituency's change is held against the level); `measure` [k]
    position in `MEASURES`; `base_income`, `base_jobs` [k, sector]: the reference.
    """

    region: Array
    shares: Array
    votes: Array
    level: Array
    majority: Array
    measure: Array
    base_income: Array
    base_jobs: Array


def compile_clauses(
    economy: DifferentiableEconomy,
    clauses: Sequence[Floor | Ratification],
    references: Mapping[str, Equilibrium],
) -> Clauses:
    """Arrays for the clauses, measured against the equilibria `references` (`today`, `threat`)."""
    size = max([len(c.votes) if isinstance(c, Ratification) else 1 for c in clauses], default=1)
    sectors = len(economy.sectors)
    shares, votes = np.zeros((len(clauses), size, sectors)), np.zeros((len(clauses), size))
    income, jobs = np.ones((len(clauses), sectors)), np.ones((len(clauses), sectors))
    for k, clause in enumerate(clauses):
        n = position(clause.region, economy.regions, "region")
        reference = references[clause.reference]
        income[k] = np.asarray(reference.sector_income[n] / reference.price_index[n])
        jobs[k] = np.asarray(reference.employment[n])
        if isinstance(clause, Ratification):
            if clause.shares.shape != (len(clause.votes), sectors):
                raise InputError(
                    f"{clause.label}: shares must be constituencies x sectors, {(len(clause.votes), sectors)}; "
                    f"they are {clause.shares.shape}."
                )
            shares[k, : len(clause.votes)], votes[k, : len(clause.votes)] = clause.shares, clause.votes
        else:
            named = [position(s, economy.sectors, "sector") for s in clause.sectors]
            today = np.asarray(references["today"].sector_income[n])
            shares[k, 0, named] = today[named] / today[named].sum()
            votes[k, 0] = 1.0
    return Clauses(
        region=jnp.array([position(c.region, economy.regions, "region") for c in clauses], dtype=int),
        shares=jnp.asarray(shares),
        votes=jnp.asarray(votes),
        level=jnp.array([c.threshold if isinstance(c, Ratification) else c.change for c in clauses], dtype=float),
        majority=jnp.array([isinstance(c, Ratification) for c in clauses], dtype=bool),
        measure=jnp.array([MEASURES.index(c.measure) for c in clauses], dtype=int),
        base_income=jnp.asarray(income),
        base_jobs=jnp.asarray(jobs),
    )


def changes(clauses: Clauses, outcome: Equilibrium) -> Array:
    """Change of each constituency's measure against its reference [k, constituency], fraction."""

    def one(clause: Clauses) -> Array:
        n = clause.region
        real = outcome.sector_income[n] / outcome.price_index[n]
        exists = clause.base_income > 0
        income = jnp.where(exists, real / jnp.where(exists, clause.base_income, 1.0), 1.0)
        jobs = jnp.where(exists, outcome.employment[n] / clause.base_jobs, 1.0)
        measured = jnp.stack([income, jobs, income / jobs])[clause.measure]
        return clause.shares @ (measured - 1)

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
