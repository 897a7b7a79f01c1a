"""What best tariffs or a war do to everybody: real income by region with its range, and jobs of those who chose them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import numpy as np

from detente.economy import Economy, Policy
from detente.study.counterfactual import Counterfactual
from detente.study.uncertainty.draws import LEVEL, Progress, silent
from detente.talks.payoff_model import RESIDUAL, PayoffModel, side_by_side


@dataclass(frozen=True)
class Consequences:
    """Change of real income from today, percent and million USD a year [region]; `range_pct` [2, region], the middle `LEVEL` of
    `draws` with the tariffs held (None without draws). `jobs_kjobs`: by party and sector, thousand payroll jobs, where known.
    `parties`: the regions of those who chose.
    """

    regions: tuple[str, ...]
    real_income_pct: np.ndarray
    real_income_musd: np.ndarray
    range_pct: np.ndarray | None
    draws: int
    jobs_kjobs: Mapping[str, Mapping[str, float]]
    parties: tuple[str, ...]

    def ordered(self) -> list[int]:
        """Positions of regions: the parties' own, then who is touched most in dollars."""
        rest = [k for k in np.argsort(-np.abs(self.real_income_musd)).tolist() if self.regions[k] not in self.parties]
        return [k for k, region in enumerate(self.regions) if region in self.parties] + rest

    def document(self) -> dict[str, Any]:
        """As JSON: by region, and jobs by party."""
        low, high = (None, None) if self.range_pct is None else self.range_pct
        return {
            "real_income": {
                region: {
                    "pct": _number(self.real_income_pct[k]),
                    "musd": _number(self.real_income_musd[k]),
                    "range_pct": None if low is None or high is None else [_number(low[k]), _number(high[k])],
                }
                for k, region in enumerate(self.regions)
            },
            "level": LEVEL,
            "draws": self.draws,
            "jobs_kjobs": {party: {s: _number(v) for s, v in jobs.items()} for party, jobs in self.jobs_kjobs.items()},
        }


def consequences(
    start: Counterfactual, model: PayoffModel, policy: Policy, draws: int = 0, progress: Progress = silent
) -> Consequences:
    """What `policy` changes from today for every region; raises nothing where draws fail, which are left out."""
    economy = model.economy
    assert isinstance(economy, Economy)
    today, after = model.see(model.today, fresh=True).outcome, model.see(policy, fresh=True).outcome
    before, then = np.asarray(today.welfare), np.asarray(after.welfare)
    jobs = {}
    for name, mine in zip(model.names, model.members, strict=True):
        employed = economy.baseline.employment[list(mine)]
        if np.isfinite(employed).all():
            moved = np.asarray(after.employment)[list(mine)] - np.asarray(today.employment)[list(mine)]
            change = np.where(employed > 0, employed * np.nan_to_num(moved), 0.0).sum(axis=0)
            jobs[name] = dict(zip(economy.sectors, change.tolist(), strict=True))
    spread, kept = None, 0
    if draws:
        found = _drawn(start, economy, (model.today, policy), draws, progress)
        kept = len(found)
        spread = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) if kept > 1 else None
    governed = tuple(economy.regions[n] for members in model.members for n in members)
    percent, musd = 100 * (then / before - 1), model.income * (then - before)
    return Consequences(economy.regions, percent, musd, spread, kept, jobs, governed)


def _drawn(
    start: Counterfactual, economy: Economy, policies: tuple[Policy, Policy], draws: int, progress: Progress
) -> np.ndarray:
    """Change of real income in each draw that has an equilibrium, percent [draw, region]."""
    sample = start.sample(draws, hold_law=True)
    look = jax.jit(partial(_welfare, economy))
    done = 0

    def under(k: int) -> np.ndarray:
        nonlocal done
        each = [look(sample.trade_elasticity[k], sample.rigidity[k], sample.labour_supply[k], one) for one in policies]
        done += 1
        progress(done, draws)
        before, after = (np.where(float(miss) < RESIDUAL, found, np.nan) for found, miss in each)
        return np.asarray(100 * (after / before - 1))

    found = np.array(side_by_side(under, range(draws)))
    return np.asarray(found[np.isfinite(found).all(axis=1)])


def _welfare(
    economy: Economy, theta: jax.Array, rigidity: jax.Array, labour_supply: jax.Array, policy: Policy
) -> tuple[jax.Array, jax.Array]:
    variant = copy.copy(economy)
    variant.calibration = replace(economy.calibration, theta=theta, rigidity=rigidity, labour_supply=labour_supply)
    outcome = variant.equilibrium(policy)
    return outcome.welfare, outcome.residual


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
