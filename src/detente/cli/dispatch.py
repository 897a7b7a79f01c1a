"""`detente dispatch`: a month's new customs file in, one page out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from detente.cli import app
from detente.files import claimed, write_together


@app.command()
def dispatch(
    file: Annotated[
        Path, typer.Argument(help="CSV: exporter, naics3, month, imports_usd, duty_usd (exporter WLD: all).")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for dispatch.md, dispatch.json and scatter.svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """The newest month of customs beside the law, the duty predicted to be paid and the imports predicted."""
    from detente.study.backtest.dispatch import dispatch as read

    with claimed(out):
        found = read(file)
        if out is not None:
            from detente.report.backtest_figure import scatter
            from detente.report.dispatch_page import markdown

            files: dict[str, bytes | str] = {
                "dispatch.md": markdown(found, "scatter.svg"),
                "dispatch.json": json.dumps(found.to_json(), indent=1) + "\n",
                "scatter.svg": scatter(found.found),
            }
            write_together(out, files)
    if as_json:
        print(json.dumps(found.to_json()))
        return
    from detente.report.dispatch_page import show

    show(found)
    if out is not None:
        print(f"Written to {out}: dispatch.md, dispatch.json, scatter.svg")
