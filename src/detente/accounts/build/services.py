"""Stage 5, services trade of each pair by sector, 2024: pair totals of ICIO 2022 and BEA, sectors of ADB and WIOD."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.balancing import ras
from detente.accounts.build.electricity import IN_UTILITIES_TRADE
from detente.accounts.build.levels import NationalLevels, UnitedStates
from detente.accounts.build.pattern import Pattern
from detente.accounts.build.prior import PriorFlows
from detente.accounts.build.vocabulary import GOODS, PARENT_OF, J, N, R, S, table

#: Share kept of ADB's exports of trade and land transport services: the rest are margins on exported goods, which
#: customs values of the goods already hold.
MARGIN_SERVICES = {"wholesale_retail": 0.1, "land_transport": 0.4}

#: Least share of a sector's exports that goes elsewhere than to the United States.
LEAST_REMAINDER = 0.1

#: Part of every flow that ignores the pattern of 2011, so that no margin is blocked by a zero.
WITHOUT_PATTERN = 0.05

USA = R["USA"]
OTHERS = np.delete(np.arange(N), USA)


def services_trade(levels: NationalLevels, us: UnitedStates, pattern: Pattern, prior: PriorFlows) -> np.ndarray:
    """Services trade [importer, exporter, sector], million USD, zero on the diagonal.

    Each pair has its total (`pair_totals`). Inside a pair, sectors follow the exporter's composition (ADB MRIO; the United
    States: BEA) and the destinations of 2011; US imports by sector are BEA's.
    """
    totals = pair_totals(levels, us, pattern)
    composition = sector_shares(levels, us)
    tastes = importer_pattern(prior)[:, :, PARENT_OF]
    trade = np.zeros((N, N, J))
    services = np.flatnonzero(~GOODS)

    weight = totals[USA][OTHERS, None] * composition[OTHERS] * tastes[USA, OTHERS]
    bought = us.service_imports + us.other_imports * weight.sum(axis=0) / weight.sum()
    trade[USA, OTHERS] = _fitted(weight, totals[USA][OTHERS], bought, services)
    for exporter in range(N):
        others = OTHERS[exporter != OTHERS]
        rows = totals[others, exporter]
        made = composition[exporter] * totals[:, exporter].sum()
        left = np.maximum(made - trade[USA, exporter], LEAST_REMAINDER * made)
        weight = rows[:, None] * tastes[others, exporter] * left
        trade[others, exporter] = _fitted(weight, rows, left, services)
    return trade


def _fitted(weight: np.ndarray, rows: np.ndarray, columns: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """`weight` brought to `rows`, and to `columns` scaled to them, over the `kept` sectors."""
    columns = columns[kept] * rows.sum() / columns[kept].sum()
    even = np.outer(rows, columns) / rows.sum()
    weight = (1 - WITHOUT_PATTERN) * weight[:, kept] * rows.sum() / weight[:, kept].sum() + WITHOUT_PATTERN * even
    found = np.zeros((len(rows), J))
    found[:, kept] = ras(weight, rows, columns, tolerance=1e-10)
    return found


def pair_totals(levels: NationalLevels, us: UnitedStates, pattern: Pattern) -> np.ndarray:
    """Services of each pair [importer, exporter], million USD.

    ICIO 2022 without the margins on goods, grown with the exporter's economy; US pairs of ``us_services.csv`` have the
    totals stated there, and the other US pairs fill what is left of BEA's exports and imports.
    """
    totals = pattern.services * levels.growth_icio[None]
    stated = table("us_services.csv")
    partners = [R[row["partner"]] for row in stated]
    rest = np.setdiff1d(OTHERS, partners)
    whole = {
        "us_exports": us.exports[~GOODS].sum(),
        "us_imports": us.service_imports.sum() + us.other_imports,
    }
    for column, flows in (("us_exports", totals[:, USA]), ("us_imports", totals[USA])):
        flows[partners] = [1e3 * float(row[column]) for row in stated]
        flows[rest] *= (whole[column] - flows[partners].sum()) / flows[rest].sum()
    return totals


def sector_shares(levels: NationalLevels, us: UnitedStates) -> np.ndarray:
    """Share of each sector in exports of services [exporter, sector]: ADB MRIO without margins on goods; US: BEA."""
    kept = np.ones(J)
    kept[S["gas_water"]] = 1 - IN_UTILITIES_TRADE
    for sector, share in MARGIN_SERVICES.items():
        kept[S[sector]] = share
    exports = levels.exports[:, PARENT_OF] * kept
    exports[USA] = us.exports
    exports = np.where(GOODS, 0.0, exports)
    return exports / exports.sum(axis=1, keepdims=True)


def importer_pattern(prior: PriorFlows) -> np.ndarray:
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


def extra_share(goods: np.ndarray) -> np.ndarray:
    """Share of exports that leaves each region [region]: below one for ROW and EUR, whose `goods` has a diagonal."""
    inside = np.diag(goods)
    outside = goods.sum(axis=0) - inside
    return np.where(inside > 0, outside / np.maximum(outside + inside, 1e-9), 1.0)
