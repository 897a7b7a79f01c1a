"""Write api.md, the reference of the Python API, from signatures and docstrings: ``python docs/make_api.py``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from pathlib import Path

import detente as dt
from detente.accounts.schema import VARIABLES
from detente.economy.policy import INSTRUMENTS
from detente.economy.result import OUTCOMES
from detente.study.negotiation.study import run_talks

PAGE = Path(__file__).parent / "api.md"

#: Heading -> names, in the order in which a study needs them.
GROUPS = {
    "The world": ("load", "Baseline"),
    "The law": ("statutory", "applied", "Ledger"),
    "The economy": ("calibrate", "Economy", "Horizon", "Policy", "Result", "LabelledOutcomes", "open"),
    "Scenarios": ("Scenario", "run", "Study", "compare"),
    "Governments": ("optimum", "Optimum", "war", "War", "talks", "TalksStudy", "Agreement"),
    "Errors": ("DetenteError", "InputError", "SolveError"),
}

INTRODUCTION = """\
# Python

`import detente as dt`. Every name below has an example in its docstring (`help(dt.run)`); all of them are run in the tests.
[`examples/notebook.py`](../examples/notebook.py) goes from a world to a deal in 25 lines.

Rates are fractions (0.25 is 25 percent), money is million USD a year, changes are percent. Arrays for people are labelled
(xarray): `result.welfare.sel(region="CAN")`. Ranges have the dimension `bound` (`low`, `central`, `high`), several scenarios the
dimension `scenario`. Whatever cannot be used raises `InputError` with one sentence; what cannot be solved, `SolveError`.

This page is written by `python docs/make_api.py`.
"""


def page() -> str:
    """The page as it should be."""
    parts = [INTRODUCTION]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}\n")
        parts += [entry(name) for name in names]
    parts.append(
        "## Outcomes\n\nOf a `Result`, a `Study`, and of whatever `sweep`, `compare`, `ranges` and `open` give.\n"
    )
    rows = [(name, " x ".join(dims), unit, meaning) for name, (dims, unit, meaning) in OUTCOMES.items()]
    parts.append(table(("outcome", "by", "unit", "meaning"), rows))
    parts.append("## Variables of a baseline\n")
    rows = [(name, " x ".join(one.dims), one.units, one.description) for name, one in VARIABLES.items()]
    parts.append(table(("variable", "by", "unit", "meaning"), rows))
    parts.append("## Instruments of a policy\n")
    instruments = [(name, " x ".join(dims), unit) for name, (dims, unit) in INSTRUMENTS.items()]
    parts.append(table(("instrument", "by", "unit"), instruments))
    return "\n".join(parts)


def entry(name: str) -> str:
    """A public name: its signature, its docstring without the example, and what its class offers."""
    thing = run_talks if name == "talks" else getattr(dt, name)
    shown = f"dt.{name}{signature(thing)}" if inspect.isfunction(thing) else f"dt.{name}"
    text = prose(thing)
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        text += "".join(f"\n- {line}" for line in members(thing))
    return f"### `{shown}`\n\n{text}\n"


def prose(thing: object) -> str:
    """A docstring without its example."""
    return re.split(r"\n\s*Examples?:", inspect.getdoc(thing) or "")[0].strip()


def signature(thing: object) -> str:
    """Names of the parameters and their defaults, without types."""
    found = []
    star = False
    for parameter in inspect.signature(thing).parameters.values():  # type: ignore[arg-type]
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            found.append("*")
            star = True
        if parameter.kind is parameter.VAR_POSITIONAL:
            star = True
        given = parameter.default
        default = "" if given is parameter.empty or callable(given) else f"={given!r}"
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        found.append(f"{stars}{parameter.name}{default}")
    return f"({', '.join(found)})"


def members(kind: type) -> list[str]:
    """Methods and properties of a class for people: how each is called, and the first sentence of its docstring."""
    lines = []
    for name, member in vars(kind).items():
        function = getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
            continue
        called = "" if function is not member and not isinstance(member, classmethod) else signature(function)
        first = re.split(r"(?<=[.]) ", " ".join(prose(function).split("\n\n")[0].split()))[0]
        lines.append(f"`{name}{called}`: {first}")
    return lines


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [
        " | ".join(head),
        " | ".join("---" for _ in head),
        *(" | ".join((f"`{row[0]}`", *row[1:])) for row in rows),
    ]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
