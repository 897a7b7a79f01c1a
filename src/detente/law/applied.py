"""`applied`: average added duty on actual trade, by importer, exporter and sector, on a day, with its range."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import xarray as xr

from detente.errors import InputError
from detente.law.assumptions import BOUNDS, Assumptions, Bound, cases, claim_months, facts_of_trade
from detente.law.engine import resolve
from detente.law.ledger import PARTNER_AVERAGE, Ledger, as_date, coverage_warning
from detente.law.market import (
    CANADA_SOURCE,
    US_NEIGHBOURS,
    US_SOURCE,
    Market,
    canada_imports,
    regions,
    sectors,
    us_imports,
)
from detente.law.partners import event_dates, partner_duty, published_average

#: Importers with measures in the ledger; every other importer's added rates are zero.
IMPORTERS = ("USA", "CAN")


@dataclass(frozen=True)
class PairRates:
    """Average added duty of one importer on one exporter, in percent of customs value.

    `rate` [bound, sector] (NaN where nothing is traded); `average` [bound] over all goods, chapters 98 and 99
    included; `imports` [sector], million USD a year; `by_measure` and `by_authority`: points of the central average;
    `layers`: measure -> points of the central rate [sector]; `exposed` [sector], share of imports that pays an added duty
    (NaN where it is not known); `prohibited` [sector], share of imports that may not enter.
    """

    importer: str
    exporter: str
    day: date
    rate: np.ndarray
    average: np.ndarray
    imports: np.ndarray
    by_measure: dict[str, float]
    by_authority: dict[str, float]
    layers: dict[str, np.ndarray]
    exposed: np.ndarray
    prohibited: np.ndarray
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: averages, parts and sectors, in percent; a sector without trade has null rates."""
        low, central, high = (round(float(value), 4) for value in self.average)
        rows = zip(sectors(), self.rate.T, self.imports, self.prohibited, strict=True)
        return {
            "importer": self.importer,
            "exporter": self.exporter,
            "on": self.day.isoformat(),
            "average_pct": central,
            "low_pct": low,
            "high_pct": high,
            "by_authority_pct": {name: round(points, 4) for name, points in self.by_authority.items()},
            "by_measure_pct": {name: round(points, 4) for name, points in self.by_measure.items()},
            "sectors": {
                sector: {
                    **dict(zip(("low_pct", "rate_pct", "high_pct"), map(_tidy, rate), strict=True)),
                    "imports_musd": round(float(imports), 3),
                    "prohibited_share": round(float(banned), 4),
                }
                for sector, rate, imports, banned in rows
            },
            "notes": list(self.notes),
        }


def steps(ledger: Ledger) -> list[date]:
    """The days on which an average rate may change: the ledger's, new claim shares, published averages; sorted."""
    return sorted({*ledger.changes(), *claim_months(), *event_dates()})


def _since(ledger: Ledger, day: date) -> date:
    """The day from which the rates of a day have stood: they are worked out once for all the days between."""
    return max((step for step in steps(ledger) if step <= day), default=day)


@dataclass(frozen=True)
class _Duties:
    """Duty due, rate in percent times million USD [bound, sector and rest]; its central parts, the imports that pay any of
    it (NaN: not known) and those that are banned [sector and rest].
    """

    due: np.ndarray
    parts: dict[str, np.ndarray]
    exposed: np.ndarray
    banned: np.ndarray
    imports: np.ndarray


def applied(
    on: str | date, ledger: Ledger | None = None, *, without: Iterable[str] = (), assumptions: Assumptions | None = None
) -> xr.DataArray:
    """Average added duty [bound, importer, exporter, sector] as a fraction of customs value on a day.

    Statutory rates are weighted by product imports and by how often the facts hold; `bound` is ``low, central, high``.
    Added duty is over the ordinary (column 1) duty, antidumping and countervailing duties included. Goods under an import
    ban count as paying nothing (a ban is a quantity, not a rate: see `pair_rates`). `without`: authorities to leave out
    (``AD/CVD``). Attributes: ``units, date, ledger, notes, source``. Zero for importers without measures. Raises
    `InputError` for a day before the ledger begins.
    """
    ledger, day, register = ledger or Ledger.default(), as_date(on), assumptions or Assumptions.default()
    rates = np.zeros((len(BOUNDS), len(regions()), len(regions()), len(sectors())))
    notes: dict[str, None] = {}
    for importer in IMPORTERS:
        for exporter in regions():
            if exporter != importer:
                duties = _duties(ledger, importer, exporter, day, register, ledger.authorities(without))
                place = (slice(None), regions().index(importer), regions().index(exporter))
                rates[place] = np.nan_to_num(_rates(duties)) / 100.0
                notes |= dict.fromkeys(_notes(ledger, importer, exporter, day))
    coords = {
        "bound": list(BOUNDS),
        "importer": list(regions()),
        "exporter": list(regions()),
        "sector": list(sectors()),
    }
    attributes = {
        "units": "fraction of customs value (0.25 is 25 percent), added to the ordinary duty, AD/CVD included",
        "date": day.isoformat(),
        "ledger": ledger.title,
        "source": f"{US_SOURCE}; {CANADA_SOURCE}; ledger of measures",
        "notes": "\n".join(notes),
    }
    return xr.DataArray(rates, coords=coords, dims=list(coords), name="added_tariff", attrs=attributes)


