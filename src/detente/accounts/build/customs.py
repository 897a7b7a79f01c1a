"""Exports as customs publish them: what Canada sells beyond the United States, and US sales by chapter and partner."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.levels import CAD_PER_USD_2024
from detente.accounts.build.pinning import sectors_of_products
from detente.accounts.build.vocabulary import GOODS, J, N, R, S, region_of, spread

YEAR = 2024
CAD_PER_USD_2021 = 1.2535  # Bank of Canada, annual average (remembered)

#: Names of partners in the US export file, where they are one of our regions.
US_PARTNERS = {
    "CANADA": "CAN", "MEXICO": "MEX", "BRAZIL": "BRA", "UNITED KINGDOM": "GBR", "GERMANY": "DEU", "FRANCE": "FRA",
    "ITALY": "ITA", "SPAIN": "ESP", "NETHERLANDS": "NLD", "BELGIUM": "BEL", "IRELAND": "IRL", "SWITZERLAND": "CHE",
    "TURKEY": "TUR", "CHINA": "CHN", "JAPAN": "JPN", "KOREA, SOUTH": "KOR", "TAIWAN": "TWN", "INDIA": "IND",
    "VIETNAM": "VNM", "THAILAND": "THA", "AUSTRALIA": "AUS",
}  # fmt: skip

#: A chapter of US exports to Canada keeps, after re-exports are taken out, the part that Canadian customs (2021, country of
#: origin) show of the US figure (2022), over the ratio of chapters without re-exports; at least this part.
WITHOUT_REEXPORTS, LEAST_OWN = 0.85, 0.5
ENERGY_CHAPTER = "27"

#: Parts in US vehicles and parts (chapter 87) sold to Mexico, which buys few cars there (remembered: of 29 billion USD, 4 of
#: cars, 2 of trucks and tractors); and how much more of its chapters 84 and 85 are engines, ignition and lights than in
#: sales to Canada, since it makes three times as many vehicles.
PARTS_OF_MEXICAN_VEHICLES = 0.78
MEXICAN_ENGINES = 2.0


def canadian_exports(sources: Path, to_united_states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What Canada sells beyond the United States in 2024: by sector [sector] and by destination [region], million USD.

    By sector: exports to all partners (Statistics Canada, chapters of 2024, products inside a chapter as in the 28 months to
    April 2026) less US imports from Canada, `to_united_states` [sector], raised to the Canadian value of exports to the
    United States, which holds re-exports and freight. By destination: Statistics Canada 2024.
    """
    folder = sources / "canada_trade_cimt"
    products = canadian_products(sources)
    total = spread((J,), sectors_of_products(products["code"]), values=products["musd"].to_numpy())
    # A lone "NA" is Namibia, not a missing country.
    partners = pd.read_csv(folder / "canada_trade_country_monthly.csv.gz", keep_default_na=False)
    to = partners[partners["date"].str.startswith(str(YEAR))].groupby("country")["exports"].sum()
    sold = to.to_numpy(float) / CAD_PER_USD_2024 / 1e6
    destination = spread((N,), region_of(pd.Series(to.index), "iso2"), values=sold)
    usa = R["USA"]
    mapped = total.sum() / products["musd"].sum()  # the part outside chapters 98 and 99
    basis = destination[usa] * mapped / to_united_states.sum()
    rest = np.maximum(total - basis * to_united_states, 0.02 * total)
    rest[S["electricity"]] = 0.0
    destination[[usa, R["CAN"]]] = 0.0
    return rest, destination * mapped


def canadian_products(sources: Path) -> pd.DataFrame:
    """Canadian exports of 2024 to all partners: code (six digits of the Harmonized System), musd (million USD)."""
    folder = sources / "canada_trade_cimt"
    products = pd.read_csv(folder / "canada_trade_hs8_10_total_sum_of_28_months_to_2026_04.csv.gz", dtype={"hs": str})
    products = products[products["exports"] > 0]
    chapters = pd.read_csv(folder / "canada_trade_hs2_monthly.csv.gz", dtype={"hs2": str})
    of_year = chapters[chapters["date"].str.startswith(str(YEAR))].groupby("hs2")["exports"].sum()
    chapter = products["hs"].str[:2]
    inside = products["exports"] / chapter.map(products.groupby(chapter)["exports"].sum())
    return pd.DataFrame(
        {
            "code": products["hs"].str.replace(".", "", regex=False).str[:6],
            "musd": inside * chapter.map(of_year) / CAD_PER_USD_2024 / 1e6,
        }
    )


def us_to_canada(sources: Path) -> np.ndarray:
    """Composition of US exports to Canada of 2024 [sector], sums to one, re-exports left out.

    Chapters of 2024 (US Census); products inside a chapter: those on Canada's lists at their US value of 2024, the others as
    in Canadian imports of 2021.
    """
    inside = _inside_chapters(sources)
    own = inside.sum(axis=1) * _own_part(sources)
    sectors = (inside.div(inside.sum(axis=1), axis=0).mul(own, axis=0)).sum(axis=0)
    found = spread((J,), sectors.index.to_numpy(int), values=sectors.to_numpy())
    return found / found.sum()


