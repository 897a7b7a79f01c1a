"""What a household pays and has: dollars a year, on average and by fifth of income."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.accounts.schema import FIFTHS
from detente.economy import Result
from detente.economy.prices import money

#: Households, million, where spending by household is held; both remembered: Census Bureau 2023, and the census of 2021.
HOUSEHOLDS = {"USA": (131.4, "Census Bureau, 2023"), "CAN": (15.0, "Statistics Canada, census of 2021")}
#: Who is reported: the mean of the fifths, then each fifth, the poorest first.
GROUPS = ("average", *FIFTHS)


class Households(NamedTuple):
    """Changes for `regions`, USD a household and year; NaN where the accounts do not state what households buy.

    `real_income` [region]: the nation's change of welfare over its households. `cost` [region, group of `GROUPS`]: what the
    purchases made before cost more, in national money under the economy's anchor, nothing handed back; `cost_pct`, of all that
    is spent. `duties` [region]: import duties that the government takes more of, over its households. `real_income_by_group`
    [region, group]: `cost` with its sign turned, and the rest of what the nation gains or loses (duties, dearer public and
    investment goods, transfers) shared equally, so that the mean is `real_income`.
    """

    regions: tuple[str, ...]
    real_income: np.ndarray
    cost: np.ndarray
    cost_pct: np.ndarray
    duties: np.ndarray
    real_income_by_group: np.ndarray


#: Outcomes of `Households` with a range.
RANGED = Households._fields[1:]


def households(result: Result) -> Households | None:
    """What an answer means for a household; None for a world without the regions whose households are counted."""
    baseline, economy = result.economy.baseline, result.economy
    regions = tuple(region for region in HOUSEHOLDS if region in baseline.regions)
    if not regions:
        return None
    at = [baseline.index("region", region) for region in regions]
    count = np.array([HOUSEHOLDS[region][0] for region in regions])
    bought = baseline.arrays["household_spending"][at]  # [region, sector, fifth]
    final = int(baseline.buyer_class[-1])
    value = money(baseline, economy.anchor, result.reference, result.found)
    dearer = (result.found.price / result.reference.price)[at, :, final] / value[at, None] - 1
    cost = np.einsum("rsf,rs->rf", bought, dearer)
    whole = bought.sum(axis=1)
    cost, whole = (np.column_stack([values.mean(axis=1), values]) for values in (cost, whole))
    real_income = result.arrays["welfare_musd"][at] / count
    return Households(
        regions,
        real_income=real_income,
        cost=cost,
        cost_pct=100 * cost / whole,
        duties=result.arrays["tariff_revenue_change_musd"][at] / count,
        real_income_by_group=(real_income + cost[:, 0])[:, None] - cost,
    )
