"""`detente data`: look at, check, aggregate, compare, export, import and build baselines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli import app
from detente.errors import InputError
from detente.report.terminal import show

data = typer.Typer(help="Baselines: look at, check, aggregate, compare, export, import, build.", no_args_is_help=True)
app.add_typer(data, name="data")

Name = Annotated[str, typer.Argument(help="world-2024, toy, or the path of a .nc file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def _netcdf(path: Path) -> Path:
    if path.suffix != ".nc":
        raise InputError(f"A baseline is a netCDF file, so its name must end in .nc; {path} does not.")
    return path


Out = Annotated[Path, typer.Option("--out", callback=_netcdf, help="The baseline file to write (.nc).")]


@data.command()
def info(
    name: Name = "world-2024",
    top: Annotated[int, typer.Option(min=0, help="How many of the largest flows to list.")] = 10,
    as_json: AsJson = False,
) -> None:
    """What a baseline holds: regions, sectors, largest flows, tariffs, and where the numbers come from."""
    from detente.accounts import load
    from detente.accounts.summary import summarize

    figures = summarize(load(name, uses="buyers"), top)
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    world = figures["world"]
    unit, million = ("billion", 1e3) if world["gdp"] > 1e5 else ("million", 1.0)

    def money(value: float) -> str:
        return f"{value / million:,.1f}"

    year = f", {figures['year']}" if figures["year"] is not None else ""
    print(f"{name}{year}: {len(figures['regions'])} regions, {len(figures['sectors'])} sectors")
    print(
        f"World GDP {money(world['gdp'])}, output {money(world['output'])}, trade {money(world['trade'])} {unit} USD; "
        f"average tariff {_percent(world['average_tariff'])} percent\n"
    )
    columns = {"GDP": "gdp", "exports": "exports", "imports": "imports", "deficit": "deficit"}
    show(
        f"Regions ({unit} USD a year; tariff: duties over the value of imports at the border; jobs in millions)",
        ["region", *columns, "tariff %", "jobs"],
        [
            [r["region"], *(money(r[key]) for key in columns.values()), _percent(r["average_tariff"]), _jobs(r)]
            for r in figures["regions"]
        ],
    )
    show(
        f"Sectors of the world ({unit} USD a year; trade: between regions; theta: trade elasticity)",
        ["sector", "output", "value added", "trade", "tariff %", "theta"],
        [
            [
                s["sector"],
                *(money(s[key]) for key in ("output", "value_added", "trade")),
                _percent(s["average_tariff"]),
                f"{s['trade_elasticity']:.2f}",
            ]
            for s in figures["sectors"]
        ],
    )
    if figures["flows"]:
        show(
            f"Largest flows between regions ({unit} USD a year at the border)",
            ["exporter", "importer", "sector", "value", "tariff %"],
            [
                [f["exporter"], f["importer"], f["sector"], money(f["value"]), _percent(f["average_tariff"])]
                for f in figures["flows"]
            ],
        )
    print("Where the numbers come from")
    for variable, source in figures["sources"].items():
        print(f"  {variable}: {source}")
    for key, value in figures["attributes"].items():
        print(f"  {key}: {value}")


@data.command()
def check(
    name: Name = "world-2024",
    tolerance: Annotated[float, typer.Option(min=0, help="Largest relative gap to accept.")] = 1e-9,
) -> None:
    """Prove that a baseline adds up: every accounting identity, cell by cell; exit 2 naming the cells that fail."""
    from detente.accounts import load
    from detente.accounts.identities import IDENTITIES, largest_gaps

    baseline = load(name, uses="buyers")
    baseline.check(tolerance)
    gaps = largest_gaps(baseline)
    show(
        f"{name} adds up: every identity holds to {tolerance:g}, relative",
        ["identity", "cells", "largest gap"],
        [[identity, f"{gaps[identity][0]:,}", f"{gaps[identity][1]:.1e}"] for identity in IDENTITIES],
    )


@data.command()
def aggregate(
    name: Name,
    out: Out,
    regions: Annotated[Path | None, typer.Option(help="CSV file old,new of the regions to join.")] = None,
    sectors: Annotated[Path | None, typer.Option(help="CSV file old,new of the sectors to join.")] = None,
) -> None:
    """Join regions and sectors by CSV files with the columns old,new (old `*`: all others), and write a new baseline.

    Labels that a file does not list keep their names.
    """
    from detente.accounts import load
    from detente.accounts.aggregate import aggregate as join
    from detente.accounts.aggregate import read_mapping

    smaller = join(
        load(name, uses="buyers"),
        regions=read_mapping(regions) if regions else None,
        sectors=read_mapping(sectors) if sectors else None,
    )
    smaller.check()
    smaller.save(out)
    print(f"{out}: {len(smaller.regions)} regions ({', '.join(smaller.regions)}), {len(smaller.sectors)} sectors")


@data.command()
def compare(
    first: Name,
    second: Annotated[str, typer.Argument(help="The baseline to compare with the first.")],
    top: Annotated[int, typer.Option(min=1, help="How many of the largest differences of each variable to list.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Where two baselines differ, the largest cells of each variable first; labels of one only are reported."""
    from detente.accounts import load
    from detente.accounts.compare import compare as differences

    result = differences(load(first, uses="buyers"), load(second, uses="buyers"), top=top)
    variables, cells = (table.to_dict("records") for table in (result.variables, result.cells))
    if as_json:
        report = {
            "identical": result.identical,
            "only_first": result.only_first,
            "only_second": result.only_second,
            "all_uses": result.all_uses,
            "variables": variables,
            "cells": cells,
        }
        print(json.dumps(_without_nan(report), indent=2))
        return
    if result.identical:
        print(f"{first} and {second} are the same: same labels, same numbers.")
        return
    for which, only in ((first, result.only_first), (second, result.only_second)):
        for dim, labels in only.items():
            if labels:
                print(f"{dim} in {which} only: {', '.join(labels)}")
    if result.all_uses:
        print("Their use classes differ: trade and tariffs are compared over all uses.")
    show(
        f"Totals over the labels that both have (first: {first}; second: {second})",
        ["variable", "cells", "differ", "first", "second", "largest gap"],
        [
            [
                f"{v['variable']} ({_short(v['units'])})",
                *(f"{v[key]:,}" for key in ("cells", "differ")),
                *(_number(v[key]) for key in ("total_first", "total_second", "largest_difference")),
            ]
            for v in variables
        ],
    )
    if cells:
        show(
            f"Largest differences, {top} of each variable",
            ["variable", "cell", "first", "second", "difference", "percent"],
            [
                [c["variable"], c["cell"], *(_number(c[key]) for key in ("first", "second", "difference", "percent"))]
                for c in cells
            ],
        )


