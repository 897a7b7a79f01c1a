"""Fit what is collected to the duty that US Customs calculated: ``python -m detente.law.build_collected``.

Writes ``data/collection.csv`` (the parameters, each with its standard error and source) and ``data/collection_fit.csv`` (by
partner and month: duty collected, the statutory rate, the prediction made without that month, and its range).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from detente.law import Ledger, pair_rates
from detente.law.collected import KINDS, monthly, statutory_path
from detente.law.customs import flows, groups, partners
from detente.law.market import sectors

DATA = Path(__file__).parent / "data"
FIRST, LAST = date(2025, 1, 1), date(2025, 8, 31)
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 9))
CENSUS = "US Census calculated duty by partner and NAICS3, 2025-01 to 2025-08, least squares with shrinkage"

#: Mean days between loading and entry that are tried, by route: voyage, warehouses and free-trade zones together.
NEIGHBOURS = ("CAN", "MEX")
EUROPE = ("AUT", "BEL", "DEU", "ESP", "FRA", "IRL", "ITA", "NLD", "SWE", "EUR", "GBR", "CHE", "RUS")
TRIED = {"overseas": (30.0, 40.0, 50.0, 60.0), "europe": (20.0, 30.0, 40.0)}
#: Strength of the pull of each share to its industry's, its partner's and the kind's (billion USD times points squared).
PULL = (10.0, 30.0, 100.0)

#: Canada's duty collected on US goods over imports from the United States, percent, remission counted (Bank of Canada).
CANADA_PAID = {"2025-07-15": 2.6, "2025-10-15": 1.0}
CANADA = (
    "Bank of Canada, duty paid on imports from the United States, July and October 2025, over the statutory rate held"
)


@dataclass(frozen=True)
class Sample:
    """The statistics: imports in billion USD, duty in percent of them, the base of 2024 [partner, month, group], and `due`,
    the statutory duty over 2024 [partner, month, kind, group] for each mean time on the water.
    """

    imports: np.ndarray
    paid: np.ndarray
    base: np.ndarray
    mix: np.ndarray
    due: dict[tuple[str, float], np.ndarray]
    statutory: np.ndarray

    def of(self, overseas: float, europe: float) -> np.ndarray:
        """Statutory duty at entry [partner, month, kind, group] with these mean days on the water."""
        return np.stack([self.due[partner, days_of(partner, overseas, europe)] for partner in partners()])


def days_of(partner: str, overseas: float, europe: float) -> float:
    """Mean days on the water of a partner's goods."""
    return 0.0 if partner in NEIGHBOURS else europe if partner in EUROPE else overseas


def sample() -> Sample:
    """The statistics and the law, side by side."""
    _, imports24, duty24 = flows("2024-01", "2024-12")
    months, imports, duty = flows("2024-10", "2025-08")
    start = months.index(MONTHS[0])
    base = 100 * np.divide(duty24.sum(1), imports24.sum(1), out=np.zeros_like(duty24[:, 0]), where=imports24.sum(1) > 0)
    paid = 100 * np.divide(duty, imports, out=np.zeros_like(duty), where=imports > 0)
    mix = np.stack([imports[:, start + k - 3 : start + k].mean(axis=1) for k in range(len(MONTHS))], axis=1)
    due: dict[tuple[str, float], np.ndarray] = {}
    statutory = np.zeros((len(partners()), len(MONTHS)))
    weights24 = imports24.sum(axis=1)
    for number, (partner, covered) in enumerate(partners().items()):
        path = _path(covered)
        for days in {0.0, *([0.0] if partner in NEIGHBOURS else TRIED["europe" if partner in EUROPE else "overseas"])}:
            due[partner, days] = monthly(path, days, FIRST, MONTHS)
        total = base[number] + due[partner, 0.0].sum(axis=1)
        statutory[number] = (total * weights24[number]).sum(axis=1) / weights24[number].sum()
    return Sample(imports[:, start:] / 1e9, paid[:, start:], base, mix / 1e9, due, statutory)


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


