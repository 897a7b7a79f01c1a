"""Published trade elasticities by sector, and the central value that the world carries (``elasticities.csv``).

The table is shipped, because estimates are facts with a citation; this module re-makes it from the collected sources.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import GOODS, SECTORS, table

#: Column of the map -> (source as collected, parameter, from the parameter to the trade elasticity, year, citation).
STUDIES: dict[str, tuple[str, str, Callable[..., Any], int, str]] = {
    "caliendo_parro": (
        "Caliendo-Parro 2015 estimates, 99% sample",
        "theta",
        lambda value: value,
        1993,
        "Caliendo and Parro (2015), Review of Economic Studies 82(1), Table 1",
    ),
    "lashkaripour_lugovskyy": (
        "Lashkaripour-Lugovskyy 2023",
        "trade_elasticity",
        lambda value: value,
        2014,
        "Lashkaripour and Lugovskyy (2023), American Economic Review 113(10)",
    ),
    "ossa": (
        "Ossa 2014 (baseline)",
        "sigma",
        lambda value: value - 1,
        2007,
        "Ossa (2014), American Economic Review 104(12)",
    ),
    "gtap": (
        "GTAP 9 (43-sector aggregation)",
        "esubdm",
        lambda value: 2 * value - 1,
        2011,
        "Hertel, Hummels, Ivanic and Keeney (2007), Economic Modelling 24(4), as in GTAP 9",
    ),
    "costinot_rodriguez_clare": (
        "TradMod.jl file (Costinot & Rodriguez-Clare 2014 setup, CP2015 full-sample values)",
        "trade_elasticity",
        lambda value: value,
        1993,
        "Costinot and Rodriguez-Clare (2014), Handbook of International Economics 4",
    ),
}
NOTES = {
    "caliendo_parro": "99 percent sample",
    "lashkaripour_lugovskyy": "",
    "ossa": "sigma - 1",
    "gtap": "2 x esubdm - 1: substitution among import sources, twice the domestic-import elasticity",
    "costinot_rodriguez_clare": "full-sample estimates of Caliendo and Parro, so it has no vote of its own",
}

#: Fontagne, Guimbard and Orefice (2022), by line of ICIO; no standard errors are held.
FONTAGNE = "fontagne_guimbard_orefice"
FONTAGNE_CITATION = "Fontagne, Guimbard and Orefice (2022), Journal of International Economics 137, Table 8"

#: Caliendo and Parro set their own estimates for vehicles and other transport equipment (1.84 and 0.39) aside and use the
#: aggregate elasticity; so do we, and keep the estimates under `SET_ASIDE`.
AGGREGATE_SECTORS = ("motor_vehicles", "motor_vehicle_parts", "other_transport_equipment")
AGGREGATE, SET_ASIDE = 8.22, "caliendo_parro_set_aside"

#: Canadian heavy crude against other crude, for refineries built for it: an assumption, far below the estimates for oil and gas.
HEAVY_CRUDE = (
    "oil_gas",
    "heavy_crude",
    3.0,
    1.5,
    2024,
    "assumption: heavy crude is a poor substitute for light",
    "this table",
)

#: Studies whose median is the central value: Costinot and Rodriguez-Clare repeat Caliendo and Parro.
VOTING = ("caliendo_parro", "lashkaripour_lugovskyy", "ossa", "gtap", FONTAGNE)

#: Services are hardly estimated: the value Costinot and Rodriguez-Clare (2014) set.
SERVICES = 5.0

#: Standard error of the central value over it: that of Caliendo and Parro, at most the first, else the second.
LARGEST_RELATIVE_ERROR, OTHER_RELATIVE_ERROR = 0.6, 0.4


def elasticity_table(sources: Path) -> pd.DataFrame:
    """One row per sector and source: sector, source, value, std_error, year, note, citation; source `central` last.

    Where a study has several sectors for one of ours, their mean. The central value is the median of the `VOTING`
    studies that cover the sector: one extreme estimate (64.85 for petroleum in Caliendo and Parro) cannot move it far.
    """
    collected = pd.read_csv(sources / "elasticities" / "elasticities.csv", dtype={"sector_code": str})
    mapping = {row["sector"]: row for row in table("elasticity_map.csv")}
    eight = pd.read_csv(sources / "elasticities_icio" / "trade_elasticities_8_sources.csv")
    fontagne = dict(zip(eight["icio_sector"].astype(str), eight["FGO"].astype(float), strict=True))
    lines = {row["sector"]: row["icio"].split("+")[0] for row in table("sectors.csv", "detente.accounts")}
    rows = []
    for sector, is_goods in zip(SECTORS, GOODS, strict=True):
        votes, relative = [], OTHER_RELATIVE_ERROR
        for study, (source, parameter, convert, year, citation) in STUDIES.items():
            codes = mapping[sector][study].split() if is_goods else []
            if not codes:
                continue
            found = collected[(collected["source"] == source) & (collected["parameter"] == parameter)]
            found = found.set_index("sector_code").loc[codes]
            value, error = float(convert(found["value"]).mean()), float(np.sqrt((found["std_error"] ** 2).mean()))
            if study == "caliendo_parro" and sector in AGGREGATE_SECTORS:
                rows.append((sector, SET_ASIDE, value, error, year, "their estimate, which they set aside", citation))
                value, error, note = AGGREGATE, np.nan, "the aggregate elasticity, as in their counterfactuals"
            else:
                note = NOTES[study]
            rows.append((sector, study, value, error, year, note, citation))
            if study in VOTING:
                votes.append(value)
            if study == "caliendo_parro" and np.isfinite(error):
                relative = min(error / value, LARGEST_RELATIVE_ERROR)
        if lines[sector]:
            value = fontagne[lines[sector]]
            rows.append((sector, FONTAGNE, value, np.nan, 2016, "by sector of TiVA", FONTAGNE_CITATION))
            votes.append(value)
        if sector == HEAVY_CRUDE[0]:
            rows.append(HEAVY_CRUDE)
        central = float(np.median(votes)) if votes else SERVICES
        note = f"median of {len(votes)} studies" if votes else "stated value for services"
        error_note = "; standard error: that of Caliendo and Parro in proportion, at most 60 percent (else 40 percent)"
        rows.append((sector, "central", central, relative * central, 2024, note + error_note, "this table"))
    columns = ["sector", "source", "value", "std_error", "year", "note", "citation"]
    return pd.DataFrame(rows, columns=columns).round({"value": 4, "std_error": 4})
