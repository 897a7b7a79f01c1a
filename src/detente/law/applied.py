"""`applied`: average added duty on actual trade, by importer, exporter and sector, on a day, with its range."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import xarray as xr

from detente.accounts.customs_unions import UNIONS, members
from detente.errors import InputError
from detente.law.assumptions import BOUNDS, Assumptions, Bound, cases, claim_months, facts_of_trade
from detente.law.engine import resolve
from detente.law.ledger import BASELINE_DAY, Ledger, as_date, coverage_warning
from detente.law.market import (
    MARKETS,
    SOURCES,
    US_NEIGHBOURS,
    Market,
    origins,
    regions,
    sectors,
    us_imports_of,
)
from detente.law.treatment import alike
from detente.law.unions import averaged

#: Importers whose trade is held by product; every other importer's added rates are zero here.
IMPORTERS = tuple(MARKETS)


@dataclass(frozen=True)
class PairRates:
    """Average added duty of one importer on one exporter, in percent of customs value.

    `rate` [bound, sector] (NaN where nothing is traded); `average` [bound] over all goods, chapters 98 and 99
    included; `imports` [sector], million USD a year; `by_measure` and `by_authority`: points of the central average;
    `layers`: measure -> points of the central rate [sector]; `exposed` [sector], share of imports that pays an added
    duty; `prohibited` [sector], share of imports that may not enter.
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


def steps(ledger: Ledger, importer: str, exporter: str) -> list[date]:
    """The days on which the average of a pair may change: those of the ledger, and new claim shares; sorted."""
    sellers = members(exporter, regions()) or (exporter,)
    days = {day for one in sellers for origin in origins(importer, one) for day in ledger.changes(importer, origin)}
    return sorted(days | set(claim_months() if importer == "USA" and exporter in US_NEIGHBOURS else ()))


@lru_cache(maxsize=4096)
def _since(ledger: Ledger, importer: str, exporter: str, day: date) -> date:
    """The day from which the rates of a day have stood: they are worked out once for all the days between."""
    return max((step for step in steps(ledger, importer, exporter) if step <= day), default=day)


@dataclass(frozen=True)
class _Duties:
    """Duty due, rate in percent times million USD [bound, sector and rest]; its central parts, the imports that pay any of
    it and those that are banned [sector and rest].
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

    Example:
        >>> import detente as dt
        >>> rates = dt.applied("2025-06-15")
        >>> rates.dims
        ('bound', 'importer', 'exporter', 'sector')
        >>> rates.sel(importer="USA", exporter="CAN", sector="steel", bound="central").item() > 0.3
        True
    """
    ledger, day, register = ledger or Ledger.default(), as_date(on), assumptions or Assumptions.default()
    rates = np.zeros((len(BOUNDS), len(regions()), len(regions()), len(sectors())))
    notes: dict[str, None] = {}
    for importer in IMPORTERS:
        for exporter in regions():
            if exporter != importer and _traded(importer, exporter, ledger):
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
        "source": "; ".join([*SOURCES.values(), "ledger of measures"]),
        "notes": "\n".join(notes),
    }
    return xr.DataArray(rates, coords=coords, dims=list(coords), name="added_tariff", attrs=attributes)


def added_since_2024(on: str | date, ledger: Ledger | None = None, *, without: Iterable[str] = ()) -> xr.DataArray:
    """The added duty of a day less that of the law that the accounts of 2024 hold [bound, importer, exporter, sector].

    Trade and duties of 2024 were those of the measures then in force (sections 301 and 232 of 2018, say): only what has
    changed since acts on them. Negative where a duty has gone. `ledger` is the law of the day; that of 2024 is ours.
    """
    now, then = applied(on, ledger, without=without), applied(BASELINE_DAY, without=without)
    change = now - then.values
    low, central, high = change.values
    change.values[:] = np.stack([np.minimum(low, central), central, np.maximum(central, high)])
    return change.assign_attrs(now.attrs)


def pair_rates(
    importer: str,
    exporter: str,
    on: str | date,
    ledger: Ledger | None = None,
    *,
    without: Iterable[str] = (),
    assumptions: Assumptions | None = None,
) -> PairRates:
    """Average added duty of `importer` on `exporter` by sector, with its parts.

    A customs union (``EU``) exports as its members together. Raises `InputError` for unknown regions.
    """
    ledger, day, register = ledger or Ledger.default(), as_date(on), assumptions or Assumptions.default()
    together = members(exporter, regions())
    for code in (importer, *(together or [exporter])):
        if code not in regions():
            raise InputError(
                f"{code!r} is not a region: expected one of {', '.join(regions())}; an exporter may be {' or '.join(UNIONS)}."
            )
    if together:
        parts = [
            pair_rates(importer, member, day, ledger, without=without, assumptions=assumptions) for member in together
        ]
        return averaged(exporter, parts)
    if importer == exporter or not _traded(importer, exporter, ledger):
        nothing = np.zeros((len(BOUNDS), len(sectors())))
        note = _not_averaged(ledger, importer, exporter)
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


def _traded(importer: str, exporter: str, ledger: Ledger) -> bool:
    """Whether the trade of a pair is held by product, so that its duties can be averaged."""
    return importer in MARKETS and bool(MARKETS[importer](exporter, ledger.lists).value.any())


def _not_averaged(ledger: Ledger, importer: str, exporter: str) -> str:
    """Why a pair has no average."""
    if importer == exporter:
        return f"{importer} charges no duty on its own goods"
    acts = ledger.between(importer, exporter)
    if acts and not any(act.levies for act in acts):
        return "; ".join(act.reason or act.scope for act in acts)
    if acts:
        return f"measures of {importer} on {exporter} are held, but no trade by product to average them on"
    return f"measures of {importer} on {exporter} are not held"


