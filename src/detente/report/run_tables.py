"""The answer of a scenario as a person reads it in a terminal."""

from __future__ import annotations

from detente.report.assumptions import assumptions
from detente.report.findings import (
    principals,
    regions_shown,
    sectors_shown,
    starting_point,
    summary,
)
from detente.report.place_tables import show_places
from detente.report.terminal import say, show
from detente.report.wording import region_name, sentence, signed, the_region
from detente.study.run import Study

SHOWN_SECTORS = 7


def show_study(study: Study) -> None:
    """Print title, findings, regions, sectors of the parties, what the numbers rest on, and where there is more."""
    scenario = study.scenario
    say(scenario.title)
    say(f"{scenario.baseline}, {starting_point(study)}, {scenario.horizon} run")
    print()
    for finding in summary(study):
        say(finding)
    print()
    _show_regions(study)
    for region in principals(study):
        _show_sectors(study, region)
    show_places(study)
    for note in study.notes:
        say(f"Note: {note}", hanging="  ")
    for assumption in assumptions(study)[:3]:
        say(f"{assumption.name}: {assumption.text}", hanging="  ")
    d = study.result.diagnostics
    print()
    say(
        f"Solved in {study.seconds:.1f} s: residual {d['residual']:.0e} after {d['iterations']} evaluations, "
        f"Walras' law to {d['walras']:.0e}, adding-up to {d['adding_up']:.0e}."
    )
    say(
        "more: --out DIR writes report.html with figures, all regions and sectors, sources and all assumptions",
        hanging="  ",
    )
    say("more: --json prints every number; detente data info describes the baseline and its codes", hanging="  ")


def _show_regions(study: Study) -> None:
    a, regions = study.result.arrays, study.economy.regions
    show(
        "Regions: change in percent, money in million USD a year",
        ["", "welfare", "real wage", "prices", "exports", "imports", "welfare, million USD", "duties, million USD"],
        [
            [
                region_name(regions[n]),
                *(signed(a[key][n], 3) for key in ("welfare", "real_wage")),
                *(signed(a[key][n], 2) for key in ("consumer_price", "exports", "imports")),
                *(signed(a[key][n], 0) for key in ("welfare_musd", "tariff_revenue_change_musd")),
            ]
            for n in regions_shown(study)
        ],
    )


def _show_sectors(study: Study, region: str) -> None:
    a, n = study.result.arrays, study.economy.regions.index(region)
    show(
        sentence(f"{the_region(region)}: what moves most, change in percent, jobs in thousand")[:-1],
        ["", "output", "jobs", "buyers' price", "cost", "exports", "imports"],
        [
            [
                study.economy.sectors[j],
                signed(a["output"][n, j], 2),
                signed(a["employment_kjobs"][n, j], 1),
                *(signed(a[k][n, j], 2) for k in ("price", "producer_price", "sector_exports", "sector_imports")),
            ]
            for j in sectors_shown(study, region, SHOWN_SECTORS)
        ],
    )
