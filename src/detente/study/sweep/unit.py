"""One unit of a sweep's work: a batch of solves, the same rows wherever and however often it is done."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from detente.errors import InputError, SolveError
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario
from detente.study.sweep.design import Sweep
from detente.study.uncertainty.sampling import Sample

if TYPE_CHECKING:
    import pandas as pd

#: Solves in a batch: some seconds of work, which is what a worker that dies costs.
BATCH = 256


def batches(sweep: Sweep, size: int = BATCH) -> int:
    """How many batches."""
    return -(-sweep.size // size)


def solve_batch(sweep: Sweep, number: int, size: int = BATCH, threads: int | None = None) -> pd.DataFrame:
    """The rows of a batch: point, draw (0: central), region, the outcomes kept, and why a solve failed (empty: it did not).

    What a solve gives does not depend on the others: any split into batches, threads or workers gives the same rows.
    """
    import pandas as pd

    first, last = number * size, min((number + 1) * size, sweep.size)
    with ThreadPoolExecutor(threads or _processors()) as pool:
        rows = list(pool.map(lambda unit: list(_solve(sweep, unit)), range(first, last)))
    columns = ["point", "draw", "region", *sweep.keep, "failure"]
    found = pd.DataFrame([row for unit in rows for row in unit], columns=columns)
    return found.astype(
        {"point": "int64", "draw": "int32", "region": str, **dict.fromkeys(sweep.keep, float), "failure": str}
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _solve(sweep: Sweep, unit: int) -> Iterator[tuple[Any, ...]]:
    point, draw = divmod(unit, 1 + sweep.draws)
    nothing = [float("nan")] * len(sweep.keep)
    try:
        asked = _asked(sweep.scenario_at(point))
        economy = _kept(asked.economy_key, asked.economy)
        if draw:
            key = f"{asked.economy_key} {asked.law_varies} {sweep.draws} {sweep.seed}"
            drawn: Sample = _kept(key, lambda: asked.sample(sweep.draws, seed=sweep.seed))
            economy = economy.varied(**drawn.parameters(draw - 1, economy.calibration))
            result = asked.answer(economy, float(drawn.law[draw - 1]) if asked.law_varies else None)
        else:
            result = asked.answer(economy)
    except (InputError, SolveError) as error:
        yield (point, draw, "", *nothing, str(error))
        return
    regions = sweep.regions or list(economy.regions)
    for region in regions:
        if region not in economy.regions:
            yield (point, draw, region, *nothing, f"there is no region {region!r}")
            continue
        k = economy.regions.index(region)
        yield (point, draw, region, *(float(result.arrays[name][k]) for name in sweep.keep), "")


def _asked(scenario: Scenario) -> Counterfactual:
    """The counterfactual of a scenario on a baseline that is read once."""
    world = _kept(f"baseline {scenario.baseline} {scenario.uses}", lambda: Counterfactual.of(scenario).baseline)
    return Counterfactual(scenario, world)


_KEPT: dict[str, Any] = {}
_MOST_KEPT = 32
_LOCK = threading.RLock()


def _kept(key: str, make: Callable[[], Any]) -> Any:
    """Baselines, economies and samples that points share, each made once; the oldest go when there are many."""
    with _LOCK:
        if key not in _KEPT:
            made = make()
            while len(_KEPT) >= _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)))
            _KEPT[key] = made
        return _KEPT[key]


@cache
def unit_of(text: str) -> Sweep:
    """A sweep from its JSON, once in a worker."""
    return Sweep.model_validate_json(text)
