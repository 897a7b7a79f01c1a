"""Stage 10, households: what they spend on each product by fifth of income, in the United States and Canada.

Goods are at producers' prices, duties included, as the accounts have them; trade and transport margins are spending on trade and
transport.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.levels import CAD_PER_USD_2024, UNALLOCATED_SERVICES, us_detail_weights
from detente.accounts.build.vocabulary import J, N, R, S, sector_of_bea, spread, table
from detente.accounts.schema import FIFTHS

US_HOUSEHOLDS = 131.4e6  # Census Bureau, 2023 (remembered)

#: Canadian spending of 2021 in prices of 2024 (remembered: Statistics Canada, consumer price index 160.9 over 141.6).
CANADA_YEAR, CANADA_PRICES = 2021, 1.136
QUINTILES = ("Lowest", "Second", "Third", "Fourth", "Highest")


def household_spending(sources: Path) -> np.ndarray:
    """Spending of a household [region, sector, fifth], USD a year; not a number outside the United States and Canada."""
    products = bucket_products(sources)
    found = np.full((N, J, len(FIFTHS)), np.nan)
    found[R["USA"]] = _united_states(sources, products)
    found[R["CAN"]] = _canada(sources, products)
    return found


def bucket_products(sources: Path) -> pd.DataFrame:
    """US spending of 2024, million USD: one row per kind of spending (BEA's distributional types), one column per sector."""
    folder = sources / "household_us"
    bridge = pd.read_csv(folder / "pce_bridge_2024_summary.csv", dtype={"nipa_line": str, "bea_code": str})
    kinds = pd.read_csv(folder / "nipa_pce_to_distributional_bucket.csv", dtype=str).set_index("nipa_line")["pce_mp"]
    bridge["kind"] = bridge["nipa_line"].map(kinds).astype(int)
    bridge["margin"] = bridge["purchasers_value"] - bridge["producers_value"]
    inside = _inside_summary(sources)
    rows = {}
    for kind, lines in bridge.groupby("kind"):
        values = np.zeros(J)
        for code, value in lines.groupby("bea_code")["producers_value"].sum().items():
            if code in inside.index:
                values += value * inside.loc[str(code)].to_numpy()
            elif code == "Other":  # travel abroad
                values += value * np.array([UNALLOCATED_SERVICES.get(sector, 0.0) for sector in S])
        values[S["wholesale_retail"]] += lines["margin"].sum()  # used goods: only what dealers add
        rows[kind] = np.maximum(values, 0.0)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(S))


def _inside_summary(sources: Path) -> pd.DataFrame:
    """Share of each sector in household purchases of a BEA summary product (benchmark of 2017)."""
    use = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    bought = use[use["industry_or_final"] == "F01000"].set_index("commodity_or_va")["value_musd"].clip(lower=0.0)
    detail = us_detail_weights(sources)
    weight = bought.reindex(detail["industry"]).fillna(0.0).to_numpy() + 1e-6
    sector = sector_of_bea(detail["industry"])
    codes = sorted(detail["summary"].unique())
    position = np.searchsorted(codes, detail["summary"].tolist())
    found = spread((len(codes), J), position, sector, values=weight)
    return pd.DataFrame(found / found.sum(axis=1, keepdims=True), index=codes, columns=list(S))


def _united_states(sources: Path, products: pd.DataFrame) -> np.ndarray:
    shares = pd.read_csv(sources / "household_us" / "distributional_pce_2023.csv").set_index("pce_mp")
    tenths = shares[[f"d{k}" for k in range(1, 11)]].to_numpy()
    fifths = tenths.reshape(len(shares), 5, 2).sum(axis=2) / tenths.sum(axis=1)[:, None]
    spent = np.einsum("ks,kf->sf", products.loc[shares.index].to_numpy(), fifths)
    return spent * 1e6 / (US_HOUSEHOLDS / 5)


def _canada(sources: Path, products: pd.DataFrame) -> np.ndarray:
    data = pd.read_csv(sources / "household_canada" / "shs_spending_by_quintile_province_2017_2021.csv.gz")
    data = data[data["Year"] == CANADA_YEAR]
    people = pd.read_csv(sources / "canada_provinces" / "employees_by_province_industry_2019_2024.csv")
    weights = people[people["year"] == CANADA_YEAR].groupby("province")["employees"].sum()
    data = data.assign(weight=data["Geography"].map(weights)).dropna(subset=["weight", "Expenditure"])
    data["weighted"] = data["Expenditure"] * data["weight"]
    sums = data.groupby(["Statistic", "Income Quintile"])[["weighted", "weight"]].sum()
    mean = (sums["weighted"] / sums["weight"]).unstack()[list(QUINTILES)]
    inside = products.div(products.sum(axis=1), axis=0)
    spent = sum(
        np.outer(inside.loc[int(row["bucket"])], float(row["share"]) * mean.loc[row["category"]])
        for row in table("canada_spending.csv")
    )
    return np.asarray(spent) * CANADA_PRICES / CAD_PER_USD_2024
