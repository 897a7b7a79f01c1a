"""The average added duty over time: every day, every step, and the measures behind every jump."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from detente.errors import InputError
from detente.law.applied import PairRates, pair_rates
from detente.law.applied import steps as step_days
from detente.law.ledger import COVERAGE, SERIES_FROM, Ledger, as_date
from detente.law.market import US_NEIGHBOURS
from detente.law.measure import Measure

#: A change of the average smaller than this, in percentage points, is not a jump.
JUMP = 0.01


@dataclass(frozen=True)
class Step:
    """An interval, both ends inclusive, in which no rate changes."""

    begins: date
    until: date
    rates: PairRates


@dataclass(frozen=True)
class Jump:
    """A change of the central average on a day, in percentage points, and what made it.

    `by_measure`: points by measure, largest first; `begins` and `ends`: measures of the ledger that begin
    that day, or had their last day the day before; `cause`: in words.
    """

    day: date
    change: float
    by_measure: dict[str, float]
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    cause: str


@dataclass(frozen=True)
class Series:
    """Average added duty of one importer on one exporter from day to day."""

    importer: str
    exporter: str
    steps: tuple[Step, ...]
    jumps: tuple[Jump, ...]

    def days(self) -> Iterable[tuple[date, PairRates]]:
        """Every day with its rates."""
        for step in self.steps:
            for number in range((step.until - step.begins).days + 1):
                yield step.begins + timedelta(days=number), step.rates

    def as_dict(self, sectors: bool = False) -> dict[str, Any]:
        """Plain data for JSON: a row a day, the jumps with their causes, and the sectors of each step if asked for."""
        data: dict[str, Any] = {
            "importer": self.importer,
            "exporter": self.exporter,
            "from": self.steps[0].begins.isoformat(),
            "to": self.steps[-1].until.isoformat(),
            "days": [
                {
                    "date": day.isoformat(),
                    **dict(
                        zip(
                            ("low_pct", "average_pct", "high_pct"), (round(float(a), 4) for a in r.average), strict=True
                        )
                    ),
                    "by_authority_pct": {name: round(points, 4) for name, points in r.by_authority.items()},
                }
                for day, r in self.days()
            ],
            "jumps": [
                {
                    "date": jump.day.isoformat(),
                    "change_pct": round(jump.change, 4),
                    "by_measure_pct": {name: round(points, 4) for name, points in jump.by_measure.items()},
                    "begins": list(jump.begins),
                    "ends": list(jump.ends),
                    "cause": jump.cause,
                }
                for jump in self.jumps
            ],
            "notes": list(dict.fromkeys(note for step in self.steps for note in step.rates.notes)),
        }
        if sectors:
            data["steps"] = [
                {"from": s.begins.isoformat(), "until": s.until.isoformat(), "sectors": s.rates.as_dict()["sectors"]}
                for s in self.steps
            ]
        return data


def series(
    importer: str,
    exporter: str,
    start: str | date | None = None,
    end: str | date | None = None,
    ledger: Ledger | None = None,
    *,
    without: Iterable[str] = (),
) -> Series:
    """The average from `start` (default: 2025-01-01) to `end` (default: the last day covered).

    Raises `InputError` for days out of order.
    """
    ledger = ledger or Ledger.default()
    first, last = as_date(start or SERIES_FROM), as_date(end or COVERAGE[1])
    if last < first:
        raise InputError(f"the series would end on {last}, before it begins on {first}: give --from before --to.")
    starts = sorted({first, *(day for day in step_days(ledger, importer, exporter) if first < day <= last)})
    ends = [day - timedelta(days=1) for day in starts[1:]] + [last]
    steps = [
        Step(day, until, pair_rates(importer, exporter, day, ledger, without=without))
        for day, until in zip(starts, ends, strict=True)
    ]
    jumps = (_jump(ledger, before, after) for before, after in pairwise(steps))
    return Series(importer, exporter, tuple(steps), tuple(jump for jump in jumps if jump))


def _jump(ledger: Ledger, before: Step, after: Step) -> Jump | None:
    old, new = before.rates, after.rates
    names = {*old.by_measure, *new.by_measure}
    moved = {name: new.by_measure.get(name, 0.0) - old.by_measure.get(name, 0.0) for name in names}
    moved = {name: points for name, points in moved.items() if abs(points) >= JUMP}
    change = float(new.average[1] - old.average[1])
    if not moved:
        return None
    ordered = dict(sorted(moved.items(), key=lambda item: -abs(item[1])))
    acts = [m for m in ledger.between(new.importer, new.exporter) if m.status != "announced_not_in_force"]
    acts = sorted((m for m in acts if m.kind != "non_tariff"), key=lambda m: -_effect(m, moved))
    begins = tuple(m.id for m in acts if m.begins == after.begins)
    ends = tuple(m.id for m in acts if m.until == after.begins - timedelta(days=1))
    return Jump(
        after.begins, change, ordered, begins, ends, _cause(ordered, begins, ends, new.exporter in US_NEIGHBOURS)
    )


def _effect(measure: Measure, moved: dict[str, float]) -> float:
    """Points that a measure moved, those of the measures it relieves or ends included."""
    touched = {measure.id, *measure.ends, *(name for relief in measure.reliefs for name in relief.of)}
    return sum(abs(moved.get(name, 0.0)) for name in touched)


def _cause(moved: dict[str, float], begins: tuple[str, ...], ends: tuple[str, ...], claims: bool) -> str:
    parts = ["begins: " + ", ".join(begins)] if begins else []
    parts += ["ends: " + ", ".join(ends)] if ends else []
    otherwise = "USMCA claims of the month, through" if claims else "rates changed:"
    return "; ".join(parts) or f"{otherwise} {', '.join(moved)}"
