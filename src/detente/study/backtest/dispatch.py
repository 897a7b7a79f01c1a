"""A dispatch: a new month of customs, beside the law, what it should have collected, and the imports that were predicted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.accounts import Baseline, load
from detente.errors import InputError
from detente.files import read_table
from detente.study.backtest.episode import FIRST, Episode, episode
from detente.study.backtest.evidence import ALL
from detente.study.backtest.observed import ALONE, EU, PARTNERS, by_group, observe, on_cells
from detente.study.backtest.run import HEADLINE, Backtest, Cell, held_against
from detente.study.product_trade import IMPORTER
from detente.text import number, shown

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

COLUMNS = ("exporter", "naics3", "month", "imports_usd", "duty_usd")
EXPECTED = f"a CSV with the columns {', '.join(COLUMNS)} (WLD: all exporters), as US customs publish them by month"
#: Whose sectors are left out, and why, as in the newest episode.
LIKE = "2025"


class PartnerDuty(NamedTuple):
    """One partner: imports of the month in million USD; duty over imports less that of the same month of 2024, in points, as
    the law states it and as it was predicted to be paid (with its range); change of imports over a year, actual and predicted."""

    partner: str
    imports_musd: float
    paid_points: float
    statutory_points: float
    collected_points: float
    collected_low: float
    collected_high: float
    actual_pct: float
    predicted_pct: float


@dataclass(frozen=True)
class Dispatch:
    """A month held against the model: `found` is its backtest (parameters of all episodes, duties as paid)."""

    month: str
    file: str
    found: Backtest
    world: Baseline

    @cached_property
    def day(self) -> datetime.date:
        """The day whose law stands for the month."""
        return datetime.date.fromisoformat(f"{self.month}-15")

    @cached_property
    def partners(self) -> list[PartnerDuty]:
        """All partners, then the headline ones; EU: the members that customs list."""
        from detente.law import added_since_2024, collected

        happened, n = self.found.observed, self.world.regions.index(IMPORTER)
        trade = self.world.border_value[n].sum(axis=2)

        def duty(rates: xr.DataArray, bound: str) -> np.ndarray:
            """Points of duty times imports [partner, group]."""
            on = rates.sel(importer=IMPORTER, bound=bound).reindex(
                exporter=list(self.world.regions), sector=list(self.world.sectors)
            )
            return on_cells(100 * np.nan_to_num(on.values) * trade, self.world)

        paid = collected(self.day)
        law = [
            duty(added_since_2024(self.day), "central"),
            *(duty(paid, bound) for bound in ("central", "low", "high")),
        ]
        imports = on_cells(trade, self.world)
        rows = []
        for name, at in self._groups.items():
            before, after = happened.before, happened.after
            change = 100 * (
                after.duty[at].sum() / after.imports[at].sum() - before.duty[at].sum() / before.imports[at].sum()
            )
            points = [one[at].sum() / imports[at].sum() for one in law]
            weight = self.found.weight[at]
            moved = [
                100 * ((weight * np.exp(growth[at])).sum() / weight.sum() - 1)
                for growth in (happened.growth, self.found.predicted)
            ]
            rows.append(
                PartnerDuty(name, *(float(value) for value in (after.imports[at].sum(), change, *points, *moved)))
            )
        return rows

    @property
    def _groups(self) -> dict[str, list[int]]:
        """What the rows are about: name -> positions of partners."""
        known = {name: [PARTNERS.index(name)] for name in HEADLINE if name in PARTNERS}
        return {"all": list(range(len(PARTNERS))), **known, "EU": [PARTNERS.index(name) for name in EU]}

    @cached_property
    def missed(self) -> list[Cell]:
        """Scored cells outside their 90 percent range, the largest first."""
        out = [
            cell for cell in self.found.cells() if cell.scored and not cell.low_pct <= cell.actual_pct <= cell.high_pct
        ]
        return sorted(out, key=lambda cell: -cell.imports_before_musd * abs(cell.actual_pct - cell.predicted_pct))

    def to_json(self) -> dict[str, Any]:
        """Partners, misses and the backtest as plain data."""
        return {
            "month": self.month,
            "file": self.file,
            "law_day": self.day.isoformat(),
            "partners": [row._asdict() for row in self.partners],
            "missed": [cell._asdict() for cell in self.missed],
            "backtest": self.found.to_json(),
        }


def dispatch(path: str | Path, *, baseline: Baseline | None = None) -> Dispatch:
    """The newest month of a customs file against the same month a year before. Raises `InputError`."""
    news = _months(Path(path))
    month = max(news["month"])
    before = f"{int(month[:4]) - 1}{month[4:]}"
    like = episode(LIKE)
    fields = {
        "title": f"US imports of {month}",
        "window": f"{month}, against {before}",
        "before": (before, before),
        "after": (month, month),
        "law": [f"{month}-15"],
        "law_before": f"{before}-15",
        "left_out": [one.model_dump() for one in like.left_out],
        "smallest": like.smallest,
    }
    given = Episode.model_validate(fields, context={"last": month})
    world = load("world-2024") if baseline is None else baseline
    happened = observe(given, world, by_group(news[news["month"] == month]))
    return Dispatch(month, Path(path).name, held_against(month, given, happened, world, "paid", ALL), world)


def _months(path: Path) -> pd.DataFrame:
    """A customs file, checked: known partners, months after the first held, numbers that are not negative."""
    import pandas as pd

    rows = []
    for line, row in read_table(path, COLUMNS, EXPECTED):
        try:
            month = datetime.date.fromisoformat(f"{row['month']}-01")
            value, duty = (number(row[name]) for name in COLUMNS[3:])
        except ValueError:
            raise InputError(
                f"{path.name}, line {line}: a month such as 2025-09 and two amounts in USD were expected; it has "
                f"{shown(', '.join(row[name] for name in COLUMNS[2:]))}."
            ) from None
        if value < 0 or duty < 0:
            raise InputError(f"{path.name}, line {line}: imports and duty cannot be negative ({value:g}, {duty:g}).")
        rows.append((row["exporter"], row["naics3"], f"{month:%Y-%m}", value, duty))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    if found.empty or max(found["month"]) <= FIRST:
        raise InputError(f"{path.name} has no month after {FIRST}; expected {EXPECTED}.")
    newest = found[found["month"] == max(found["month"])]
    if missing := [code for code in ("WLD", *ALONE) if code not in set(newest["exporter"])]:
        raise InputError(
            f"{path.name} has no rows of {', '.join(missing)} for {max(found['month'])}; the rest of the world is all (WLD) less "
            "the partners that customs list, so each is needed."
        )
    return found
