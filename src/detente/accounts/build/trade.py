"""Stage 5, goods trade of each pair by sector, 2024, from pins, pair totals, exports and the prior."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.balancing import ras
from detente.accounts.build.levels import Levels, UnitedStates
from detente.accounts.build.prior import Prior
from detente.accounts.build.vocabulary import (
    GOODS,
    PARENT_OF,
    REGIONS,
    J,
    N,
    P,
    R,
    S,
    shares_within,
    table,
)

#: Least share of an industry's exports that goes to unpinned destinations, where only pinned sales say how much is left.
LEAST_REMAINDER = 0.25

#: Share of electricity (the rest: gas distribution and water) in trade of utilities.
ELECTRICITY_IN_UTILITIES_TRADE = 0.95


def export_split(pins: dict[str, np.ndarray]) -> np.ndarray:
    """Share of each sector in its parent's exports [exporter, sector].

    Half the exporter's own sales to the United States and Canada (customs), half those of all exporters together,
    because the two markets are not the world; extraction has stated shares (``extraction_shares.csv``).
    """
    sales = np.sum(list(pins.values()), axis=0)
    own = shares_within(sales, PARENT_OF, axis=1)
    world = shares_within(sales.sum(axis=0), PARENT_OF, axis=0)
    split = (own + world) / 2
    set_extraction(split, "exports")
    split[:, S["electricity"]] = ELECTRICITY_IN_UTILITIES_TRADE
    split[:, S["gas_water"]] = 1 - ELECTRICITY_IN_UTILITIES_TRADE
    return split


def set_extraction(split: np.ndarray, column: str) -> None:
    """Write the stated shares of oil and gas in extraction into `split` [region, sector], where they are stated."""
    for row in table("extraction_shares.csv"):
        if row[column]:
            split[R[row["region"]], S["oil_gas"]] = float(row[column])
            split[R[row["region"]], S["mining"]] = 1 - float(row[column])


def importer_pattern(prior: Prior) -> np.ndarray:
    """Share of each importer in an exporter's sales abroad [importer, exporter, parent], 2011.

    Pairs that WIOD does not show take the importer's share in world imports of the product.
    """
    trade = prior.trade.copy()
    trade[np.arange(N), np.arange(N)] = 0.0
    world = trade.sum(axis=1, keepdims=True)
    known = prior.known[:, None, None] & prior.known[None, :, None]
    rest = world[R["ROW"]][None]
    world = np.where(prior.known[:, None, None], world, rest)  # the absent four import as the rest of the world does
    own = np.divide(trade, trade.sum(axis=0, keepdims=True), out=np.zeros_like(trade), where=trade.sum(axis=0) > 0)
    return np.where(known, own, world / np.maximum(world.sum(axis=0), 1e-9))


def goods_trade(
    totals: np.ndarray, pins: dict[str, np.ndarray], levels: Levels, us: UnitedStates, prior: Prior
) -> np.ndarray:
    """Goods trade [importer, exporter, sector], million USD, zero on the diagonal.

    Imports of the United States and Canada are the pins. For other importers, each exporter's matrix of destinations
    by sector is brought by `ras` to the pair totals and to its exports by sector (ADB MRIO composition, scaled to the
    pair totals, less the pinned sales).
    """
    pinned = np.array([R[region] for region in pins])
    free = np.setdiff1d(np.arange(N), pinned)
    split = export_split(pins)
    pattern = importer_pattern(prior)
    trade = np.zeros((N, N, J))
    for region, values in pins.items():
        trade[R[region]] = values
    for exporter in range(N):
        destinations = free[free != exporter]
        sold, total = trade[:, exporter].sum(axis=0), totals[:, exporter].sum()
        if REGIONS[exporter] == "USA":
            made = with_reexports(us.exports, trade[exporter].sum(axis=0), total)
            left = np.maximum(made - sold, LEAST_REMAINDER * made)
        else:
            made = np.where(GOODS, levels.exports[exporter, PARENT_OF] * split[exporter], 0.0)
            elsewhere = 1 - pattern[pinned, exporter].sum(axis=0) if prior.known[exporter] else None
            left = exports_left(made * total / made.sum(), sold, elsewhere)
        remainder = left * totals[destinations, exporter].sum() / left.sum()
        weight = pattern[destinations][:, exporter][:, PARENT_OF] * remainder
        # A hundredth of every flow ignores the pattern of 2011, so that no pair total is blocked by a zero.
        weight = 0.99 * weight / weight.sum() + 0.01 * np.outer(totals[destinations, exporter], remainder) / (
            totals[destinations, exporter].sum() * remainder.sum()
        )
        trade[destinations, exporter] = ras(weight, totals[destinations, exporter], remainder, tolerance=1e-10)
    return trade


def with_reexports(exports: np.ndarray, imports: np.ndarray, total: float) -> np.ndarray:
    """Exports of goods [sector] raised to `total` by re-exports, which have the composition of `imports` [sector].

    BEA's exports are of US make; BACI's hold goods that only pass through.
    """
    made = np.where(GOODS, exports, 0.0)
    return made + max(total - made.sum(), 0.0) * imports / imports.sum()


def exports_left(exports: np.ndarray, pinned: np.ndarray, elsewhere: np.ndarray | None) -> np.ndarray:
    """Exports of goods [sector] that are not to pinned destinations.

    Of each parent's exports, the share that went `elsewhere` [parent] in 2011; where WIOD does not show the exporter,
    what the pinned sales leave, at least `LEAST_REMAINDER`.
    """
    member = np.eye(P)[PARENT_OF]
    parents, sold = exports @ member, pinned @ member
    left = np.maximum(parents - sold, LEAST_REMAINDER * parents) if elsewhere is None else elsewhere * parents
    return left[PARENT_OF] * shares_within(exports, PARENT_OF, axis=0) * GOODS
