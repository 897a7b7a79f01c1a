"""The answer of a scenario as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.accounts.grading_summary import uncertain
from detente.report.assumptions import assumptions, closure_turns, duties_said
from detente.report.findings import (
    principals,
    regions_shown,
    sectors_shown,
    setting,
    summary,
)
from detente.report.lead import lead
from detente.report.odd_movers import odd_movers
from detente.report.place_tables import show_places
from detente.report.step_tables import show_authorities, show_steps
from detente.report.tables import MODELLED
from detente.report.terminal import say, show
from detente.report.wording import region_name, sentence, signed, the_region
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL

SHOWN_SECTORS = 7


def show_study(study: Study) -> None:
    """Print title, findings, regions, sectors of the parties, what the numbers rest on, and where there is more."""
    scenario = study.scenario
    say(scenario.title)
    say(setting(study))
    print()
    for finding in [*summary(study), *odd_movers(study)]:
        say(finding)
    print()
    quoted = lead(study)
    show(
        f"{quoted.title}. {quoted.text}",
        quoted.columns,
        [[cell.replace("\N{MINUS SIGN}", "-") for cell in row] for row in quoted.rows],
    )
    _show_regions(study)
    for region in principals(study):
        if moved := sectors_shown(study, region, SHOWN_SECTORS):
            _show_sectors(study, region, moved)
    show_steps(study)
    show_authorities(study)
    show_places(study)
    if study.path:
        from detente.report.path_report import show_path  # loads what draws figures

        show_path(study)
    if turns := closure_turns(study):
        say(f"Note: {turns}", hanging="  ")
    if duties := duties_said(study):
        say(f"Note: {duties}", hanging="  ")
    for note in study.notes:
        say(f"Note: {note}", hanging="  ")
    for assumption in assumptions(study)[: 4 if study.draws is None else 5]:
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
    a = study.result.arrays
    columns: dict[str, Callable[[int], str]] = {
        "welfare": lambda n: signed(a["welfare"][n], 3),
        "real wage": lambda n: signed(a["real_wage"][n], 3),
        "prices": lambda n: signed(a["consumer_price"][n], 2),
        "exports": lambda n: signed(a["exports"][n], 2),
        "imports": lambda n: signed(a["imports"][n], 2),
        "welfare, million USD": lambda n: signed(a["welfare_musd"][n], 0),
        "duties, million USD": lambda n: signed(a["tariff_revenue_change_musd"][n], 0),
    }
    if study.draws is not None:  # the range takes the room of trade, which --json and the report have
        low, high = study.draws.range("welfare")
        between = {f"{LEVEL:.0%} range": lambda n: _reach(float(low[n]), float(high[n]), 3)}
        columns = {"welfare": columns.pop("welfare"), **between, **columns}
        del columns["exports"], columns["imports"]
    shown = regions_shown(study)
    names = [region_name(study.economy.regions[n]) for n in shown]
    show(
        "Regions: change in percent, money in million USD a year",
        ["", *columns],
        [[name, *(cell(n) for cell in columns.values())] for name, n in zip(names, shown, strict=True)],
    )


def _show_sectors(study: Study, region: str, moved: list[int]) -> None:
    a, n = study.result.arrays, study.economy.regions.index(region)
    marked = uncertain(study.economy.baseline)[n]
    columns: dict[str, Callable[[int], str]] = {
        "output": lambda j: signed(a["output"][n, j], 2),
        "jobs": lambda j: signed(a["employment_kjobs"][n, j], 1),
        "buyers' price": lambda j: signed(a["price"][n, j], 2),
        "cost": lambda j: signed(a["producer_price"][n, j], 2),
    }
    if study.draws is None:
        columns["exports"] = lambda j: signed(a["sector_exports"][n, j], 2)
        columns["imports"] = lambda j: signed(a["sector_imports"][n, j], 2)
    else:
        output, jobs = study.draws.range("output"), study.draws.range("employment_kjobs")
        columns = {
            "output": columns.pop("output"),
            f"{LEVEL:.0%} range of output": lambda j: _reach(output[0][n, j], output[1][n, j], 1),
            "jobs": columns.pop("jobs"),
            f"{LEVEL:.0%} range of jobs": lambda j: _reach(jobs[0][n, j], jobs[1][n, j], 1),
            **columns,
        }
    show(
        sentence(f"{the_region(region)}: what moves most, change in percent, jobs in thousand")[:-1],
        ["", *columns],
        [
            [study.economy.sectors[j] + (f" {MODELLED}" if marked[j] else ""), *(cell(j) for cell in columns.values())]
            for j in moved
        ],
    )
    if marked[moved].any():
        say(f"{MODELLED} its output is modelled, not from a statistic of the sector: detente data grade", hanging="  ")
        print()


def _reach(low: Any, high: Any, digits: int) -> str:
    return f"{signed(float(low), digits)} to {signed(float(high), digits)}" if low == low else "-"
