"""`detente sweep`: one scenario at many points, in place, on Dask or in shards; and `detente sweep merge`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from detente.cli import app
from detente.errors import InputError


class _RunUnlessNamed(TyperGroup):
    """`detente sweep FILE` is `detente sweep run FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else ["run", *args])


sweep_app = typer.Typer(
    no_args_is_help=True,
    help="One scenario at many points of its fields, times draws: detente sweep FILE --out FOLDER, then sweep merge.",
)
app.add_typer(sweep_app, name="sweep", cls=_RunUnlessNamed)


@sweep_app.command("run")
def run(
    file: Annotated[Path, typer.Argument(help="Sweep file (YAML): title, scenario, vary, design, draws.")],
    out: Annotated[Path, typer.Option(help="Folder for the batches and results.parquet; taken up again where it is.")],
    cluster: Annotated[
        str | None,
        typer.Option(help="Run on Dask: local (workers of this machine), or a scheduler's address, tcp://host:port."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Workers of a local cluster.")] = 2,
    shard: Annotated[
        str | None, typer.Option(help="Do a part alone, such as 2/8, for schedulers; then detente sweep merge.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Solves in a batch: what a kill costs.")] = 256,
) -> None:
    """Solve every point; what is done stays done, so the same command goes on after a stop."""
    from detente.study.sweep.design import Sweep

    sweep = Sweep.from_file(file)  # complain before the slow imports
    part = _shard(shard)
    if part and cluster:
        raise InputError("Give --shard or --cluster, not both: a shard is one job of a scheduler of its own.")
    from detente.report.progress import progress
    from detente.study.sweep.run import sweep_in_place, sweep_on_dask, sweep_shard

    with progress("solves") as done:
        if part:
            home = sweep_shard(sweep, out, part, done, size=batch)
            print(f"Shard {shard} of {sweep.size:,} solves is in {home}; when all are done: detente sweep merge {out}")
            return
        if cluster:
            rows, failed = sweep_on_dask(sweep, out, done, cluster=cluster, workers=workers, size=batch)
        else:
            rows, failed = sweep_in_place(sweep, out, done, size=batch)
    _said(rows, failed, out / "results.parquet", sweep.size)


@sweep_app.command("merge")
def merge(
    folders: Annotated[
        list[Path], typer.Argument(help="Folder of a sweep or of its shards; several where they lie apart.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write; results.parquet in the first folder if none is given.")
    ] = None,
) -> None:
    """Put the shards of a sweep together, checked for what is missing."""
    from detente.study.sweep.store import RESULT
    from detente.study.sweep.store import merge as put_together

    path = out or folders[0] / RESULT
    rows, failed = put_together(folders, path)
    _said(rows, failed, path, None)


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if not found:
        raise InputError(f"--shard takes a part of a whole, such as 2/8; got {text!r}.")
    return int(found[1]), int(found[2])


def _said(rows: int, failed: int, path: Path, solves: int | None) -> None:
    told = f" of {solves:,} solves" if solves else ""
    print(f"{rows:,} rows{told} in {path}; {failed:,} failed{' (column failure says why)' if failed else ''}.")
