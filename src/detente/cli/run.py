"""`detente run`: a scenario file in, what it does to the world economy out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from detente.cli import app


@app.command("run")
def run_command(
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML); see examples/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for results.json, results.nc and report.html.")] = None,
) -> None:
    """Solve a scenario and print who gains and who loses, by region and by sector."""
    from detente.study.scenario import Scenario

    scenario = Scenario.from_file(file)  # complain before the slow imports
    from detente.study.run import run

    study = run(scenario)
    if out is not None:
        from detente.report.files import write

        write(study, out)
    if as_json:
        print(json.dumps(study.to_json()))
        return
    from detente.report.run_tables import show_study

    show_study(study)
    if out is not None:
        print(f"Written to {out}: results.json, results.nc, report.html")
