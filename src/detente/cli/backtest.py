"""`detente backtest`: what the model would have said of a past dispute, beside what happened."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from detente.cli import app
from detente.cli.command_line import repeated
from detente.errors import InputError

if TYPE_CHECKING:
    from detente.study.backtest.run import Backtest
    from detente.study.provenance import Provenance


#: What the columns of cells.csv hold, by the end of their names.
CELLS = {
    "musd": "million USD",
    "pct": "percent",
    "partner": "exporting country",
    "sector": "sector or group of sectors",
}
CELLS |= {"scored": "whether the cell counts in the scores", "out": "why it does not"}


@app.command()
def backtest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="2018, 2025, 2025-year, or an episode file (YAML).")] = "2025",
    rates: Annotated[
        str,
        typer.Option(
            help="paid (duties that customs collected), statutory (the law's) or collected (the law's, as paid)."
        ),
    ] = "paid",
    parameters: Annotated[
        str | None,
        typer.Option(
            help="Estimates to predict with, by the episode they were fitted to (2018, 2025, all; default: the other "
            "episode), or published."
        ),
    ] = None,
    estimate: Annotated[
        Path | None,
        typer.Option(help="Estimate anew on each episode and on both, and write the estimates to this file."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for cells.csv, backtest.json and scatter.svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Predict an episode, score it against what customs recorded, and name the misses."""
    from detente.study.backtest.episode import Rates, known

    if rates not in get_args(Rates):
        raise InputError(f"Unknown rates {rates!r}; choose one of {', '.join(get_args(Rates))}.")
    if estimate is not None:
        _estimate(estimate)
        return
    from detente.study.backtest.run import backtest as predict

    known(name)
    found = predict(name, rates=rates, parameters=parameters)  # type: ignore[arg-type]
    rests_on = _rests_on(found, repeated(context))
    answer = {"provenance": rests_on.record(), **found.to_json()}
    document = json.dumps(answer, indent=None if as_json and out is None else 1)
    if out is not None:
        from detente.csv_sidecar import ENDING, sidecar
        from detente.files import claimed, write_together
        from detente.report.backtest_figure import scatter
        from detente.report.sourced import sourced

        cells = found.to_frame()
        columns = {name: CELLS.get(name.rpartition("_")[2], "") for name in map(str, cells.columns)}
        with claimed(out):
            write_together(
                out,
                {
                    "backtest.json": document + "\n",
                    "cells.csv": cells.to_csv(index=False),
                    f"cells.csv{ENDING}": sidecar("cells.csv", columns, rests_on.record()),
                    "scatter.svg": sourced(scatter(found), rests_on),
                },
            )
    if as_json:
        print(document)
        return
    from detente.report.backtest_tables import show

    show(found)


def _rests_on(found: Backtest, command: str) -> Provenance:
    """What a backtest rests on: in the place of a law's day the episode's window, of a source of elasticities the estimates."""
    from detente.accounts import load
    from detente.study.counterfactual import Counterfactual
    from detente.study.provenance import Provenance, ledger_fingerprint
    from detente.study.scenario import Scenario

    asked = Counterfactual(Scenario(title=found.episode.title, law=None, horizon="short"), load("world-2024"))
    rests_on = Provenance.of(asked, elasticity_source=found.parameters, command=command)
    return replace(rests_on, law=found.episode.window, ledger_sha256=ledger_fingerprint(), rates=found.rates)


def _estimate(path: Path) -> None:
    from rich.console import Console

    from detente.study.backtest.evidence import ALL
    from detente.study.backtest.fitting import fit, to_json, write

    fits = {}
    with Console(stderr=True).status("Estimating ...") as status:
        for name, episodes in (("2018", ["2018"]), ("2025", ["2025"]), (ALL, ["2018", "2025"])):
            status.update(f"Estimating on {' and '.join(episodes)} ...")
            fits[name] = fit(episodes)
    write(to_json(fits), path)
    print(f"Wrote {path}.")
