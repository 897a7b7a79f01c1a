"""What `detente.talks` needs of an economy: policies in, outcomes out, differentiable in between.

`detente.economy.Economy` is one such economy; a replication may bring another.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from jax import Array

from detente.economy.policy import Policy, Quotas

__all__ = ["DifferentiableEconomy", "Equilibrium", "Policy", "Quotas"]


class Equilibrium(NamedTuple):
    """Outcomes of one policy. Hats are ratios to the baseline; money is million USD with world GDP as numeraire.

    `welfare` [region], ratio: 1 + equivalent variation over baseline income. `price_index` [region], hat of the
    consumer price index. `income` [region], money: all that a region spends, the whole that `welfare` is measured against.
    `sector_income` [region, sector], money: the part of `income` that belongs to a sector; the rest is everybody's.
    `revenue` [region], money: duties, export taxes and quota rents, less subsidies, whoever `sector_income` hands them to.
    `employment` [region, sector], hat; `employed` [region], hat of all work done.
    `residual`: largest relative excess demand. `evaluations`: of the model's map. `state`: start of a nearby solve.
    """

    welfare: Array
    price_index: Array
    income: Array
    sector_income: Array
    revenue: Array
    employment: Array
    employed: Array
    residual: Array
    evaluations: Array
    state: Any


class DifferentiableEconomy(Protocol):
    """An economy whose outcomes can be differentiated, jitted and batched with respect to the policy."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    uses: tuple[str, ...]

    @property
    def trade_elasticity(self) -> Array:
        """How fast trade of each sector falls as its cost rises [sector]: what optimizers scale their steps by."""
        ...

    @property
    def border_value(self) -> np.ndarray:
        """Baseline trade at border values [importer, exporter, sector, use], million USD: rates are averaged over it."""
        ...

    def status_quo(self) -> Policy:
        """The policy of the baseline."""
        ...

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        """Outcomes under `policy`; pure JAX. `start`: the `state` of a nearby equilibrium, to save work."""
        ...
