"""The tables of the report: every region, every sector of the parties, every place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from detente.accounts.grading_summary import uncertain
from detente.report.findings import principals
from detente.report.language import Language
from detente.study.outcomes.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL, PLACE

#: The sign of a number that rests on no statistic of its own, as that of places.
MODELLED = "≈"

#: Outcome -> digits; a column is headed by the text `table.` and its name.
_REGION_COLUMNS = {
    "welfare": 3,
    "welfare_musd": 0,
    "real_income": 3,
    "real_wage": 3,
    "consumer_price": 2,
    "exports": 2,
    "imports": 2,
    "tariff_revenue_change_musd": 0,
}
_SECTOR_COLUMNS = {
    "output": 2,
    "employment_kjobs": 1,
    "price": 2,
    "producer_price": 2,
    "sector_exports": 2,
    "sector_imports": 2,
}
_TWO_VIEWS = ("welfare", "terms_of_trade", "volume_of_trade")
_AUTHORITY_COLUMNS = {"welfare": 3, "welfare_musd": 0}
_STEPS = {"law": "law", "changes": "changes", "law and changes": "both"}


class ReportTable(NamedTuple):
    """A table of the report: the first cell of a row is its heading."""

    name: str
    title: str
    text: str
    columns: list[str]
    rows: list[list[str]]


def tables(study: Study, language: Language) -> Iterator[ReportTable]:
    """Regions, the two views of welfare, steps and authorities of the law, sectors of the parties, places."""
    yield _regions(study, language)
    yield _two_views(study, language)
    if len(study.steps) > 1:
        yield _steps(study, language)
    if study.by_authority:
        yield _authorities(study, language)
    for region in principals(study):
        yield _sectors(study, region, language)
    if study.places is not None:
        yield _places(study, study.places, language)


def _headings(first: str, columns: Mapping[str, int], language: Language) -> list[str]:
    return [language.t(f"table.{first}"), *(language.t(f"table.{key}") for key in columns)]


def _regions(study: Study, language: Language) -> ReportTable:
    a = study.result.arrays
    rows = [
        [language.region(region), *(language.cell(a[key][n], digits) for key, digits in _REGION_COLUMNS.items())]
        for n, region in enumerate(study.economy.regions)
    ]
    headings = _headings("region", _REGION_COLUMNS, language)
    if study.draws is not None:
        low, high = study.draws.range("welfare")
        headings.insert(2, language.t("table.welfare.range", level=language.share(LEVEL)))
        for n, row in enumerate(rows):
            row.insert(2, language.span(language.cell(low[n], 3), language.cell(high[n], 3)))
    return ReportTable("regions", language.t("tables.regions"), language.t("tables.regions.text"), headings, rows)


def _two_views(study: Study, language: Language) -> ReportTable:
    a, at = study.result.arrays, study.economy.regions.index
    headings = [language.t("table.region"), *(language.t(f"table.two_views.{key}") for key in _TWO_VIEWS)]
    rows = [
        [language.region(region), *(language.cell(a[key][at(region)], 3) for key in _TWO_VIEWS)]
        for region in principals(study)
    ]
    title, text = language.t("tables.two_views"), language.t("tables.two_views.text")
    return ReportTable("welfare-two-ways", title, text, headings, rows)


def _steps(study: Study, language: Language) -> ReportTable:
    at = study.economy.regions.index
    rows = [
        [
            language.region(region),
            *(language.cell(step.arrays["welfare"][at(region)], 3) for step in study.steps.values()),
        ]
        for region in principals(study)
    ]
    columns = [language.t(f"table.step.{_STEPS[step]}", day=study.day) for step in study.steps]
    title, text = language.t("tables.steps"), language.t("tables.steps.text")
    return ReportTable("steps", title, text, [language.t("table.region"), *columns], rows)


def _authorities(study: Study, language: Language) -> ReportTable:
    at = {region: study.economy.regions.index(region) for region in principals(study)}
    headings = [
        language.t(f"table.authority.{key}", region=language.name(region))
        for region in at
        for key in _AUTHORITY_COLUMNS
    ]
    rows = [
        [
            language.or_as_written(authority),
            *(
                language.cell(effect.arrays[key][n], digits)
                for n in at.values()
                for key, digits in _AUTHORITY_COLUMNS.items()
            ),
        ]
        for authority, effect in study.by_authority.items()
    ]
    title, text = language.t("tables.authorities"), language.t("tables.authorities.text")
    return ReportTable("authorities", title, text, [language.t("table.authority"), *headings], rows)


def _sectors(study: Study, region: str, language: Language) -> ReportTable:
    a, n = study.result.arrays, study.economy.regions.index(region)
    marked = uncertain(study.economy.baseline)[n]
    rows = [
        [
            language.sector(sector) + (f" {MODELLED}" if marked[j] else ""),
            *(language.cell(a[key][n, j], digits) for key, digits in _SECTOR_COLUMNS.items()),
        ]
        for j, sector in enumerate(study.economy.sectors)
    ]
    title, text = language.t("tables.sectors", region=language.name(region)), language.t("tables.sectors.text")
    if marked.any():
        text += " " + language.t("tables.sectors.modelled")
    return ReportTable(f"sectors-of-{region}", title, text, _headings("sector", _SECTOR_COLUMNS, language), rows)


def _places(study: Study, found: PlaceChanges, language: Language) -> ReportTable:
    columns = ("place", "jobs", "jobs_pct", "place_income", "place_earnings", "assumed_share")
    headings = [language.t(f"table.{column}") for column in columns]
    rows = [
        [
            language.place(code, name),
            language.cell(1000 * found.change[k], 0),
            language.cell(found.jobs_pct[k], 3),
            language.cell(found.real_income_pct[k], 3),
            language.cell(found.real_earnings_pct[k], 3),
            language.share(found.assumed_share[k]),
        ]
        for k, (code, name) in enumerate(zip(found.places.places, found.places.names, strict=True))
    ]
    if study.draws is not None:
        low, high = (1000 * end for end in study.draws.range(PLACE + "change"))
        headings.insert(2, language.t("table.jobs.range", level=language.share(LEVEL)))
        for k, row in enumerate(rows):
            row.insert(2, language.span(language.cell(low[k], 0), language.cell(high[k], 0)))
    return ReportTable("places-table", language.t("tables.places"), language.t("tables.places.text"), headings, rows)
