"""What the United States buys by product (HS, six digits) and supplier, on the totals of the accounts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from detente.accounts import Baseline
from detente.accounts.products import sector_of
from detente.economy.product_nests import ProductNests

IMPORTER = "USA"
DIGITS = 6
#: Suppliers whose goods stand for what American factories make of a sector, product by product: no statistic of output by
#: product is held, and rich countries make what is like it. A declared assumption.
ALIKE = ("CAN", "GBR", "DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "SWE", "AUT", "CHE", "JPN")
#: Where nothing of a product comes from them, this share of its imports stands for them, so that no product is made nowhere.
LEAST = 0.01


@lru_cache(maxsize=2)
def us_product_nests(baseline: Baseline) -> ProductNests:
    """US spending by product and supplier: imports of 2024 by HS6 (Census) scaled to the accounts, and home sales.

    A supplier that the accounts know and customs do not gets the mix of all suppliers. Home sales are spread over products as
    `ALIKE` sell them.
    """
    sector, imports = _imports(baseline)
    n, count = baseline.regions.index(IMPORTER), len(baseline.sectors)
    spending = baseline.expenditure[n].sum(axis=2)  # [supplier, sector]
    imports[:, n] = 0.0
    imports += np.where(_sums(sector, imports, count)[sector] > 0, 0.0, imports.sum(axis=1, keepdims=True))
    imports[:, n] = 0.0
    sold = _sums(sector, imports, count)
    scaled = imports * np.divide(spending.T, sold, out=np.zeros_like(sold), where=sold > 0)[sector]
    kept = scaled.sum(axis=1) > 0
    sector, scaled = sector[kept], scaled[kept]
    alike = scaled[:, [baseline.regions.index(code) for code in ALIKE if code in baseline.regions]].sum(axis=1)
    alike = alike + LEAST * scaled.sum(axis=1)
    whole = _sums(sector, alike[:, None], count)[:, 0]
    scaled[:, n] = alike * np.divide(spending[n], whole, out=np.zeros_like(whole), where=whole > 0)[sector]
    return ProductNests.of(sector, scaled, n, count)


def _imports(baseline: Baseline) -> tuple[np.ndarray, np.ndarray]:
    """US imports of 2024 by product: the sector's position [product], and million USD [product, region]."""
    from detente.law import tables

    rows = tables.table("us_imports")
    rest = baseline.regions.index("ROW")
    place = {code: k for k, code in enumerate(baseline.regions)}
    codes, inverse = np.unique(rows["hts10"].astype(str).str[:DIGITS].to_numpy(str), return_inverse=True)
    found = np.zeros((len(codes), len(baseline.regions)))
    region = rows["exporter"].astype(str).map(place).fillna(rest).to_numpy(int)
    np.add.at(found, (inverse, region), rows["kusd"].to_numpy() / 1000.0)
    position = {sector: k for k, sector in enumerate(baseline.sectors)}
    sector = np.array([position.get(name, -1) for name in sector_of(codes)])
    kept = (sector >= 0) & (found.sum(axis=1) > 0)
    return sector[kept], found[kept]


def _sums(sector: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Sums over the products of each sector [sector, column]."""
    total = np.zeros((count, values.shape[1]))
    np.add.at(total, sector, values)
    return total
