"""US duties on third countries: section 232 by product, the rest so that the published average by partner is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import numpy as np
from scipy.sparse import csr_array

from detente.law import tables
from detente.law.assumptions import Assumptions, Bound, cases, facts_of_trade
from detente.law.engine import resolve
from detente.law.ledger import PARTNER_AVERAGE, Ledger
from detente.law.market import US_NEIGHBOURS, sectors, us_imports, us_lines
from detente.law.measure import Products
from detente.law.products import ProductLists

AUTHORITY = "Section 232"

#: Goods outside the reciprocal tariff (EO 14257 Annex II, modified 2025-04-11), Section 122 and the forced-labor duty:
#: the Section 122 product list stands for all three. China's fentanyl duty reached every good.
SPARED = Products(lists=("122_exempt/products",))
SPARED_FROM = date(2025, 4, 11)
ON_EVERYTHING = ("CHN",)

#: Members of the European Union among the regions: one published average, one remaining rate.
UNION = ("DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "IRL", "POL", "CZE", "SWE", "AUT", "EUR")


@dataclass(frozen=True)
class Treatment:
    """Section 232 on exporters that are treated alike, summed over their trade, in million USD a year.

    `duty` [row] is the duty due (rate in percent times value); `open` and `spared` [row] the value on which the
    remaining duties can fall, with and without the listed exemptions; `by_measure` [row]. A row is one exporter's sector.
    """

    duty: np.ndarray
    open: np.ndarray
    spared: np.ndarray
    by_measure: dict[str, np.ndarray]


def published_average(exporter: str, day: date) -> float:
    """Average added US duty on a region, percent, by the latest event date (one rate for the European Union)."""
    past = [rate for begins, rate in _averages(exporter) if begins <= day]
    return past[-1] if past else 0.0


@cache
def event_dates() -> tuple[date, ...]:
    """The days on which a published average changes."""
    return tuple(sorted(date.fromisoformat(day) for day in set(tables.table("partner_rates")["from"])))


@cache
def _averages(exporter: str) -> list[tuple[date, float]]:
    rows = tables.table("partner_rates")
    rows = rows[rows["exporter"] == exporter].sort_values("from")
    return [(date.fromisoformat(day), float(rate)) for day, rate in zip(rows["from"], rows["added_pct"], strict=True)]


def partner_duty(
    ledger: Ledger, exporter: str, day: date, bound: Bound, register: Assumptions
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Duty on a third country by sector, rate in percent times million USD [sector, and chapters 98-99 last], and its parts.

    Section 232 as the ledger has it, scaled down where it alone would exceed the published average; the remaining
    points fall evenly on the goods that section 232 and the exemptions leave. Members of the European Union share one
    remaining rate, the one that meets the Union's average.
    """
    own = _treatment(ledger, day, bound, register, _alike(ledger, exporter))
    open_to_rest = own.open if exporter in ON_EVERYTHING or day < SPARED_FROM else own.spared
    block = np.concatenate([_rows(member) for member in (UNION if exporter in UNION else (exporter,))])
    total = sum(
        us_imports(member, ledger.lists).value.sum() for member in (UNION if exporter in UNION else (exporter,))
    )
    due, target = own.duty[block].sum(), published_average(exporter, day) * total
    scale = min(1.0, target / due) if due > 0 else 1.0
    rest = max(0.0, target - due) / open_to_rest[block].sum() if open_to_rest[block].sum() > 0 else 0.0
    rows = _rows(exporter)
    parts = {name: amount[rows] * scale for name, amount in own.by_measure.items()}
    return own.duty[rows] * scale + rest * open_to_rest[rows], {**parts, PARTNER_AVERAGE: rest * open_to_rest[rows]}


@cache
def third_countries() -> tuple[str, ...]:
    """The exporters to the United States other than Canada and Mexico."""
    exporters = tables.table("us_imports")["exporter"].cat.categories
    return tuple(str(exporter) for exporter in exporters if exporter not in US_NEIGHBOURS)


def _rows(exporter: str) -> np.ndarray:
    """The rows of a treatment that are an exporter's sectors, chapters 98 and 99 last."""
    size = len(sectors()) + 1
    return np.arange(size) + size * third_countries().index(exporter)


@cache
def _weights(lists: ProductLists) -> csr_array:
    """Million USD by exporter and sector (row) and product line (column)."""
    size, sector = len(sectors()) + 1, us_lines(lists).sector
    rows, columns, values = [], [], []
    for number, exporter in enumerate(third_countries()):
        value = us_imports(exporter, lists).value
        traded = np.flatnonzero(value)
        rows.append(number * size + sector[traded])
        columns.append(traded)
        values.append(value[traded])
    shape = (size * len(third_countries()), len(sector))
    return csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _alike(ledger: Ledger, exporter: str) -> tuple[str, ...]:
    """The partner rates an exporter enjoys under section 232, as a key; exporters with the same key are treated alike."""
    named = [p.exporters for m in ledger.measures if m.authority == AUTHORITY for c in m.charges for p in c.partners]
    return tuple(sorted({" ".join(names) for names in set(named) if exporter in ledger.members(names)}))


@lru_cache(maxsize=96)
def _treatment(ledger: Ledger, day: date, bound: Bound, register: Assumptions, alike: tuple[str, ...]) -> Treatment:
    exporter = next(e for e in third_countries() if _alike(ledger, e) == alike)
    market = us_imports(exporter, ledger.lists)
    facts = facts_of_trade(ledger, "USA", exporter, day, market, bound, register)
    ordinary = market.lines.of_hs6("column1", "average_pct", np.nan)
    others = {measure.authority for measure in ledger.measures} - {AUTHORITY}
    nothing = np.zeros(len(market.value))
    by_measure: dict[str, np.ndarray] = {}
    occupied = nothing
    for weight, case in cases(facts):
        for layer in resolve(ledger, "USA", exporter, day, market.lines.goods, case, ordinary, others):
            name = layer.measure.id
            by_measure[name] = by_measure.get(name, nothing) + weight * layer.added
            occupied = occupied + weight * layer.occupied
    left = 1.0 - np.clip(occupied, 0.0, 1.0)
    spared = left * ~market.lines.goods.members(SPARED, day)
    weights = _weights(ledger.lists)
    due = weights @ sum(by_measure.values(), nothing)
    parts = {name: weights @ rate for name, rate in by_measure.items()} if bound == "central" else {}
    return Treatment(due, weights @ left, weights @ spared, parts)
