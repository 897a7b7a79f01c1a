"""`detente chain`: the supply chain behind one flow, as the baseline has it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from detente.cli import app
from detente.report.terminal import show


@app.command()
def chain(
    product: Annotated[str, typer.Option(help="The sector of the flow, such as motor_vehicles.")],
    of: Annotated[str, typer.Option(help="The region that makes it, such as CAN.")],
    to: Annotated[str, typer.Option(help="The region that buys it, such as USA.")],
    baseline: Annotated[str, typer.Option(help="world-2024, toy, or the path of a .nc file.")] = "world-2024",
    rate: Annotated[float, typer.Option(min=0, help="The added duty to trace: 0.25 is 25 percent.")] = 0.25,
    top: Annotated[int, typer.Option(min=1, help="How many origins, suppliers and exposed industries to list.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Whose value is in a product, how often its parts cross a border, and who would bear a duty on it."""
    from detente.accounts import load
    from detente.accounts.supply_chain import SupplyChains, trace

    world = load(baseline, uses="buyers")
    found = trace(SupplyChains(world), product, of, to, rate, top)
    if as_json:
        print(json.dumps({"baseline": baseline, **found}, indent=2))
        return
    final = found["value_to_final_demand"] / found["value"] if found["value"] else 0.0
    print(f"{product}, {of} to {to}, in {baseline} (sourcing and technology of the baseline)\n")
    print(f"value at the border          {found['value']:,.1f} million USD a year, {_percent(final)} to final demand")
    print(f"average tariff               {_percent(found['tariff'])}")
    crossings, between = found["border_crossings"], found["border_crossings_between"]
    print(f"border crossings of inputs   {crossings:.2f} on average before it is made, {between:.2f} {of}-{to}")
    print(f"protection of {product} in {to}: nominal {_percent(found['nominal_protection'])}, ", end="")
    print(f"effective {_percent(found['effective_protection'])} (Corden 1966)\n")
    show(
        "Value in the product, by region where it arises (shares of all regions sum to 100)",
        ["origin", "percent"],
        [[row["origin"], f"{100 * row['share']:.2f}"] for row in found["content"]],
    )
    show(
        "The industries whose value it is",
        ["region", "sector", "percent"],
        [[row["region"], row["sector"], f"{100 * row['share']:.2f}"] for row in found["suppliers"]],
    )
    show(
        f"Cost of {to} industries if {to} adds {_percent(rate)} on this flow (percent of unit cost, same sourcing)",
        ["sector", "own inputs", "whole chain"],
        [[row["sector"], f"{100 * row['direct']:.4f}", f"{100 * row['total']:.4f}"] for row in found["exposed"]],
    )


def _percent(fraction: float | None) -> str:
    return "unknown" if fraction is None else f"{100 * fraction:.2f} percent"
