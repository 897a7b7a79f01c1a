"""The command `detente`. One module per group of commands; heavy imports stay inside the commands."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from detente.cli import failure
from detente.errors import DetenteError, InputError

app = typer.Typer(
    name="detente",
    help="What the tariffs in force do, to whom, and which deal would leave both sides better off.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def detente(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a failure that was not foreseen.")
    ] = False,
) -> None:
    """What the tariffs in force do, to whom, and which deal would leave both sides better off."""


def main() -> None:
    """Entry point: an `InputError` prints its sentence and exits 2; another failure exits 1, an unforeseen one with a log."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without accents or dashes is no reason to fail
    try:
        app()
    except DetenteError as error:
        failure.say(error)
        raise SystemExit(2 if isinstance(error, InputError) else 1) from None
    except KeyboardInterrupt:
        failure.say("Stopped.")
        raise SystemExit(130) from None
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:
        if "--debug" in sys.argv[1:]:
            raise
        failure.report(error)
        raise SystemExit(1) from None


from detente.cli import build, cache, chain, data, energy, exposure, ledger, rates, replicate, run, serve, talks  # noqa: F401  (registers their commands)
