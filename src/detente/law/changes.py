"""What changed in the law between two days, on how much trade, and the dated log of every change with its act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.errors import InputError
from detente.law.citations import Citation, citations, of_measure
from detente.law.ledger import Ledger, as_date, coverage_warning
from detente.law.market import MARKETS, SOURCES, regions
from detente.law.measure import Charge, Measure, Products


@dataclass(frozen=True)
class LawChange:
    """A change of one measure: on which day, what (``begins, ends, rate, list``), in words, with the act that made it.

    `imports_musd` is a year's imports, million USD, of the goods that the measure names from the partners that it
    reaches: how much trade it is about, not what it collects. None where trade by product is not held.
    """

    day: date
    measure: str
    imposing: str
    affected: tuple[str, ...]
    authority: str
    what: str
    text: str
    citations: tuple[Citation, ...]
    imports_musd: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "day": self.day.isoformat()}


def log(
    ledger: Ledger,
    start: str | date | None = None,
    end: str | date | None = None,
    *,
    importer: str | None = None,
    exporter: str | None = None,
) -> list[LawChange]:
    """Every dated change of the measures that levy or relieve, oldest first, within two days (both inclusive).

    Raises `InputError` for days out of order.
    """
    first = as_date(start) if start else date.min
    last = as_date(end) if end else date.max
    if last < first:
        raise InputError(f"the log would end on {last}, before it begins on {first}: give the earlier day first.")
    acts = [m for m in ledger.measures if importer in (None, m.imposing)]
    if exporter:
        acts = [m for m in acts if m in ledger.between(m.imposing, exporter)]
    found = [change for measure in acts for change in _of(ledger, measure) if first <= change.day <= last]
    return sorted(found, key=lambda change: (change.day, change.imposing, change.measure))


def difference(
    ledger: Ledger, before: str | date, after: str | date, *, importer: str | None = None, exporter: str | None = None
) -> list[LawChange]:
    """The changes after the day `before` up to the day `after`, those on most trade first. Raises `InputError`."""
    first, last = as_date(before), as_date(after)
    if last <= first:
        raise InputError(f"the second day, {last}, must come after the first, {first}.")
    changes = log(ledger, first + timedelta(days=1), last, importer=importer, exporter=exporter)
    sized = [LawChange(**{**vars(change), "imports_musd": _trade(ledger, change, exporter)}) for change in changes]
    return sorted(sized, key=lambda change: (-(change.imports_musd or 0.0), change.day, change.measure))


def sources(changes: Iterable[LawChange]) -> list[str]:
    """Where the trade of some changes comes from, and the warning if a day is past the last one covered."""
    changes = list(changes)
    lines = [SOURCES[importer] for importer in sorted({c.imposing for c in changes} & SOURCES.keys(), reverse=True)]
    return lines + coverage_warning(max((c.day for c in changes), default=date.min))


def _of(ledger: Ledger, measure: Measure) -> Iterable[LawChange]:
    if measure.status == "announced_not_in_force":
        text = f"announced, never in force: {measure.scope}" + (f" ({measure.reason})" if measure.reason else "")
        yield _change(measure, measure.begins, "announced", text)
        return
    yield _change(measure, measure.begins, "begins", f"{measure.scope}: {_terms(measure)}")
    for charge in measure.charges:
        yield from _rates(measure, charge)
        for family in sorted({name.split("/")[0] for name in charge.products.lists}):
            for day in ledger.lists.days_of_change_of(family):
                if measure.begins < day and measure.in_force(day):
                    yield _change(measure, day, "list", f"the product list {family} changes")
    if measure.until:
        ended = measure.until + timedelta(days=1)
        act = next((m for m in ledger.measures if measure.id in m.ends), None)
        by = f", by {act.instrument}" if act else ""
        yield _change(measure, ended, "ends", f"{measure.scope}: last day {measure.until}{by}", act)


def _rates(measure: Measure, charge: Charge) -> Iterable[LawChange]:
    for value in charge.rates:
        yield _change(measure, value.begins, "rate", f"{value.rate_pct:g} percent", source=value.source)
    for partner in charge.partners:
        if partner.begins and partner.begins > measure.begins:
            kind = "a total of " if partner.type == "floor" else ""
            text = f"{kind}{partner.rate_pct:g} percent for {', '.join(partner.exporters)}: {partner.reason}"
            yield _change(measure, partner.begins, "rate", text)


def _change(
    measure: Measure, day: date, what: str, text: str, act: Measure | None = None, source: str | None = None
) -> LawChange:
    found = tuple(citations(source)) or tuple(of_measure(act) if act else ()) or tuple(of_measure(measure))
    return LawChange(day, measure.id, measure.imposing, measure.affected, measure.authority, what, text, found)


def _terms(measure: Measure) -> str:
    """The rates of a record in words."""
    if measure.kind == "ban":
        return "entry prohibited"
    if not measure.charges:
        return measure.reason or measure.kind.replace("_", " ")
    rates = sorted({charge.rate_pct for charge in measure.charges if charge.rate_pct != "list"})
    words = [f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"] if rates else []
    words += ["the rates of its list"] if any(charge.rate_pct == "list" for charge in measure.charges) else []
    floor = " as a total with the ordinary duty" if all(charge.type == "floor" for charge in measure.charges) else ""
    return " and ".join(words) + (" percent" if rates else "") + floor


def _trade(ledger: Ledger, change: LawChange, exporter: str | None) -> float | None:
    """A year's imports of the goods that a measure names, from the regions that it reaches, million USD."""
    measure = ledger[change.measure]
    if measure.imposing not in MARKETS:
        return None
    selections = [charge.products for charge in measure.charges] or ([measure.products] if measure.products else [])
    selections += [relief.products for relief in measure.reliefs if relief.products and not measure.charges]
    if all(selection == Products() for selection in selections):
        return None
    day = change.day if change.what != "ends" else change.day - timedelta(days=1)
    total = 0.0
    for region in [exporter] if exporter else regions():
        if region in regions() and measure in ledger.between(measure.imposing, region):
            market = MARKETS[measure.imposing](region, ledger.lists)
            named = np.zeros(len(market.value), bool)
            for selection in selections:
                named |= market.lines.goods.members(selection, day)
            total += float(market.value[named].sum())
    return round(total, 1)
