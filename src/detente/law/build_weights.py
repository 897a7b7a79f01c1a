"""Make the trade weights and content shares that the package ships (``data/*.parquet``) from the sources.

`build_weights` is run by hand when a source changes; nothing reads the sources at run time.
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

#: Countries that the lists of names do not join (Census code, ISO 3166 alpha-3).
WITHOUT_A_NAME = {
    "7660": "COD",
    "7630": "COG",
    "5660": "MAC",
    "3720": "FLK",
    "6862": "NRU",
    "2390": "CUB",
    "5790": "PRK",
} | dict.fromkeys(("2839", "2831", "3170", "7904", "7881"), "FRA")


def build_weights(sources: Path) -> None:
    """Write every file of ``data/`` from the source folder."""
    DATA.mkdir(exist_ok=True)
    for name, table in {
        "us_imports": us_imports(sources),
        "canada_imports": canada_imports(sources),
        "china_imports": china_imports(sources),
        "column1": column1(sources),
        "content": content(sources),
        "gtap": gtap(sources),
        "usmca_shares": usmca_shares(sources),
    }.items():
        table.to_parquet(DATA / f"{name}.parquet", index=False, compression="zstd")
    customs.build(sources).to_parquet(DATA / customs.FILE, index=False, compression="zstd")


def us_imports(sources: Path) -> pd.DataFrame:
    """US imports for consumption 2024 by HTS10 and origin: ``hts10, exporter, kusd`` (thousand USD, Census).

    An origin is a region of world-2024 or, for the rest of the world, a country (ISO 3166 alpha-3; ROW where it has no
    code here), because the law tells those countries apart. Canada and Mexico with chapters 98 and 99, from the files
    that carry them; the others without.
    """
    parts = []
    for partner, file in (("CAN", "canada"), ("MEX", "mexico")):
        rows = pd.read_csv(sources / "policy" / f"us_imports_2024_hts10_{file}.csv.gz", dtype={"hts10": str})
        parts.append(rows.assign(exporter=partner).rename(columns={"imports_usd_2024": "usd"}))
    origin = _origins(sources)
    rest = pd.read_parquet(sources / "us_imports_2024" / "hs10_country.parquet").astype({"hs10": str, "cty_code": str})
    rest = rest.assign(exporter=rest["cty_code"].map(origin)).rename(columns={"hs10": "hts10", "imports_usd": "usd"})
    parts.append(rest[~rest["exporter"].isin(["CAN", "MEX"])])
    total = pd.concat(parts).groupby(["hts10", "exporter"], as_index=False)["usd"].sum()
    total["kusd"] = (total["usd"] / 1000).round().astype("int32")
    total = total[total["kusd"] > 0]
    return total[["hts10", "exporter", "kusd"]].astype({"hts10": "category", "exporter": "category"})


def _origins(sources: Path) -> pd.Series:
    """Census country code to origin: a region, or the ISO code of a country of the rest of the world."""
    codes = pd.read_csv(sources / "us_imports_2024" / "census_country_codes.csv", dtype=str).set_index("cty_code")
    regions = {name: region for region, (_, name) in REGIONS.items()} | dict.fromkeys(REST_OF_EU.values(), "EUR")
    rates = pd.read_csv(sources / "policy_world" / "us_country_rates.csv", dtype=str)
    coded = rates.dropna(subset="iso3").drop_duplicates("census_code").set_index("census_code")["iso3"]
    countries = pd.read_csv(sources / "bilateral_goods_2023" / "countries.csv")
    named = dict(zip(_plain_name(countries["name"]), countries["iso3"], strict=True))
    found = codes["country_name"].map(regions)
    found = found.fillna(pd.Series(WITHOUT_A_NAME)).fillna(coded).fillna(_plain_name(codes["country_name"]).map(named))
    return found.reindex(codes.index).fillna("ROW")


def _plain_name(names: pd.Series) -> pd.Series:
    return names.str.split(",").str[0].str.split("(").str[0].str.strip().str.lower()


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


def china_imports(sources: Path) -> pd.DataFrame:
    """China's imports from the United States 2024 by HS6: ``hs6, exporter, kusd`` (US exports by chapter, Census).

    No product detail is held: a chapter is spread evenly over its HS6.
    """
    rows = pd.read_csv(sources / "us_exports_hs2" / "us_exports_hs2_country_annual_2022_2024.csv.gz")
    rows = rows[(rows["country"] == "CHINA") & (rows["year"] == 2024) & rows["hs2"].between(1, 97)]
    value = dict(zip(rows["hs2"].map("{:02d}".format), rows["exports"], strict=True))
    known = pd.read_csv(sources / "policy" / "hs6_concordance.csv", dtype=str)["hs6"]
    table = pd.DataFrame({"hs6": known[known < "98"].sort_values().unique()})
    chapter = table["hs6"].str[:2]
    table["exporter"] = "USA"
    table["kusd"] = (
        (chapter.map(value).fillna(0.0) / chapter.map(chapter.value_counts()) / 1000).round().astype("int32")
    )
    table = table[table["kusd"] > 0]
    return table.astype({"hs6": "category", "exporter": "category"})


def column1(sources: Path) -> pd.DataFrame:
    """US ordinary duties by HTS8: ``hts8, pct, equivalent, column2_pct, korea_free``.

    `pct`: the column 1 general rate, percent; where it is specific or compound its ad valorem equivalent (duty over
    imports of dutiable entries 2024, Census), and then `equivalent` is true; NaN where neither is held. `column2_pct`:
    column 2 where it is free or ad valorem. `korea_free`: free under the agreement with Korea. HTS 2025, with the lines
    that the HTS 2026 adds.
    """
    editions = ("us_mfn_hts8_2025_basic", "us_mfn_hts8_2026_rev10")
    lines = pd.concat([pd.read_csv(sources / "policy_world" / f"{name}.csv.gz", dtype=str) for name in editions])
    lines = lines.drop_duplicates("hts8").sort_values("hts8").reset_index(drop=True)
    flat = lines["rate_type"].isin(["free", "ad_valorem"])
    rate = lines["ad_valorem_pct"].where(flat, lines["ave_2024_pct"]).astype(float)
    second = lines["column2"].fillna("").str.strip()
    percent = second.str.fullmatch(r"[\d.]+%")
    column2 = second.str.rstrip("%").where(percent, "0").astype(float).where(percent | (second == "Free"))
    special = lines["special"].fillna("")
    return pd.DataFrame(
        {
            "hts8": lines["hts8"],
            "pct": rate.round(4).astype("float32"),
            "equivalent": ~flat & rate.notna(),
            "column2_pct": column2.astype("float32"),
            "korea_free": special.str.contains(r"Free \([^)]*\bKR\b"),
        }
    )


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
