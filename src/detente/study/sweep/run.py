"""Running a sweep: in place, on a Dask cluster, or a shard of it for a scheduler; what is done stays done."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.files import claimed
from detente.study.counterfactual import Counterfactual
from detente.study.provenance import Provenance
from detente.study.sweep.design import Sweep
from detente.study.sweep.store import RESULT, done, keep, merge, open_folder
from detente.study.sweep.unit import BATCH, batches, solve_batch, unit_of

Progress = Callable[[int, int], None]


def sweep_in_place(sweep: Sweep, folder: Path, progress: Progress, *, size: int = BATCH) -> tuple[int, int]:
    """Solve what is not done yet on this machine, then merge: rows and failures. Raises `InputError`."""
    with claimed(folder):
        _go_on(sweep, folder, progress, size, range(batches(sweep, size)))
        return merge([folder], folder / RESULT)


def sweep_shard(sweep: Sweep, folder: Path, shard: tuple[int, int], progress: Progress, *, size: int = BATCH) -> Path:
    """Solve shard `i` of `n` (from 1) into a folder of its own under `folder`; `merge` puts them together."""
    i, n = shard
    if not 1 <= i <= n:
        raise InputError(f"Shard {i} of {n} is none; shards count from 1/{n} to {n}/{n}.")
    home = folder / f"shard-{i}-of-{n}"
    with claimed(home):
        _go_on(sweep, home, progress, size, range(i - 1, batches(sweep, size), n))
    return home


def sweep_on_dask(
    sweep: Sweep, folder: Path, progress: Progress, *, cluster: str = "local", workers: int = 2, size: int = BATCH
) -> tuple[int, int]:
    """Solve what is not done yet on a Dask cluster: `local` workers of this machine, or the scheduler at an address.

    A worker that dies costs the batches it was at: they are done again by others.
    """
    if find_spec("distributed") is None:
        raise InputError("A cluster needs Dask, which is not installed: pip install 'detente[cluster]'.")
    from distributed import Client, LocalCluster, as_completed

    with claimed(folder):
        open_folder(folder, sweep, size, _record(sweep))
        text, ready = sweep.model_dump_json(), done(folder)
        todo = [number for number in range(batches(sweep, size)) if number not in ready]
        progress(len(ready) * size, sweep.size)
        if todo:
            own = (
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
                if cluster == "local"
                else None
            )
            try:
                client = Client(own or cluster, timeout="30s")
            except OSError as error:
                raise InputError(
                    f"No Dask scheduler answers at {cluster!r} ({error}); give its address, tcp://host:port."
                ) from None
            try:
                futures = client.map(_task, todo, text=text, size=size, pure=False, retries=3)
                for count, (future, (number, rows)) in enumerate(
                    as_completed(futures, with_results=True), len(ready) + 1
                ):
                    keep(folder, number, rows)
                    future.release()
                    progress(min(count * size, sweep.size), sweep.size)
            finally:
                client.close()
                if own is not None:
                    own.close()
        return merge([folder], folder / RESULT)


def _task(number: int, text: str, size: int) -> tuple[int, Any]:
    return number, solve_batch(unit_of(text), number, size, threads=1)


def _go_on(sweep: Sweep, folder: Path, progress: Progress, size: int, mine: range) -> None:
    open_folder(folder, sweep, size, _record(sweep))
    ready, share = done(folder), len(mine) * size
    for count, number in enumerate(mine, 1):
        if number not in ready:
            keep(folder, number, solve_batch(sweep, number, size))
        progress(min(count * size, share), share)


def _record(sweep: Sweep) -> dict[str, Any]:
    """What the results rest on: the provenance of the first point, whose scenario stands for all."""
    asked = Counterfactual.of(sweep.scenario_at(0))
    return dict(Provenance.of(asked, draws=sweep.draws, seed=sweep.seed).record())
