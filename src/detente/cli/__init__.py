"""The command `detente`. One module per group of commands; heavy imports stay inside the commands."""

from __future__ import annotations

import sys

import typer

from detente.errors import DetenteError, InputError

app = typer.Typer(
    name="detente",
    help="What the tariffs in force do, to whom, and which deal would leave both sides better off.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def detente() -> None:
    """What the tariffs in force do, to whom, and which deal would leave both sides better off."""


def main() -> None:
    """Entry point: an `InputError` prints its sentence and exits 2, another known failure exits 1."""
    try:
        app()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except DetenteError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


from detente.cli import backtest, build, chain, data, energy, exposure, ledger, rates, replicate, run, serve, talks  # noqa: F401  (registers their commands)
