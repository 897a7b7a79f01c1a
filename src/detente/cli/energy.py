"""`detente energy`: what a scenario does to energy security: dependence, concentration, prices, costs by place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from detente._runtime import prefer_quick_start
from detente.cli import app


@app.command()
def energy(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML); see examples/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    places: Annotated[
        Path | None, typer.Option(help="CSV of where industries are: place, sector, employment_share, source.")
    ] = None,
) -> None:
    """Solve a scenario and print import dependence, supplier concentration and price pass-through of each energy good."""
    prefer_quick_start()
    from detente.study.scenario import Scenario

    scenario = Scenario.from_file(file)
    from detente.accounts.places import load
    from detente.study.run import run

    study = run(scenario, places=None if places is None else load().replace_from_csv(places))
    if as_json:
        print(json.dumps(study.to_json()["energy"]))
        return
    from detente.report.energy_tables import show_energy

    show_energy(study)
