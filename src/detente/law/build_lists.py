"""Make the product lists of the ledger (``ledger/lists/*.csv``) from the policy sources.

One row a prefix: ``list`` (family, then part, separated by ``/``), ``prefix`` (HS, HTS or Canadian tariff item digits),
``rate_pct`` (only where the rate differs by product), ``from`` and ``until`` (only where the row is narrower than the
measure). Within a family the most specific prefix wins, as in the tariff schedule itself.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.law.build_other_lists import china_lists
from detente.law.build_world_lists import world_lists

LISTS = Path(__file__).parent / "ledger" / "lists"
COLUMNS = ["list", "prefix", "rate_pct", "from", "until"]

#: Section 122, note 2(aa)(iii): eleven subheadings exempt only for named articles; the rest of each subheading pays.
ONLY_NAMED_ARTICLES = [
    *("08059001", "08119080", "14049090", "19059010", "19059090", "20089921"),
    *("20093160", "20098970", "20099040", "21069099", "33012951"),
]
#: Aircraft lines that note 2(aa)(ii) also exempts without condition.
UNCONDITIONAL_ELECTRONICS = ("8471", "85171300", "85176200", "85285200", "81089060")
#: Proclamation 11032 of 2026-06-01: the day on which its changes to the metals annexes take effect.
JUNE_2026 = "2026-06-08"
#: The day on which the baskets of section 338 changed.
SCOPE_338 = "2026-09-15"
#: Steel derivatives of March 2025 outside chapter 73 that an official text names; the others are held to HS6 only.
NAMED_IN_MARCH = ("843131", "940620")


def build_lists(sources: Path) -> None:
    """Write the list files from ``policy/us_program_hts_lists.csv`` and ``policy/canada_counter_tariff_items.csv``."""
    programs = pd.read_csv(sources / "policy" / "us_program_hts_lists.csv", dtype=str)
    programs = programs.rename(columns={"hts_prefix": "prefix"})
    world = pd.read_csv(sources / "policy_world" / "us_world_hts_lists.csv.gz", dtype=str).fillna("")
    world = world.rename(columns={"hts_prefix": "prefix"})
    metals = [_metals_2025(programs, world), _metals_2026(programs, world)]
    write("us_232", [*metals, _vehicles_and_wood(programs)])
    write("us_blanket", [_blanket(programs)])
    write("us_338", [_section_338(programs, world)])
    write("us_world", world_lists(sources))
    write("china", china_lists(sources))
    write("canada", [_canada(pd.read_csv(sources / "policy" / "canada_counter_tariff_items.csv", dtype=str))])


def write(name: str, tables: list[pd.DataFrame]) -> None:
    """One list file, sorted, without repeated rows."""
    table = pd.concat(tables).reindex(columns=COLUMNS).drop_duplicates().sort_values(["list", "prefix", "from"])
    table.to_csv(LISTS / f"{name}.csv", index=False, lineterminator="\n")


def _rows(programs: pd.DataFrame, program: str, name: str) -> pd.DataFrame:
    return programs.loc[programs["program"] == program, ["prefix"]].assign(list=name)


def _metals_2025(programs: pd.DataFrame, world: pd.DataFrame) -> pd.DataFrame:
    derivative = programs[programs["program"] == "s232_derivative"]
    metal = derivative["detail"].str.split("|").str[0]
    wave = (derivative["effective_from"] == "2025-08-18").map({True: "august", False: "march"})
    chapter_76 = ((derivative["prefix"].str[:2] == "76") & (metal == "aluminum")).map({True: "_ch76", False: ""})
    derivative = derivative[["prefix"]].assign(list="232_derivative/" + metal + "_" + wave + chapter_76)
    steel = world[world["program"] == "s232_steel_derivative_chapters72_73_76"]
    steel = steel[["prefix"]].assign(
        list="232_steel_ch73", **{"from": steel["effective_from"].where(steel["effective_from"] == "2025-08-18", "")}
    )
    outside = world[world["program"] == "s232_steel_derivative_outside_march2025"]
    named = outside["prefix"].isin(NAMED_IN_MARCH).map({True: "named", False: "held_to_hs6"})
    return pd.concat(
        [
            _rows(programs, "s232_steel_primary", "232_primary/steel"),
            _rows(programs, "s232_aluminum_primary", "232_primary/aluminum"),
            _rows(programs, "s232_copper", "232_copper"),
            steel,
            derivative,
            outside[["prefix"]].assign(list="232_steel_march/" + named),
            _rows(world, "s232_steel_derivative_appliances_june2025", "232_appliances"),
            pd.DataFrame({"list": "232_cans/beer", "prefix": ["22030000"]}),
            pd.DataFrame({"list": "232_cans/empty", "prefix": ["76129010"]}),
        ]
    )


def _metals_2026(programs: pd.DataFrame, world: pd.DataFrame) -> pd.DataFrame:
    metals = programs[programs["program"] == "s232_metals_2026"]
    part = metals["detail"].str.split("|").str[:2].str.join("/")
    annexes = metals[["prefix"]].assign(list="232_metals_2026/" + part)
    kept = annexes[~((annexes["prefix"] == "9403999020") & annexes["list"].str.contains("annex_II_removed"))]
    june = world[world["effective_from"] == JUNE_2026]
    metal = june["detail"].str.split(";").str[0]
    names = {
        "s232_metals_2026_annex_1c": "232_june_2026/mobile_equipment",
        "s232_metals_2026_annex_3": "232_june_2026/moved_to_annex_III",
    }
    changed = june[june["program"].isin(names)]
    added = june[june["program"] == "s232_metals_2026_annex_1b"]
    added = added[["prefix"]].assign(
        list="232_metals_2026/annex_I-B/" + metal[added.index] + "_derivative", **{"from": JUNE_2026}
    )
    removed = june[june["program"] == "s232_metals_2026_annex_2"]
    removed = removed[["prefix"]].assign(list="232_metals_2026/annex_II_removed/steel", **{"from": JUNE_2026})
    return pd.concat([kept, changed[["prefix"]].assign(list=changed["program"].map(names)), added, removed])


def _vehicles_and_wood(programs: pd.DataFrame) -> pd.DataFrame:
    names = {
        "s232_autos_passenger": "232_vehicles/passenger",
        "s232_autos_light_trucks": "232_vehicles/light_trucks",
        "s232_auto_parts": "232_auto_parts",
        "s232_mhd_vehicles": "232_trucks",
        "s232_buses": "232_buses",
        "s232_mhd_parts": "232_truck_parts",
        "s232_softwood": "232_wood/softwood",
        "s232_upholstered_furniture": "232_wood/upholstered",
        "s232_kitchen_cabinets": "232_wood/cabinets",
        "s232_semiconductors": "232_semiconductors",
    }
    return pd.concat([_rows(programs, program, name) for program, name in names.items()])


def _blanket(programs: pd.DataFrame) -> pd.DataFrame:
    aircraft = set(programs.loc[programs["program"] == "s338_aircraft_exempt", "prefix"])
    exempt = _rows(programs, "s122_product_exempt", "122_exempt/products")
    conditional = exempt["prefix"].isin(aircraft) & ~exempt["prefix"].str.startswith(UNCONDITIONAL_ELECTRONICS)
    exempt.loc[conditional, "list"] = "122_exempt/civil_aircraft"
    exempt.loc[exempt["prefix"].isin(ONLY_NAMED_ARTICLES), "list"] = "122_exempt/only_named_articles"
    return pd.concat(
        [
            _rows(programs, "ieepa_canada_energy", "ieepa_energy"),
            _rows(programs, "ieepa_canada_potash", "ieepa_potash"),
            exempt,
        ]
    )


def _section_338(programs: pd.DataFrame, world: pd.DataFrame) -> pd.DataFrame:
    names = {
        "s338_canada_alcohol": "338/alcohol",
        "s338_canada_dairy": "338/dairy",
        "s338_canada_autos": "338/autos",
        "s338_aircraft_exempt": "338_civil_aircraft",
        "s338_ban_alcohol_any": "338_ban/alcohol",
        "s338_ban_alcohol_packaged": "338_ban/alcohol_packaged",
        "s338_ban_dairy": "338_ban/dairy",
        "s338_ban_motorcycles": "338_ban/motorcycles",
    }
    lists = pd.concat([_rows(programs, program, name) for program, name in names.items()])
    # Proclamations 11064 and 11065: lines added, lines removed, and headings of which only some lines stay.
    changes = world[world["effective_from"] == SCOPE_338]
    whole = set(changes.loc[changes["program"] == "s338_canada_autos_removed", "prefix"])
    kept = changes[changes["program"] == "s338_canada_autos_kept_lines"]
    leaving = (lists["list"] == "338/autos") & lists["prefix"].isin(whole | set(kept["prefix"].str[:8]))
    lists["until"] = leaving.map({True: "2026-09-14", False: ""})
    programs_added = {"s338_canada_alcohol_rev19": "338/alcohol", "s338_canada_autos_rev19": "338/autos"}
    added = [_rows(changes, program, name) for program, name in programs_added.items()]
    added.append(kept[["prefix"]].assign(list="338/autos"))
    added.append(_rows(changes, "s338_canada_alcohol_removed", "338/removed"))
    return pd.concat([lists, pd.concat(added).assign(**{"from": SCOPE_338})])


def _canada(items: pd.DataFrame) -> pd.DataFrame:
    metals = {"aluminum_2026_sch1": "/aluminum", "aluminum_2026_sch1_1": "/aluminum"}
    metals |= {"steel_2026_sch2": "/steel", "steel_2026_sch2_1": "/steel"}
    return pd.DataFrame(
        {
            "list": items["measure_id"] + items["list_name"].map(metals).fillna(""),
            "prefix": items["tariff_item"].str.replace(".", ""),
            "rate_pct": items["surtax_rate_pct"],
        }
    )