@data.command()
def export(
    name: Name,
    to: Annotated[Path, typer.Option(help="The new folder to write.")],
    file_format: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
) -> None:
    """Write every variable as one long table, with its unit and source, and a README.md."""
    from detente.accounts import load
    from detente.accounts.export import export as write

    for path in write(load(name, uses="buyers"), to, file_format):
        print(path)


@data.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="The file: .csv (OECD ICIO, or long), .xlsx (ADB) or .xlsb (WIOD), as downloaded.")
    ],
    file_format: Annotated[
        str, typer.Option("--format", help="icio, adb, wiod, or long: exporter,sector,importer,buyer,value.")
    ],
    out: Out,
    elasticity: Annotated[
        str | None,
        typer.Option(help="Trade elasticity: one number, or a CSV file sector,trade_elasticity. Default: 5."),
    ] = None,
    tariffs: Annotated[Path | None, typer.Option(help="CSV file importer,exporter,sector,tariff (fractions).")] = None,
    jobs: Annotated[Path | None, typer.Option(help="CSV file region,sector,jobs (thousand).")] = None,
    factors: Annotated[
        Path | None, typer.Option(help="CSV file region,sector,labour,capital,resource (fractions of value added).")
    ] = None,
) -> None:
    """Make a baseline of an inter-country input-output table: OECD ICIO, ADB MRIO, WIOD 2016, or flows of one's own."""
    from detente.accounts.readers import DEFAULT_ELASTICITY, Additions, read_elasticities, read_official

    given: Any = DEFAULT_ELASTICITY
    if elasticity is not None:
        try:
            given = float(elasticity)
        except ValueError:
            given = read_elasticities(elasticity)
    baseline = read_official(file, file_format, given, Additions(tariffs, jobs, factors))
    baseline.save(out)
    print(f"{out}: {len(baseline.regions)} regions, {len(baseline.sectors)} sectors")
    for name in ("tariff", "employment", "labour_share"):
        print(f"{name.replace('_', ' ')}: {baseline.sources[name]}")
    print(f"trade elasticity: {baseline.sources['trade_elasticity']}")
    print(baseline.attributes["adjustments"])


# -- numbers as people read them ------------------------------------------------------------------------


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f}"


def _jobs(region: Mapping[str, Any]) -> str:
    return "-" if region["employment"] is None else f"{region['employment'] / 1e3:,.2f}"


def _number(value: float) -> str:
    return "-" if value != value else f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _short(units: str) -> str:
    return units.split(" a year")[0].split(" of ")[0]


def _without_nan(value: Any) -> Any:
    """The same with None for NaN, which JSON does not know."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if value != value else value
