"""The warm economy behind the page: one per horizon and draw, compiled once, each solve started from the last."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Generic, TypeVar

import jax
import numpy as np

from detente.accounts import Baseline, load
from detente.economy import Economy, Policy, Quotas, Result, equations
from detente.economy.outcomes import Levels, levels
from detente.economy.solver import TOLERANCE, solve
from detente.errors import InputError
from detente.law import Ledger
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario
from detente.study.uncertainty.sampling import Sample

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


class Warm(Economy):
    """An economy whose solves start from its last one with as many quotas."""

    def __init__(self, economy: Economy) -> None:
        self.__dict__.update(vars(economy))
        self.states: dict[int, Any] = {}

    def levels(self, policy: Policy) -> tuple[Levels, dict[str, float]]:
        """The equilibrium of `policy` and how it was found. Raises `SolveError`."""
        start = self.states.get(_quotas(policy))
        if start is None:
            start = equations.baseline_state(self.calibration, policy)
        found, residual, evaluations, state = _solve(self.calibration, self.preconditioner, policy, start)
        if not float(residual) <= TOLERANCE:  # from here it is too far: as everybody else, in steps from the baseline
            return super().levels(policy)
        self.states[_quotas(policy)] = state
        told = {"residual": float(residual), "iterations": int(evaluations)}
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
    """Answers scenarios on `world-2024`, from many threads; `ledger_files` are measures on top of the law of every day."""

    def __init__(self, ledger_files: Sequence[Path] = ()) -> None:
        self.ledger_files = tuple(ledger_files)
        self.baseline: Baseline = load("world-2024", uses="two")
        self.ready = threading.Event()
        self._warm: Kept[Warm] = Kept(3 * (DRAWS + 1))
        self._samples: Kept[Sample] = Kept(3)
        self._levels: Kept[Levels] = Kept(4 * DRAWS)

    def warm_up(self) -> None:
        """Compile the model and read the law, so that the first visitor does not wait."""
        self.answer(Scenario(title="warm", against="law"))
        self.ready.set()

    @property
    def ledger(self) -> Ledger:
        """The law that this server holds, its files as they now are. Raises `InputError`."""
        return reduce(Ledger.with_file, self.ledger_files, Ledger.default())

    def scenario(self, fields: Mapping[str, Any]) -> Scenario:
        """A scenario under the law that this server holds. Raises `ValidationError`."""
        scenario = Scenario.model_validate(fields)
        return scenario if scenario.law is None else scenario.with_ledger(self.ledger_files)

    def asked(self, scenario: Scenario) -> Counterfactual:
        """The counterfactual of a scenario on the page's world."""
        return Counterfactual(scenario, self.baseline)

    def warm(self, counterfactual: Counterfactual, draw: int | None = None) -> Warm:
        """The economy that a counterfactual asks for, with its central parameters or those of a draw."""

        def make() -> Warm:
            if draw is None:
                return Warm(counterfactual.economy())
            economy = self.warm(counterfactual)
            return Warm(economy.varied(**self.sample(counterfactual).parameters(draw, economy.calibration)))

        return self._warm.get((counterfactual.economy_key, counterfactual.closure_varies, draw), make)

    def sample(self, counterfactual: Counterfactual) -> Sample:
        """The draws behind the ranges of a counterfactual's economy."""
        key = counterfactual.economy_key, counterfactual.law_varies, counterfactual.closure_varies
        return self._samples.get(key, lambda: counterfactual.sample(DRAWS))

    def answer(self, scenario: Scenario, draw: int | None = None) -> Answer:
        """Solve a scenario. Raises `InputError` for what it asks and `SolveError` when nothing clears."""
        asked = self.asked(scenario)
        warm = self.warm(asked, draw)
        bound = float(self.sample(asked).law[draw]) if draw is not None and asked.law_varies else None
        began = time.perf_counter()
        policy = with_room(asked.after(warm, bound), self.baseline)
        before = asked.before(warm, bound)
        at_policy = time.perf_counter()
        settled = asked.settle(warm, policy)
        solved = time.perf_counter()
        reference = self._levels.get((asked.reference_key, draw), lambda: asked.reference(warm, bound))
        compared = time.perf_counter()
        result = Result(warm, reference, settled.levels, settled.diagnostics)
        _ = result.arrays  # computed here, so that the time is known
        timings = {
            "policy_ms": 1000 * (at_policy - began),
            "solve_ms": 1000 * (solved - at_policy),
            "results_ms": 1000 * (time.perf_counter() - compared),
        }
        return Answer(result, settled.policy, before, timings)


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
