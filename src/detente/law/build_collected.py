"""Fit what is collected to the duty that US Customs calculated: ``python -m detente.law.build_collected``.

Writes ``data/collection.csv`` (the parameters, each with its standard error and source) and ``data/collection_fit.csv`` (by
partner and month: duty collected, the statutory rate, the prediction made without that month, and its range).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np

from detente.law import Ledger, pair_rates
from detente.law.collected import KINDS, statutory_path
from detente.law.customs import flows, groups, partners
from detente.law.entry import Voyage, monthly
from detente.law.market import sectors
from detente.law.shrinkage import shares

DATA = Path(__file__).parent / "data"
FIRST, LAST = date(2025, 1, 1), date(2025, 8, 31)
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 9))
CENSUS = "US Census calculated duty by partner and NAICS3, 2025-01 to 2025-08, least squares with shrinkage"

NEIGHBOURS = ("CAN", "MEX")  # their goods arrive by land, on the day
EUROPE = ("AUT", "BEL", "DEU", "ESP", "FRA", "IRL", "ITA", "NLD", "SWE", "EUR", "GBR", "CHE", "RUS")
#: The voyage from Europe over that from elsewhere: some 20 days against some 35.
NEARER = 0.6
FLOWN = "electronics"  # the industry whose goods mostly fly
#: What is tried: mean days at sea, share of value that flies (electronics, others), elasticity of entries to the duty of the day.
TRIED = tuple(product((30.0, 36.0, 42.0), (0.25, 0.35, 0.50), (0.05, 0.10), (0.0, 0.5, 1.0)))
#: Strength of the pull of each share to its industry's, its partner's and the kind's (billion USD times points squared).
PULL = (10.0, 30.0, 100.0)

#: Canada's duty collected on US goods over imports from the United States, percent, remission counted (Bank of Canada).
CANADA_PAID = {"2025-07-15": 2.6, "2025-10-15": 1.0}
CANADA = (
    "Bank of Canada, duty paid on imports from the United States, July and October 2025, over the statutory rate held"
)
Entries = tuple[float, float, float, float]


@dataclass(frozen=True)
class CustomsSample:
    """The statistics: imports in billion USD, duty in percent of them, imports of the three months before
    [partner, month, group], the base of 2024 [partner, group]; and the statutory duty over 2024 by day [day, kind, group].
    """

    imports: np.ndarray
    paid: np.ndarray
    base: np.ndarray
    mix: np.ndarray
    paths: dict[str, np.ndarray]
    statutory: np.ndarray

    def due(self, entries: Entries) -> np.ndarray:
        """Statutory duty at entry over that of 2024, percent [partner, month, kind, group]."""
        return np.stack([_due(partner, path, entries) for partner, path in self.paths.items()])


def sea_days(partner: str, overseas: float) -> float:
    """Mean days at sea of a partner's goods."""
    return 0.0 if partner in NEIGHBOURS else NEARER * overseas if partner in EUROPE else overseas


def _due(partner: str, path: np.ndarray, entries: Entries) -> np.ndarray:
    overseas, flown, other, put_off = entries
    found = []
    for air in (flown, other):
        voyage = Voyage(sea_days(partner, overseas), air)
        found.append(monthly(path, partner, voyage, put_off, FIRST, MONTHS, KINDS))
    fly = np.array([group == FLOWN for group in groups()])
    return np.where(fly, *found)


def sample() -> CustomsSample:
    """The statistics and the law, side by side."""
    _, imports24, duty24 = flows("2024-01", "2024-12")
    months, imports, duty = flows("2024-10", "2025-08")
    start = months.index(MONTHS[0])
    base = 100 * np.divide(duty24.sum(1), imports24.sum(1), out=np.zeros_like(duty24[:, 0]), where=imports24.sum(1) > 0)
    paid = 100 * np.divide(duty, imports, out=np.zeros_like(duty), where=imports > 0)
    mix = np.stack([imports[:, start + k - 3 : start + k].mean(axis=1) for k in range(len(MONTHS))], axis=1)
    paths = {partner: _path(covered) for partner, covered in partners().items()}
    days = np.array([f"{date.fromordinal(FIRST.toordinal() + k):%Y-%m}" for k in range(len(paths["CAN"]))])
    stated = np.stack([np.stack([path[days == month].mean(axis=0) for month in MONTHS]) for path in paths.values()])
    total = base[:, None] + stated.sum(axis=2)
    weights = imports24.sum(axis=1)[:, None]
    statutory = (total * weights).sum(axis=2) / weights.sum(axis=2)
    return CustomsSample(imports[:, start:] / 1e9, paid[:, start:], base, mix / 1e9, paths, statutory)