def _own_part(sources: Path) -> pd.Series:
    chapters = _us_chapters(sources)
    before = chapters[(chapters["year"] == 2022) & (chapters["country"] == "CANADA")].set_index("hs2")["exports"]
    imports = _canadian_imports(sources).groupby("chapter")["value_cad"].sum() / CAD_PER_USD_2021
    part = (imports / before / WITHOUT_REEXPORTS).clip(LEAST_OWN, 1.0)
    part[ENERGY_CHAPTER] = 1.0  # prices rose too much between the two years, and energy is not re-exported
    return part.fillna(1.0)


def _inside_chapters(sources: Path) -> pd.DataFrame:
    """US exports to Canada of 2024 by chapter and position of the sector, million USD, re-exports included."""
    listed = pd.read_csv(sources / "policy" / "us_exports_to_canada_2024_hs6_listed.csv", dtype={"hs6": str})
    listed["usd"] = listed["us_exports_to_canada_2024_usd"].astype(float)
    listed["chapter"] = listed["hs6"].str[:2]
    chapters = _us_chapters(sources)
    total = chapters[(chapters["year"] == YEAR) & (chapters["country"] == "CANADA")].set_index("hs2")["exports"]
    imports = _canadian_imports(sources)
    others = imports[~imports["hs6"].isin(listed["hs6"])].copy()
    rest = (total - listed.groupby("chapter")["usd"].sum().reindex(total.index).fillna(0.0)).clip(lower=0.0)
    others["usd"] = others["value_cad"] / others.groupby("chapter")["value_cad"].transform("sum")
    others["usd"] *= others["chapter"].map(rest).fillna(0.0)
    both = pd.concat([listed[["hs6", "chapter", "usd"]], others[["hs6", "chapter", "usd"]]])
    both["sector"] = sectors_of_products(both["hs6"])
    both = both[both["sector"] >= 0]
    return both.pivot_table(index="chapter", columns="sector", values="usd", aggfunc="sum").fillna(0.0) / 1e6


def _canadian_imports(sources: Path) -> pd.DataFrame:
    data = pd.read_parquet(sources / "canada_imports_hs6" / "imports_2019_2021.parquet")
    data = data[(data["year"] == 2021) & (data["iso2"] == "US")].copy()
    data["hs6"] = data["hs6"].astype(str).str.zfill(6)
    data["chapter"] = data["hs6"].str[:2]
    return data


def _us_chapters(sources: Path) -> pd.DataFrame:
    path = sources / "us_exports_hs2" / "us_exports_hs2_country_annual_2022_2024.csv.gz"
    return pd.read_csv(path, dtype={"hs2": str})


def us_exports(sources: Path, composition: np.ndarray) -> dict[str, np.ndarray]:
    """Composition of US exports of 2024 to the partners whose chapters are published: region to shares [sector].

    Inside a chapter, sectors are those of sales to Canada, moved by how the pair's pattern, `composition`
    [importer, sector], differs from Canada's; vehicles and parts sold to Mexico by stated shares. Canada has its own.
    """
    chapters = _us_chapters(sources)
    inside = _inside_chapters(sources)
    positions = inside.columns.to_numpy(int)
    found = {"CAN": us_to_canada(sources)}
    canada = np.maximum(composition[R["CAN"]], 1e-6)
    for name, region in US_PARTNERS.items():
        if region in found:
            continue
        total = chapters[(chapters["year"] == YEAR) & (chapters["country"] == name)].set_index("hs2")["exports"]
        tilt = np.clip(composition[R[region]] / canada, 0.1, 10.0)
        weight = inside * tilt[positions]
        if region == "MEX":
            _mexican_vehicles(weight)
        shares = weight.div(weight.sum(axis=1), axis=0)
        sectors = shares.mul(total.reindex(shares.index).fillna(0.0), axis=0).sum(axis=0)
        values = spread((J,), positions, values=sectors.to_numpy()) * GOODS
        values[S["electricity"]] = 0.0
        found[region] = values / values.sum()
    return found


def _mexican_vehicles(weight: pd.DataFrame) -> None:
    parts, vehicles = S["motor_vehicle_parts"], S["motor_vehicles"]
    row = weight.loc["87"].copy()
    others = row.sum() - row[parts] - row[vehicles]
    row[parts] = PARTS_OF_MEXICAN_VEHICLES * row.sum()
    row[vehicles] = max(row.sum() - row[parts] - others, 0.0)
    weight.loc["87"] = row
    weight.loc[["84", "85"], parts] *= MEXICAN_ENGINES
