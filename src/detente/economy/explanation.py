"""`Explanation`: why output, prices and jobs move - each change taken apart along the way from one policy to another.

The parts add up exactly for any number of steps; more steps bring the split nearer to the integral along the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy.decomposition import OUTPUT, PRICE, Parts, parts, wedges
from detente.economy.policy import Policy
from detente.economy.prices import money
from detente.errors import InputError, SolveError

if TYPE_CHECKING:
    import xarray as xr

    from detente.economy.economy import Economy
    from detente.economy.outcomes import Levels

STEPS = 4
#: Jobs follow output, and labour takes the place of what has become dear beside it.
JOBS = (*OUTPUT, "labour_per_output")
PARTS = {"output": OUTPUT, "price": PRICE, "jobs": JOBS}
#: Each part in words.
MEANINGS = {
    "own_tariff": "barriers of its own country on what others sell there",
    "tariffs_abroad": "barriers of others on what it sells to them",
    "rivals_tariffs": "barriers of others on its competitors",
    "inputs": "duties along the chain of what it buys, against those of its competitors",
    "wages_and_exchange_rate": "wages and other factor prices, against those of its competitors",
    "subsidies": "subsidies to producers",
    "demand": "how much of the product is bought in all",
    "labour_per_output": "more or less labour for each unit of output",
}
_LARGEST = 20.0  # factor that a ban counts as on the way to it


@dataclass(frozen=True)
class Explanation:
    """Parts of changes in percentage points, which add up to the change in percent: `output`, `price`, `jobs` [region, sector,
    part], in the order of `PARTS`; NaN where a sector makes nothing. `steps` on the way; `residual`: the largest gap between a
    change and the sum of its parts, percentage points."""

    economy: Economy
    output: np.ndarray
    price: np.ndarray
    jobs: np.ndarray
    steps: int
    residual: float

    @property
    def dataset(self) -> xr.Dataset:
        """The parts labelled, one dimension of parts for each of output, price and jobs."""
        import xarray as xr

        base = {"region": list(self.economy.regions), "sector": list(self.economy.sectors)}
        arrays = {name: (("region", "sector", f"part_of_{name}"), getattr(self, name)) for name in PARTS}
        labels = {f"part_of_{name}": list(names) for name, names in PARTS.items()}
        return xr.Dataset(arrays, {**base, **labels}, {"units": "percentage points", "steps": self.steps})

    def of(self, outcome: str, region: str, sector: str) -> dict[str, float]:
        """The parts of one change by name, and the whole as `total`. Raises `InputError` for unknown names."""
        if outcome not in PARTS:
            raise InputError(f"Unknown outcome {outcome!r}; choose one of {', '.join(PARTS)}.")
        for name, names in ((region, self.economy.regions), (sector, self.economy.sectors)):
            if name not in names:
                raise InputError(f"Unknown region or sector {name!r}; choose one of {', '.join(names)}.")
        values = getattr(self, outcome)[self.economy.regions.index(region), self.economy.sectors.index(sector)]
        found = {part: float(value) for part, value in zip(PARTS[outcome], values, strict=True)}
        return {"total": sum(found.values()), **found}


def explain(economy: Economy, before: Levels, after: Levels, steps: int = STEPS) -> Explanation:
    """Why `after` differs from `before`, along a geometric path of wedges from one to the other.

    Where an equilibrium on the way cannot be found, the way is one step. Raises `InputError` for no steps.
    """
    if steps < 1:
        raise InputError(f"A change is taken apart in one step or more; got {steps}.")
    points = _way(economy, before, after, steps)
    moves = [parts(economy, a, b) for a, b in pairwise(points)]
    log_output = np.sum([move.output for move in moves], axis=0)
    log_price = _of_buyers(before, moves)
    value = np.log(money(economy.baseline, economy.anchor, before, after))
    log_price[..., PRICE.index("wages_and_exchange_rate")] -= value[:, None]

    made, bought = before.output > 0, (before.border_value + before.duties).sum(axis=(1, 3)) > 0
    output = _logs(after.output / after.unit_cost, before.output / before.unit_cost, made)
    price = _of_prices(before, after) - value[:, None]
    jobs = _logs(after.employment, before.employment, before.value_added > 0)
    log_jobs = np.concatenate([log_output, (jobs - output)[..., None]], axis=-1)
    gaps = [
        np.abs(np.where(where, log.sum(axis=-1) - whole, 0.0)).max()
        for log, whole, where in ((log_output, output, made), (log_price, price, bought))
    ]
    return Explanation(
        economy,
        output=_scaled(log_output, output, made),
        price=_scaled(log_price, price, bought),
        jobs=_scaled(log_jobs, jobs, made & (before.value_added > 0)),
        steps=len(moves),
        residual=100 * float(max(gaps)),
    )


def _way(economy: Economy, before: Levels, after: Levels, steps: int) -> list[Levels]:
    """Equilibria on the way, both ends included."""
    start, end = _policy(economy, before), _policy(economy, after)
    try:
        between = [economy.levels(_part_of_the_way(start, end, k / steps))[0] for k in range(1, steps)]
    except SolveError:
        between = []
    return [before, *(_numpy(at) for at in between), after]


def _policy(economy: Economy, at: Levels) -> Policy:
    """The policy behind an equilibrium, quotas as the rates that they amount to, bans as very high rates."""
    found = wedges(economy, at)
    there = (at.border_value > 0) & (at.trade > 0)
    banned = ~there & (economy.baseline.trade > 0)
    tariff = np.where(there, at.duties / np.where(there, at.border_value, 1.0), np.where(banned, _LARGEST - 1, 0.0))
    border, basic = at.border_value.sum(axis=3), at.trade.sum(axis=3)
    export_tax = np.where(basic > 0, border / np.where(basic > 0, basic, 1.0) - 1, economy.baseline.export_tax)
    own = np.eye(len(economy.regions), dtype=bool)[:, :, None, None]
    start = economy.status_quo()
    return start._replace(
        tariff=jnp.asarray(np.where(own, 0.0, tariff)),
        export_tax=jnp.asarray(export_tax),
        trade_cost=jnp.asarray(found.trade_cost),
        subsidy=jnp.asarray(1 - found.unsubsidised),
    )


def _part_of_the_way(start: Policy, end: Policy, share: float) -> Policy:
    def between(a: Array, b: Array, plus: float) -> Array:
        return (plus + a) ** (1 - share) * (plus + b) ** share - plus

    return start._replace(
        tariff=between(start.tariff, end.tariff, 1.0),
        export_tax=between(start.export_tax, end.export_tax, 1.0),
        trade_cost=between(start.trade_cost, end.trade_cost, 0.0),
        subsidy=(1 - share) * start.subsidy + share * end.subsidy,
    )


def _use_weights(before: Levels) -> np.ndarray:
    """Weights of use classes in a buyer's price [n, j, u]: spending at the start."""
    spending = np.asarray((before.border_value + before.duties).sum(axis=1))
    total = spending.sum(axis=2, keepdims=True)
    return spending / np.where(total > 0, total, 1.0)


def _of_buyers(before: Levels, moves: list[Parts]) -> np.ndarray:
    weight = _use_weights(before)[..., None]
    return np.asarray(sum((weight * move.price).sum(axis=2) for move in moves))


def _of_prices(before: Levels, after: Levels) -> np.ndarray:
    return np.asarray((_use_weights(before) * np.log(after.price / before.price)).sum(axis=2))


def _logs(after: np.ndarray, before: np.ndarray, where: np.ndarray) -> np.ndarray:
    ratio = np.where(where, after, 1.0) / np.where(where, before, 1.0)
    return np.log(np.where(ratio > 0, ratio, 1.0))


def _scaled(logs: np.ndarray, whole: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Log parts as percentage points of a change in percent."""
    small = np.abs(whole) < 1e-9
    factor = np.where(small, 1.0, np.expm1(whole) / np.where(small, 1.0, whole))
    return np.where(where[..., None], 100 * logs * factor[..., None], np.nan)


def _numpy(levels: Levels) -> Levels:
    return type(levels)(*(None if values is None else np.asarray(values) for values in levels))
