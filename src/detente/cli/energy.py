"""`detente energy`: what a scenario does to energy security: dependence, concentration, prices, costs by place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from detente._runtime import prefer_quick_start
from detente.cli import app
from detente.cli.command_line import repeated
from detente.cli.ledger import Files
from detente.study import DRAWS


@app.command()
def energy(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML); see examples/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    draws: Annotated[int, typer.Option(min=0, help="Draws of what is uncertain, for the ranges; 0: none.")] = DRAWS,
    ledger: Files = None,
    places: Annotated[
        Path | None, typer.Option(help="CSV of where industries are: place, sector, employment_share, source.")
    ] = None,
) -> None:
    """Solve a scenario and print import dependence, supplier concentration and price pass-through of each energy good."""
    if draws == 0:
        prefer_quick_start()
    from detente.study.scenario import Scenario

    scenario = Scenario.from_file(file).with_ledger(ledger or ())
    from detente.accounts.places import load
    from detente.report.progress import progress
    from detente.study.run import run

    locations = None if places is None else load().replace_from_csv(places)
    with progress("draws of what is uncertain") as done:
        study = run(scenario, draws=draws, places=locations, progress=done)
    if as_json:
        found = replace(study, command=repeated(context)).to_json()
        print(json.dumps({"provenance": found["provenance"], **(found["energy"] or {})}))
        return
    from detente.report.energy_tables import show_energy

    show_energy(study)
