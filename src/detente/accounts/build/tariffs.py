"""Stage 6, tariffs applied in 2024, before the measures of 2025.

US rates are duties calculated over imports by partner and sector (Census 2024). Others follow the Global Tariff Database
(Teti, 2021: applied rates of each pair and product group, preferences included, simple averages), brought to the
trade-weighted rates of WITS (2023) by importer, blocs of partners and products; Canada and Mexico, whose preferences WITS
lacks, keep the former. ``tariff_assumptions.csv`` holds what neither has: dairy, and cars apart from their parts. Applied
rates are above what is collected (processing zones, quotas, claims), which the US rates are: each importer's are lowered to
its duties over its imports (``duties_collected.csv``), those of importers without as the others' are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.pinning import sectors_of_products
from detente.accounts.build.vocabulary import (
    EU,
    GOODS,
    GROUP_GOODS,
    GROUP_OF,
    GROUP_OF_LINE,
    REGIONS,
    G,
    J,
    N,
    R,
    S,
    region_of,
    spread,
    table,
)

#: Product groups of WITS, by sector; every other good is `Manufacture`.
WITS_GROUPS = {
    "Food": ("agriculture", "food", "dairy", "beverages"),
    "Energy": ("oil_gas", "refined_petroleum", "electricity"),
    "Mining": ("mining",),
    "Textiles": ("textiles",),
    "Paper": ("lumber", "wood_products", "paper"),
    "Chemical": ("chemicals", "pharmaceuticals", "rubber_plastics"),
    "Construction": ("nonmetallic_minerals",),
    "Metal": ("steel", "aluminum", "nonferrous_metals", "fabricated_metals"),
}
OTHER_GROUP = "Manufacture"

#: Reporters and partners of WITS that are regions of ours; every other region is in its `RestOfTheWorld`.
WITS_NAMES = {
    "EuropeanUnion": EU, "Brazil": ["BRA"], "Canada": ["CAN"], "China": ["CHN"], "India": ["IND"], "Japan": ["JPN"],
    "Mexico": ["MEX"], "United Kingdom": ["GBR"], "United States": ["USA"],
}  # fmt: skip
REST = "RestOfTheWorld"

#: Importers whose preferences WITS lacks.
NOT_IN_WITS = ("Canada", "Mexico", "United States")

#: How far the rates of a bloc may be moved towards WITS, as a factor.
LARGEST_FACTOR = 4.0

#: Rates are kept to a hundredth of a percent, so that the file stays small.
DECIMALS = 4

#: The partners that the US duty file shows apart; OTH41 (41 further partners) stands for every other one.
US_PARTNERS = {"EU27": EU} | {code: [code] for code in ("CAN", "MEX", "CHN", "GBR", "IND", "JPN", "KOR", "TWN", "VNM")}


def applied_tariffs(sources: Path, trade: np.ndarray) -> np.ndarray:
    """Applied tariffs of 2024 [importer, exporter, sector], fraction of the border value; zero for services.

    `trade` [importer, exporter, sector] weighs products and partners.
    """
    rates = cars_and_parts(trade_weighted(sources, teti(sources), trade), trade)
    rates[:, :, S["dairy"]] = dairy()
    for row in table("trade_agreements.csv"):
        if float(row["added"]):  # what one side adds
            rates[R[row["first"].rstrip("<")], R[row["second"]]] += float(row["added"]) * GOODS
    at = [R[region] for region in EU]
    rates[np.ix_(at, at)] = 0.0
    rates[np.arange(N), np.arange(N)] = 0.0
    rates[..., ~GOODS] = 0.0
    rates = np.minimum(rates * collected_over_applied(rates, trade)[:, None, None], 1.0)
    rates[R["USA"]] = us_tariffs(sources)
    rates[R["USA"], R["USA"]] = 0.0
    return rates.round(DECIMALS)


def collected_over_applied(rates: np.ndarray, trade: np.ndarray) -> np.ndarray:
    """Factor from applied rates to duties collected [importer], at most one; Canada has its own, the others the median."""
    factor = np.full(N, np.nan)
    for row in table("duties_collected.csv"):
        members = [R[region] for region in _members(row["importer"])]
        bought = trade[members][..., GOODS].copy()
        bought[:, members] = 0.0
        applied = (bought * rates[members][..., GOODS]).sum() / bought.sum()
        factor[members] = min(float(row["duties_busd"]) / float(row["imports_busd"]) / applied, 1.0)
    stated = [factor[_first(row)] for row in table("duties_collected.csv")]
    factor = np.where(np.isnan(factor), np.median(stated), factor)
    factor[R["CAN"]] = 1.0  # 0.6 percent applied, 0.7 collected
    return factor


def _first(row: dict[str, str]) -> int:
    return R[_members(row["importer"])[0]]


def teti(sources: Path) -> np.ndarray:
    """Applied tariffs of 2021 [importer, exporter, sector]: simple averages of each country pair and line of ICIO, weighted
    with its trade of 2022 where several are joined."""
    folder = sources / "icio2022_trade"
    flows = pd.read_parquet(folder / "icio_trade_2022.parquet")
    rates = pd.read_parquet(folder / "teti_simple_tariff_2021.parquet")
    keys = ["importer", "exporter", "sector"]
    both = flows.astype(dict.fromkeys(keys, str)).merge(rates.astype(dict.fromkeys(keys, str)), on=keys, how="left")
    both = both[both["importer"] != both["exporter"]]
    group = both["sector"].map(GROUP_OF_LINE).fillna(-1).to_numpy(int)
    at = (region_of(both["importer"]), region_of(both["exporter"]), group)
    value, duty = both["value"].to_numpy(), (both["value"] * both["tariff"].fillna(0.0)).to_numpy()
    bought, paid = (spread((N, N, G), *at, values=values) for values in (value, duty))
    mean = np.divide(paid, bought, out=np.zeros_like(paid), where=bought > 0)
    return np.where(GOODS & GROUP_GOODS[GROUP_OF], mean[:, :, GROUP_OF], 0.0)


def trade_weighted(sources: Path, rates: np.ndarray, trade: np.ndarray) -> np.ndarray:
    """`rates` [importer, exporter, sector] moved, alike for an importer, a bloc of partners and of products, so that their
    mean, weighted with `trade`, is that of WITS (at most by `LARGEST_FACTOR`); importers that WITS joins keep them."""
    wits = pd.read_csv(sources / "tariffs_wits_2023" / "wits_ahs_weighted_10x10x9_2023.csv")
    blocs = {name: [R[region] for region in members] for name, members in WITS_NAMES.items()}
    blocs[REST] = [k for k in range(N) if not any(k in members for members in blocs.values())]
    importers = {**blocs, REST: [R["ROW"]]}
    groups = {name: [S[sector] for sector in members] for name, members in WITS_GROUPS.items()}
    named = {k for members in groups.values() for k in members}
    groups[OTHER_GROUP] = [k for k in range(J) if GOODS[k] and k not in named]
    moved = rates.copy()
    columns = (wits[name].tolist() for name in ("reporter", "partner", "product", "ahs_weighted_pct"))
    for reporter, partner, product, percent in zip(*columns, strict=True):
        if reporter in NOT_IN_WITS or (reporter == partner and reporter != REST):
            continue
        cells = np.ix_(importers[reporter], blocs[partner], groups[product])
        weight = trade[cells]
        mean = (weight * rates[cells]).sum() / max(weight.sum(), 1e-9)
        if mean > 0:
            moved[cells] = rates[cells] * np.clip(percent / 100 / mean, 1 / LARGEST_FACTOR, LARGEST_FACTOR)
    return moved


def cars_and_parts(rates: np.ndarray, trade: np.ndarray) -> np.ndarray:
    """`rates` with those of vehicles and of parts apart, in the proportion of ``tariff_assumptions.csv``; means are kept."""
    rates = rates.copy()
    pair = [S["motor_vehicles"], S["motor_vehicle_parts"]]
    stated = np.ones((N, 2))
    for row in table("tariff_assumptions.csv"):
        for importer in _members(row["importer"]):
            stated[R[importer]] = [float(row["motor_vehicles"]), float(row["motor_vehicle_parts"])]
    weight = trade[:, :, pair].sum(axis=1)
    mean = (weight * stated).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    proportion = np.where(mean[:, None] > 0, stated / np.maximum(mean, 1e-9)[:, None], 1.0)
    rates[:, :, pair] *= proportion[:, None, :]
    return rates


def dairy() -> np.ndarray:
    """Assumed tariffs on dairy products [importer, exporter], agreements counted; the US row is zero."""
    rates = np.zeros((N, N))
    for row in table("tariff_assumptions.csv"):
        for importer in _members(row["importer"]):
            rates[R[importer]] = float(row["dairy"]) / 100
    for row in table("trade_agreements.csv"):
        one_way = row["first"].endswith("<")  # "A<": only what A charges
        for first in _members(row["first"].rstrip("<")):
            for second in _members(row["second"]):
                for importer, exporter in ((first, second), (second, first))[: 1 if one_way else 2]:
                    rates[R[importer], R[exporter]] *= float(row["agrifood"])
    return rates


def us_tariffs(sources: Path) -> np.ndarray:
    """US duties calculated over imports in 2024 [exporter, sector]."""
    data = pd.read_csv(sources / "policy" / "us_imports_2024_hs6.csv.gz", dtype={"hs6": str})
    partners = sorted(data["partner"].unique())
    at = (data["partner"].map(partners.index).to_numpy(int), sectors_of_products(data["hs6"]))
    shape = (len(partners), J)
    imports = spread(shape, *at, values=data["imports_usd_2024"].to_numpy())
    duties = spread(shape, *at, values=data["calc_duty_usd_2024"].to_numpy())
    rate = np.divide(duties, imports, out=np.zeros(shape), where=imports > 0)
    rates = np.tile(rate[partners.index("OTH41")], (N, 1))
    for partner, regions in US_PARTNERS.items():
        rates[[R[region] for region in regions]] = rate[partners.index(partner)]
    rates[R["AUS"]] = 0.0  # inside the 41 others, but free under the US-Australia agreement
    return rates


def _members(name: str) -> list[str]:
    assert name == "EU" or name in REGIONS
    return EU if name == "EU" else [name]