def _path(covered: tuple[str, ...]) -> np.ndarray:
    """Statutory duty over 2024 [day, kind, group], averaged over the trade of 2024 within groups and regions."""
    top, bottom = np.zeros(()), np.zeros(())
    for region in covered:
        imports = pair_rates("USA", region, FIRST).imports
        path = statutory_path(Ledger.default(), region, FIRST, LAST) * imports
        inside = [[sectors().index(sector) for sector in held] for _, held in groups().values()]
        top = top + np.stack([path[..., places].sum(axis=-1) for places in inside], axis=-1)
        bottom = bottom + np.array([imports[places].sum() for places in inside])
    return np.divide(top, bottom, out=np.zeros_like(top), where=np.broadcast_to(bottom, np.shape(top)) > 0)


def fitted(data: CustomsSample, due: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each kind of duty that is collected, and its standard error [kind, partner, group], from the months in `use`."""
    weight = np.where(use[:, None], np.maximum(data.imports, 0.0), 0.0)
    return shares(due, data.paid - data.base[:, None], weight, PULL)


def chosen(data: CustomsSample, use: np.ndarray) -> Entries:
    """The entries that, each month in `use` predicted from the others in `use`, miss by least."""
    actual, held = average(data), np.flatnonzero(use)

    def miss(entries: Entries) -> float:
        total, _ = without_each_month(data, data.due(entries), use)
        return weighted(total - actual, data, held)

    return min(TRIED, key=miss)


def predicted(data: CustomsSample, due: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Duty collected on average over a partner's imports, and the added part, percent [partner, month].

    Industries are weighted by the three months before: the prediction knows nothing of its own month.
    """
    added = np.einsum("kpg,pmkg->pmg", share, due)
    total = added + data.base[:, None]
    weight = data.mix / data.mix.sum(axis=2, keepdims=True)
    return (total * weight).sum(axis=2), (added * weight).sum(axis=2)


def average(data: CustomsSample) -> np.ndarray:
    """Duty collected over imports, percent [partner, month]."""
    return (data.paid * data.imports).sum(axis=2) / data.imports.sum(axis=2)


def without_each_month(data: CustomsSample, due: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every month in `use` predicted from the others in it: totals and added parts [partner, month]; 0 elsewhere."""
    total, added = (np.zeros((len(partners()), len(MONTHS))) for _ in range(2))
    for month in np.flatnonzero(use):
        found = predicted(data, due, fitted(data, due, use & (np.arange(len(MONTHS)) != month))[0])
        total[:, month], added[:, month] = found[0][:, month], found[1][:, month]
    return total, added


def spread_of(data: CustomsSample, due: np.ndarray, use: np.ndarray) -> tuple[float, float]:
    """A fixed and a relative part of the error (points, share of the added rate) whose band holds 90 percent of months ahead.

    Each month from May 2025 on is predicted from those before it, as a month to come would be: before May there are too few.
    """
    actual = average(data)
    errors, rises = [], []
    for month in np.flatnonzero(use)[4:]:
        total, added = predicted(data, due, fitted(data, due, use & (np.arange(len(MONTHS)) < month))[0])
        errors.append(np.abs(total - actual)[:, month])
        rises.append(np.abs(added[:, month]))
    error, rise = np.concatenate(errors), np.concatenate(rises)
    large = rise > 5
    relative = float(np.quantile(error[large] / rise[large], 0.75))
    return float(np.quantile(np.maximum(error - relative * rise, 0.0), 0.90)), relative


def weighted(error: np.ndarray, data: CustomsSample, months: slice | np.ndarray) -> float:
    """Mean absolute error over partners and months, weighted by imports."""
    weight = data.imports.sum(axis=2)[:, months]
    return float((np.abs(error[:, months]) * weight).sum() / weight.sum())


def build_collected() -> None:
    """Fit, judge and write."""
    data, every = sample(), np.ones(len(MONTHS), bool)
    actual = average(data)
    entries = chosen(data, every)
    due = data.due(entries)
    share, error = fitted(data, due, every)
    total, added = without_each_month(data, due, every)
    spread = spread_of(data, due, every)
    inside = np.abs(total - actual) <= spread[0] + spread[1] * np.abs(added)
    print(_entries_in_words(entries))
    gap = weighted(total - actual, data, slice(None))
    print(f"each month predicted from the others: mean absolute gap {gap:.2f} points")
    print(
        f"range: {spread[0]:.2f} points plus {spread[1]:.0%} of the added rate; holds {inside.mean():.0%} of the months"
    )
    print(_forward(data))
    _write(share, error, entries, spread)
    _write_fit(data, actual, total, added, spread)


def _forward(data: CustomsSample) -> str:
    """July and August predicted from the months to June, everything chosen on those, in words."""
    actual, early = average(data), np.arange(len(MONTHS)) < 6
    entries = chosen(data, early)
    due = data.due(entries)
    spread = spread_of(data, due, early)
    ahead, rise = predicted(data, due, fitted(data, due, early)[0])
    gap = ahead - actual
    held = (np.abs(gap) <= spread[0] + spread[1] * np.abs(rise))[:, ~early]
    miss = weighted(gap, data, np.flatnonzero(~early))
    return (
        f"fitted to June ({_entries_in_words(entries)}): July and August miss by {miss:.2f} points; "
        f"range {spread[0]:.2f} plus {spread[1]:.0%} holds {held.mean():.0%}"
    )


def _entries_in_words(entries: Entries) -> str:
    overseas, flown, other, put_off = entries
    return (
        f"{overseas:g} days at sea ({NEARER * overseas:g} from Europe), by air {flown:.0%} of {FLOWN} "
        f"and {other:.0%} of the rest, entries put off with elasticity {put_off:g}"
    )


def _write(share: np.ndarray, error: np.ndarray, entries: Entries, spread: tuple[float, float]) -> None:
    columns = ["part", "kind", "exporter", "group", "value", "standard_error", "source"]
    rows: list[list[object]] = []
    overseas, flown, other, put_off = entries
    for partner in partners():
        rows.append(["sea_days", "country", partner, "", f"{sea_days(partner, overseas):g}", "", CENSUS])
    for group in groups():
        rows.append(["air_share", "country", "", group, flown if group == FLOWN else other, "", CENSUS])
    rows.append(["put_off", "country", "", "", put_off, "", CENSUS])
    for k, kind in enumerate(KINDS):
        for p, partner in enumerate(partners()):
            for g, group in enumerate(groups()):
                rows.append(["share", kind, partner, group, f"{share[k, p, g]:.3f}", f"{error[k, p, g]:.3f}", CENSUS])
    ratios = [paid / float(pair_rates("CAN", "USA", day).average[1]) for day, paid in CANADA_PAID.items()]
    central, half = float(np.mean(ratios)), max(abs(ratios[0] - ratios[1]) / 2, 0.1)
    for part, value in (
        ("", central),
        ("_low", max(central - 1.5 * half, 0.0)),
        ("_high", min(central + 1.5 * half, 1.0)),
    ):
        rows.append([f"remission{part}", "", "USA", "", f"{value:.3f}", f"{half:.3f}", CANADA])
    rows.append(
        ["spread_fixed", "", "", "", f"{spread[0]:.3f}", "", "months predicted from those before, 90 percent inside"]
    )
    rows.append(
        ["spread_relative", "", "", "", f"{spread[1]:.3f}", "", "months predicted from those before, 90 percent inside"]
    )
    with (DATA / "collection.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def _write_fit(
    data: CustomsSample, actual: np.ndarray, total: np.ndarray, added: np.ndarray, spread: tuple[float, float]
) -> None:
    columns = [
        "partner",
        "month",
        "imports_musd",
        "collected_pct",
        "statutory_pct",
        "predicted_pct",
        "low_pct",
        "high_pct",
    ]
    rows: list[list[object]] = []
    for p, partner in enumerate(partners()):
        for m, month in enumerate(MONTHS):
            half = spread[0] + spread[1] * abs(added[p, m])
            band = actual[p, m], data.statutory[p, m], total[p, m], max(total[p, m] - half, 0.0), total[p, m] + half
            imports = round(float(data.imports[p, m].sum()) * 1000)
            rows.append([partner, month, imports, *(f"{value:.2f}" for value in band)])
    with (DATA / "collection_fit.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


if __name__ == "__main__":
    build_collected()
