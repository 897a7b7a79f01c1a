"""Stage 6, tariffs applied in 2024, before the measures of 2025.

US rates are duties calculated over imports by partner and sector (Census 2024). No source of other importers' duties
may be shipped, so theirs are an explicit assumption: average MFN rates by product group (``tariff_assumptions.csv``)
and the share still charged between partners of an agreement (``trade_agreements.csv``). Replace the two files to
replace the assumption.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.pinning import sectors_of_products
from detente.accounts.build.vocabulary import EU, GOODS, REGIONS, J, N, R, S, spread, table

GROUP_OF_SECTOR = {
    "agriculture": "agriculture",
    "oil_gas": "energy",
    "mining": "energy",
    "food": "food",
    "dairy": "dairy",
    "beverages": "food",
    "textiles": "textiles",
    "lumber": "wood_paper",
    "wood_products": "wood_paper",
    "paper": "wood_paper",
    "refined_petroleum": "energy",
    "chemicals": "chemicals",
    "pharmaceuticals": "pharmaceuticals",
    "rubber_plastics": "chemicals",
    "nonmetallic_minerals": "metals",
    "steel": "metals",
    "aluminum": "metals",
    "nonferrous_metals": "metals",
    "fabricated_metals": "metals",
    "machinery": "machinery",
    "electronics": "electronics",
    "electrical_equipment": "machinery",
    "motor_vehicles": "motor_vehicles",
    "motor_vehicle_parts": "motor_vehicle_parts",
    "other_transport_equipment": "other",
    "other_manufacturing": "other",
}
AGRIFOOD = ("agriculture", "food", "dairy", "beverages")

#: The partners that the US duty file shows apart; OTH41 (41 further partners) stands for every other one.
US_PARTNERS = {"EU27": EU} | {code: [code] for code in ("CAN", "MEX", "CHN", "GBR", "IND", "JPN", "KOR", "TWN", "VNM")}


def applied_tariffs(sources: Path) -> np.ndarray:
    """Applied tariffs of 2024 [importer, exporter, sector], fraction of the border value; zero for services."""
    rates = assumed_tariffs()
    rates[R["USA"]] = us_tariffs(sources)
    rates[np.arange(N), np.arange(N)] = 0.0
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


def assumed_tariffs() -> np.ndarray:
    """Assumed applied tariffs of every importer [importer, exporter, sector] (see the module); the US row is zero."""
    rates = np.zeros((N, N, J))
    for row in table("tariff_assumptions.csv"):
        for importer in _members(row["importer"]):
            for sector, group in GROUP_OF_SECTOR.items():
                rates[R[importer], :, S[sector]] = float(row[group]) / 100
    agrifood = np.zeros(J, dtype=bool)
    agrifood[[S[sector] for sector in AGRIFOOD]] = True
    for row in table("trade_agreements.csv"):
        one_way = row["first"].endswith("<")  # "A<": only what A charges
        keep = np.where(agrifood, float(row["agrifood"]), float(row["industrial"]))
        for first in _members(row["first"].rstrip("<")):
            for second in _members(row["second"]):
                for importer, exporter in ((first, second), (second, first))[: 1 if one_way else 2]:
                    rates[R[importer], R[exporter]] *= keep
                    rates[R[importer], R[exporter]] += float(row["added"]) * GOODS
    for first in EU:
        for second in EU:
            rates[R[first], R[second]] = 0.0
    return rates


def _members(name: str) -> list[str]:
    assert name == "EU" or name in REGIONS
    return EU if name == "EU" else [name]
