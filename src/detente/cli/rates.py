"""`detente rates`: the duty on a consignment, or the average duty by sector, on a day or over time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli import app
from detente.cli.command_line import repeated
from detente.cli.ledger import Files, ledger_of
from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from detente.law import Duty, PairRates, Series
    from detente.law.collected import Beside


@app.command()
def rates(
    context: typer.Context,
    importer: Annotated[str, typer.Option(help="Importing country, ISO 3166 alpha-3.")] = "USA",
    exporter: Annotated[str, typer.Option(help="Exporting country, ISO 3166 alpha-3, or EU.")] = "CAN",
    on: Annotated[str | None, typer.Option(help="Day, such as 2025-06-10; default: the last day covered.")] = None,
    product: Annotated[str | None, typer.Option(help="HS/HTS digits, 4 to 10, with or without dots.")] = None,
    claim: Annotated[str | None, typer.Option(help="Preference claimed: usmca (or cusma).")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="A claim of fact, NAME=VALUE; may be repeated.")] = None,
    by: Annotated[str | None, typer.Option(help="Average on actual trade: sector.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="First day of a series of averages.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day of a series of averages.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the series to a .png, .svg or .html file.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Authority to leave out, such as adcvd; may be repeated.")
    ] = None,
    column1: Annotated[float | None, typer.Option(help="The ordinary duty in percent, where you know it.")] = None,
    ledger: Files = None,
    measures: Annotated[bool, typer.Option("--measures", help="List the measures between the two countries.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output, nothing else.")] = False,
) -> None:
    """Tariff rates in force: one consignment with its reasons (--product), averages by sector (--by), or over time (--from)."""

    from detente.law import COVERAGE, pair_rates, series, statutory
    from detente.law.collected import beside
    from detente.report.terminal import console as terminal_console

    book = ledger_of(ledger)
    if by not in (None, "sector"):
        raise InputError(f"--by {by!r} is not understood: expected sector.")
    if bool(product) + bool(by or begin or end or plot) + measures != 1:
        raise InputError("give one of --product CODE, --by sector (or --from, --to, --plot), --measures.")
    if on and (begin or end or plot):
        raise InputError("--on is for one day: give --from and --to for a series.")
    if not product and (claim or fact or column1 is not None):
        raise InputError("--claim, --fact and --column1 describe one consignment: give --product with them.")
    console, day = terminal_console(), on or COVERAGE[1].isoformat()
    importer, exporter, left_out = importer.upper(), exporter.upper(), tuple(without or ())
    rests_on = _rests_on(context, day, ledger or [])
    if measures:
        _print_measures(console, book, importer, exporter, as_json)
    elif product:
        facts = _facts(fact or [])
        duty = statutory(
            product, exporter, importer, day, facts, claim=claim, without=left_out, column1_pct=column1, ledger=book
        )
        _show(console, rests_on if as_json else None, duty.as_dict(), lambda: _print_duty(console, duty))
    elif begin or end or plot:
        course = series(importer, exporter, begin, end, book, without=left_out)
        if plot:
            from detente.report.rates_figure import draw

            draw(course, plot, rests_on)
        twos = [beside(step.rates, book, without=left_out) for step in course.steps]
        _show(
            console,
            rests_on if as_json else None,
            course.as_dict(sectors=by == "sector") | {"over_2024_pct": _history(course, twos)},
            lambda: _print_series(console, course, twos, plot),
        )
    else:
        average = pair_rates(importer, exporter, day, book, without=left_out)
        two = beside(average, book, without=left_out)
        shown = _with_two(average.as_dict(), two)
        _show(console, rests_on if as_json else None, shown, lambda: _print_average(console, average, two))


def _rests_on(context: typer.Context, day: str, files: list[Path]) -> dict[str, str]:
    """What rates rest on: program, ledger, and the command that repeats them."""
    from detente import __version__
    from detente.study.provenance import ledger_fingerprint

    on = {} if context.params["begin"] or context.params["end"] or context.params["plot"] else {"on": day}
    return {
        "detente": __version__,
        "ledger_sha256": ledger_fingerprint(files),
        "command": repeated(context, **on),
    }


def _show(console: Console, rests_on: dict[str, str] | None, data: dict[str, Any], table: Callable[[], None]) -> None:
    """Tables or, where `rests_on` is given, JSON with that as its provenance."""
    if rests_on is not None:
        typer.echo(json.dumps({**data, "provenance": rests_on}, indent=2))
    else:
        table()


def _facts(given: list[str]) -> dict[str, str]:
    """``name=value`` texts as a mapping. Raises `InputError`."""
    facts = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise InputError(f"fact {text!r} is not understood: write it as NAME=VALUE, such as us_content=0.5.")
        facts[name.strip()] = value.strip()
    return facts


def _percent(value: float | None) -> str:
    return "not held" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _print_duty(console: Console, duty: Duty) -> None:
    from rich.table import Table

    claim = f", {duty.claim.upper()} claimed" if duty.claim else ""
    console.print(f"[bold]{duty.product}[/] from {duty.exporter} into {duty.importer} on {duty.on}{claim}")
    if duty.prohibited:
        console.print("[bold]Entry is prohibited.[/]")
    if duty.splits:
        low, high = duty.range_pct
        console.print(
            f"Added duty {_percent(low)} to {_percent(high)} percent of customs value: a list splits this code.\n"
        )
        table = Table("added, %", "codes", "measures")
        for split in duty.splits:
            codes = ", ".join(split.products[:8]) + (
                f" and {len(split.products) - 8} more" if len(split.products) > 8 else ""
            )
            table.add_row(
                "prohibited" if split.prohibited else _percent(split.added_pct), codes, ", ".join(split.measures)
            )
        console.print(table)
    else:
        console.print(
            f"Ordinary duty {_percent(duty.column1_pct)}, added {_percent(duty.added_pct)}, "
            f"total [bold]{_percent(duty.total_pct)}[/] (percent of customs value; {duty.column1_note})\n"
        )
    if duty.applied:
        table = Table("measure", "rate, %", "of value", "adds", "why, and source", title="Applies")
        for layer in duty.applied:
            numbers = _percent(layer.rate_pct), f"{layer.base_share:.2f}", _percent(layer.contributes_pct)
            table.add_row(layer.measure, *numbers, f"{layer.reason}\n[dim]{layer.citation or layer.source}[/]")
        console.print(table)
    if duty.refused:
        table = Table("measure", "why not", title="Does not apply")
        for refused in duty.refused:
            table.add_row(refused.measure, refused.reason)
        console.print(table)
    if duty.open_facts:
        table = Table("fact", "added duty would be, %", "meaning", title="Facts not given that would change the answer")
        for fact in duty.open_facts:
            low, high = fact.range_pct
            table.add_row(fact.fact, f"{_percent(low)} to {_percent(high)}", fact.meaning)
        console.print(table)
    for warning in duty.warnings:
        console.print(f"[yellow]note[/] {warning}")


def _print_measures(console: Console, book: Any, importer: str, exporter: str, as_json: bool) -> None:
    from rich.table import Table

    acts = book.between(importer.upper(), exporter.upper())
    if as_json:
        typer.echo(
            json.dumps([act.model_dump(mode="json", by_alias=True, exclude_defaults=True) for act in acts], indent=2)
        )
        return
    table = Table("measure", "authority", "from", "until", "status", "scope", title=f"{importer} on {exporter}")
    for act in acts:
        table.add_row(
            act.id, act.authority, str(act.begins), str(act.until or ""), act.status.replace("_", " "), act.scope
        )
    console.print(table)


def _print_average(console: Console, average: PairRates, two: Beside) -> None:
    from rich.table import Table

    data = average.as_dict()
    if not average.imports.any():
        for note in average.notes:
            console.print(
                f"[bold]{average.importer}[/] on [bold]{average.exporter}[/], {average.day}: no average; {note}"
            )
        return
    console.print(
        f"[bold]{average.importer}[/] on [bold]{average.exporter}[/], {average.day}: added duty "
        f"[bold]{data['average_pct']:.2f}[/] percent of imports ({data['low_pct']:.2f} to {data['high_pct']:.2f})"
    )
    console.print(_in_words(two))
    parts = ", ".join(f"{name} {points:.2f}" for name, points in data["by_authority_pct"].items())
    console.print(f"by authority, points: {parts or 'none'}\n")
    paid = {} if two.collected is None else dict(zip(data["sectors"], two.collected[1], strict=True))
    table = Table(
        "sector", "added, %", "low", "high", "collected over 2024, %", "imports, million USD", "may not enter"
    )
    for sector, row in data["sectors"].items():
        if row["imports_musd"] > 0:
            share = row["prohibited_share"]
            banned = "" if share == 0 else "under 1%" if share < 0.01 else f"{share:.0%}"
            numbers = (f"{row[name]:.2f}" for name in ("rate_pct", "low_pct", "high_pct"))
            own = f"{round(float(paid[sector]), 2) + 0.0:.2f}" if sector in paid else ""
            table.add_row(sector, *numbers, own, f"{row['imports_musd']:,.0f}", banned)
    console.print(table)
    for note in average.notes:
        console.print(f"[yellow]note[/] {note}")


def _in_words(two: Beside) -> str:
    """The rate collected beside the statutory one, both over what was paid in 2024, on the trade of 2024 in goods."""
    said = []
    for name, found in two.averages.items():
        if found is None:
            said.append(f"{name} not modelled")
        else:
            low, central, high = (round(value, 2) + 0.0 for value in found)
            said.append(f"{name} {central:.2f} ({low:.2f} to {high:.2f})")
    return f"over the law of 2024, percent of imports: {', '.join(said)}"


def _with_two(data: dict[str, Any], two: Beside) -> dict[str, Any]:
    """The JSON of a day with both rates over those of 2024: averages, and collected by sector."""
    from detente.law.market import sectors

    data["over_2024_pct"] = {
        name: found and [round(value, 4) for value in found] for name, found in two.averages.items()
    }
    for j, name in enumerate(sectors()):
        for kind, rates in (("statutory", two.statutory), ("collected", two.collected)):
            own = None if rates is None else [round(float(value), 4) for value in rates[:, j]]
            data["sectors"][name][f"{kind}_over_2024_pct"] = own
    return data


def _history(course: Series, twos: list[Beside]) -> list[dict[str, Any]]:
    """Both rates over those of 2024 for each step of a series: averages, percent, low, central and high."""
    rows = zip(course.steps, twos, strict=True)
    return [{"from": step.begins.isoformat(), "until": step.until.isoformat(), **two.averages} for step, two in rows]


def _print_series(console: Console, course: Series, twos: list[Beside], plot: Path | None) -> None:
    from rich.table import Table

    first, last = course.steps[0].rates, course.steps[-1].rates
    console.print(
        f"[bold]{course.importer}[/] on [bold]{course.exporter}[/]: added duty {first.average[1]:.2f} percent of imports on "
        f"{course.steps[0].begins}, {last.average[1]:.2f} on {course.steps[-1].until}\n"
    )
    table = Table("day", "change, points", "average, %", "collected over 2024, %", "cause")
    after = {step.begins: step.rates.average[1] for step in course.steps}
    paid = {step.begins: two.averages["collected"] for step, two in zip(course.steps, twos, strict=True)}
    for jump in course.jumps:
        own = paid[jump.day]
        beside_it = "" if own is None else f"{round(own[1], 2) + 0.0:.2f}"
        change = f"{round(jump.change, 2) + 0.0:+.2f}"
        table.add_row(str(jump.day), change, f"{after[jump.day]:.2f}", beside_it, jump.cause)
    console.print(table)
    if plot:
        console.print(f"figure written to {plot}")
    for note in last.notes:
        console.print(f"[yellow]note[/] {note}")
