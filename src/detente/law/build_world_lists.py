"""Make the product lists of US duties on third countries (``ledger/lists/us_world.csv``) from ``policy_world``.

Programs named ``xcheck`` or ``PROVISIONAL`` are comparisons and are not read, but for one thing: which lines of the
Brazilian exemption are for civil aircraft only.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

#: Lists that are one program of the source each, as dated there.
PLAIN = {
    "ieepa_reciprocal_annex2_exempt": "ieepa_annex_2",
    "ieepa_floor_exempt_korea": "civil_aircraft",
    "s301_china_list1": "301_china_1",
    "s301_china_list2": "301_china_2",
    "s301_china_list3": "301_china_3",
    "s301_china_list3_9903.88.04": "301_china_3",
    "s301_china_list4A": "301_china_4A",
    "s232_pharma_patented": "232_pharma",
    "s201_quartz_surface": "201_quartz",
    "s232_aircraft_exempt_taiwan": "232_aircraft_taiwan",
}
#: Lists whose rows carry a rate; the latest stage that names a product is the one that applies.
REVIEW = {
    "2024": ("s301_china_2024_25", "s301_china_2024_50", "s301_china_2024_100"),
    "2025": ("s301_china_2025_25", "s301_china_2025_50"),
    "2026": ("s301_china_2026",),
}
#: The last day of a stage for a line that a later stage names.
REVIEW_ENDS = ("2024-12-31", "2025-12-31", "")
#: Lines of the 2020 edition of the schedule for each list of section 301, by the name the list has here.
EDITION_2020 = {
    "s301_2020edition_list1": "301_china_1",
    "s301_2020edition_list2": "301_china_2",
    "s301_2020edition_list3": "301_china_3",
    "s301_2020edition_list3_9903.88.04": "301_china_3",
    "s301_2020edition_list4A": "301_china_4A",
}
CIVIL, PHARMA, NAMED = "civil_aircraft", "pharmaceutical_use", "only_named_articles"


def world_lists(sources: Path) -> list[pd.DataFrame]:
    """The tables ``list, prefix, rate_pct, from, until`` of ``us_world.csv``."""
    rows = pd.read_csv(sources / "policy_world" / "us_world_hts_lists.csv.gz", dtype=str).fillna("")
    rows = rows.rename(columns={"hts_prefix": "prefix", "effective_from": "from", "effective_until": "until"})
    return [
        *(_plain(rows, program, name) for program, name in PLAIN.items()),
        _edition_2020(rows),
        _review(rows),
        _by_condition(rows, "s301_brazil25_exempt", "301_brazil_exempt"),
        _by_condition(rows, "s301_forced_labor_exempt_FINAL", "301_labor_exempt"),
        _brazil(rows),
        _aligned_partners(rows),
        _exclusions(rows),
        _unmanned_aircraft(rows),
        _metals_of_2018(rows),
    ]


def _of(rows: pd.DataFrame, program: str) -> pd.DataFrame:
    return rows[rows["program"] == program]


def _plain(rows: pd.DataFrame, program: str, name: str) -> pd.DataFrame:
    """A program as one list. Dates are kept only where rows differ from each other: else the measure has them."""
    own = _of(rows, program)
    dated = ["from", "until"] if len(own[["from", "until"]].drop_duplicates()) > 1 else []
    return own[["prefix", *dated]].assign(list=name)


def _edition_2020(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines of the 2020 schedule that no list of today has: today's lists decide where a code has moved."""
    today = set(rows.loc[rows["program"].isin([p for p in PLAIN if p.startswith("s301_china")]), "prefix"])
    old = rows[rows["program"].isin(EDITION_2020) & ~rows["prefix"].isin(today)]
    return old[["prefix"]].assign(list=old["program"].map(EDITION_2020))


