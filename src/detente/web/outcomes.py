"""An answer as the page shows it: percentages, million USD and thousand jobs by region, sector and place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from detente.accounts.places import Places, by_place
from detente.accounts.places import load as load_places
from detente.economy.policy import average_rate
from detente.study.outcomes.households import households
from detente.study.uncertainty.draws import PLACE, Draws
from detente.web.numbers import number, numbers
from detente.web.solver import DRAWS, Answer, Solver
from detente.web.tracks import tracks

REGION = {
    "welfare_pct": "welfare",
    "welfare_musd": "welfare_musd",
    "real_wage_pct": "real_wage",
    "consumer_price_pct": "consumer_price",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "revenue_change_musd": "tariff_revenue_change_musd",
    "jobs_lost_k": "jobs_lost_kjobs",
}
#: Of `REGION`, those whose range is given.
RANGED = ("welfare_pct", "welfare_musd", "consumer_price_pct", "jobs_lost_k", "revenue_change_musd")
SECTOR = {
    "output_pct": "output",
    "jobs_k": "employment_kjobs",
    "price_pct": "price",
    "exports_pct": "sector_exports",
    "imports_pct": "sector_imports",
    "income_pct": "value_added",
}


@cache
def places() -> Places:
    """States and provinces."""
    return load_places()


def outcome(solver: Solver, answer: Answer, pair: tuple[str, str]) -> dict[str, Any]:
    """The numbers of one answer; sectors and trade for the two regions of `pair`."""
    arrays, regions = answer.result.arrays, solver.baseline.regions
    both = [regions.index(code) for code in pair]
    a, b = both
    trade = {
        f"{pair[0]}<{pair[1]}": _total(answer, a, b),
        f"{pair[1]}<{pair[0]}": _total(answer, b, a),
    }
    return {
        "regions": {
            code: {key: number(arrays[name][n]) for key, name in REGION.items()} for n, code in enumerate(regions)
        },
        "sectors": {regions[n]: {key: numbers(arrays[name][n]) for key, name in SECTOR.items()} for n in both},
        "households": by_household(answer, pair),
        "places": by_places(answer, pair),
        "trade": trade,
        "rates": rates(solver, answer, pair),
        "quotas": quotas(solver, answer),
        "diagnostics": {
            "residual": number(answer.result.diagnostics["residual"], 2),
            "walras": number(answer.result.diagnostics["walras"], 2),
            "iterations": answer.result.diagnostics["iterations"],
            **{name: round(value, 2) for name, value in answer.timings.items()},
        },
    }


def by_household(answer: Answer, pair: tuple[str, str]) -> dict[str, Any]:
    """USD a household and year for those of `pair` whose households are counted: real income, and what purchases cost more."""
    found = households(answer.result)
    if found is None:
        return {}
    return {
        region: {"real_income_usd": number(found.real_income[k]), "cost_usd": number(found.cost[k, 0])}
        for k, region in enumerate(found.regions)
        if region in pair
    }


def why(answer: Answer, region: str, sector: str) -> dict[str, Any]:
    """Why output, price and jobs of a sector move: parts in percentage points."""
    explanation = answer.result.explain()
    return {
        outcome: {part: number(value, 4) for part, value in explanation.of(outcome, region, sector).items()}
        for outcome in ("output", "price", "jobs")
    }


def _total(answer: Answer, importer: int, exporter: int) -> dict[str, float | None]:
    before = float(answer.result.reference.border_value[importer, exporter].sum())
    after = float(answer.result.found.border_value[importer, exporter].sum())
    return {"before_musd": number(before), "after_musd": number(after), "pct": number(100 * (after / before - 1))}


def by_places(answer: Answer, pair: tuple[str, str]) -> dict[str, Any] | None:
    """Real income (percent) and jobs (thousand) by state and province; None when no region of `pair` has places."""
    table, result = places(), answer.result
    if not set(pair) & set(table.countries):
        return None
    baseline, a, b = result.economy.baseline, result.reference, result.found
    jobs = baseline.employment
    moved = np.divide(result.arrays["employment_kjobs"], jobs, out=np.zeros_like(jobs), where=jobs > 0)
    found = by_place(
        table,
        baseline.regions,
        employment=np.nan_to_num(jobs),
        employment_hat=1 + np.nan_to_num(moved),
        income=a.value_added,
        income_hat=np.divide(b.value_added, a.value_added, out=np.ones_like(a.value_added), where=a.value_added > 0),
        price_index_hat=b.price_index / a.price_index,
        other_income=a.income - a.factor_income,
        new_other_income=b.income - b.factor_income,
    )
    change = found.new_jobs - found.jobs
    size = np.abs(change).sum(axis=1)
    return {
        "income_pct": numbers(100 * (found.real_income - 1)),
        "jobs_k": numbers(change.sum(axis=1)),
        "assumed": [bool(x) for x in (np.abs(change) * table.assumed).sum(axis=1) > size / 2],
    }


def rates(solver: Solver, answer: Answer, pair: tuple[str, str]) -> dict[str, dict[str, float | None]]:
    """Average tariff (percent) of each side on the other by track, weighted by imports of 2024: what is paid where there is
    trade, under quotas and content rules too.
    """
    regions, sectors, found_at = solver.baseline.regions, solver.baseline.sectors, answer.result.found
    found = {}
    for importer, exporter in (pair, pair[::-1]):
        n, i = regions.index(importer), regions.index(exporter)
        value, traded = solver.baseline.border_value[n, i], found_at.border_value[n, i]
        tariff = np.array(answer.policy.tariff[n, i], float)
        np.divide(found_at.duties[n, i], traded, out=tariff, where=traded > 0)
        by_track = {}
        for track, members in {**tracks(), "all": sum(tracks().values(), ())}.items():
            rows = [sectors.index(sector) for sector in members]
            by_track[track] = number(100 * average_rate(tariff[rows], value[rows]), 5)
        found[f"{importer}<{exporter}"] = by_track
    return found


def quotas(solver: Solver, answer: Answer) -> list[dict[str, Any]]:
    """What each quota amounts to: the rate paid (percent), the share of the limit that is filled, the rents (million USD)."""
    rules, at = answer.policy.quotas, answer.result.found
    if rules is None or at.quota_rate is None:
        return []
    regions, sectors, shown = solver.baseline.regions, solver.baseline.sectors, []
    for k, (n, i, j) in enumerate(zip(rules.importer, rules.exporter, rules.sector, strict=True)):
        if solver.baseline.border_value[n, i, j].sum() <= 0:
            continue
        rate, filled = float(at.quota_rate[k]), float(at.quota_imports[k] / rules.limit[k]) if rules.limit[k] else 1.0
        within = min(1.0, 1 / filled) if filled else 1.0
        rents = max(rate - float(rules.in_quota[k]), 0.0) * float(at.border_value[n, i, j].sum()) * within
        names = {"importer": regions[n], "exporter": regions[i], "sector": sectors[j]}
        shown.append({**names, "rate_pct": number(100 * rate), "filled": number(filled), "rents_musd": number(rents)})
    return shown


def spread(solver: Solver, answers: list[Answer], pair: tuple[str, str]) -> dict[str, Any]:
    """From the 5th to the 95th percentile of several answers, in the layout of `outcome`."""

    def ends(values: list[Any]) -> list[Any]:
        drawn = np.array(values, float)
        unknown = np.isnan(drawn).all(axis=0)
        low, high = np.nanquantile(np.where(unknown, 0.0, drawn), [0.05, 0.95], axis=0)
        return [numbers(np.where(unknown, np.nan, end)) for end in (low, high)]

    sectors = {}
    for code in pair:
        k = solver.baseline.regions.index(code)
        sectors[code] = {
            key: ends([np.nan_to_num(answer.result.arrays[SECTOR[key]][k]) for answer in answers])
            for key in ("output_pct", "jobs_k", "price_pct")
        }
    placed = [found for answer in answers if (found := by_places(answer, pair))]
    return {
        "draws": len(answers),
        "asked": DRAWS,
        **{
            key: _by_region(solver.baseline.regions, ends([a.result.arrays[REGION[key]] for a in answers]))
            for key in RANGED
        },
        "sectors": sectors,
        "places": {key: ends([p[key] for p in placed]) for key in ("income_pct", "jobs_k")} if placed else None,
    }


def _by_region(regions: Sequence[str], ends: list[Any]) -> dict[str, Any]:
    return dict(zip(regions, zip(*ends, strict=True), strict=True))


def full_spread(draws: Draws, pair: tuple[str, str]) -> dict[str, Any]:
    """The middle 90 percent of a study's draws, in the layout of `spread`."""

    def ends(name: str, k: int | None = None) -> list[Any]:
        return [numbers(np.nan_to_num(end if k is None else end[k])) for end in draws.range(name)]

    names = {"output_pct": "output", "jobs_k": "employment_kjobs", "price_pct": "price"}
    placed = {"income_pct": ends(PLACE + "real_income_pct"), "jobs_k": ends(PLACE + "change")}
    return {
        "draws": int(draws.solved.sum()),
        "asked": len(draws.sample),
        **{key: _by_region(draws.regions, ends(REGION[key])) for key in RANGED},
        "sectors": {code: {key: ends(name, draws.regions.index(code)) for key, name in names.items()} for code in pair},
        "places": placed if {"USA", "CAN"} & set(pair) else None,
    }
