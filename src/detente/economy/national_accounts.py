"""What statistical offices would publish of two equilibria: the volume of GDP, from production and from spending."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline
    from detente.economy.outcomes import Levels


class Gdp(NamedTuple):
    """GDP of one equilibrium's quantities at one equilibrium's prices [region], million USD, from both sides."""

    production: np.ndarray
    spending: np.ndarray


def gdp(baseline: Baseline, quantities: Levels, prices: Levels) -> Gdp:
    """GDP with the quantities of one equilibrium at the prices and tax rates of another (the same one: nominal GDP).

    Double deflation: outputs less inputs at the prices that users paid, and the duties and export taxes that the volume of
    trade would have paid at those rates; and final spending with exports less imports. A quantity is what leaves the exporter:
    what an iceberg cost melts on the way counts as bought.
    """
    at = quantities
    relative = prices.unit_cost / at.unit_cost  # [exporter, sector]
    basic = at.trade * relative[None, :, :, None]
    to_border, to_buyer = _markup(prices.border_value, prices, at.border_value, at), _paid_markup(prices, at)
    border, paid = basic * to_border, basic * to_buyer
    inputs = (paid * _part_of_inputs(baseline, at)[:, None]).sum(axis=(1, 2, 3))
    abroad = ~np.eye(len(baseline.regions), dtype=bool)[:, :, None, None]
    taxes = (paid - border).sum(axis=(1, 2, 3)) + (border - basic).sum(axis=(0, 2, 3))
    production = (at.output * relative).sum(axis=1) - inputs + taxes
    trade = border * abroad
    spending = paid.sum(axis=(1, 2, 3)) - inputs + trade.sum(axis=(0, 2, 3)) - trade.sum(axis=(1, 2, 3))
    # export taxes on one's own sales do not exist, so both sides count the same goods
    return Gdp(production, spending)


def real_gdp(baseline: Baseline, before: Levels, after: Levels) -> tuple[np.ndarray, np.ndarray, float]:
    """Hats of real GDP [region]: at the prices before, and the Fisher index; and the largest gap between the two sides."""
    old, new_volume = gdp(baseline, before, before), gdp(baseline, after, before)
    old_volume, new = gdp(baseline, before, after), gdp(baseline, after, after)
    laspeyres, paasche = new_volume.production / old.production, new.production / old_volume.production
    gap = max(float(np.max(np.abs(side.spending / side.production - 1))) for side in (old, new_volume, old_volume, new))
    return laspeyres, np.sqrt(laspeyres * paasche), gap


def _markup(value: np.ndarray, prices: Levels, own: np.ndarray, at: Levels) -> np.ndarray:
    """Value over basic value of each flow, at `prices`; where nothing is traded there, at the flow's own prices."""
    there = np.divide(value, prices.trade, out=np.zeros_like(value), where=prices.trade > 0)
    here = np.divide(own, at.trade, out=np.ones_like(own), where=at.trade > 0)
    return np.where(prices.trade > 0, there, here)


def _paid_markup(prices: Levels, at: Levels) -> np.ndarray:
    return _markup(prices.border_value + prices.duties, prices, at.border_value + at.duties, at)


def _part_of_inputs(baseline: Baseline, at: Levels) -> np.ndarray:
    """Part of what a use class buys of a product that goes into production [region, sector, use]."""
    total = (at.border_value + at.duties).sum(axis=1)
    final = np.zeros_like(total)
    final[:, :, baseline.buyer_class[-1]] = at.final_spending
    return 1 - np.divide(final, total, out=np.zeros_like(final), where=total > 0)
