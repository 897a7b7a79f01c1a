"""Write architecture.md from the first line of every module: ``python docs/make_architecture.py``."""

from __future__ import annotations

import ast
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER / "architecture.md"
PACKAGE = FOLDER.parent / "src" / "detente"

#: Rooms from left to right; a room imports only rooms to its left.
ROOMS = ("accounts", "law", "economy", "talks", "study", "report", "web", "agents", "cli")

INTRODUCTION = """\
# Architecture

The house has rooms in one direction, and a room imports only rooms to its left:

    accounts  ->  law  ->  economy  ->  talks  ->  study  ->  report, web, agents, cli

`law` uses accounts only, and `economy` needs no law: tariffs, quotas and content rules reach it as arrays. Nothing left of
`study` prints, draws or reads what users wrote; nothing right of it computes. Numbers are NumPy or JAX arrays inside, labelled
xarray at the edges. A user's mistake is an `InputError` with one sentence; commands turn it into exit status 2.

From a question to an answer: `study.scenario` reads the file and says what its law and changes mean as arrays,
`accounts.library` loads the world, `economy.calibration` and `economy.solver` find the equilibrium, `economy.result` says what
changed, `study.uncertainty` how sure that is, `report` shows it.

The list below is the first line of each module, written by `python docs/make_architecture.py`; a test keeps it complete.
"""


def modules(folder: Path) -> list[Path]:
    """Modules of a folder and the folders below it, packages by their ``__init__``, in alphabetical order."""
    return sorted(folder.rglob("*.py"), key=lambda path: [part.replace("__init__.py", "") for part in path.parts])


def line(path: Path) -> str:
    """One module as a list item: its name and the first line of its docstring."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__") or "detente"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return f"- `{name}`: {docstring.splitlines()[0] if docstring else ''}"


def page() -> str:
    """The page as it should be."""
    text = INTRODUCTION + "\n## The package\n\n"
    text += "\n".join(line(path) for path in modules(PACKAGE) if path.parent == PACKAGE) + "\n"
    for room in ROOMS:
        text += f"\n## {room}\n\n" + "\n".join(map(line, modules(PACKAGE / room))) + "\n"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
