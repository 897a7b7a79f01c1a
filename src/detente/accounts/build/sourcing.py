"""Stage 8, sourcing: from which exporter each buyer takes its purchases of each product."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.balancing import ras
from detente.accounts.build.prior import PriorFlows
from detente.accounts.build.vocabulary import PARENT_OF, J, N, P

#: How far a buyer's taste for an exporter may be from the average buyer's, as a factor (WIOD 2011).
LARGEST_INTENSITY = 20.0


def intensity(prior: PriorFlows) -> np.ndarray:
    """A buyer's share of purchases from an exporter over all buyers' [importer, exporter, parent, buyer], 2011.

    One where WIOD does not show the importer, the exporter or the purchase.
    """
    flows = prior.flows
    by_buyer = flows / np.maximum(flows.sum(axis=1, keepdims=True), 1e-9)
    trade = prior.trade
    of_all = (trade / np.maximum(trade.sum(axis=1, keepdims=True), 1e-9))[..., None]
    bought = flows.sum(axis=1, keepdims=True) > 0
    known = prior.known[:, None, None, None] & prior.known[None, :, None, None] & bought & (of_all > 0)
    ratio = np.divide(by_buyer, of_all, out=np.ones_like(flows), where=known)
    return np.clip(ratio, 1 / LARGEST_INTENSITY, LARGEST_INTENSITY)


def flows(spending: np.ndarray, trade: np.ndarray, tariff: np.ndarray, prior: PriorFlows) -> np.ndarray:
    """Flows at basic prices [importer, exporter, sector, buyer], million USD.

    `spending` [importer, sector, buyer] and `trade` [importer, exporter, sector] (own sales on the diagonal) are met
    exactly for every importer and product; the pattern by buyer is WIOD's.
    """
    buyer_of = np.append(PARENT_OF, P)
    taste = intensity(prior)[:, :, PARENT_OF][..., buyer_of]  # [importer, exporter, sector, buyer]
    paid = trade * (1 + tariff)
    weight = (taste * paid[..., None] * spending[:, None]).transpose(0, 2, 1, 3).reshape(N * J, N, J + 1)
    rows = paid.transpose(0, 2, 1).reshape(N * J, N)
    columns = spending.reshape(N * J, J + 1)
    columns = columns * (rows.sum(axis=1) / np.maximum(columns.sum(axis=1), 1e-300))[:, None]
    fitted = ras(weight, rows, columns, tolerance=1e-9).reshape(N, J, N, J + 1).transpose(0, 2, 1, 3)
    return fitted / (1 + tariff)[..., None]
