"""The years after a change: a sequence of equilibria as workers move and buyers find other suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.economy import HORIZONS, Economy, Horizon, Policy, Result
from detente.study.counterfactual import Counterfactual
from detente.study.uncertainty.draws import Drawn, Draws, Progress, silent

if TYPE_CHECKING:
    from detente.economy.content import ContentRule

#: Draws of each year, at most: a path of ten years costs as much as ten answers.
PATH_DRAWS = 64
#: Years after a change at which the economy is at each horizon; between them its parameters move in a straight line.
AGE = {"short": 1.0, "medium": 3.0, "long": 10.0}
RULE = (
    "years 0 and 1 after a change are the short run, year 3 the medium, year 10 and later the long run, in a straight line "
    "between them; several changes count with the mean of their ages, weighted by the duty or cost they move at baseline trade"
)
LARGEST_WEDGE = 1.0  # log points: a ban weighs like this


@dataclass(frozen=True)
class Year:
    """One year of a path: `age` of the changes in force, the `horizon` it amounts to, the equilibrium, and its `draws`."""

    year: int
    age: float
    horizon: Horizon
    result: Result
    draws: Draws | None = None


def horizon_after(age: float) -> Horizon:
    """Where the economy stands `age` years after a change, between the horizons, and so do the ends of the ranges."""
    parameters = ("rigidity", "elasticity_factor", "labour_supply", "capital_rigidity", "accumulation")

    def between(values: list[float]) -> float:
        return float(np.interp(age, list(AGE.values()), values))

    central = {p: between([getattr(HORIZONS[name], p) for name in AGE]) for p in parameters}
    ranges = {p: (between(low), between(high)) for p, (low, high) in ((p, _ends(p)) for p in parameters)}
    return Horizon(f"{age:.3g} years", **central, source=RULE, ranges=ranges)


def _ends(parameter: str) -> tuple[list[float], list[float]]:
    low, high = zip(*(HORIZONS[name].range_of(parameter) for name in AGE), strict=True)
    return list(low), list(high)


def path(counterfactual: Counterfactual, drawn: Drawn | None = None, progress: Progress = silent) -> list[Year]:
    """The equilibrium of each year of the scenario's `path`: that year's law and changes, once the economy has had that long.

    Every year is compared with the same year without the changes (without changes: without the law). Each equilibrium
    starts from the baseline's accounts: what moved in one year leaves no trace in the next but the time since. The law of a
    year is that of its last day, or of the last day before it that the scenario's law covers. `drawn`: what to draw for each
    year. With `wages` a number, no wage of a year falls below that part of the last year's, in units of world factor income
    (Rodriguez-Clare, Ulate and Vasquez 2020): who finds no work is unemployed and the years that follow heal it; such a path
    has no draws. Raises `InputError` and `SolveError` as `run` does.
    """
    scenario = counterfactual.scenario
    assert scenario.path is not None
    start, end = map(int, scenario.path.split("-"))
    span = range(start, end + 1)
    economy = counterfactual.economy(HORIZONS["long"])
    first = min([span.start, *(change.from_ for change in scenario.changes if change.from_)])
    wedge: np.ndarray | float = 0.0
    size: list[float] = []
    found: list[Year] = []
    for year in range(first, span.stop):
        then = counterfactual.in_year(year)
        before, after = then.before(economy), then.after(economy)
        last, wedge = wedge, _wedge(after, then.content_rules(economy, after)) - _wedge(before)
        size.append(float((economy.baseline.border_value * np.abs(wedge - last)).sum()))
        if year in span:
            age = _mean_age(size)
            horizon = horizon_after(age)
            at = then.economy(horizon)
            behind, whole = len(found), len(span)

            def told(done: int, count: int, behind: int = behind, whole: int = whole) -> None:
                progress(behind * count + done, whole * count)

            if isinstance(scenario.wages, str):
                draws = None if drawn is None else drawn.of(then, at, told, horizon)
                found.append(Year(year, age, horizon, then.answer(at), draws))
            else:
                found.append(Year(year, age, horizon, _with_wages_of_last_year(then, at, found)))
    return found


def _with_wages_of_last_year(then: Counterfactual, at: Economy, behind: list[Year]) -> Result:
    """The answer of a year in which no sector's wage falls below a part of last year's, with the changes and without them."""
    part = float(then.scenario.wages)
    floors = [np.full(at.baseline.output.shape, np.log(part))] * 2
    if behind:
        last = behind[-1].result
        floors = [np.log(part * levels.sector_wage) for levels in (last.reference, last.found)]
    without, with_changes = (at.varied(log_wage_floor=floor) for floor in floors)
    _, found, diagnostics = then.settle(with_changes, then.after(with_changes))
    return Result(with_changes, then.reference(without), found, diagnostics)


def _mean_age(size: list[float]) -> float:
    """Mean years since the changes so far, weighted by their size [year]; since the first year where they weigh nothing."""
    ages = np.arange(len(size))[::-1]
    return float(np.average(ages, weights=size)) if sum(size) > 0 else float(ages[0])


def _wedge(policy: Policy, rules: Sequence[ContentRule] = ()) -> np.ndarray:
    """What a policy puts between the price of seller and buyer, in logs [importer, exporter, sector, use].

    Quotas count as if they were exceeded, content `rules` as if nothing were spared.
    """
    with np.errstate(divide="ignore"):
        logs = np.log1p(np.asarray(policy.tariff)) + np.log(np.asarray(policy.trade_cost))
        logs = logs + np.log1p(np.asarray(policy.export_tax))[..., None]
    if (quotas := policy.quotas) is not None:
        cells = tuple(np.asarray(axis) for axis in (quotas.importer, quotas.exporter, quotas.sector))
        logs[cells] = np.log1p(np.asarray(quotas.over_quota))[:, None]
    for rule in rules:
        logs[rule.importer, rule.exporter, rule.sector] += np.log1p(rule.rate)
    subsidy = np.log1p(-np.asarray(policy.subsidy))[None, :, :, None]
    return np.asarray(np.clip(logs + subsidy, -LARGEST_WEDGE, LARGEST_WEDGE))
