"""How exposed each industry is to the measures in force: through what it sells, and through what it buys."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.supply_chain import SupplyChains
from detente.errors import InputError
from detente.law import Ledger, applied
from detente.study.scenario.law import authorities

#: A smaller added rate on a flow does not count as a charge.
SMALLEST_RATE = 1e-4


class Exposure(NamedTuple):
    """Exposure of industries to one authority's measures; arrays [region, sector], fractions, at baseline trade.

    `charged`: part of output that is sold in flows it charges; `duty`: its duty on them, over output. `direct` and
    `chain`: rise of unit cost through the industry's own inputs and along the whole chain, every cost passed on.
    """

    authority: str
    charged: np.ndarray
    duty: np.ndarray
    direct: np.ndarray
    chain: np.ndarray


def exposures(baseline: Baseline, day: datetime.date, ledger: Ledger | None = None) -> list[Exposure]:
    """Exposure to each authority whose measures are in force on `day`, the one with the largest duty first.

    An authority's rates are the law's less those of the same law without it, since measures give way to each other.
    Needs a baseline with a use class for each buyer. Raises `InputError` for other regions or sectors than the law's.
    """
    ledger = ledger or Ledger.default()
    rates = applied(day, ledger).sel(bound="central")
    if tuple(rates["importer"].values) != baseline.regions or tuple(rates["sector"].values) != baseline.sectors:
        raise InputError(
            "The law is held for the regions and sectors of world-2024, which this baseline does not have."
        )
    chains = SupplyChains(baseline)
    sold, output = baseline.border_value.sum(axis=3), baseline.output
    found = []
    for authority in authorities(day, ledger, baseline.regions):
        added = rates.values - applied(day, ledger, without=(authority,)).sel(bound="central").values
        direct, chain = chains.cost_exposure(np.broadcast_to(added[..., None], baseline.border_value.shape))
        found.append(
            Exposure(
                authority,
                charged=_over((sold * (added > SMALLEST_RATE)).sum(axis=0), output),
                duty=_over((sold * added).sum(axis=0), output),
                direct=direct,
                chain=chain,
            )
        )
    return found


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
