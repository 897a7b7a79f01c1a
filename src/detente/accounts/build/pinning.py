"""Stage 2, pins: bilateral goods trade that statistics give directly, which every later stage must respect.

US imports of 2024 by product and partner; Canadian imports of 2021 by product and origin, scaled to 2024; total goods
trade of every pair in 2023, aged to 2024. Customs values are taken as basic prices: the margin between the two inside
the exporting country is not in the sources.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import GOODS, J, N, R, S, region_of, spread
from detente.accounts.products import sector_of

#: World merchandise trade in USD, 2024 over 2023 (remembered: WTO Global Trade Outlook, about 2 percent).
TRADE_GROWTH_2024 = 1.02


def sectors_of_products(codes: pd.Series) -> np.ndarray:
    """Position of the sector of each HS code; -1 outside chapters 01 to 97."""
    return np.array([S.get(sector, -1) for sector in sector_of(codes.astype(str))])


def us_imports(sources: Path) -> np.ndarray:
    """US imports of 2024 [exporter, sector], million USD, customs value, chapters 98 and 99 left out (US Census)."""
    data = pd.read_parquet(sources / "us_imports_2024" / "hs10_country.parquet")
    at = (region_of(data["cty_code"], "census"), sectors_of_products(data["hs10"]))
    imports = spread((N, J), *at, values=data["imports_usd"].to_numpy() / 1e6)
    imports[R["USA"]] = 0.0  # US goods that come back
    return imports


def canada_imports_2021(sources: Path) -> np.ndarray:
    """Canadian imports of 2021 by origin [exporter, sector], million CAD, chapters 98 and 99 left out."""
    data = pd.read_parquet(sources / "canada_imports_hs6" / "imports_2019_2021.parquet")
    data = data[data["year"] == 2021]
    at = (region_of(data["iso2"], "iso2"), sectors_of_products(data["hs6"]))
    imports = spread((N, J), *at, values=data["value_cad"].to_numpy() / 1e6)
    imports[R["CAN"]] = 0.0
    return imports


def goods_totals_2023(sources: Path) -> np.ndarray:
    """Goods trade of each pair in 2023 [importer, exporter], million USD (BACI); diagonal: trade inside a group."""
    data = pd.read_parquet(sources / "bilateral_goods_2023" / "trade.parquet")
    at = (region_of(data["importer"]), region_of(data["exporter"]))
    return spread((N, N), *at, values=data["value_kusd"].to_numpy() / 1e3)


def goods_totals(sources: Path, icio: np.ndarray, us_to_canada: float | None = None) -> np.ndarray:
    """Goods trade of each pair in 2024 [importer, exporter], million USD.

    US imports are those of the customs data; other pairs are BACI 2023 aged by `TRADE_GROWTH_2024`. BACI leaves Taiwan
    out: its pairs are those of ICIO 2022 (`icio` [importer, exporter], goods), raised as the other pairs are.
    `us_to_canada` replaces the total of US goods sold to Canada, million USD.
    """
    totals = goods_totals_2023(sources) * TRADE_GROWTH_2024
    np.fill_diagonal(totals, 0.0)
    taiwan = R["TWN"]
    others = np.delete(np.arange(N), taiwan)
    pairs = np.ix_(others, others)
    raised = totals[pairs].sum() / (icio[pairs].sum() - np.trace(icio[pairs]))
    totals[:, taiwan], totals[taiwan] = icio[:, taiwan] * raised, icio[taiwan] * raised
    totals[taiwan, taiwan] = 0.0
    canada = canada_imports_2021(sources).sum(axis=1)
    totals[R["CAN"], taiwan] = canada[taiwan] * totals[R["CAN"], others].sum() / canada[others].sum()
    totals[R["USA"]] = us_imports(sources).sum(axis=1)
    if us_to_canada is not None:
        totals[R["CAN"], R["USA"]] = us_to_canada
    return totals


def canada_imports(sources: Path, totals: np.ndarray, from_united_states: np.ndarray) -> np.ndarray:
    """Canadian imports of 2024 [exporter, sector], million USD: products of 2021, pair totals of 2024.

    What the United States sells has the composition of 2024, `from_united_states` [sector]; electricity comes from there only.
    """
    products = canada_imports_2021(sources)
    power = products[R["USA"], S["electricity"]] / products[R["USA"]].sum()
    products[:, S["electricity"]] = 0.0
    products[R["USA"]] = from_united_states * (1 - power)
    products[R["USA"], S["electricity"]] = power
    return (
        products
        * np.divide(totals[R["CAN"]], products.sum(axis=1), out=np.zeros(N), where=products.sum(axis=1) > 0)[:, None]
    )


def pins(sources: Path, totals: np.ndarray, from_united_states: np.ndarray) -> dict[str, np.ndarray]:
    """Pinned imports by importer [exporter, sector]: the United States and Canada, goods only."""
    found = {"USA": us_imports(sources), "CAN": canada_imports(sources, totals, from_united_states)}
    assert not any(values[:, ~GOODS].any() for values in found.values())
    return found
