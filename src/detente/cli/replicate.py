"""`detente replicate`: published papers, re-computed and set beside what they printed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from detente.cli import app
from detente.errors import InputError, SolveError


def replications_folder() -> Path:
    """Where the replications live: beside the package in a wheel, at the top of a source checkout."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "replications", package.parents[1] / "replications")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def sources_folder(given: Path | None) -> Path:
    """The folder of source data: `--sources`, or `DETENTE_SOURCES`, or `../shared/data` from here."""
    folder = given or Path(os.environ.get("DETENTE_SOURCES", "../shared/data"))
    if not folder.is_dir():
        raise InputError(
            f"No source data at {folder}: give their folder with --sources DIR or in DETENTE_SOURCES; replications need "
            "the papers' own data, which Détente may not redistribute."
        )
    return folder


@app.command()
def replicate(
    name: Annotated[str, typer.Argument(help="Paper to replicate: cp2015, ossa2014, ignatenko2025.")],
    sources: Annotated[Path | None, typer.Option(help="Folder of source data.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Re-compute a published paper and print paper, ours and the difference; fail where a number is missed."""
    import importlib.util

    from rich.console import Console

    from detente.report.terminal import console as terminal_console

    folder = replications_folder()
    program = folder / name / "run.py"
    known = sorted(path.parent.name for path in folder.glob("*/run.py"))
    if name not in known:
        raise InputError(f"Unknown replication {name!r}; choose one of {', '.join(known)}.")
    found = sources_folder(sources)
    spec = importlib.util.spec_from_file_location(f"detente_replication_{name}", program)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with Console(stderr=True).status(f"Re-computing {name} ..."):
        spec.loader.exec_module(module)
        comparison = module.run(found)
    if as_json:
        print(comparison.to_json())
    else:
        terminal_console().print(comparison.table())
    if not comparison.passed:
        raise SolveError(f"{name}: at least one published number is missed (rows marked 'miss').")
