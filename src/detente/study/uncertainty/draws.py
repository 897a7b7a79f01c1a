"""How sure an answer is: the economy solved again under draws of everything uncertain, and the ranges of its outcomes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente._runtime import cache_directory
from detente.accounts.places import Places
from detente.economy import HORIZONS, OUTCOMES, Economy, Horizon, Result
from detente.errors import SolveError
from detente.study.outcomes.energy import RANGED as ENERGY_RANGED
from detente.study.outcomes.energy import cost_by_place, energy
from detente.study.outcomes.households import RANGED as HOUSEHOLD_RANGED
from detente.study.outcomes.households import households
from detente.study.outcomes.places import PlaceChanges, change_by_place
from detente.study.uncertainty.cache import fingerprint, keep, kept
from detente.study.uncertainty.sampling import MIXTURE, Sample
from detente.study.uncertainty.worlds import Worlds

if TYPE_CHECKING:
    from detente.study.counterfactual import Counterfactual

#: Draws solved and kept at a time: what a killed run loses at most.
CHUNK = 32
LEVEL = 0.9
#: Share of draws without an equilibrium beyond which nothing is said.
MOST_FAILURES = 0.1

#: From a variant of the economy and a position in the law's range (0 low, 0.5 central, 1 high) to what is asked of it.
Answer = Callable[[Economy, float], Result]
#: Told how many draws are done, of how many.
Progress = Callable[[int, int], None]

_KEPT = tuple(name for name, (dims, _, _) in OUTCOMES.items() if dims[0] == "region" and "partner" not in dims)
PLACE, ENERGY, ENERGY_COST, HOUSEHOLD = "place_", "energy_", "place_energy_cost", "household_"
#: Why a draw has no equilibrium, in the kept files: a text for each draw.
_FAILURE = "failure"


@dataclass(frozen=True)
class Draws:
    """Outcomes under the draws of a `sample`.

    `outcomes` has those of `detente.economy.OUTCOMES` that belong to regions and sectors, [draw, region] or [draw, region,
    sector], by place `place_change`, `place_real_income_pct`, ... (see `PlaceChanges`), [draw, place], and of energy
    `energy_dependence`, ... (see `Energy`), [draw, region, good], and of `household_cost`, ... (see `Households`); `bought`,
    the change of what `buyers` buy from each region at the border, million USD [draw, buyer, exporter, sector]. Draws for
    which no equilibrium was found are NaN; `failures` says why, each reason once.
    """

    sample: Sample
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    outcomes: dict[str, np.ndarray]
    buyers: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @cached_property
    def solved(self) -> np.ndarray:
        """Which draws have an equilibrium [draw]."""
        return np.isfinite(self.outcomes["welfare"]).all(axis=1)

    def range(self, outcome: str, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Low and high end of the middle `level` of draws, for each region, region and sector, or place."""
        return self.ends(self.outcomes[outcome], level)

    def ends(self, values: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """The same for numbers made of outcomes, `values` [draw, ...]."""
        return _ends(values[self.solved], level)

    def moved(self, outcome: str) -> np.ndarray:
        """How far the ends of the range moved when the draws were last doubled, over the width of the range; shaped like it.

        The first half of the draws against all of them; 0 where nothing varies, NaN where there is nothing.
        """
        half, whole = (np.stack(_ends(self.outcomes[outcome][:n][self.solved[:n]], LEVEL)) for n in self._halves)
        width = whole[1] - whole[0]
        return np.divide(np.abs(whole - half).max(axis=0), width, out=0 * width, where=width > 0)

    @property
    def _halves(self) -> tuple[int, int]:
        return (len(self.sample) + 1) // 2, len(self.sample)

    def chance(self, parties: Sequence[str]) -> float:
        """Share of draws in which every one of `parties` gains welfare: the probability that all gain."""
        positions = [self.regions.index(party) for party in parties]
        gains = self.outcomes["welfare"][self.solved][:, positions] > 0
        return float(gains.all(axis=1).mean())


def silent(done: int, count: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn: `count` times, elasticities from `source`; `places` and `buyers` as in `solve_draws`.

    `accounts`: whether the accounts are drawn too, where the baseline says how its numbers were obtained.
    """

    count: int
    source: str = MIXTURE
    seed: int = 1
    places: Places | None = None
    buyers: tuple[str, ...] = ()
    accounts: bool = True

    def of(
        self,
        counterfactual: Counterfactual,
        economy: Economy,
        progress: Progress = silent,
        horizon: Horizon | None = None,
    ) -> Draws:
        """The counterfactual's answer in variants of its economy, kept under the fingerprint of all they rest on."""

        def answer(variant: Economy, position: float) -> Result:
            return counterfactual.answer(variant, position if counterfactual.law_varies else None)

        horizon = HORIZONS[counterfactual.scenario.horizon] if horizon is None else horizon
        worlds = Worlds.count(counterfactual.baseline) if self.accounts else 0
        drawn = counterfactual.sample(self.count, horizon=horizon, source=self.source, seed=self.seed, worlds=worlds)
        places = self.places
        where = None if places is None else (places.employment_share.tobytes(), places.income_share.tobytes())
        settings = horizon, self.source, self.seed, where, self.buyers, counterfactual.closure_varies, worlds
        key = fingerprint(economy.baseline, *counterfactual.key, *settings)
        return solve_draws(
            economy,
            drawn,
            answer,
            worlds=Worlds(counterfactual, horizon) if worlds else None,
            places=places,
            buyers=self.buyers,
            key=key,
            progress=progress,
        )


def solve_draws(
    economy: Economy,
    sample: Sample,
    answer: Answer,
    *,
    worlds: Callable[[int], Economy] | None = None,
    places: Places | None = None,
    buyers: Sequence[str] = (),
    key: str | None = None,
    folder: Path | None = None,
    progress: Progress = silent,
) -> Draws:
    """What `answer` says of variants of `economy`, one for each draw of `sample`; where the sample draws the accounts,
    `worlds` gives the economy of each draw of them.

    Solves run side by side in as many threads as there are processors; on a CPU that is three times as fast as one batch,
    which waits for its slowest draw and leaves the processor's cache. With `key`, chunks of `CHUNK` draws are kept under
    that name in `folder` (default: the cache folder), so that a run that was stopped goes on where it was, and a longer one
    takes up a shorter. Raises `SolveError` when more than a tenth of the draws have no equilibrium.
    """
    base = None if key is None else (folder or cache_directory() / "draws") / key
    chunks: list[dict[str, np.ndarray]] = []
    with ThreadPoolExecutor(_processors()) as pool:
        for first in range(0, len(sample), CHUNK):
            size = min(CHUNK, len(sample) - first)
            path = None if base is None else base / f"{first // CHUNK:05d}.npz"
            chunk = None if path is None else kept(path)
            if chunk is None or len(chunk["welfare"]) < size:
                rows = pool.map(
                    lambda k: _solve(economy, sample, k, answer, worlds, places, buyers), range(first, first + size)
                )
                chunk = _stack(list(rows))
                if path is not None:
                    keep(path, chunk)
            chunks.append({name: values[:size] for name, values in chunk.items()})
            progress(first + size, len(sample))
    outcomes = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
    failures = tuple(dict.fromkeys(str(text) for text in outcomes.pop(_FAILURE) if text))
    draws = Draws(sample, economy.regions, economy.sectors, outcomes, tuple(buyers), failures)
    if (failed := int((~draws.solved).sum())) > MOST_FAILURES * len(sample):
        raise SolveError(
            f"{failed} of {len(sample)} draws have no equilibrium, too many to give ranges. Try a smaller change, or "
            "trade elasticities from one source."
        )
    return draws


def _ends(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _solve(
    economy: Economy,
    sample: Sample,
    k: int,
    answer: Answer,
    worlds: Callable[[int], Economy] | None,
    places: Places | None,
    buyers: Sequence[str],
) -> dict[str, np.ndarray] | str:
    """The outcomes of draw `k`, or why it has no equilibrium."""
    try:
        base = economy if worlds is None or not sample.world[k] else worlds(int(sample.world[k]))
        variant = base.varied(**sample.parameters(k, base.calibration))
        result = answer(variant, float(sample.law[k]))
    except SolveError as error:
        return str(error)
    row = {name: result.arrays[name] for name in _KEPT}
    if buyers:
        at = [economy.regions.index(buyer) for buyer in buyers]
        row["bought"] = (result.found.border_value[at] - result.reference.border_value[at]).sum(axis=3)
    found = change_by_place(result, places)
    if found is not None:
        row |= {PLACE + name: getattr(found, name) for name in PlaceChanges.RANGED}
    if (at_home := households(result)) is not None:
        row |= {HOUSEHOLD + name: getattr(at_home, name) for name in HOUSEHOLD_RANGED}
    if (bought := energy(result)) is not None:
        row |= {ENERGY + name: getattr(bought, name) for name in ENERGY_RANGED}
        if (cost := cost_by_place(result, found)) is not None:
            row[ENERGY_COST] = cost
    return row


def _stack(rows: list[dict[str, np.ndarray] | str]) -> dict[str, np.ndarray]:
    """Rows as arrays [draw, ...], NaN for those that failed. Raises `SolveError` when all did."""
    filled = next((row for row in rows if not isinstance(row, str)), None)
    if filled is None:
        raise SolveError(f"None of {len(rows)} draws has an equilibrium. Try a smaller change.")
    stacked = {
        name: np.stack([np.full_like(values, np.nan) if isinstance(row, str) else row[name] for row in rows])
        for name, values in filled.items()
    }
    return {**stacked, _FAILURE: np.array([row if isinstance(row, str) else "" for row in rows])}


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
