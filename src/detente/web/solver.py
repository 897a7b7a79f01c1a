"""The warm economy behind the page: one per horizon and draw, compiled once, each solve started from the last."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar, cast

import jax
import numpy as np

from detente.accounts import Baseline, load
from detente.economy import HORIZONS, Economy, Policy, Quotas, Result, calibrate, equations
from detente.economy.outcomes import Levels, levels
from detente.economy.solver import TOLERANCE, solve
from detente.errors import InputError, SolveError
from detente.law import Ledger
from detente.study.scenario import Scenario
from detente.study.scenario.content_rules import solve as solve_contents
from detente.study.scenario.law import changed_ledger, day_of, policy_of_law
from detente.study.scenario.policy import apply_changes
from detente.study.scenario.quotas import apply_quotas
from detente.study.uncertainty.sampling import Sample, sample

T = TypeVar("T")

#: Draws behind a range (`detente.study.uncertainty.sampling`).
DRAWS = 16
#: Flows under quotas in one question: each is one more unknown, and every multiple of `QUOTA_ROOM` a program of its own.
MOST_QUOTAS, QUOTA_ROOM = 24, 4


class Kept(Generic[T]):
    """The last `size` answers by key, each made once even when asked for by many at the same time."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._items: OrderedDict[Hashable, T] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer under `key`, made by `make` if it is not kept."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            with self._lock:
                if key in self._items:
                    return self._items[key]
            made = make()
            with self._lock:
                self._items[key] = made
                self._locks.pop(key, None)
                while len(self._items) > self.size:
                    self._items.popitem(last=False)
            return made


@dataclass
class Warm:
    """An economy ready to be solved; `states`: of its last solves, by number of quotas, from which the next ones start."""

    economy: Economy
    states: dict[int, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.economy, name)

    def levels(self, policy: Policy) -> tuple[Levels, dict[str, float]]:
        """The equilibrium of `policy` and how it was found. Raises `SolveError`."""
        economy = self.economy
        start = self.states.get(_quotas(policy))
        if start is None:
            start = equations.baseline_state(economy.calibration, policy)
        began = time.perf_counter()
        found, residual, evaluations, state = jax.block_until_ready(
            _solve(economy.calibration, economy.preconditioner, policy, start)
        )
        spent = 1000 * (time.perf_counter() - began)
        if not float(residual) <= TOLERANCE:
            raise SolveError(
                "No equilibrium was found for these rates: try a smaller change, or fewer changes at once."
            )
        self.states[_quotas(policy)] = state
        told = {"residual": float(residual), "iterations": int(evaluations), "solve_ms": spent}
        return jax.tree.map(np.asarray, found), told


@dataclass(frozen=True)
class Answer:
    """A scenario solved: `result` against the reference, `policy` in it and in the reference, and what it took."""

    result: Result
    policy: Policy
    before: Policy
    timings: dict[str, float]


@jax.jit
def _solve(cal: Any, preconditioner: Any, policy: Policy, start: Any) -> tuple[Levels, Any, Any, Any]:
    found = solve(cal, preconditioner, policy, start)
    return levels(cal, policy, found.state), found.residual, found.evaluations, found.state


