"""What is assumed of actual trade where an average rate needs a fact that no statistic gives (``ledger/assumptions.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import yaml
from pydantic import Field

from detente.law import tables
from detente.law.facts import FACTS
from detente.law.ledger import Ledger
from detente.law.market import Market
from detente.law.measure import Products, Record

Bound = Literal["low", "central", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "central", "high")

METALS = ("steel", "aluminum", "copper")


class Range(Record):
    """A value at the low, the central and the high rate."""

    low: float = Field(ge=0)
    central: float = Field(ge=0)
    high: float = Field(ge=0)
    why: str = ""


class Assumption(Range):
    """A range for one fact, for some products, exporters or importer."""

    fact: str
    importer: str | None = None
    exporters: tuple[str, ...] = ()
    products: Products | None = None


class Assumptions(Record):
    """The register: facts of trade, the factor on metal content, and the answers to the ledger's open questions."""

    content_factor: Range
    facts: tuple[Assumption, ...]
    questions: Mapping[str, Range]

    def __hash__(self) -> int:
        return id(self)

    @classmethod
    @cache
    def default(cls) -> Assumptions:
        """The register of the package."""
        text = (resources.files("detente.law") / "ledger" / "assumptions.yaml").read_text(encoding="utf-8")
        return cls.model_validate(yaml.safe_load(text))


def facts_of_trade(
    ledger: Ledger, importer: str, exporter: str, day: date, market: Market, bound: Bound, register: Assumptions
) -> dict[str, np.ndarray | float]:
    """Every fact as the share of trade for which it holds [product], or the share of value it stands for."""
    size = len(market.value)
    facts: dict[str, np.ndarray | float] = {}
    for entry in register.facts:
        if entry.importer not in (None, importer) or (
            entry.exporters and exporter not in ledger.members(entry.exporters)
        ):
            continue
        value = getattr(entry, bound)
        if entry.products is None:
            facts[entry.fact] = value
        else:
            before = np.broadcast_to(facts.get(entry.fact, FACTS[entry.fact].default), (size,))
            facts[entry.fact] = np.where(market.lines.goods.members(entry.products, day), value, before)
    position = BOUNDS.index(bound)
    facts |= {name: fact.in_trade[position] for name, fact in ledger.facts.items() if fact.in_trade}
    factor = getattr(register.content_factor, bound)
    shares = factor * np.stack([market.lines.column("content", metal, 0.0) for metal in METALS])
    shares /= np.maximum(1.0, shares.sum(axis=0))
    facts |= {f"{metal}_content": share for metal, share in zip(METALS, shares, strict=True)}
    facts |= {name: getattr(answer, bound) for name, answer in register.questions.items()}
    for name in SHARED:
        if name in facts:
            turns = _turning_on(name, ledger, importer, exporter, day, market)
            facts[name] = np.where(turns, facts[name], FACTS[name].default)
    if importer == "USA":
        facts["usmca"] = claims(exporter, day, market, bound) if exporter in ("CAN", "MEX") else 0.0
    quotas = [m.quota_share_of_2024 for m in ledger.between(importer, exporter) if m.kind == "trq" and m.in_force(day)]
    if bound == "central" and quotas and quotas[0] is not None:
        facts["over_quota"] = max(0.0, 1.0 - quotas[0])
    return facts


def _turning_on(name: str, ledger: Ledger, importer: str, exporter: str, day: date, market: Market) -> np.ndarray:
    """Whether a measure in force turns on a fact for each product [product], bool: elsewhere it need not be asked."""
    turns = np.zeros(len(market.value), dtype=bool)
    acts = [m for m in ledger.between(importer, exporter) if m.in_force(day)]
    relieved = {i for act in acts for relief in act.reliefs if name in relief.when for i in (*relief.of, act.id)}
    for act in acts:
        for charge in act.charges:
            if act.id in relieved or any(name in relief.when for relief in charge.reliefs):
                turns |= market.lines.goods.members(charge.products, day)
    return turns


#: Flags on which several measures turn at once: averages are taken over them exactly, case by case.
SHARED = ("usmca", "vehicle_part")


def cases(facts: Mapping[str, np.ndarray | float]) -> list[tuple[np.ndarray | float, dict[str, np.ndarray | float]]]:
    """The facts with every shared flag made true or false, and the share of trade of each such case."""
    found: list[tuple[np.ndarray | float, dict[str, np.ndarray | float]]] = [(1.0, dict(facts))]
    for name in SHARED:
        share = facts.get(name)
        if share is None:
            continue
        split = [(weight * share, {**case, name: 1.0}) for weight, case in found]
        found = split + [(weight * (1.0 - np.asarray(share)), {**case, name: 0.0}) for weight, case in found]
    return [(weight, case) for weight, case in found if np.any(weight)]


#: Energy goods whose recorded claims are zero in every month; their claims are taken to be those of crude oil.
UNRECORDED = ("gas", "ely")
#: Months whose claims stand for the time after the last month recorded.
RECENT = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")


def claims(partner: str, day: date, market: Market, bound: Bound) -> np.ndarray:
    """Share of each product's imports entered under USMCA [product], by GTAP sector and month.

    From 2025-07 as recorded. April to June 2025: `share_imputed`, because claims on duty-free lines were not recorded;
    in March, when firms were still learning to claim, the imputed part is scaled by the claims on dutiable lines, March
    over April. The high rate takes the record literally. After 2026-02: the mean, the most and the least of the last
    six months. Gas and electricity, never recorded: crude oil's share, 0 to 1.
    """
    shares = _shares(partner, f"{day:%Y-%m}", bound)
    known = np.array([shares.get(str(sector), shares["ALL_ex98"]) for sector in market.lines.gtap_names])
    return np.clip(known, 0.0, 1.0)[market.lines.gtap]


@cache
def claim_months() -> tuple[date, ...]:
    """The first day of each month with claim shares of its own, and of the time after them."""
    months = sorted(set(tables.table("usmca_shares")["month"]))
    last = date.fromisoformat(f"{months[-1]}-28") + timedelta(days=5)
    return (*(date.fromisoformat(f"{month}-01") for month in months), last.replace(day=1))


@cache
def _learning(partner: str) -> float:
    """Claims on MFN-dutiable lines in March 2025 over those of April."""
    rows = tables.table("usmca_shares")
    total = rows[(rows["partner"] == partner) & (rows["gtap"] == "ALL")].set_index("month")["dutiable"]
    return float(total["2025-03"] / total["2025-04"])


@cache
def _shares(partner: str, month: str, bound: Bound) -> dict[str, float]:
    rows = tables.table("usmca_shares")
    rows = rows[rows["partner"] == partner]
    month = max(month, rows["month"].min())  # before the record begins no duty here turned on a claim
    if month <= max(RECENT):
        rows = rows[rows["month"] == month].set_index("gtap")
        mixed = {"low": rows["imputed"], "central": rows["imputed"], "high": rows["weighted"]}
        if month <= "2025-03":
            mixed["central"] = rows["weighted"] + (rows["imputed"] - rows["weighted"]) * _learning(partner)
        found = mixed[bound]
    else:
        recent = rows[rows["month"].isin(RECENT)].groupby("gtap")["weighted"]
        found = {"low": recent.max(), "central": recent.mean(), "high": recent.min()}[bound]
    shares = {str(sector): float(share) for sector, share in found.fillna(0.0).items()}
    unrecorded = {"low": 1.0, "central": shares["oil"], "high": 0.0}[bound]
    return {**shares, **dict.fromkeys(UNRECORDED, unrecorded)}