def _review(rows: pd.DataFrame) -> pd.DataFrame:
    """The stages of the four-year review with their dates; a stage gives way to the next that names the same line."""
    tables = []
    for (stage, programs), ends in zip(REVIEW.items(), REVIEW_ENDS, strict=True):
        own = rows[rows["program"].isin(programs)]
        later = {p for s, names in REVIEW.items() if s > stage for p in rows.loc[rows["program"].isin(names), "prefix"]}
        until = own["prefix"].isin(later).map({True: ends, False: ""})
        table = own[["prefix", "rate_pct"]].assign(list=f"301_china_review/{stage}", until=until)
        tables.append(table.assign(**{"from": own["from"] if stage > "2024" else ""}))
    gloves = {"list": "301_china_review/2025", "prefix": "40151210", "rate_pct": "50"}  # Global Trade Alert 139615
    tables.append(pd.DataFrame([{**gloves, "from": "2025-01-01", "until": "2025-12-31"}]))
    return pd.concat(tables)


def _by_condition(rows: pd.DataFrame, program: str, name: str) -> pd.DataFrame:
    """An exemption list split by its condition: none, civil aircraft, pharmaceutical use, or named articles only."""
    own = _of(rows, program)
    part = pd.Series("any", index=own.index)
    for word, condition in (("aircraft", CIVIL), ("pharma", PHARMA), ("named", NAMED), ("particular", NAMED)):
        part[own["detail"].str.contains(word)] = condition
    return own[["prefix"]].assign(list=name + "/" + part)


def _brazil(rows: pd.DataFrame) -> pd.DataFrame:
    """Exemptions from the 40 percent on Brazil: of July, for aircraft and for all uses, and the farm goods of November."""
    own = _of(rows, "ieepa_brazil40_exempt")
    check = _of(rows, "xcheck_ieepa_brazil40_july_waugh")
    aircraft = set(check.loc[check["detail"] == "civil aircraft only", "prefix"].str[:8])
    november = own["from"] == "2025-11-13"
    part = own["prefix"].str[:8].isin(aircraft).map({True: CIVIL, False: "any"})
    return own[["prefix"]].assign(
        list="ieepa_brazil_exempt/" + part.mask(november, "any"), **{"from": own["from"].where(november, "")}
    )


def _aligned_partners(rows: pd.DataFrame) -> pd.DataFrame:
    """Goods outside the floors of the European Union and Switzerland: unavailable resources and pharmaceutical uses."""
    tables = []
    for program, name in (("ieepa_floor_exempt_eu", "EU"), ("ieepa_floor_exempt_swiss", "CHE")):
        own = _of(rows, program)
        own = own[~own["detail"].str.contains("aircraft")]
        medical = own["detail"].str.contains("pharma")
        tables.append(own.loc[~medical, ["prefix"]].assign(list=f"ieepa_aligned/{name}"))
        if name == "EU":  # the two pharmaceutical lists are the same 807 lines
            tables.append(own.loc[medical, ["prefix"]].assign(list="ieepa_pharmaceutical_use"))
    return pd.concat(tables)


def _exclusions(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines that have an exclusion from the section 301 lists in force: an exclusion is a description within the line."""
    own = _of(rows, "s301_china_exclusion_lines")
    own = own[own["detail"].str.contains(r"9903\.88\.(?:69|70)")]
    return own[["prefix"]].assign(list="301_china_exclusions")


def _unmanned_aircraft(rows: pd.DataFrame) -> pd.DataFrame:
    heavy, light = _of(rows, "s232_unmanned_aircraft_100"), _of(rows, "s232_unmanned_aircraft_25")
    drones = heavy[heavy["prefix"].str.startswith("8806")]
    parts = heavy[~heavy["prefix"].str.startswith("8806")]
    return pd.concat(
        [
            drones[["prefix"]].assign(list="232_drones/heavy"),
            parts[["prefix"]].assign(list="232_drones/parts"),
            light[["prefix"]].assign(list="232_drones/light"),
        ]
    )


def _metals_of_2018(rows: pd.DataFrame) -> pd.DataFrame:
    """Proclamations 9704 and 9705 (2018) and their derivatives (Proclamation 9980, 2020)."""
    tables = []
    for metal in ("steel", "aluminum"):
        mill = _of(rows, f"s232_{metal}_mill_chapters72_73_76")
        derivative = _of(rows, f"s232_{metal}_derivative_chapters72_73_76")
        tables.append(mill[["prefix"]].assign(list=f"232_2018/{metal}"))
        early = derivative[derivative["from"] == "2020-02-08"]
        tables.append(early[["prefix"]].assign(list=f"232_2020_derivative/{metal}"))
    return pd.concat(tables)