class Solver:
    """Answers scenarios on `world-2024`, from many threads."""

    def __init__(self) -> None:
        self.baseline: Baseline = load("world-2024", uses="two")
        self.ready = threading.Event()
        self._warm: Kept[Warm] = Kept(3 * (DRAWS + 1))
        self._samples: Kept[Sample] = Kept(3)
        self._policies: Kept[Policy] = Kept(64)
        self._ledgers: Kept[Ledger] = Kept(16)
        self._levels: Kept[tuple[Levels, dict[str, float]]] = Kept(4 * DRAWS)

    def warm_up(self) -> None:
        """Compile the model and read the law, so that the first visitor does not wait."""
        self.answer(Scenario(title="warm"), against="law")
        self.ready.set()

    def warm(self, horizon: str, draw: int | None = None) -> Warm:
        """The economy of a horizon, with its central parameters or those of a draw."""

        def make() -> Warm:
            if draw is None:
                return Warm(calibrate(self.baseline, horizon=horizon))
            drawn = self.sample(horizon)
            parameters = {
                "theta": drawn.trade_elasticity[draw],
                "rigidity": drawn.rigidity[draw],
                "labour_supply": drawn.labour_supply[draw],
            }
            return Warm(self.warm(horizon).economy.varied(**parameters))

        return self._warm.get((horizon, draw), make)

    def sample(self, horizon: str) -> Sample:
        """The draws behind the ranges of a horizon."""

        def make() -> Sample:
            central = np.asarray(self.baseline.trade_elasticity)
            return sample(DRAWS, self.baseline.sectors, central, HORIZONS[horizon], law=True)

        return self._samples.get(horizon, make)

    def law(
        self, horizon: str, day: date | None, ledger: Ledger, edits: Hashable = (), bound: str | float = "central"
    ) -> Policy:
        """The policy of a day's law (None: the baseline's); `bound` as in `policy_of_law`."""
        economy = self.warm(horizon).economy
        if day is None:
            return economy.status_quo()
        key = (horizon, day, edits, bound)
        return self._policies.get(key, lambda: policy_of_law(economy, day, ledger, bound=bound))

    def answer(self, scenario: Scenario, against: str, draw: int | None = None) -> Answer:
        """Solve a scenario. `against`: ``2024`` (the baseline) or ``law`` (the law of its day, unchanged).

        Raises `InputError` for what the scenario asks and `SolveError` when nothing clears.
        """
        warm = self.warm(scenario.horizon, draw)
        bound: str | float = "central" if draw is None else float(self.sample(scenario.horizon).law[draw])
        day, ledger = day_of(scenario), Ledger.default()
        reference_day = day if against == "law" else None
        before = self.law(scenario.horizon, reference_day, ledger, bound=bound)
        edits = tuple((c.measure, c.action, c.rate) for c in scenario.changes if c.kind == "measure")
        began = time.perf_counter()
        changed = self._ledgers.get(edits, lambda: changed_ledger(scenario, ledger)) if edits else ledger
        start = self.law(scenario.horizon, day, changed, edits, bound)
        policy = apply_quotas(scenario, self.baseline, apply_changes(scenario, self.baseline, start))
        policy = with_room(policy, self.baseline)
        timings = {"policy_ms": 1000 * (time.perf_counter() - began)}
        found, diagnostics = solve_contents(scenario, cast(Economy, warm), policy)
        timings["solve_ms"] = diagnostics.pop("solve_ms")
        key = (scenario.horizon, draw, reference_day)
        reference, _ = self._levels.get(key, lambda: warm.levels(before))
        began = time.perf_counter()
        result = Result(warm.economy, reference, found, diagnostics)
        _ = result.arrays  # computed here, so that the time is known
        timings["results_ms"] = 1000 * (time.perf_counter() - began)
        return Answer(result, policy, before, timings)


def _quotas(policy: Policy) -> int:
    return 0 if policy.quotas is None else len(policy.quotas.limit)


def with_room(policy: Policy, baseline: Baseline) -> Policy:
    """The policy with its quotas filled up to a multiple of `QUOTA_ROOM` by ones on a flow without trade, which do nothing.

    Raises `InputError` for more than `MOST_QUOTAS`.
    """
    quotas = policy.quotas
    if quotas is None:
        return policy
    count = len(quotas.limit)
    if count > MOST_QUOTAS:
        raise InputError(f"The page takes quotas on {MOST_QUOTAS} flows at most; this is {count}. Use `detente run`.")
    n, i, j = np.argwhere(baseline.border_value.sum(axis=3) <= 0)[0]
    idle = (n, i, j, 1.0, False, 0.0, 0.0, 0.0)
    more = -count % QUOTA_ROOM
    rows = (
        np.concatenate([np.asarray(kept), np.full(more, one, np.asarray(kept).dtype)])
        for kept, one in zip(quotas, idle, strict=True)
    )
    return policy._replace(quotas=Quotas(*rows))  # type: ignore[arg-type]  # NumPy arrays serve where JAX takes them
