"""What `detente.talks` needs of an economy: policies in, outcomes out, differentiable in between.

`detente.economy.Economy` is one such economy; a replication may bring another.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from jax import Array


class Quotas(NamedTuple):
    """Tariff-rate quotas and import limits, K of them, each on one flow (all use classes together).

    `importer`, `exporter`, `sector` [K], positions; `limit` [K], million USD a year, of quantity at baseline prices or, where
    `by_value` [K] is true, of value at the border; `in_quota` and `over_quota` [K], rates within and above the limit
    (`over_quota` infinite: an import limit); `rents_to_exporter` [K], share of the licence rents, from 0 to 1.
    """

    importer: Array
    exporter: Array
    sector: Array
    limit: Array
    by_value: Array
    in_quota: Array
    over_quota: Array
    rents_to_exporter: Array


class Policy(NamedTuple):
    """The instruments of every government at once, as levels (not changes). A pytree, so it can be differentiated.

    `tariff` [importer, exporter, sector, use], fraction of the border value; `export_tax` [importer, exporter, sector],
    fraction of the basic price, collected by the exporter; `trade_cost` [importer, exporter, sector, use], iceberg
    factor relative to the baseline (1: unchanged, 0.97: 3 percent cheaper); `subsidy` [region, sector], fraction of
    unit cost paid by the producer's government; `quotas`, if any, take the place of `tariff` on their flows.
    """

    tariff: Array
    export_tax: Array
    trade_cost: Array
    subsidy: Array
    quotas: Quotas | None = None


class Equilibrium(NamedTuple):
    """Outcomes of one policy. Hats are ratios to the baseline; money is million USD with world GDP as numeraire.

    `welfare` [region], ratio: 1 + equivalent variation over baseline income. `price_index` [region], hat of the
    consumer price index. `sector_income` [region, sector], money: what the owners of factors (and firms) of a sector
    earn. `revenue` [region], money: duties, export taxes and quota rents, less subsidies. `deficit` [region], money: what
    comes from abroad, imports less exports. `employment` [region, sector], hat;
    `employed` [region], hat of all work done.
    `residual`: largest relative excess demand. `evaluations`: of the model's map. `state`: start of a nearby solve.
    """

    welfare: Array
    price_index: Array
    sector_income: Array
    revenue: Array
    deficit: Array
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

    def status_quo(self) -> Policy:
        """The policy of the baseline."""
        ...

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        """Outcomes under `policy`; pure JAX. `start`: the `state` of a nearby equilibrium, to save work."""
        ...
