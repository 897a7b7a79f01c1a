"""The numbers that people quote first: real income, real GDP, prices, jobs, duties, dollars a household - each with its range."""

from __future__ import annotations

import numpy as np

from detente.report.findings import principals
from detente.report.language import ENGLISH, Language
from detente.report.tables import ReportTable
from detente.study.outcomes.households import Households, households
from detente.study.run import Study
from detente.study.uncertainty.draws import HOUSEHOLD, LEVEL

#: Outcome -> digits, and what its unit is divided by.
_QUOTED = {
    "welfare": (3, 1.0),
    "real_gdp": (3, 1.0),
    "consumer_price": (2, 1.0),
    "jobs_lost_kjobs": (0, 1.0),
    "jobs_kjobs": (0, 1.0),
    "tariff_revenue_change_musd": (1, 1000.0),
}
#: Fields of `Households`, of the average household.
_HOUSEHOLD = ("real_income", "cost")
#: Fewer thousand jobs than this are none.
_NO_JOBS = 0.05


def lead(study: Study, language: Language = ENGLISH) -> ReportTable:
    """A row for each number, a column for each region that the study is about."""
    about = principals(study)
    at = [study.economy.regions.index(region) for region in about]
    rows = []
    for name, (digits, unit) in _QUOTED.items():
        values = study.result.arrays[name][at] / unit
        if name == "jobs_kjobs" and (np.abs(np.nan_to_num(values)) < _NO_JOBS).all():
            continue  # labour is full and fixed
        ends = None if study.draws is None else [end[at] / unit for end in study.draws.range(name)]
        key = f"lead.{name}.{study.economy.anchor}" if name == "consumer_price" else f"lead.{name}"
        rows.append([language.t(key), *_cells(values, ends, digits, language)])
    found = households(study.result)
    if found is not None:
        rows += [row for name in _HOUSEHOLD if (row := _of_households(study, found, name, about, language))]
    text = "lead.text.central" if study.draws is None else "lead.text.ranges"
    return ReportTable(
        "lead",
        language.t("lead.title"),
        language.t(text, level=language.share(LEVEL)),
        ["", *(language.region(region) for region in about)],
        rows,
    )


def _of_households(study: Study, found: Households, name: str, about: list[str], language: Language) -> list[str]:
    values = np.full(len(about), np.nan)
    ends = None if study.draws is None else [np.full(len(about), np.nan) for _ in range(2)]
    for k, region in enumerate(about):
        if region in found.regions:
            cell = (found.regions.index(region), *([0] if name == "cost" else []))  # 0: the average household
            values[k] = getattr(found, name)[cell]
            if ends is not None and study.draws is not None:
                for end, drawn in zip(ends, study.draws.range(HOUSEHOLD + name), strict=True):
                    end[k] = drawn[cell]
    if not np.isfinite(values).any():
        return []
    key = f"lead.household.{name}" + (f".{study.economy.anchor}" if name == "cost" else "")
    return [language.t(key), *_cells(values, ends, 0, language)]


def _cells(values: np.ndarray, ends: list[np.ndarray] | None, digits: int, language: Language) -> list[str]:
    if ends is None:
        return [language.cell(value, digits) for value in values]
    return [
        f"{language.cell(value, digits)} ({language.span(language.cell(low, digits), language.cell(high, digits))})"
        if np.isfinite(value)
        else language.cell(value, digits)
        for value, low, high in zip(values, *ends, strict=True)
    ]