def pair_rates(
    importer: str,
    exporter: str,
    on: str | date,
    ledger: Ledger | None = None,
    *,
    without: Iterable[str] = (),
    assumptions: Assumptions | None = None,
) -> PairRates:
    """Average added duty of `importer` on `exporter` by sector, with its parts. Raises `InputError` for unknown regions."""
    ledger, day, register = ledger or Ledger.default(), as_date(on), assumptions or Assumptions.default()
    for code in (importer, exporter):
        if code not in regions():
            raise InputError(f"{code!r} is not a region: expected one of {', '.join(regions())}.")
    if importer not in IMPORTERS or importer == exporter:
        nothing = np.zeros((len(BOUNDS), len(sectors())))
        note = f"the ledger holds no measures of {importer} on {exporter}"
        zero = nothing[0]
        return PairRates(importer, exporter, day, nothing, np.zeros(3), zero, {}, {}, {}, zero, zero, (note,))
    duties = _duties(ledger, importer, exporter, day, register, ledger.authorities(without))
    total = duties.imports.sum()
    by_measure = {name: float(part.sum() / total) for name, part in duties.parts.items() if part.sum() > 0}
    return PairRates(
        importer,
        exporter,
        day,
        _rates(duties),
        duties.due.sum(axis=1) / total,
        duties.imports[:-1],
        by_measure,
        _by_authority(ledger, by_measure),
        {name: _share(duties, part) for name, part in duties.parts.items() if part.any()},
        _share(duties, duties.exposed),
        _share(duties, duties.banned),
        tuple(dict.fromkeys(_notes(ledger, importer, exporter, day))),
    )


def _duties(
    ledger: Ledger, importer: str, exporter: str, day: date, register: Assumptions, without: frozenset[str]
) -> _Duties:
    market = us_imports(exporter, ledger.lists) if importer == "USA" else canada_imports(exporter, ledger.lists)
    day = _since(ledger, day)
    imports = _sum(market, np.ones(len(market.value)))
    if importer == "USA" and exporter not in US_NEIGHBOURS:
        pairs = [partner_duty(ledger, exporter, day, bound, register) for bound in BOUNDS]
        due = _ordered(np.stack([amount for amount, _ in pairs]))
        parts = pairs[BOUNDS.index("central")][1]
        kept = {name: part for name, part in parts.items() if _authority(ledger, name) not in without}
        whole, rest = (sum(some.values(), np.zeros_like(imports)) for some in (parts, kept))
        due = due * np.divide(rest, whole, out=np.zeros_like(whole), where=whole > 0)  # the bounds in proportion
        return _Duties(due, kept, np.full(imports.shape, np.nan), np.zeros_like(imports), imports)
    like = _alike(ledger, importer, exporter, register)
    lines, line_parts, exposed, banned = _lines(ledger, importer, like, day, register, without)
    bounds = [_sum(market, _extreme(lines[number], market, bound)) for number, bound in enumerate(BOUNDS)]
    parts = {name: _sum(market, part) for name, part in line_parts.items()}
    return _Duties(np.stack(bounds), parts, _sum(market, exposed), _sum(market, banned), imports)


