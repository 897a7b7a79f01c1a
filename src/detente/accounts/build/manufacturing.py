"""Stage 1, Canadian manufacturing: what the makers of wood and metals sell in all, which the tables of ICIO overstate."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from detente.accounts.build.customs import canadian_products
from detente.accounts.build.levels import CAD_PER_USD_2024
from detente.accounts.build.vocabulary import SECTORS, table


class Sales(NamedTuple):
    """Output of some sectors together, million USD: manufacturing sales, and what is exported but not manufactured."""

    sectors: np.ndarray  # [sector], whether it belongs
    manufactured: float
    not_made: float  # precious metals, scrap

    @property
    def made(self) -> float:
        """What is sold at home and abroad, million USD."""
        return self.manufactured + self.not_made


def canadian_sales(sources: Path) -> list[Sales]:
    """Sales of Canadian manufacturers in 2024 (``canada_sales.csv``), and exports of products that they did not make."""
    products = canadian_products(sources)
    heading = products["code"].str[:4]
    return [
        Sales(
            np.isin(SECTORS, row["sectors"].split()),
            float(row["sales_bcad"]) * 1e3 / CAD_PER_USD_2024,
            float(products.loc[heading.isin(row["not_made"].split()), "musd"].sum()),
        )
        for row in table("canada_sales.csv")
    ]
