"""The outer net: what a command says when it fails in a way that nobody foresaw, and the log file that says the rest."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import re
import sys
import traceback
from pathlib import Path

from detente import __version__
from detente._runtime import cache_directory
from detente.files import write_whole
from detente.text import plain

LONGEST = 1_500  # characters of a sentence
_SECRET = re.compile(r"(?<=//)[^@/\s]*:[^@/\s]*(?=@)")  # user and password of a database


def say(sentence: object) -> None:
    """Print an error: cut where it is long, and without anything that a terminal would obey."""
    text = plain(str(sentence))
    with contextlib.suppress(OSError):
        print(f"error: {text if len(text) <= LONGEST else text[:LONGEST] + '...'}", file=sys.stderr)


def report(error: BaseException) -> None:
    """Print one sentence about an unforeseen `error` with the path of the log that has the rest."""
    if isinstance(error, MemoryError):
        say(
            "There was not enough memory; give a smaller world (--baseline, or uses: one), fewer draws, or close programs."
        )
        return
    if isinstance(error, OSError) and error.errno in (28, 122, 30):  # disk full, over quota, read-only
        say(f"The disk cannot be written ({error.strerror}); make room and run the command again.")
        return
    log = _write_log(error)
    where = f"its log is {log}" if log else "and its log could not be written; run it again with `detente --debug`"
    say(
        f"Something went wrong that was not foreseen ({type(error).__name__}); {where}. Please report it with that log."
    )


def _write_log(error: BaseException) -> Path | None:
    """The file with what a maintainer needs: version, system, command line without secrets, traceback."""
    now = datetime.datetime.now(datetime.UTC)
    lines = [
        f"Détente {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"{now.isoformat(timespec='seconds')}",
        " ".join(_without_secrets(sys.argv[1:])),
        "",
        *traceback.format_exception(error),
    ]
    try:
        path = cache_directory() / "failures" / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, "\n".join(lines).encode("utf-8", "replace"))
    except (OSError, ValueError):
        return None
    return path


def _without_secrets(arguments: list[str]) -> list[str]:
    shown = [_SECRET.sub("...", argument) for argument in arguments]
    for k, argument in enumerate(shown):
        if argument.startswith("--token="):
            shown[k] = "--token=..."
        elif k and shown[k - 1] == "--token":
            shown[k] = "..."
    return shown
