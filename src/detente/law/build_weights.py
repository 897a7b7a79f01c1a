"""Make the trade weights and content shares that the package ships (``data/*.parquet``) from the sources.

`build_weights` is run by hand (or by ``detente data build``) when a source changes; nothing reads the sources at run time.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.law import customs

DATA = Path(__file__).parent / "data"

#: Canadian dollars for one US dollar, 2021 average (Bank of Canada).
CAD_PER_USD_2021 = 1.2535

#: Regions of world-2024: ISO 3166 alpha-2 and the name in the US Census country list. The other EU members form EUR.
REGIONS = {
    "CAN": ("CA", "Canada"),
    "MEX": ("MX", "Mexico"),
    "BRA": ("BR", "Brazil"),
    "GBR": ("GB", "United Kingdom"),
    "DEU": ("DE", "Germany (Federal Republic of Germany)"),
    "FRA": ("FR", "France"),
    "ITA": ("IT", "Italy"),
    "ESP": ("ES", "Spain"),
    "NLD": ("NL", "Netherlands"),
    "BEL": ("BE", "Belgium"),
    "IRL": ("IE", "Ireland"),
    "POL": ("PL", "Poland"),
    "CZE": ("CZ", "Czech Republic"),
    "SWE": ("SE", "Sweden"),
    "AUT": ("AT", "Austria"),
    "CHE": ("CH", "Switzerland"),
    "NOR": ("NO", "Norway"),
    "TUR": ("TR", "Turkey"),
    "RUS": ("RU", "Russia"),
    "CHN": ("CN", "China"),
    "JPN": ("JP", "Japan"),
    "KOR": ("KR", "South Korea (Republic of Korea)"),
    "TWN": ("TW", "Taiwan"),
    "IND": ("IN", "India"),
    "IDN": ("ID", "Indonesia"),
    "VNM": ("VN", "Vietnam"),
    "THA": ("TH", "Thailand"),
    "AUS": ("AU", "Australia"),
}
REST_OF_EU = {
    "BG": "Bulgaria",
    "HR": "Croatia",
    "CY": "Cyprus",
    "DK": "Denmark",
    "EE": "Estonia",
    "FI": "Finland",
    "GR": "Greece",
    "HU": "Hungary",
    "LV": "Latvia",
    "LT": "Lithuania",
    "LU": "Luxembourg",
    "MT": "Malta",
    "PT": "Portugal",
    "RO": "Romania",
    "SK": "Slovakia",
    "SI": "Slovenia",
}

#: Partners whose US imports pay no preference and no antidumping in calculated duty: they show the ordinary rate.
WITHOUT_PREFERENCE = ["EU27", "GBR", "JPN", "TWN", "VNM"]


def build_weights(sources: Path) -> None:
    """Write every file of ``data/`` from the source folder."""
    DATA.mkdir(exist_ok=True)
    for name, table in {
        "us_imports": us_imports(sources),
        "canada_imports": canada_imports(sources),
        "column1": column1(sources),
        "content": content(sources),
        "gtap": gtap(sources),
        "usmca_shares": usmca_shares(sources),
        "partner_rates": partner_rates(sources),
    }.items():
        table.to_parquet(DATA / f"{name}.parquet", index=False, compression="zstd")
    customs.build(sources).to_parquet(DATA / customs.FILE, index=False, compression="zstd")


def us_imports(sources: Path) -> pd.DataFrame:
    """US imports for consumption 2024 by HTS10 and region: ``hts10, exporter, kusd`` (thousand USD, Census).

    Canada and Mexico with chapters 98 and 99, from the files that carry them; the others without.
    """
    parts = []
    for partner, file in (("CAN", "canada"), ("MEX", "mexico")):
        rows = pd.read_csv(sources / "policy" / f"us_imports_2024_hts10_{file}.csv.gz", dtype={"hts10": str})
        parts.append(rows.assign(exporter=partner).rename(columns={"imports_usd_2024": "usd"}))
    names = {name: region for region, (_, name) in REGIONS.items()} | dict.fromkeys(REST_OF_EU.values(), "EUR")
    codes = pd.read_csv(sources / "us_imports_2024" / "census_country_codes.csv", dtype=str)
    region = dict(zip(codes["cty_code"], codes["country_name"].map(names).fillna("ROW"), strict=True))
    rest = pd.read_parquet(sources / "us_imports_2024" / "hs10_country.parquet").astype({"hs10": str, "cty_code": str})
    rest = rest.assign(exporter=rest["cty_code"].map(region).fillna("ROW")).rename(
        columns={"hs10": "hts10", "imports_usd": "usd"}
    )
    parts.append(rest[~rest["exporter"].isin(["CAN", "MEX"])])
    total = pd.concat(parts).groupby(["hts10", "exporter"], as_index=False)["usd"].sum()
    total["kusd"] = (total["usd"] / 1000).round().astype("int32")
    total = total[total["kusd"] > 0]
    return total[["hts10", "exporter", "kusd"]].astype({"hts10": "category", "exporter": "category"})


def canada_imports(sources: Path) -> pd.DataFrame:
    """Canadian imports 2021 by HS6 and region of origin: ``hs6, exporter, kusd`` (thousand USD, Statistics Canada)."""
    rows = pd.read_parquet(sources / "canada_imports_hs6" / "imports_2019_2021.parquet")
    rows = rows[rows["year"] == 2021]
    regions = {iso2: region for region, (iso2, _) in REGIONS.items() if region != "CAN"} | {"US": "USA"}
    regions |= dict.fromkeys(REST_OF_EU, "EUR")
    rows = rows.assign(exporter=rows["iso2"].map(regions).fillna("ROW"))
    rows = rows[rows["iso2"] != "CA"]
    total = rows.groupby(["hs6", "exporter"], as_index=False)["value_cad"].sum()
    total["kusd"] = (total["value_cad"] / CAD_PER_USD_2021 / 1000).round().astype("int32")
    total = total[total["kusd"] > 0]
    return total[["hs6", "exporter", "kusd"]].astype({"hs6": "category", "exporter": "category"})


def column1(sources: Path) -> pd.DataFrame:
    """US column 1 general rates by HS6: ``hs6, average_pct, uniform``.

    `average_pct`: simple average of the ad valorem and free lines (HTS 2025), NaN where a line is specific or compound.
    `uniform`: every line of the HS6 pays that rate: all free, or the duty that partners without preference paid in
    2024 equals the average (within 3 percent of the rate, two partners at least, ten million USD each).
    """
    lines = pd.read_csv(sources / "policy" / "hs6_concordance.csv", dtype={"hs6": str})
    trade = pd.read_csv(sources / "policy" / "us_imports_2024_hs6.csv.gz", dtype={"hs6": str})
    trade = trade[trade["partner"].isin(WITHOUT_PREFERENCE) & (trade["imports_usd_2024"] > 1e7)]
    trade = trade.assign(pct=100 * trade["calc_duty_usd_2024"] / trade["imports_usd_2024"])
    spread = trade.groupby("hs6")["pct"].agg(["min", "max", "size"]).reindex(lines["hs6"]).reset_index()
    average = lines["mfn_simple_avg_pct"].where(lines["mfn_n_lines_specific_or_compound"] == 0)
    free = (lines["mfn_share_lines_free"] == 1) & (lines["mfn_n_lines_specific_or_compound"] == 0)
    same = (spread["min"] >= 0.97 * average) & (spread["max"] <= 1.01 * average) & (spread["size"] >= 2)
    uniform = free | (same & (lines["mfn_share_lines_free"] == 0))
    return pd.DataFrame({"hs6": lines["hs6"], "average_pct": average, "uniform": uniform})


def content(sources: Path) -> pd.DataFrame:
    """Metal shares of value by HS6: ``hs6, steel, aluminum, copper`` (input-output averages, BEA 2017 detail)."""
    rows = pd.read_csv(sources / "policy" / "metal_content_hs6.csv", dtype={"hs6": str})
    rows = rows.rename(columns={f"{metal}_share": metal for metal in ("steel", "aluminum", "copper")})
    return rows[["hs6", "steel", "aluminum", "copper"]].round(4)


def gtap(sources: Path) -> pd.DataFrame:
    """GTAP sector of each HS6, by which claim shares are published: ``hs6, gtap``."""
    return pd.read_csv(sources / "policy" / "hs6_concordance.csv", dtype=str)[["hs6", "gtap"]]


def usmca_shares(sources: Path) -> pd.DataFrame:
    """USMCA claim shares: ``partner, gtap, month, weighted, imputed`` (of all imports), ``dutiable`` (of MFN-dutiable)."""
    rows = pd.read_csv(sources / "policy" / "usmca_shares_by_sector.csv")
    rows = rows.rename(columns={"share_weighted": "weighted", "share_imputed": "imputed"})
    rows = rows.rename(columns={"share_weighted_mfn_dutiable": "dutiable"})
    return rows[["partner", "gtap", "month", "weighted", "imputed", "dutiable"]]


def partner_rates(sources: Path) -> pd.DataFrame:
    """Average added US tariff by region and event date: ``from, exporter, added_pct`` (trade-war-redux 2026-07-23).

    One European Union rate for every member; ROW is the import-weighted average of the partners outside our regions.
    Three dates are put right by law: China and Hong Kong paid 10 percent from 2025-02-04 and 20 from 2025-03-04 (EO
    14195, EO 14228); metals at 50 percent began on 2025-06-04; IEEPA duties were collected until 2026-02-23.
    """
    names = {
        "SOUTH KOREA (REPUBLIC OF KOREA)": "KOREA, SOUTH",
        "GERMANY (FEDERAL REPUBLIC OF GERMANY)": "EUROPEAN UNION",
    }
    rows = pd.read_csv(sources / "policy" / "us_added_rate_by_partner_waugh.csv")
    wide = rows.pivot(index="date", columns="partner_name", values="added_rate_pct")
    wide.loc["2025-03-04"] = wide.loc["2025-02-04"]
    wide.loc["2025-02-04", ["CHINA", "HONG KONG"]] /= 2
    wide = wide.drop("2026-02-20").rename(index={"2025-06-03": "2025-06-04"}).sort_index()
    weight = rows.groupby("partner_name")["imports_usd_2024"].first()
    members = {"DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "IRL", "POL", "CZE", "SWE", "AUT"}
    region_of = {"EUROPEAN UNION": None}
    result = {}
    for region, (_, name) in REGIONS.items():
        partner = "EUROPEAN UNION" if region in members else names.get(name.upper(), name.upper())
        result[region] = wide[partner]
        region_of[partner] = None
    result["EUR"] = wide["EUROPEAN UNION"]
    others = [partner for partner in wide.columns if partner not in region_of]
    result["ROW"] = (wide[others] * weight[others]).sum(axis=1) / weight[others].sum()
    table = pd.DataFrame(result).rename_axis("from").reset_index()
    return table.melt("from", var_name="exporter", value_name="added_pct").round(4)