def _market(importer: str, countries: tuple[str, ...], ledger: Ledger) -> Market:
    if importer == "USA":
        return us_imports_of(countries, ledger.lists)
    return MARKETS[importer](countries[0], ledger.lists)


def _duties(
    ledger: Ledger, importer: str, exporter: str, day: date, register: Assumptions, without: frozenset[str]
) -> _Duties:
    """The duty on a region: on the countries that the law treats alike together, then summed."""
    day = _since(ledger, importer, exporter, day)
    like = alike(ledger, importer, day, register)
    groups: dict[str, list[str]] = {}
    for origin in origins(importer, exporter):
        groups.setdefault(like[origin], []).append(origin)
    size = len(sectors()) + 1
    whole = _Duties(np.zeros((len(BOUNDS), size)), {}, np.zeros(size), np.zeros(size), np.zeros(size))
    for first, countries in groups.items():
        market = _market(importer, tuple(countries), ledger)
        lines = _lines(ledger, importer, first, day, register, without)
        for number, bound in enumerate(BOUNDS):
            whole.due[number] += _sum(market, _extreme(lines.duty[number], market, bound))
        for name, (where, points) in lines.parts.items():
            whole.parts[name] = whole.parts.get(name, 0.0) + _sum_at(market, where, points)
        whole.exposed[:] += _sum(market, lines.exposed)
        whole.banned[:] += _sum(market, lines.banned)
        whole.imports[:] += _sum(market, np.ones(len(market.value)))
    return whole


@dataclass(frozen=True)
class _Lines:
    """Added duty [bound, line] in percent; its central parts by measure, as positions and points; the share of each line
    that pays any of it, and whether entry is prohibited [line].
    """

    duty: np.ndarray
    parts: dict[str, tuple[np.ndarray, np.ndarray]]
    exposed: np.ndarray
    banned: np.ndarray


@lru_cache(maxsize=96)
def _lines(
    ledger: Ledger, importer: str, exporter: str, day: date, register: Assumptions, without: frozenset[str]
) -> _Lines:
    market = _market(importer, (exporter,), ledger)
    size = len(market.value)
    duty = np.zeros((len(BOUNDS), size))
    parts: dict[str, np.ndarray] = {}
    exposed, banned = np.zeros(size), np.zeros(size)
    for number, bound in enumerate(BOUNDS):
        facts = facts_of_trade(ledger, importer, exporter, day, market, bound, register)
        usual = _ordinary(ledger, importer, exporter, market)
        for weight, case in cases(facts):
            where, goods = market.lines.where(weight)
            weight, case = _at(weight, where), {name: _at(value, where) for name, value in case.items()}
            ordinary = _at(usual, where) * (1.0 - case.get("usmca", 0.0))
            pays = np.zeros(len(goods.codes), bool)
            for layer in resolve(ledger, importer, exporter, day, goods, case, ordinary, without):
                name = layer.measure.id
                if layer.measure.kind == "ban":
                    banned[where] = np.maximum(banned[where], layer.taken)
                    continue
                added = weight * layer.added
                duty[number, where] += added
                pays |= layer.added > 0
                if bound == "central":
                    parts.setdefault(name, np.zeros(size))[where] += added
            if bound == "central":
                exposed[where] += weight * pays
    sparse = {name: (np.flatnonzero(part), part[part != 0]) for name, part in parts.items()}
    return _Lines(_ordered(duty), sparse, exposed, banned)


def _ordinary(ledger: Ledger, importer: str, exporter: str, market: Market) -> np.ndarray | float:
    """The ordinary duty that a floor tops up, percent [line]; NaN, where none is held, counts as none."""
    if importer != "USA":
        return 0.0
    if exporter in ledger.members(("COLUMN_2",)):
        return market.lines.column("column1", "column2_pct", np.nan)
    free = market.lines.column("column1", "korea_free", False).astype(bool) & (exporter == "KOR")
    return np.where(free, 0.0, market.lines.column("column1", "pct", np.nan))


def _at(value: np.ndarray | float, where: np.ndarray) -> np.ndarray | float:
    """A value by line, over some lines."""
    return np.asarray(value)[where] if np.ndim(value) else value


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


def _sum_at(market: Market, where: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Value-weighted sum by sector of a duty that only some lines pay."""
    return np.bincount(market.lines.sector[where], points * market.value[where], len(sectors()) + 1)


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
        authority = ledger[name].authority
        points[authority] = points.get(authority, 0.0) + value
    return points


def _notes(ledger: Ledger, importer: str, exporter: str, day: date) -> Iterable[str]:
    yield SOURCES[importer]
    month = f"{day:%Y-%m}"
    if importer != "USA" or exporter not in US_NEIGHBOURS:
        pass
    elif month == "2025-03":
        yield "USMCA claims on duty-free lines are imputed and scaled to March 2025; the high rate takes the record"
    elif "2025-04" <= month <= "2025-06":
        yield "USMCA claims are imputed on duty-free lines (recorded as zero until 2025-06); the high rate takes the record"
    elif month > "2026-02":
        yield "USMCA claims after 2026-02 are the mean of the last six months recorded"
    for act in ledger.between(importer, exporter):
        if act.in_force(day) and act.warning:
            yield f"{act.id}: {act.warning}"
    yield from coverage_warning(day)
