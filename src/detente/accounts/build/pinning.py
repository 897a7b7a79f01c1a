"""Stage 2, pins: bilateral goods trade that statistics give directly, which every later stage must respect.

US imports of 2024 by product and partner; Canadian imports of 2024 by origin, with the products of 2021; total goods trade
of every other pair in 2023, aged to 2024. Customs values are taken as basic prices: the margin between the two inside
the exporting country is not in the sources.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.levels import CAD_PER_USD_2024
from detente.accounts.build.vocabulary import GOODS, J, N, R, S, region_of, spread
from detente.accounts.products import sector_of

#: World merchandise trade in USD, 2024 over 2023 (remembered: WTO Global Trade Outlook, about 2 percent).
TRADE_GROWTH_2024 = 1.02

#: Regions whose trade in BACI holds goods in transit (Dutch and Belgian ports) or gold to be refined (Switzerland).
TRANSIT = ("NLD", "BEL", "CHE")


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


def goods_totals(sources: Path, icio: np.ndarray) -> np.ndarray:
    """Goods trade of each pair in 2024 [importer, exporter], million USD.

    Imports of the United States and Canada are those of their customs in 2024, by country of origin. Other pairs are BACI
    2023 aged by `TRADE_GROWTH_2024`, goods in transit put down to who sent and who received them (`without_transit`). Pairs
    of Taiwan, which BACI leaves out, and those that the copy held lacks (Korea and Viet Nam among them) are those of ICIO
    2022 (`icio` [importer, exporter], goods), raised as the other pairs are.
    """
    totals = goods_totals_2023(sources) * TRADE_GROWTH_2024
    np.fill_diagonal(totals, 0.0)
    absent = (totals == 0) & (icio > 0) & ~np.eye(N, dtype=bool)
    kept = ~absent & ~np.eye(N, dtype=bool)
    icio = icio * totals[kept].sum() / icio[kept].sum()
    totals[absent] = icio[absent]
    totals = without_transit(totals, icio)
    totals[R["CAN"]] = canada_origins_2024(sources)
    totals[R["USA"]] = us_imports(sources).sum(axis=1)
    return totals


def without_transit(totals: np.ndarray, used: np.ndarray) -> np.ndarray:
    """`totals` [importer, exporter] with goods that only pass through `TRANSIT` sent from where they come to where they go.

    What such a region buys and sells beyond `used` (ICIO, which leaves transit out) is in transit, as much of it as both
    come to; each supplier's part of it goes to each customer in proportion.
    """
    totals = totals.copy()
    for region in TRANSIT:
        at = R[region]
        inward = np.maximum(totals[at] - used[at], 0.0)
        outward = np.maximum(totals[:, at] - used[:, at], 0.0)
        through = min(inward.sum(), outward.sum())
        if through == 0:
            continue
        inward *= through / inward.sum()
        outward *= through / outward.sum()
        totals[at] -= inward
        totals[:, at] -= outward
        totals += np.outer(outward, inward) / through
        np.fill_diagonal(totals, 0.0)  # what comes back to where it came from
    return totals


def canada_origins_2024(sources: Path) -> np.ndarray:
    """Canadian imports of 2024 by country of origin [exporter], million USD, chapters 98 and 99 left out (in proportion)."""
    folder = sources / "canada_trade_cimt"
    # A lone "NA" is Namibia, not a missing country.
    partners = pd.read_csv(folder / "canada_trade_country_monthly.csv.gz", keep_default_na=False)
    bought = partners[partners["date"].str.startswith("2024")].groupby("country")["imports"].sum()
    chapters = pd.read_csv(folder / "canada_trade_hs2_monthly.csv.gz", dtype={"hs2": str})
    of_year = chapters[chapters["date"].str.startswith("2024")].groupby("hs2")["imports"].sum()
    special = of_year[of_year.index >= "98"].sum() / of_year.sum()
    values = bought.to_numpy(float) * (1 - special) / CAD_PER_USD_2024 / 1e6
    found = spread((N,), region_of(pd.Series(bought.index), "iso2"), values=values)
    found[R["CAN"]] = 0.0  # Canadian goods that come back
    return found


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
