"""`detente ledger`: check a ledger file, compare the law of two days, read the log of the law, run one's own consignments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli import app
from detente.errors import DetenteError, InputError

if TYPE_CHECKING:
    from detente.law import Ledger
    from detente.law.changes import LawChange

ledger_app = typer.Typer(help="The ledger of measures: check, compare, read and test it.", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")

Files = Annotated[
    list[Path] | None, typer.Option("--ledger", help="YAML file of your own measures, on top of ours; may be repeated.")
]
Importer = Annotated[str | None, typer.Option(help="Only measures of this country, ISO 3166 alpha-3.")]
Exporter = Annotated[str | None, typer.Option(help="Only measures that reach this country.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output, nothing else.")]


def ledger_of(files: Iterable[Path] | None) -> Ledger:
    """The ledger of the package with users' files on top, in order; what looks wrong in them is said on standard error."""
    from detente.law import Ledger
    from detente.law.checks import check

    book = Ledger.default()
    for file in files or ():
        for fault in check(file, book, overlaps=False):
            typer.echo(f"note: {fault}.", err=True)
        book = book.with_file(file)
    return book


@ledger_app.command("check")
def check_file(
    files: Annotated[list[Path], typer.Argument(help="Ledger files, read in order.")], as_json: AsJson = False
) -> None:
    """Find what is wrong in a ledger file: each fault a sentence, and exit status 2 if there is one."""
    from detente.law import Ledger
    from detente.law.checks import check

    book, faults = Ledger.default(), []
    for file in files:
        found = check(file, book)
        faults += found
        book = book if found else book.with_file(file)
    if as_json:
        typer.echo(json.dumps({"faults": faults}, indent=2))
    else:
        for fault in faults:
            typer.echo(f"{fault}.")
        if not faults:
            typer.echo(f"no fault found in {', '.join(str(file) for file in files)}")
    if faults:
        raise SystemExit(2)


@ledger_app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="First day, such as 2026-08-01.")],
    after: Annotated[str, typer.Argument(help="Second day.")],
    importer: Importer = None,
    exporter: Exporter = None,
    ledger: Files = None,
    as_json: AsJson = False,
) -> None:
    """What changed in the law between two days, and on how much trade; the largest first."""
    from detente.law.changes import difference, sources

    who = _parties(importer, exporter)
    changes = difference(ledger_of(ledger), before, after, **who)
    _show(changes, sources(changes), as_json, f"Changes after {before}, up to {after}", trade=True)


@ledger_app.command("log")
def log_of_law(
    begin: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    importer: Importer = None,
    exporter: Exporter = None,
    ledger: Files = None,
    as_json: AsJson = False,
) -> None:
    """The log of the law: every change on its day, with the act, its citation and where to open it."""
    from detente.law.changes import log

    changes = log(ledger_of(ledger), begin, end, **_parties(importer, exporter))
    _show(changes, [], as_json, "The law, change by change", trade=False)


@ledger_app.command("published")
def published(
    sources: Annotated[Path, typer.Argument(help="Folder of source data.")],
    as_json: AsJson = False,
) -> None:
    """Our average US duties beside published ones, partner by partner and date by date, with the reason of each large gap."""
    from detente.errors import InputError
    from detente.law.published_averages import FILE, compare, report

    if not (sources / FILE).is_file():
        raise InputError(f"{sources} does not hold {FILE}: give the folder of source data.")
    table = compare(sources)
    typer.echo(table.to_json(orient="records", double_precision=4) if as_json else report(table))


@ledger_app.command("test")
def test_file(
    file: Annotated[Path, typer.Argument(help="YAML file of consignments with expected answers.")],
    ledger: Files = None,
    as_json: AsJson = False,
) -> None:
    """Run your own consignments against the ledger: exit status 0 if every answer is as expected, 1 if not."""
    from detente.law.hand_worked import run_cases

    outcomes = run_cases(file, ledger_of(ledger))
    failed = [outcome for outcome in outcomes if outcome.differences]
    if as_json:
        rows = [{"name": o.name, "passed": not o.differences, "differences": list(o.differences)} for o in outcomes]
        typer.echo(
            json.dumps({"consignments": rows, "passed": len(outcomes) - len(failed), "failed": len(failed)}, indent=2)
        )
    else:
        for outcome in failed:
            for difference in outcome.differences:
                typer.echo(f"{outcome.name}: {difference}.")
        typer.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} consignments as expected")
    if failed:
        raise DetenteError(f"{len(failed)} of {len(outcomes)} consignments differ from what was expected.")


def _parties(importer: str | None, exporter: str | None) -> dict[str, str | None]:
    """Country codes in capitals. Raises `InputError` for what is no country."""
    from detente.law.ledger import countries

    found = {role: code and code.upper() for role, code in (("importer", importer), ("exporter", exporter))}
    for role, code in found.items():
        if code and code not in countries():
            raise InputError(
                f"{role} {code!r} is not a country code: expected ISO 3166 alpha-3, such as USA, CAN, MEX."
            )
    return found


def _show(changes: list[LawChange], notes: list[str], as_json: bool, title: str, *, trade: bool) -> None:
    if as_json:
        rows: list[dict[str, Any]] = [change.as_dict() for change in changes]
        if not trade:
            rows = [{key: value for key, value in row.items() if key != "imports_musd"} for row in rows]
        typer.echo(json.dumps({"changes": rows, "notes": notes}, indent=2))
        return
    from rich.table import Table

    from detente.report.terminal import console as terminal_console

    table = Table("day", "measure", "by, on", "what changes", title=title)
    if trade:
        table.add_column("goods named: imports a year, million USD", justify="right")
    table.add_column("act, citation, where to open it", overflow="fold")
    for change in changes:
        amount = "not held" if change.imports_musd is None else f"{change.imports_musd:,.0f}"
        acts = "\n".join(dict.fromkeys(line for c in change.citations for line in (str(c), c.url)))
        cells = [
            str(change.day),
            change.measure,
            f"{change.imposing}, {' '.join(change.affected)}",
            f"{change.what}: {change.text}",
        ]
        table.add_row(*cells, *([amount] if trade else []), acts or "act not identified")
    console = terminal_console()
    console.print(table if changes else f"{title}: none.")
    for note in notes:
        console.print(f"[yellow]note[/] {note}")
