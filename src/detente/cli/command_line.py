"""The command that repeats an answer: what was given, and the defaults that decide numbers."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import typer

#: Options that say how an answer is shown or where it is put: no number depends on them.
SHOWN = {"as_json", "out", "lang", "plot"}
#: Options that are spelled out also where they were not given, since another version may have another default.
DECISIVE = {"draws", "seed", "elasticities", "law", "horizon", "baseline", "rates"}


def repeated(context: typer.Context, **decided: Any) -> str:
    """The command under way as one line for a shell; `decided`: options as they were decided, such as the day for `latest`."""
    words = ["detente", str(context.info_name)]
    for parameter in context.command.params:
        name = str(parameter.name)
        value = decided.get(name, context.params.get(name))
        if name in SHOWN or value is None or (name not in DECISIVE and value == parameter.get_default(context)):
            continue
        given = list(value) if isinstance(value, (list, tuple)) else [value]
        if parameter.param_type_name == "argument":
            words += map(_plain, given)
        elif isinstance(value, bool):
            words += parameter.opts[:1] if value else []
        else:
            words += [word for one in given for word in (parameter.opts[0], _plain(one))]
    return shlex.join(words)


def _plain(value: Any) -> str:
    """A value as it was given; of a file elsewhere its name alone, since folders say more than a reader should know."""
    if isinstance(value, Path):
        return value.name if value.is_absolute() else str(value)
    return str(value)
