"""The command `detente`. One module per group of commands; heavy imports stay inside the commands."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from typing import Annotated

import typer

from detente.cli import failure
from detente.errors import DetenteError, InputError

app = typer.Typer(
    name="detente",
    help="What the tariffs in force do, to whom, and which deal would leave both sides better off.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


#: Characters of our texts that old encodings lack, and what says the same; others lose their accents or become "?".
PLAIN = {
    "−": "-",
    "–": "-",
    "—": "-",
    "─": "-",
    "×": "x",
    "≥": ">=",
    "≤": "<=",
    "…": "...",
    "’": "'",
    "·": "-",
    "→": "->",
}


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """An error handler for `codecs`: what says the same in the letters that there are."""
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    plain = "".join(
        PLAIN.get(c) or unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode() or "?" for c in lost
    )
    return plain, error.end


def _version(asked: bool) -> None:
    if asked:
        from detente import __version__

        print(f"detente {__version__}")
        raise typer.Exit


@app.callback()
def detente(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a failure that was not foreseen.")
    ] = False,
) -> None:
    """What the tariffs in force do, to whom, and which deal would leave both sides better off."""


def main() -> None:
    """Entry point: an `InputError` prints its sentence and exits 2; another failure exits 1, an unforeseen one with a log.

    Where the output goes to an old encoding, letters that it lacks are written plainly (a minus as a hyphen).
    """
    codecs.register_error("detente.plain", _in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="detente.plain")
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


from detente.cli import (  # noqa: F401  (registers their commands)
    backtest,
    build,
    cache,
    chain,
    data,
    dispatch,
    energy,
    exposure,
    grade,
    ledger,
    mcp,
    rates,
    replicate,
    run,
    schema,
    serve,
    sweep,
    talks,
)
