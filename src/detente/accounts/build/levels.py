"""Stage 1, levels: GDP of 2024, what each region sells at home by group of sectors, and its exports of services.

ICIO 2022 gives home sales of goods, ADB MRIO 2022 those of services; BEA gives the United States for 2024. All are aged to
the GDP of 2024, with the assumptions of ``aging.csv`` and ``aging_prices.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.pattern import Pattern
from detente.accounts.build.vocabulary import (
    GOODS,
    GROUP_GOODS,
    GROUPS,
    PARENT_GOODS,
    PARENT_OF_INDUSTRY,
    PARENTS,
    G,
    J,
    N,
    P,
    R,
    S,
    region_of,
    sector_of_bea,
    spread,
    table,
)

CAD_PER_USD_2024 = 1.3698  # Bank of Canada, annual average (remembered)
CANADA_NOMINAL_GROWTH = 0.047  # Statistics Canada, nominal GDP 2024 over 2023 (remembered)

#: Energy was dearer in 2022 than in 2024: value added of these industries is aged by this factor (as in
#: ``aging_prices.csv``) before everything is scaled to GDP.
ENERGY_PRICES = {"c2": 0.80, "c8": 0.70}

#: Exports that BEA books under no product (row `Other`: spending of visitors, students), spread over services.
UNALLOCATED_SERVICES = {"hotels_restaurants": 0.5, "education": 0.25, "wholesale_retail": 0.25}

#: Industries that ADB joins: region -> (industry that holds both, industry left empty, share of the empty one).
#: Mexico: real estate is about 60 percent of the two (remembered: INEGI, GDP by activity).
JOINED = {"MEX": ("c30", "c29", 0.6)}

#: Cells where ADB's 2022 table is implausible -> the year to take instead. Taiwan's utilities fall from 31.7 to 2.2
#: billion USD between 2019 and 2022.
OLDER_CELLS = {("TWN", 17): 2019}

#: The parent that ICIO's table of trade counts among services.
UTILITIES = "c17"

#: Detail industries that the crosswalk leaves out, with their summary industry.
NOT_IN_CROSSWALK = {"331314": "331", "S00101": "GFE", "S00201": "GSLE", "S00202": "GSLE"}


@dataclass(frozen=True)
class NationalLevels:
    """Levels by region, million USD of 2024."""

    gdp: np.ndarray  # [region], market prices
    growth: np.ndarray  # [region], of ADB's money values from 2022 to 2024 at constant relative prices
    growth_icio: np.ndarray  # [region], the same of ICIO's
    domestic: np.ndarray  # [region, group], what producers sell in their own region
    exports: np.ndarray  # [region, parent], trade inside ROW and inside EUR included (ADB; used for services)
    final_share: np.ndarray  # [region, parent], of domestic sales
    made_2022: np.ndarray  # [region, parent], output of ADB 2022 grown to 2024, to compare with


@dataclass(frozen=True)
class UnitedStates:
    """The US accounts of 2024 by sector, million USD."""

    gdp: float
    output: np.ndarray  # [sector]
    value_added: np.ndarray  # [sector], producer prices
    exports: np.ndarray  # [sector], composition for goods, level for services
    service_imports: np.ndarray  # [sector], zero for goods
    other_imports: float  # services that BEA allocates to no product: travel, transport, rest-of-world adjustment


def gdp_2024(sources: Path) -> np.ndarray:
    """GDP at market prices [region], million USD: World Bank 2023 (Canada: Statistics Canada) aged by ``aging.csv``."""
    held = pd.read_csv(sources / "bilateral_goods_2023" / "countries.csv")
    gdp = spread((N,), region_of(held["iso3"]), values=held["gdp_usd"].to_numpy() / 1e6)
    for row in table("aging.csv"):
        at = R[row["region"]]
        if row["gdp_2023_musd"]:
            gdp[at] = float(row["gdp_2023_musd"])
        gdp[at] *= 1 + float(row["growth_2024"] or 0.0)
    gdp[R["USA"]] = us_accounts(sources).gdp
    gdp[R["CAN"]] = _canada_2023(sources) * (1 + CANADA_NOMINAL_GROWTH) / CAD_PER_USD_2024
    return gdp


def _canada_2023(sources: Path) -> float:
    data = pd.read_csv(sources / "canada_provinces" / "gdp_income_based_1981_2023.csv")
    rows = data[(data["geo"] == "Canada") & (data["year"] == 2023)].set_index("estimate")
    return float(rows["value_mcad"].loc["Gross domestic product at market prices"])


def levels(sources: Path, pattern: Pattern) -> NationalLevels:
    """Levels of 2024 for every region (see the module)."""
    data = pd.read_parquet(sources / "adb_mrio_summary" / "country_sector_73_2017_2022.parquet")
    data = _with_older_cells(data)
    at = (region_of(data["country"]), data["sector_index"].map(lambda k: PARENT_OF_INDUSTRY[f"c{k}"]).to_numpy())
    columns = ["gross_output", "value_added", "exports", "domestic_sales_final", "domestic_sales_intermediate"]
    output, value_added, exports, final, intermediate = (
        spread((N, P), *at, values=data[f"{column}_musd"].to_numpy()) for column in columns
    )
    for values in (output, value_added, exports, final, intermediate):
        for region, (kept, missing, share) in JOINED.items():
            joined = values[R[region], PARENTS.index(kept)]
            values[R[region], [PARENTS.index(kept), PARENTS.index(missing)]] = (1 - share) * joined, share * joined
    gdp = gdp_2024(sources)
    price = np.tile([ENERGY_PRICES.get(parent, 1.0) for parent in PARENTS], (N, 1))
    price[R["CAN"]] = 1.0  # its energy exports of 2024 are pinned by customs data
    growth = gdp / (value_added * price).sum(axis=1)
    growth_icio = gdp / icio_value_added(pattern, output, value_added)
    at_home = final + intermediate
    domestic = pattern.domestic * replaced_cells() * growth_icio[:, None]
    for k in np.flatnonzero(~GROUP_GOODS):
        domestic[:, k] = at_home[:, PARENTS.index(GROUPS[k])] * growth
    return NationalLevels(
        gdp=gdp,
        growth=growth,
        growth_icio=growth_icio,
        domestic=domestic,
        exports=exports * price * growth[:, None],
        final_share=np.clip(_ratio(final, at_home, 0.5), 0.0, 1.0),
        made_2022=output * price * growth[:, None],
    )


def icio_value_added(pattern: Pattern, output: np.ndarray, value_added: np.ndarray) -> np.ndarray:
    """Value added [region] in ICIO 2022, million USD: its outputs at the ratios of ADB (`output`, `value_added` by parent).

    The two tables differ in size where national accounts were revised between them (Viet Nam: ICIO is 1.6 times as
    large; ADB's rest of the world is 1.5 times ICIO's), so each is brought to GDP by its own growth.
    """
    goods = PARENT_GOODS & (np.array(PARENTS) != UTILITIES)
    made = pattern.goods.sum(axis=(0, 2)), pattern.all_services.sum(axis=0)
    return sum(
        sold * value_added[:, members].sum(axis=1) / output[:, members].sum(axis=1)
        for sold, members in zip(made, (goods, ~goods), strict=True)
    )


def replaced_cells() -> np.ndarray:
    """Factor on ICIO's home sales of a group [region, group]: one but for the cells of ``icio_cells.csv``."""
    factors = np.ones((N, G))
    for row in table("icio_cells.csv"):
        if row["factor"]:
            factors[R[row["region"]], GROUPS.index(row["group"])] = float(row["factor"])
    return factors


