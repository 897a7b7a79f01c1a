"""`detente run`: a scenario file in, what it does to the world economy out."""

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
from detente.files import claimed
from detente.study import DRAWS


@app.command("run")
def run_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Scenario file (YAML); see examples/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for results.json, results.nc and report.html.")] = None,
    draws: Annotated[
        int, typer.Option(min=0, help="Draws of what is uncertain, for the ranges; 0: the central run alone.")
    ] = DRAWS,
    elasticities: Annotated[
        str,
        typer.Option(
            help="Source of the trade elasticities drawn: mixture, central, caliendo_parro, lashkaripour_lugovskyy, ossa, "
            "gtap, fontagne_guimbard_orefice; or evidence: estimated on past disputes, for the central answer too."
        ),
    ] = "mixture",
    hold_accounts: Annotated[
        bool, typer.Option("--hold-accounts", help="Draw elasticities, labour and law only, not the accounts.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    places: Annotated[
        Path | None, typer.Option(help="CSV of where industries are: place, sector, employment_share, source.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of report.html, en or fr; the terminal speaks English.")] = "en",
    ledger: Files = None,
    why: Annotated[list[str] | None, typer.Option(help="Take this sector's changes apart; may be repeated.")] = None,
    path: Annotated[
        str | None, typer.Option(help="Follow the answer over years, such as 2025-2035, as workers and buyers adjust.")
    ] = None,
) -> None:
    """Solve a scenario and print who gains and who loses, by region and by sector."""
    from detente.report.language import speak
    from detente.study.scenario import Scenario

    language = speak(lang)
    scenario = Scenario.from_file(file)  # complain before the slow imports
    if path is not None:
        scenario = scenario.with_path(path)
    scenario = scenario.with_ledger(ledger or ())
    if elasticities == "evidence":
        scenario, elasticities = scenario.with_evidence(), "mixture"
    if draws == 0:
        prefer_quick_start()
    from detente.accounts.places import load
    from detente.report.progress import progress
    from detente.study.counterfactual import Counterfactual
    from detente.study.run import run

    if why:
        world = Counterfactual.of(scenario).baseline
        for sector in why:
            world.index("sector", sector)  # complain before the work
    locations = None if places is None else load().replace_from_csv(places)
    with claimed(out):  # complain about the folder before the work
        with progress("draws of what is uncertain") as done:
            study = run(
                scenario,
                draws=draws,
                elasticity_source=elasticities,
                draw_accounts=not hold_accounts,
                seed=seed,
                places=locations,
                progress=done,
            )
        study = replace(study, command=repeated(context, path=scenario.path))
        if out is not None:
            from detente.report.files import write

            write(study, out, language)
    if as_json:
        print(json.dumps(study.to_json()))
        return
    from detente.report.run_tables import show_study

    show_study(study)
    if why:
        from detente.report.why_tables import show_why

        for sector in why:
            show_why(study, sector)
    if out is not None:
        print(f"Written to {out}: results.json, results.nc, report.html")
