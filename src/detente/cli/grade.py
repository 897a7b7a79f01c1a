"""`detente data grade`: how each number of a baseline was obtained, and how far off it may be."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from detente.cli.data import AsJson, Name, data
from detente.errors import InputError
from detente.report.terminal import show


@data.command()
def grade(
    name: Name = "world-2024",
    region: Annotated[str | None, typer.Option(help="A region, with --sector: every number of that sector.")] = None,
    sector: Annotated[str | None, typer.Option(help="A sector, with --region.")] = None,
    as_json: AsJson = False,
) -> None:
    """How each number was obtained: measured, scaled, modelled or assumed; shares of value, or one sector's numbers."""
    from detente.accounts import load
    from detente.accounts.grades import ERROR, MEANING, Grade
    from detente.accounts.grading_summary import by_variable, of_cell

    if (region is None) != (sector is None):
        raise InputError("Give --region and --sector together, such as --region CAN --sector steel, or neither.")
    baseline = load(name)
    if region is not None and sector is not None:
        rows = of_cell(baseline, region, sector)
        if as_json:
            print(json.dumps(rows, indent=2))
            return
        show(
            f"{sector} in {region}",
            ["", "", "value", "unit", "grade", "error %"],
            [
                [
                    row["variable"],
                    row["partner"],
                    "-"
                    if row["value"] is None
                    else f"{row['value']:,.3g}"
                    if row["value"] < 100
                    else f"{row['value']:,.0f}",
                    row["unit"],
                    row["grade"].replace("_", " "),
                    "-" if row["error"] is None else f"{100 * row['error']:.0f}",
                ]
                for row in sorted(rows, key=lambda row: (row["variable"], -(row["value"] or 0.0)))
            ],
        )
        return
    shares = by_variable(baseline)
    names = [known.name.lower() for known in Grade]
    if as_json:
        found = {variable: dict(zip(names, map(float, row), strict=True)) for variable, row in shares.items()}
        print(json.dumps({"shares": found, "error": {g.name.lower(): e for g, e in ERROR.items()}}, indent=2))
        return
    show(
        f"{name}: share of each grade in the value of a variable, percent (of rates and shares: of cells)",
        ["variable", *(n.replace("_", " ") for n in names)],
        [[variable, *(f"{100 * value:.0f}" for value in row)] for variable, row in shares.items()],
    )
    for known, error in ERROR.items():
        print(f"{MEANING[known]} (error {100 * error:.0f} percent)")
