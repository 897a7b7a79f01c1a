"""`detente backtest`: what the model would have said of a past dispute, beside what happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, get_args

import typer

from detente.cli import app
from detente.errors import InputError


@app.command()
def backtest(
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
    document = json.dumps(found.to_json(), indent=None if as_json and out is None else 1)
    if out is not None:
        from detente.files import write_whole
        from detente.report.backtest_figure import scatter

        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / "backtest.json", document + "\n")
        write_whole(out / "cells.csv", found.to_frame().to_csv(index=False))
        write_whole(out / "scatter.svg", scatter(found))
    if as_json:
        print(document)
        return
    from detente.report.backtest_tables import show

    show(found)


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