@lru_cache(maxsize=128)
def _lines(
    ledger: Ledger, importer: str, exporter: str, day: date, register: Assumptions, without: frozenset[str]
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Added duty [bound, line] in percent, its central parts by measure [line], the share that pays any of it [line], and
    whether entry is prohibited [line].
    """
    market = us_imports(exporter, ledger.lists) if importer == "USA" else canada_imports(exporter, ledger.lists)
    duty = np.zeros((len(BOUNDS), len(market.value)))
    parts: dict[str, np.ndarray] = {}
    exposed, banned = np.zeros(len(market.value)), np.zeros(len(market.value))
    for number, bound in enumerate(BOUNDS):
        facts = facts_of_trade(ledger, importer, exporter, day, market, bound, register)
        for weight, case in cases(facts):
            ordinary: np.ndarray | float = 0.0
            if importer == "USA":
                ordinary = market.lines.of_hs6("column1", "average_pct", np.nan) * (1.0 - case["usmca"])
            pays = np.zeros(len(market.value), bool)
            for layer in resolve(ledger, importer, exporter, day, market.lines.goods, case, ordinary, without):
                name = layer.measure.id
                if layer.measure.kind == "ban":
                    banned = np.maximum(banned, layer.taken)
                    continue
                added = weight * layer.added
                duty[number] += added
                pays |= layer.added > 0
                if bound == "central":
                    parts[name] = parts[name] + added if name in parts else added
            if bound == "central":
                exposed += weight * pays
    return _ordered(duty), parts, exposed, banned


def _alike(ledger: Ledger, importer: str, exporter: str, register: Assumptions) -> str:
    """The first exporter that the importer treats alike, measure for measure and assumption for assumption."""
    if importer == "USA":
        return exporter
    special = {code for entry in register.facts for code in ledger.members(entry.exporters)}
    acts = ledger.between(importer, exporter)
    if exporter in special:
        return exporter
    return next(e for e in regions() if e not in special and ledger.between(importer, e) == acts)


def _tidy(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _ordered(duty: np.ndarray) -> np.ndarray:
    """Bounds in order: a fact that lowers one duty may let in another, so the least of the three is the low rate."""
    return np.stack([duty.min(axis=0), duty[BOUNDS.index("central")], duty.max(axis=0)])


def _extreme(added: np.ndarray, market: Market, bound: Bound) -> np.ndarray:
    """Duty per line; at the low and the high rate all of a published product falls on its least or most charged line."""
    group = market.lines.group
    if bound == "central" or group[-1] == len(group) - 1:  # one line a product
        return added
    found = np.full(group[-1] + 1, np.inf if bound == "low" else -np.inf)
    (np.minimum if bound == "low" else np.maximum).at(found, group, added)
    return found[group]


def _sum(market: Market, added: np.ndarray) -> np.ndarray:
    """Value-weighted sum by sector, chapters 98 and 99 last."""
    return np.bincount(market.lines.sector, added * market.value, len(sectors()) + 1)


def _rates(duties: _Duties) -> np.ndarray:
    """Average rates [bound, sector], percent; NaN where nothing is traded."""
    due, imports = duties.due[:, :-1], np.broadcast_to(duties.imports[:-1], duties.due[:, :-1].shape)
    return np.divide(due, imports, out=np.full(due.shape, np.nan), where=imports > 0)


def _share(duties: _Duties, part: np.ndarray) -> np.ndarray:
    """A part over imports [sector]; 0 where nothing is traded."""
    return np.divide(part, duties.imports, out=np.zeros_like(part), where=duties.imports > 0)[:-1]


def _by_authority(ledger: Ledger, by_measure: dict[str, float]) -> dict[str, float]:
    points: dict[str, float] = {}
    for name, value in by_measure.items():
        authority = _authority(ledger, name)
        points[authority] = points.get(authority, 0.0) + value
    return points


def _authority(ledger: Ledger, part: str) -> str:
    """The authority behind a part of an average: that of its measure, or the published average itself."""
    return part if part == PARTNER_AVERAGE else ledger[part].authority


def _notes(ledger: Ledger, importer: str, exporter: str, day: date) -> Iterable[str]:
    yield US_SOURCE if importer == "USA" else CANADA_SOURCE
    month = f"{day:%Y-%m}"
    if importer == "USA" and exporter not in US_NEIGHBOURS:
        yield (
            f"{exporter}: section 232 by product from the ledger; the rest spread evenly over other goods so that the "
            f"average is the published {published_average(exporter, day):.2f} percent (trade-war-redux 2026-07-23)"
        )
    elif importer == "USA" and month == "2025-03":
        yield "USMCA claims on duty-free lines are imputed and scaled to March 2025; the high rate takes the record"
    elif importer == "USA" and "2025-04" <= month <= "2025-06":
        yield "USMCA claims are imputed on duty-free lines (recorded as zero until 2025-06); the high rate takes the record"
    elif importer == "USA" and month > "2026-02":
        yield "USMCA claims after 2026-02 are the mean of the last six months recorded"
    for act in ledger.between(importer, exporter):
        if act.in_force(day) and act.warning:
            yield f"{act.id}: {act.warning}"
    yield from coverage_warning(day)