def _with_older_cells(data: pd.DataFrame) -> pd.DataFrame:
    """The rows of 2022, where `OLDER_CELLS` says so with the numbers of an earlier year grown with the economy."""
    size = data.groupby(["country", "year"])["value_added_musd"].sum()
    money = [column for column in data.columns if column.endswith("_musd")]
    rows = data[data["year"] == 2022].set_index(["country", "sector_index"])
    for (country, industry), year in OLDER_CELLS.items():
        older = data[(data["year"] == year) & (data["country"] == country) & (data["sector_index"] == industry)]
        growth = float(size.loc[(country, 2022)]) / float(size.loc[(country, year)])
        rows.loc[(country, industry), money] = older[money].iloc[0].to_numpy() * growth
    return rows.reset_index()


def _ratio(part: np.ndarray, whole: np.ndarray, otherwise: float) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=whole > 0)


def us_accounts(sources: Path) -> UnitedStates:
    """US output, value added, exports and service imports of 2024 by sector.

    The 2024 summary tables (71 industries) are split with gross output of 2023 by 402 industries; value added and
    exports inside a summary industry with the value-added ratios and the exports of the 2017 benchmark.
    """
    folder = sources / "bea_us_io"
    codes = {"row_code": str, "col_code": str, "commodity": str}
    table_2024 = pd.read_csv(folder / "summary2024_use_purchaser.csv", dtype=codes)
    import_use = pd.read_csv(folder / "summary2024_import_use.csv", dtype=codes)
    imports = _by_code(import_use[import_use["col_code"] == "F050"], "commodity")
    exported = _by_code(table_2024[table_2024["col_code"] == "F040"], "row_code")
    made = _by_code(table_2024[table_2024["row_code"] == "T018"], "col_code")
    added = _by_code(table_2024[table_2024["row_code"] == "VAPRO"], "col_code")
    detail = us_detail_weights(sources)
    of_summary = detail.groupby("summary")
    output = detail["output"] / of_summary["output"].transform("sum")
    value_added = detail["value_added"] / of_summary["value_added"].transform("sum")
    at = (sector_of_bea(detail["industry"]),)

    def split(weights: pd.Series, totals: dict[str, float]) -> np.ndarray:
        return spread((J,), *at, values=(weights * detail["summary"].map(totals).fillna(0.0)).to_numpy())

    sold_abroad = detail["exports"] / of_summary["exports"].transform("sum").clip(lower=1.0)
    exports = split(sold_abroad, exported)
    for sector, share in UNALLOCATED_SERVICES.items():
        exports[S[sector]] += share * exported["Other"]
    return UnitedStates(
        gdp=sum(added[code] for code in detail["summary"].unique()),
        output=split(output, made),
        value_added=split(value_added, added),
        exports=exports,
        service_imports=np.where(GOODS, 0.0, -split(output, imports)),  # BEA shows imports with a minus
        other_imports=-imports["Other"],
    )


