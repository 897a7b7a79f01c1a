"""`detente replicate`: published papers, re-computed and set beside what they printed."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Annotated

import typer

from detente.cli import app
from detente.errors import InputError, SolveError
from detente.text import named


def replications_folder() -> Path:
    """Where the replications live: beside the package in a wheel, at the top of a source checkout."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "replications", package.parents[1] / "replications")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def sources_folder(given: Path | None, name: str) -> Path:
    """The folder of the papers' data: `--sources`, or `DETENTE_SOURCES`, or `../shared/data` from here.

    Raises `InputError` where a file that the replication `name` needs is not there, naming the files and the folder.
    """
    folder = given or Path(os.environ.get("DETENTE_SOURCES", "../shared/data"))
    missing = [row["file"] for row in inputs(name) if not (folder / row["file"]).is_file()]
    if missing:
        raise InputError(
            f"{name} needs the paper's own data, which Détente may not redistribute: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not in {named(folder)}; put them into a folder, laid out as "
            f"`detente replicate {name} --inputs` says, and give it with --sources DIR or in DETENTE_SOURCES."
        )
    return folder


def inputs(name: str) -> list[dict[str, str]]:
    """What a replication reads: file, rows (empty: any), and what it holds."""
    with (replications_folder() / name / "inputs.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@app.command()
def replicate(
    name: Annotated[str, typer.Argument(help="Paper to replicate: cp2015, ossa2014, ignatenko2025.")],
    sources: Annotated[Path | None, typer.Option(help="Folder of the papers' data; see --inputs.")] = None,
    show_inputs: Annotated[
        bool, typer.Option("--inputs", help="Print what data the paper needs, and nothing else.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Re-compute a published paper and print paper, ours and the difference; fail where a number is missed.

    The papers' data do not come with Détente, as no licence lets us pass them on: --inputs says which files are needed.
    """
    import importlib.util

    from rich.console import Console

    from detente.report.terminal import console as terminal_console

    folder = replications_folder()
    program = folder / name / "run.py"
    known = sorted(path.parent.name for path in folder.glob("*/run.py"))
    if name not in known:
        raise InputError(f"Unknown replication {name!r}; choose one of {', '.join(known)}.")
    if show_inputs:
        _show_inputs(name)
        return
    found = sources_folder(sources, name)
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


def _show_inputs(name: str) -> None:
    """The files that a replication reads, and where its data came from."""
    from detente.report.terminal import say, show

    rows = [[row["file"], row["rows"] or "any", row["holds"]] for row in inputs(name)]
    show(f"What {name} reads, in the folder of --sources", ["file", "rows", "columns"], rows)
    text = (replications_folder() / name / "README.md").read_text(encoding="utf-8")
    say(" ".join(text.partition("## The data\n")[2].split("\n## ")[0].split()))
