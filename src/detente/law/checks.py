"""What a careful reader would find wrong in a ledger file before it is used: every fault, one sentence each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from detente.errors import InputError
from detente.files import read_text
from detente.law import tables
from detente.law.ledger import COVERAGE, Ledger, faulty_references
from detente.law.ledger_file import LedgerFile, read_ledger_file
from detente.law.market import us_lines
from detente.law.measure import Measure, Products


def check(path: str | Path, ledger: Ledger | None = None, *, overlaps: bool = True) -> list[str]:
    """The faults of a ledger file, in order of its records; empty where there is none.

    `overlaps` False leaves out the search for acts that add up, which compares every pair.
    Raises `InputError` for a file that cannot be read as records at all.
    """
    ledger, name = ledger or Ledger.default(), Path(path).name
    own = read_ledger_file(read_text(path, "a YAML file of measures"), name, covered_until=COVERAGE[1])
    try:
        merged = ledger.with_file(path, references=False)
    except InputError as error:
        return [str(error)]
    faults = [f"{name}: {fault}" for fault in faults_of(merged, [m.id for m in own.measures], overlaps=overlaps)]
    return faults + [f"{name}: {fault}" for fault in (*_of_rates(own), *_unused(own))]


def faults_of(ledger: Ledger, ids: Sequence[str], *, overlaps: bool = True) -> list[str]:
    """The faults of some records of a ledger, sentences without the name of a file."""
    wanted = set(ids)
    faults: list[str] = []
    unknown: list[str] = []
    for measure in (m for m in ledger.measures if m.id in wanted):
        about = f"measure {measure.id}"
        unknown += [f"{about} {fault}" for fault in faulty_references(ledger, measure)]
        faults += [
            f"{about}: {fault}"
            for fault in (*_of_status(measure), *_of_percent(measure), *_of_prefixes(ledger, measure))
        ]
    faults = unknown + faults
    return faults + (list(_overlaps(ledger, wanted)) if overlaps and not unknown else [])


def _of_status(measure: Measure) -> Iterable[str]:
    """Status against the dates, as of the last day that the ledger covers."""
    last = COVERAGE[1]
    if measure.status == "ended" and (measure.until is None or measure.until > last):
        yield f"status is ended, but its last day is {measure.until or 'not given'}; give `until`, on or before {last}"
    if measure.status == "in_force" and measure.until and measure.until <= last:
        yield f"status is in_force, but it ended on {measure.until}; write ended"
    if measure.status == "in_force" and measure.begins > last:
        yield f"status is in_force, but it begins on {measure.begins}, after the last day covered ({last}); write scheduled"
    if measure.status == "scheduled" and measure.begins <= last:
        yield f"status is scheduled, but it began on {measure.begins}; write in_force or announced_not_in_force"


def _of_percent(measure: Measure) -> Iterable[str]:
    """Rates that look like fractions."""
    given = [charge.rate_pct for charge in measure.charges if charge.rate_pct != "list"]
    given += [partner.rate_pct for charge in measure.charges for partner in charge.partners]
    yield from (_fraction("rate_pct", rate) for rate in given if 0 < rate < 1)


def _of_rates(own: LedgerFile) -> Iterable[str]:
    yield from (f"rates {c.measure}: {_fraction('rate_pct', c.rate_pct)}" for c in own.rates if 0 < c.rate_pct < 1)
    for name, rows in own.lists.items():
        small = next((row.rate_pct for row in rows if row.rate_pct and row.rate_pct < 1), None)
        if small:
            yield f"list {name}: {_fraction('rate_pct', small)}"


def _fraction(field: str, rate: float) -> str:
    return f"{field} {rate:g} is {rate:g} percent; rates are percentages: write {100 * rate:g} if {rate:.0%} is meant"


@cache
def _known_codes() -> list[str]:
    """Every code that is traded, in the schedule or on a list of the package, sorted."""
    return sorted({*tables.hts10(), *tables.hs6(), *Ledger.default().lists.codes})


def hits(prefix: str) -> bool:
    """Whether a prefix names a product that is traded, in the schedule, or on a list of the package."""
    first = bisect_left(_known_codes(), prefix)
    return first < len(_known_codes()) and _known_codes()[first].startswith(prefix)


def _of_prefixes(ledger: Ledger, measure: Measure) -> Iterable[str]:
    for selection in _selections(measure):
        for prefix in (*selection.prefixes, *selection.except_prefixes):
            if not prefix.isdigit() or len(prefix) > 10:
                yield f"prefix {prefix!r} is not the beginning of a tariff code; give 2 to 10 digits"
            elif not hits(prefix):
                yield f"prefix {prefix} hits no product: nothing traded or listed begins with it"
        for name in selection.lists:
            codes = ledger.lists.codes_of(name.split("/")[0].__eq__)
            for prefix in [code for code in codes if not hits(code)][:3]:
                yield f"prefix {prefix} of list {name} hits no product: nothing traded or listed begins with it"


def _selections(measure: Measure) -> list[Products]:
    found = [charge.products for charge in measure.charges] + [measure.products or Products()]
    reliefs = [*measure.reliefs, *(relief for charge in measure.charges for relief in charge.reliefs)]
    return found + [relief.products for relief in reliefs if relief.products]


def _overlaps(ledger: Ledger, wanted: set[str]) -> Iterable[str]:
    """Acts under one authority that charge the same goods on the same days and say nothing of each other: they add up."""
    subjects = {(m.imposing, m.authority.lower()) for m in ledger.measures if m.id in wanted}
    acts = [
        m for m in ledger.measures if m.levies and m.kind == "duty" and (m.imposing, m.authority.lower()) in subjects
    ]
    if not acts:
        return
    named = csr_array(np.stack([_named(ledger, measure) for measure in acts])).astype(np.int32)
    shared = (named @ named.T).tocoo()
    for first, second, count in zip(*shared.coords, shared.data, strict=True):
        one, other = acts[first], acts[second]
        if first >= second or not {one.id, other.id} & wanted:
            continue
        day = max(one.begins, other.begins)
        together = one.in_force(day) and other.in_force(day) and _meet(ledger, one, other)
        if together and not _speaks_of(one, other) and not _speaks_of(other, one):
            yield (
                f"measures {one.id} and {other.id} both charge {count} products from {day} and add up; give them one `family`, "
                "or say `yields_to` or `adds_to`"
            )


def _named(ledger: Ledger, measure: Measure) -> np.ndarray:
    """Whether an act names each product that the United States imports, on its first day [product]."""
    goods = us_lines(ledger.lists).goods
    members = np.zeros(len(goods.codes), bool)
    for charge in measure.charges:
        members |= goods.members(charge.products, measure.begins)
    return members


def _speaks_of(measure: Measure, other: Measure) -> bool:
    named = {*measure.adds_to, *(name for rule in measure.yields_to for name in rule.to)}
    return bool(named & {other.id, other.family})


def _meet(ledger: Ledger, one: Measure, other: Measure) -> bool:
    """Whether two acts reach one country in common."""
    first, second = (ledger.members(m.affected) - ledger.members(m.except_) for m in (one, other))
    return bool("world" in first or "world" in second or first & second)


def _unused(own: LedgerFile) -> Iterable[str]:
    """Lists, facts and groups that no record of the file uses."""
    used = {name for m in own.measures for s in _selections(m) for name in (*s.lists, *s.except_lists)}
    for name in own.lists:
        if not any(name == want or name.startswith(want + "/") for want in used):
            yield f"list {name} is used by no measure of the file"
    reliefs = [r for m in own.measures for r in (*m.reliefs, *(r for c in m.charges for r in c.reliefs))]
    facts = {fact for relief in reliefs for fact in relief.when}
    yield from (f"fact {name} is used by no relief of the file" for name in own.facts if name not in facts)
    parties = {p for m in own.measures for p in (*m.affected, *m.except_)}
    parties |= {p for m in own.measures for c in m.charges for partner in c.partners for p in partner.exporters}
    parties |= {p for change in own.rates for p in change.exporters} | {p for r in reliefs for p in r.exporters}
    yield from (f"group {name} is used by no measure of the file" for name in own.groups if name not in parties)
