"""Who pays, by province and state: the places of each side that a change touches most."""

from __future__ import annotations

from detente.report.terminal import say, show
from detente.report.wording import region_name, signed
from detente.study.outcomes.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL, PLACE

#: A smaller change of jobs in every place of a country (percent) is not listed.
MEASURABLE = 0.001
ASSUMED = "≈"


def show_places(study: Study, count: int = 10) -> None:
    """Print the `count` places of each country whose jobs change most in proportion; nothing where none does."""
    found = study.places
    if found is None:
        return
    shown = [
        country
        for country in _sides(study, found)
        if abs(found.jobs_pct[found.places.inside(country)]).max() > MEASURABLE
    ]
    for country in shown:
        _show(study, found, country, count)
    if shown:
        say(
            f"{ASSUMED} more than half of the jobs that come and go are in industries whose place is assumed, not measured "
            "(Canada's manufacturing, splits of US industries): --places CSV replaces them. A sector changes in the same "
            "proportion everywhere in a country.",
            hanging="  ",
        )
        print()


def _sides(study: Study, found: PlaceChanges) -> list[str]:
    """Countries with places, those that the study is about first."""
    return sorted(found.places.countries, key=lambda c: [*study.parties, c].index(c))


def _show(study: Study, found: PlaceChanges, country: str, count: int) -> None:
    ends = study.draws.range(PLACE + "change") if study.draws is not None else None
    columns = ["", "jobs", "jobs, percent", "real income, percent", "earnings per job, percent", ""]
    if ends is not None:
        columns.insert(2, f"{LEVEL:.0%} range")
    rows = []
    for k in found.most_affected(country, count):
        row = [
            found.places.names[k],
            signed(1000 * found.change[k], 0),
            signed(found.jobs_pct[k], 3),
            signed(found.real_income_pct[k], 3),
            signed(found.real_earnings_pct[k], 3),
            ASSUMED if found.assumed[k] else "",
        ]
        if ends is not None:
            row.insert(2, f"{signed(1000 * float(ends[0][k]), 0)} to {signed(1000 * float(ends[1][k]), 0)}")
        rows.append(row)
    show(f"{region_name(country)}: the places where jobs change most in proportion", columns, rows)
