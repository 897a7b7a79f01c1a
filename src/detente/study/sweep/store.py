"""Where a sweep's results are: a folder with one Parquet file a batch, each named by its own digest.

A file is written whole or not at all and its name says what must be in it, so a killed run leaves batches that are done or are
not there, never half of one, and a damaged one is done again.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.files import cannot_write, write_whole
from detente.study.sweep.design import Sweep
from detente.text import named

if TYPE_CHECKING:
    import pandas as pd

PLAN, RESULT = "sweep.json", "results.parquet"


def open_folder(folder: Path, sweep: Sweep, size: int, record: dict[str, Any]) -> None:
    """Make a folder the home of a sweep, or take it up again. Raises `InputError` where another sweep is at home."""
    plan = {"sweep": sweep.model_dump(mode="json"), "batch": size, "provenance": record}
    path = folder / PLAN
    if path.exists():
        there = plan_of(folder)
        if there != json.loads(json.dumps(plan)):
            differ = [key for key in plan if there.get(key) != json.loads(json.dumps(plan[key]))]
            raise InputError(
                f"{named(folder)} holds another sweep ({', '.join(differ)} differ); give another folder, or take this one away."
            )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(plan, indent=1) + "\n")
    except OSError as error:
        raise cannot_write(folder, error) from None


def plan_of(folder: Path) -> dict[str, Any]:
    """What a folder holds results of. Raises `InputError` where it is no sweep's."""
    try:
        found: dict[str, Any] = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{named(folder)} is not the folder of a sweep: it has no readable {PLAN}.") from None
    return found


def done(folder: Path) -> dict[int, Path]:
    """Batches that are there and whole: number -> file. Damaged files are taken away, to be done again."""
    found = {}
    for path in sorted(folder.glob("batch-*.parquet")):
        _, number, digest = path.stem.split("-")
        if hashlib.sha256(path.read_bytes()).hexdigest()[:16] == digest:
            found[int(number)] = path
        else:
            path.unlink(missing_ok=True)
    return found


def keep(folder: Path, number: int, rows: pd.DataFrame) -> None:
    """Write the rows of a batch, whole. Raises `InputError` where there is no room."""
    buffer = io.BytesIO()
    rows.to_parquet(buffer, index=False, compression="zstd")
    data = buffer.getvalue()
    try:
        write_whole(folder / f"batch-{number:07d}-{hashlib.sha256(data).hexdigest()[:16]}.parquet", data)
    except OSError as error:
        raise cannot_write(folder, error) from None


def merge(folders: Iterable[Path], out: Path) -> tuple[int, int]:
    """Put the batches of all shards together in `out`: rows by point, draw and region, the inputs of each point beside them.

    Returns how many rows there are and how many solves failed. Raises `InputError` where a batch is missing or folders hold
    different sweeps.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from detente.study.sweep.unit import batches

    homes = [home for folder in folders for home in _homes(folder)]
    if not homes:
        raise InputError("There is nothing to merge: give the folder of a sweep, or those of its shards.")
    plans = [plan_of(home) for home in homes]
    if any(plan != plans[0] for plan in plans):
        raise InputError(
            "The folders hold different sweeps, or results of different data or versions; merge those of one."
        )
    sweep, size = Sweep.model_validate(plans[0]["sweep"]), int(plans[0]["batch"])
    found: dict[int, Path] = {}
    for home in homes:
        found |= done(home)
    if missing := [number for number in range(batches(sweep, size)) if number not in found]:
        raise InputError(
            f"{len(missing)} of {batches(sweep, size)} batches are missing (the first: {missing[0]}); run the sweep, or the "
            "shard that has them, again: it goes on where it was."
        )
    writer, buffer, rows, failed = None, io.BytesIO(), 0, 0
    for number in range(batches(sweep, size)):
        part = pd.read_parquet(found[number])
        for column, name in enumerate((one.field for one in sweep.vary), 2):
            part.insert(column, name, [_plain(sweep.values_at(point)[name]) for point in part["point"]])
        table = pa.Table.from_pandas(part, preserve_index=False)
        if writer is None:
            note = {b"detente": json.dumps(plans[0]).encode()}
            writer = pq.ParquetWriter(buffer, table.schema.with_metadata(note), compression="zstd")
        writer.write_table(table.replace_schema_metadata({b"detente": json.dumps(plans[0]).encode()}))
        rows, failed = rows + len(part), failed + int((part["failure"] != "").sum())
    assert writer is not None
    writer.close()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, buffer.getvalue())
    except OSError as error:
        raise cannot_write(out, error) from None
    return rows, failed


def _homes(folder: Path) -> list[Path]:
    """The folder itself, where a sweep is at home, and its shards."""
    return [home for home in [folder, *sorted(folder.glob("shard-*"))] if (home / PLAN).exists()]


def _plain(value: Any) -> Any:
    """A value as a column holds it: a number as it is, anything else as text."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
