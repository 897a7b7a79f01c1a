"""Make the product lists of China's duties on the United States (``ledger/lists/china.csv``).

The source for 2018-19 is China's total rate on US goods by HS6 and day, ordinary rate included. Its changes are split by
day: on the days of China's acts they are additional duties, on the others cuts of the ordinary rate.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

#: The days on which an act of China added duties, and the list that each one makes.
ACTS = ("2018-04-02", "2018-07-06", "2018-08-23", "2018-09-24", "2019-06-01", "2019-09-01")
#: The days on which additional duties on some goods ended: vehicles and their parts (suspended), and three others.
ENDS = ("2019-01-02", "2019-12-26")
#: From this day the duties of 2019-09-01 are half (phase one).
HALVED = "2020-02-14"


def china_lists(sources: Path) -> list[pd.DataFrame]:
    """The tables ``list, prefix, rate_pct, from, until``: lists ``CN-2018-04-02`` and so on, and ``CN-2025-03-10``."""
    farm = pd.read_csv(sources / "policy_world" / "china_2025_03_10_lists.csv", dtype=str)
    farm = farm.rename(columns={"cn_hs8": "prefix"})[["prefix", "rate_pct"]].assign(list="CN-2025-03-10")
    return [farm, *_retaliation(sources)]


def _retaliation(sources: Path) -> list[pd.DataFrame]:
    rates = pd.read_csv(sources / "policy_world" / "china_tariff_on_us_hs6_2018_2019.csv.gz", dtype={"hs6": str})
    rates = rates.rename(columns={"effective_from": "day", "china_tariff_on_us_total_pct": "total"})
    rates = rates.sort_values(["hs6", "day"])
    rates["change"] = (rates["total"] - rates.groupby("hs6")["total"].shift()).round(2)
    ended = rates[rates["day"].isin(ENDS) & (rates["change"] <= -5)]
    ended = ended[(ended["day"] != ENDS[0]) | (ended["hs6"].str[:2] == "87")]
    last = {hs6: _day_before(day) for hs6, day in zip(ended["hs6"], ended["day"], strict=True)}
    tables = []
    for act in ACTS:
        own = rates[(rates["day"] == act) & (rates["change"] > 0)]
        until = own["hs6"].map(last).fillna("").map(lambda day, act=act: day if day >= act else "")
        table = pd.DataFrame({"list": f"CN-{act}", "prefix": own["hs6"], "rate_pct": own["change"], "until": until})
        if act == "2019-09-01":
            later = table[table["until"] == ""].assign(**{"from": HALVED})
            table["until"] = table["until"].replace("", _day_before(HALVED))
            table = pd.concat([table, later.assign(rate_pct=later["rate_pct"] / 2)])
        tables.append(table)
    return tables


def _day_before(day: str) -> str:
    return (pd.Timestamp(day) - pd.Timedelta(days=1)).date().isoformat()
