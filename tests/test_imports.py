"""The rooms of the house: nobody imports in a circle, and a name means one thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import detente

SOURCE = Path(detente.__file__).parent
#: Pairs in which a method loads what works on its own class, when it is called: saving and reading, re-basing,
#: answering a scenario. The commands register themselves with the command line that loads them, as Typer asks.
ON_CALL = {
    ("detente.accounts.baseline", "detente.accounts.storage"),
    ("detente.economy.closures", "detente.economy.economy"),
    ("detente.study.scenario.schema", "detente.study.counterfactual"),
}


def modules() -> dict[str, Path]:
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = ("detente", *path.relative_to(SOURCE).with_suffix("").parts)
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported(node: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    """Modules of the package that a module needs when it runs, at once or on a call; imports for types alone are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                name = f"{child.module}.{alias.name}"
                yield name if name in known else child.module
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        else:
            yield from imported(child, known)


def test_no_module_imports_in_a_circle():
    known = modules()
    needs = {
        name: {other for other in imported(ast.parse(path.read_text(encoding="utf-8")), known) if other in known}
        for name, path in known.items()
    }
    for name, others in needs.items():
        others -= {name, *(other for other in others if (name, other) in ON_CALL)}
        if name.startswith("detente.cli."):
            others.discard("detente.cli")
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise AssertionError(f"these import each other in a circle: {' -> '.join(error.args[1])}") from None


def test_no_script_of_the_page_imports_in_a_circle():
    static = (SOURCE / "web" / "static").resolve()
    needs = {
        file: {
            (file.parent / target).resolve()
            for target in re.findall(r'^(?:import|export) .*?from "(\.[^"]+)";', file.read_text(encoding="utf-8"), re.M)
        }
        for file in static.rglob("*.js")
    }
    assert sum(map(len, needs.values())) > 50
    assert set().union(*needs.values()) <= set(needs), "a script imports what is not there"
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        names = [str(file.relative_to(static)) for file in error.args[1]]
        raise AssertionError(f"these import each other in a circle: {' -> '.join(names)}") from None


def test_no_two_classes_have_one_name():
    defined: dict[str, list[str]] = {}
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                defined.setdefault(node.name, []).append(name)
    assert {name: where for name, where in defined.items() if len(where) > 1} == {}