def _by_code(rows: pd.DataFrame, column: str) -> dict[str, float]:
    return dict(zip(rows[column].astype(str), rows["value_musd"].astype(float), strict=True))


def us_detail_weights(sources: Path) -> pd.DataFrame:
    """Output of 2023, value added at 2017 ratios and exports of 2017 of the 402 US industries, and their summary industry."""
    folder = sources / "bea_us_io"
    by_year = pd.read_parquet(folder / "detail_gross_output_2010_2023.parquet")
    gross = by_year[by_year["year"] == 2023].set_index("industry")["gross_output_musd"]
    use = pd.read_parquet(folder / "detail2017_use_producer.parquet")
    exports = _by_code(use[use["industry_or_final"] == "F04000"], "commodity_or_va")
    use = use[use["industry_or_final"].isin(gross.index)]
    is_value_added = use["commodity_or_va"].str.startswith("V00")
    value_added = use[is_value_added].groupby("industry_or_final")["value_musd"].sum()
    intermediate = use[use["commodity_or_va"].str.fullmatch("[0-9S][0-9A-Z]{5}|GSLG.")]
    inputs = intermediate.groupby("industry_or_final")["value_musd"].sum().reindex(value_added.index).fillna(0.0)
    ratio = (value_added / (value_added + inputs)).clip(0.02, 0.98)
    crosswalk = pd.read_csv(sources / "concordances" / "bea_summary_to_detail.csv", dtype=str)
    summary = pd.concat([crosswalk.set_index("detail_code")["summary_code"], pd.Series(NOT_IN_CROSSWALK)])
    return pd.DataFrame(
        {
            "industry": gross.index,
            "summary": summary.reindex(gross.index).to_numpy(),
            "output": gross.to_numpy(),
            "value_added": (gross * ratio.reindex(gross.index)).to_numpy(),
            "exports": [max(exports.get(code, 0.0), 0.0) for code in gross.index],
        }
    )


def us_undivided(sources: Path, least: float = 0.95) -> np.ndarray:
    """Whether a US sector is made of whole BEA summary industries [sector], by `least` of its output."""
    detail = us_detail_weights(sources)
    sector = sector_of_bea(detail["industry"])
    codes = sorted(detail["summary"].unique())
    made = spread(
        (len(codes), J), np.searchsorted(codes, detail["summary"].tolist()), sector, values=detail["output"].to_numpy()
    )
    whole = made >= least * made.sum(axis=1, keepdims=True)
    return np.asarray((made * whole).sum(axis=0) >= least * made.sum(axis=0))