def shares(data: Sample, due: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each kind of duty that is collected, and its standard error [kind, partner, group], from the months in `use`.

    Weighted least squares: a share is that of the kind, plus the industry's, the partner's and the cell's own deviation,
    each pulled to zero. Duties with no trade or no month take the share of the kind, the industry and the partner.
    """
    partner, group = len(partners()), len(groups())
    kind = len(KINDS)
    sizes = (kind, kind * group, kind * partner, kind * partner * group)
    start = np.cumsum((0, *sizes))
    index = np.arange(sizes[3]).reshape(kind, partner, group)
    tie = np.zeros((sizes[3], start[-1]))
    k, p, g = (grid.ravel() for grid in np.meshgrid(range(kind), range(partner), range(group), indexing="ij"))
    rows = index.ravel()
    for column in (k, start[1] + k * group + g, start[2] + k * partner + p, start[3] + rows):
        tie[rows, column] = 1.0
    pull = np.repeat([1e-6, *PULL], sizes)
    normal, right, spread, count = np.diag(pull), np.zeros(start[-1]), 0.0, 0
    blocks = []
    for i in range(partner):
        for j in range(group):
            held = use & (data.imports[i, :, j] > 0)
            x = due[i][held][:, :, j]
            weight = data.imports[i, held, j]
            y = data.paid[i, held, j] - data.base[i, j]
            local = tie[index[:, i, j]]
            normal += local.T @ ((x.T * weight) @ x) @ local
            right += local.T @ ((x.T * weight) @ y)
            blocks.append((x, y, weight, index[:, i, j]))
    inverse = np.linalg.inv(normal)
    value = tie @ (inverse @ right)
    for x, y, weight, place in blocks:
        spread += float((weight * (y - x @ value[place]) ** 2).sum())
        count += len(y)
    variance = np.einsum("ij,jk,ik->i", tie, inverse, tie, optimize=True) * spread / count
    shape = (kind, partner, group)
    return np.clip(value.reshape(shape), 0.0, 1.1), np.sqrt(variance).reshape(shape)


def predicted(data: Sample, due: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Duty collected on average over a partner's imports, and the added part, percent [partner, month].

    Industries are weighted by the three months before: the prediction knows nothing of its own month.
    """
    added = np.einsum("kpg,pmkg->pmg", share, due)
    total = added + data.base[:, None]
    weight = data.mix / data.mix.sum(axis=2, keepdims=True)
    return (total * weight).sum(axis=2), (added * weight).sum(axis=2)


def average(data: Sample) -> np.ndarray:
    """Duty collected over imports, percent [partner, month]."""
    return (data.paid * data.imports).sum(axis=2) / data.imports.sum(axis=2)


def without_each_month(data: Sample, due: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every month predicted from the others: totals and added parts [partner, month]."""
    total, added = (np.zeros((len(partners()), len(MONTHS))) for _ in range(2))
    for month in range(len(MONTHS)):
        use = np.arange(len(MONTHS)) != month
        found = predicted(data, due, shares(data, due, use)[0])
        total[:, month], added[:, month] = found[0][:, month], found[1][:, month]
    return total, added


def spread_of(error: np.ndarray, added: np.ndarray) -> tuple[float, float]:
    """A fixed and a relative part of the error such that their band holds 90 percent of the months."""
    relative = float(np.quantile(np.abs(error)[added > 5] / added[added > 5], 0.75)) if (added > 5).any() else 0.1
    fixed = float(np.quantile(np.maximum(np.abs(error) - relative * np.abs(added), 0.0), 0.90))
    return max(fixed, 0.1), relative


def weighted(error: np.ndarray, data: Sample, months: slice) -> float:
    """Mean absolute error over partners and months, weighted by imports."""
    weight = data.imports.sum(axis=2)[:, months]
    return float((np.abs(error[:, months]) * weight).sum() / weight.sum())


def build_collected() -> None:
    """Fit, judge and write."""
    data = sample()
    actual = average(data)
    trials = {}
    for overseas in TRIED["overseas"]:
        for europe in TRIED["europe"]:
            due = data.of(overseas, europe)
            share, _ = shares(data, due, np.ones(len(MONTHS), bool))
            trials[overseas, europe] = weighted(predicted(data, due, share)[0] - actual, data, slice(None))
    overseas, europe = min(trials, key=lambda key: trials[key])
    due = data.of(overseas, europe)
    share, error = shares(data, due, np.ones(len(MONTHS), bool))
    total, added = without_each_month(data, due)
    fixed, relative = spread_of(total - actual, added)
    inside = np.abs(total - actual) <= fixed + relative * np.abs(added)
    print(f"days on the water: overseas {overseas:g}, Europe {europe:g}")
    print(
        f"each month predicted from the others: mean absolute gap {weighted(total - actual, data, slice(None)):.2f} points"
    )
    print(f"range: {fixed:.2f} points plus {relative:.0%} of the added rate; holds {inside.mean():.0%} of the months")
    early = np.arange(len(MONTHS)) < 6
    ahead, rise = predicted(data, due, shares(data, due, early)[0])
    gap = ahead - actual
    band_fixed, band_relative = spread_of((total - actual)[:, :6], added[:, :6])
    held = (np.abs(gap) <= band_fixed + band_relative * np.abs(rise))[:, 6:]
    print(
        f"fitted to June: July and August miss by {weighted(gap, data, slice(6, 8)):.2f} points; range holds {held.mean():.0%}"
    )
    _write(share, error, overseas, europe, fixed, relative)
    _write_fit(data, actual, total, added, (fixed, relative))


def _write(share: np.ndarray, error: np.ndarray, overseas: float, europe: float, fixed: float, relative: float) -> None:
    columns = ["part", "kind", "exporter", "group", "value", "standard_error", "source"]
    rows: list[list[object]] = []
    for partner in partners():
        rows.append(["transit_days", "country", partner, "", days_of(partner, overseas, europe), "", CENSUS])
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
    rows.append(["spread_fixed", "", "", "", f"{fixed:.3f}", "", "months left out of the fit, 90 percent inside"])
    rows.append(["spread_relative", "", "", "", f"{relative:.3f}", "", "months left out of the fit, 90 percent inside"])
    with (DATA / "collection.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def _write_fit(
    data: Sample, actual: np.ndarray, total: np.ndarray, added: np.ndarray, spread: tuple[float, float]
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
