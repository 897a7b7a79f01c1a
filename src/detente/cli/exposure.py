"""`detente exposure`: which industries the measures in force reach, through what they sell and what they buy."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from detente.cli import app
from detente.cli.command_line import repeated
from detente.cli.ledger import Files, ledger_of


@app.command()
def exposure(
    context: typer.Context,
    region: Annotated[str, typer.Option(help="The region whose industries to list, such as CAN.")] = "CAN",
    law: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; default: the last that the ledger covers.")
    ] = None,
    ledger: Files = None,
    top: Annotated[int, typer.Option(min=1, help="How many industries to list for each authority.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the industries most exposed to each authority's measures: sales charged, and costs through the supply chain."""
    from detente.accounts import load
    from detente.law import COVERAGE
    from detente.report.terminal import say, show
    from detente.study.outcomes.exposure import exposures

    world = load("world-2024", uses="buyers")
    n = world.index("region", region)
    day = law.date() if law else COVERAGE[1]
    found = exposures(world, day, ledger_of(ledger))
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        numbers = {name: 100 * getattr(one, name)[n] for name in ("charged", "duty", "direct", "chain")}
        order = (-(numbers["duty"] + numbers["chain"])).argsort(kind="stable")
        rows[one.authority] = [
            {"sector": world.sectors[j], **{f"{name}_pct": float(values[j]) for name, values in numbers.items()}}
            for j in order
        ]
    if as_json:
        from detente.study.counterfactual import Counterfactual
        from detente.study.provenance import Provenance
        from detente.study.scenario import Scenario

        asked = Counterfactual(Scenario(title="exposure", law=day).with_ledger(ledger or ()), world)
        rests_on = Provenance.of(asked, command=repeated(context, law=day)).record()
        print(json.dumps({"provenance": rests_on, "region": region, "law": day.isoformat(), "authorities": rows}))
        return
    for authority, industries in rows.items():
        shown = [row for row in industries[:top] if row["duty_pct"] + row["chain_pct"] >= 0.005]
        if shown:
            show(
                f"{region}, {authority}, {day}",
                ["", "output charged", "duty", "cost, own inputs", "cost, whole chain"],
                [
                    [row["sector"], *(f"{row[f'{k}_pct']:.2f}" for k in ("charged", "duty", "direct", "chain"))]
                    for row in shown
                ],
            )
    say(
        "Percent. Output charged: part of output sold in flows that pay the authority's duty; duty: on that, over output. Cost: "
        "rise of unit cost through duties on inputs at home and abroad, same suppliers, every cost passed on.",
        hanging="  ",
    )
