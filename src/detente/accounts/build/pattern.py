"""Stage 3, pattern: who sold what to whom in 2022 (OECD ICIO, edition 2025), all buyers together.

Only shares are taken from it: its basic prices lie below customs values, and the margins between the two are in its
services. Prices that moved since are brought to 2024 by ``aging_prices.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import (
    GROUP_GOODS,
    GROUP_OF_LINE,
    GROUPS,
    REGIONS,
    G,
    N,
    R,
    region_of,
    spread,
    table,
)

#: Margins of trade and transport on goods that cross a border, over their basic price: they are in ICIO's services, and
#: in customs values of goods. World goods trade of 2022 is 15 percent larger in BACI than in ICIO.
MARGIN = 0.15

#: Services of a pair that are left, over those ICIO has, however large the margins on its goods are.
LEAST_SERVICES = 0.4


@dataclass(frozen=True)
class Pattern:
    """Flows of 2022 at basic prices, prices brought to 2024, million USD; the diagonal is what a region sells itself."""

    goods: np.ndarray  # [importer, exporter, group]; groups of services are zero
    all_services: np.ndarray  # [importer, exporter], margins on goods included

    @cached_property
    def services(self) -> np.ndarray:
        """Services of each pair without the margins on its goods [importer, exporter], zero on the diagonal."""
        net = np.maximum(
            self.all_services - MARGIN * self.goods.sum(axis=2),
            LEAST_SERVICES * self.all_services,
        )
        np.fill_diagonal(net, 0.0)
        return net

    @cached_property
    def composition(self) -> np.ndarray:
        """Share of each group in the goods of a pair [importer, exporter, group]; the exporter's where a pair has none."""
        goods = self.goods.copy()
        goods[np.arange(N), np.arange(N)] = 0.0
        total = goods.sum(axis=2, keepdims=True)
        own = goods.sum(axis=0) / np.maximum(goods.sum(axis=(0, 2)), 1e-9)[:, None]
        return np.divide(goods, total, out=np.broadcast_to(own, goods.shape).copy(), where=total > 0)

    @property
    def domestic(self) -> np.ndarray:
        """What a region's producers sell at home [region, group]."""
        return self.goods[np.arange(N), np.arange(N)]


def pattern(sources: Path) -> Pattern:
    """The flows of ICIO 2022 with our regions and groups of goods."""
    data = pd.read_parquet(sources / "icio2022_trade" / "icio_trade_2022.parquet")
    importer, exporter = region_of(data["importer"]), region_of(data["exporter"])
    group = data["sector"].astype(str).map(GROUP_OF_LINE).fillna(-1).to_numpy(int)
    value = data["value"].to_numpy()
    goods = spread((N, N, G), importer, exporter, group, values=value)
    services = group < 0
    return Pattern(
        goods * price_factors()[None],
        spread((N, N), importer[services], exporter[services], values=value[services]),
    )


def price_factors() -> np.ndarray:
    """Prices of 2024 over 2022 of the exporter's goods [region, group] (``aging_prices.csv``); one where none is stated."""
    factors = np.ones((N, G))
    for row in sorted(table("aging_prices.csv"), key=lambda row: bool(row["region"])):
        at = GROUPS.index(row["group"])
        assert GROUP_GOODS[at] and (not row["region"] or row["region"] in REGIONS)
        factors[R[row["region"]] if row["region"] else slice(None), at] = float(row["factor"])
    return factors
