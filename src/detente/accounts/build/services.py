"""Stage 5, services trade of each pair by sector, 2024, from exports, the pattern of 2011 and trade deficits."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.levels import Levels, UnitedStates
from detente.accounts.build.prior import Prior
from detente.accounts.build.trade import ELECTRICITY_IN_UTILITIES_TRADE, importer_pattern
from detente.accounts.build.vocabulary import GOODS, PARENT_OF, J, N, R, S

#: Largest share of an exporter's services of one sector that the United States buys.
LARGEST_US_SHARE = 0.7

#: How far an importer's purchases of services may be moved to meet its deficit, as a factor.
LARGEST_SHIFT = 1.5

#: Share kept of ADB's exports of trade and land transport services: the rest are margins on exported goods, which
#: customs values of the goods already hold.
MARGIN_SERVICES = {"wholesale_retail": 0.1, "land_transport": 0.4}

USA = R["USA"]
OTHERS = np.delete(np.arange(N), USA)


def services_trade(
    levels: Levels, us: UnitedStates, prior: Prior, extra: np.ndarray, deficit: np.ndarray
) -> np.ndarray:
    """Services trade [importer, exporter, sector], million USD, zero on the diagonal.

    Destinations are those of 2011 moved with the GDP of the importer, then so that each importer comes near the
    `deficit` [region] in services. US imports by sector are BEA's (those it does not allocate follow the pattern);
    other importers absorb the difference. `extra` [region]: share of exports that leaves the region.
    """
    exports = service_exports(levels, us, extra)
    weight = destinations(levels, us, prior, exports, deficit)
    first_guess = weight[USA].sum(axis=0)
    target = us.service_imports + us.other_imports * first_guess / first_guess.sum()
    trade = np.zeros((N, N, J))
    for sector in np.flatnonzero(~GOODS):
        trade[:, :, sector] = _with_us_imports(weight[:, :, sector], exports[:, sector], target[sector])
    return trade


def service_exports(levels: Levels, us: UnitedStates, extra: np.ndarray) -> np.ndarray:
    """Exports of services [exporter, sector], million USD: ADB MRIO without margins on goods; United States: BEA."""
    kept = np.ones(J)
    kept[S["gas_water"]] = 1 - ELECTRICITY_IN_UTILITIES_TRADE
    for sector, share in MARGIN_SERVICES.items():
        kept[S[sector]] = share
    exports = levels.exports[:, PARENT_OF] * kept * extra[:, None]
    exports[USA] = us.exports
    return np.where(GOODS, 0.0, exports)


def destinations(
    levels: Levels, us: UnitedStates, prior: Prior, exports: np.ndarray, deficit: np.ndarray
) -> np.ndarray:
    """Services trade [importer, exporter, sector] before US imports are enforced; exports are met exactly.

    The deficit in services is a residual, so it may move an importer's purchases by `LARGEST_SHIFT` at most.
    """
    demand = prior.trade.sum(axis=(1, 2))
    grown = levels.gdp / np.where(prior.known, demand, demand[R["ROW"]])
    pattern = importer_pattern(prior)[:, :, PARENT_OF] * grown[:, None, None]
    pattern[np.arange(N), np.arange(N)] = 0.0

    def allocated() -> np.ndarray:
        return pattern * exports / np.maximum(pattern.sum(axis=0), 1e-300)

    sold = exports.sum(axis=1)
    bought = np.where(prior.known, allocated().sum(axis=(1, 2)), sold)  # not shown by WIOD: start from balance
    target = np.clip(sold + deficit, bought / LARGEST_SHIFT, bought * LARGEST_SHIFT)
    target[USA] = us.service_imports.sum() + us.other_imports
    target[OTHERS] *= (sold.sum() - target[USA]) / target[OTHERS].sum()
    for _ in range(50):
        pattern *= (target / allocated().sum(axis=(1, 2)))[:, None, None]
    return allocated()


def _with_us_imports(trade: np.ndarray, exports: np.ndarray, target: float) -> np.ndarray:
    """One sector's trade [importer, exporter] with US imports of `target`, exports unchanged."""
    for _ in range(50):
        bought = trade[USA].sum()
        trade[USA] *= target / bought if bought > 0 else 0.0
        trade[USA] = np.minimum(trade[USA], LARGEST_US_SHARE * exports)
        share = trade[OTHERS] / np.maximum(trade[OTHERS].sum(axis=0), 1e-300)
        trade[OTHERS] = share * (exports - trade[USA])
    return trade


def extra_share(goods: np.ndarray) -> np.ndarray:
    """Share of exports that leaves each region [region]: below one for ROW and EUR, whose `goods` has a diagonal."""
    inside = np.diag(goods)
    outside = goods.sum(axis=0) - inside
    return np.where(inside > 0, outside / np.maximum(outside + inside, 1e-9), 1.0)
