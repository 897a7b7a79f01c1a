"""`PayoffModel`: what every party gets from a policy, and the slope of that in every instrument."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np

from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.errors import InputError, SolveError
from detente.talks.augmented_lagrangian import Found, Point, maximize
from detente.talks.clauses import Clauses, compile_clauses, slack_of
from detente.talks.compiled_payoffs import CompiledPayoffs, PayoffSpecification
from detente.talks.instruments import Instruments
from detente.talks.merit import Goal
from detente.talks.party import Objective, Party, positions
from detente.talks.rescaling import Rescaling

#: A solve is accepted when no market misses by more than this, relative.
RESIDUAL = 1e-8


class View(NamedTuple):
    """A policy as the parties see it: `payoff` [party], ratio to today's, and the equilibrium behind it."""

    policy: Policy
    payoff: np.ndarray
    outcome: Equilibrium


class PayoffModel:
    """An economy and the parties that judge it.

    `today` is the policy in force (default: the baseline's); every party's payoff is 1 there. Compiled programs belong
    to the economy, so that models with other parties on the same economy cost nothing new. `income` [region]: what
    a region spends at the baseline, million USD. Raises `InputError` when two parties are the same government.
    """

    def __init__(self, economy: DifferentiableEconomy, parties: Sequence[Party], today: Policy | None = None) -> None:
        self.economy, self.parties = economy, tuple(parties)
        self.names = tuple(party.region for party in parties)
        if len(set(self.names)) < len(self.names):
            raise InputError(f"Each government can be a party once; {', '.join(self.names)} repeats one.")
        #: Positions of the regions that each party governs: one, or the members of a customs union.
        self.members = tuple(tuple(positions(name, economy.regions)) for name in self.names)
        governed = [n for each in self.members for n in each]
        if twice := [economy.regions[n] for n in governed if governed.count(n) > 1]:
            raise InputError(f"{twice[0]} would sit at the table twice, alone and within a union; keep one of the two.")
        baseline = jax.tree.map(np.asarray, economy.status_quo())
        self.today = baseline if today is None else jax.tree.map(np.asarray, today)
        self._compiled = CompiledPayoffs.of(economy)
        self.no_clauses = compile_clauses(economy, [], {})
        self._curvatures: dict[int, tuple[Instruments, np.ndarray]] = {}
        #: Equilibria found and adjoint or tangent systems solved so far.
        self.work: Counter[str] = Counter()
        self._states: dict[int, Any] = {}  # by number of quotas, whose rates are part of the state
        self._specification = self._with_incomes(np.ones(len(economy.regions)), np.ones(len(self.names)))
        base = self.see(baseline).outcome
        self.income = np.asarray(base.income)
        self._specification = self._with_incomes(self.income, np.ones(len(self.names)))
        now = self.see(self.today).payoff
        if (now <= 0).any():
            worst = self.names[int(np.argmin(now))]
            raise InputError(f"The objective of {worst} is not positive today; its weights are too extreme.")
        self._specification = self._with_incomes(self.income, now)

    def _with_incomes(self, income: np.ndarray, scale: np.ndarray) -> PayoffSpecification:
        room = max(len(mine) for mine in self.members)
        each = [party.objective(self.economy, income, room) for party in self.parties]
        return PayoffSpecification(
            jax.tree.map(lambda *leaves: jnp.stack(leaves), *each), jnp.asarray(scale), self.no_clauses
        )

    @property
    def incomes(self) -> np.ndarray:
        """Baseline income of each party, all its members', million USD."""
        return np.array([self.income[list(mine)].sum() for mine in self.members])

    def real_income(self, at: Equilibrium) -> np.ndarray:
        """Real income of each party [party], over its baseline's, whatever else it weighs."""
        welfare = np.asarray(at.welfare)
        return np.array([self.income[list(m)] / self.income[list(m)].sum() @ welfare[list(m)] for m in self.members])

    @property
    def objectives(self) -> Objective:
        """The parties' objectives as arrays, stacked."""
        return self._specification.objectives

    def party(self, name: str) -> int:
        """Position of a party; raises `InputError` naming the parties."""
        if name not in self.names:
            raise InputError(f"{name!r} is not a party here; the parties are {', '.join(self.names)}.")
        return self.names.index(name)

    def see(self, policy: Policy, *, fresh: bool = False) -> View:
        """Payoffs under `policy`; `fresh` starts the solve from the baseline rather than from the last equilibrium."""
        found, outcome = self._compiled.value(self._specification, policy, None if fresh else self._near(policy))
        self._keep(policy, outcome)
        return View(policy, np.asarray(found)[: len(self.names)], outcome)

    def slope(
        self, instruments: Instruments, values: np.ndarray, given: Policy, party: int
    ) -> tuple[float, np.ndarray]:
        """A party's payoff at instrument `values`, and its derivative in each instrument."""
        seed = np.eye(2 * len(self.names))[party]
        policy = instruments.apply(given, values)
        found, gradient, outcome = self._compiled.vjp(self._specification, policy, self._near(policy), seed)
        self._keep(policy, outcome)
        self.work["gradients"] += 1
        return float(found[party]), instruments.vjp(gradient)

    def features(
        self,
        instruments: Instruments,
        values: np.ndarray,
        given: Policy,
        clauses: Clauses,
        parties: Sequence[int] | None = None,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Payoffs [party], their slopes [party, instrument], and every constituency's change [constituency].

        `parties`: whose slopes are wanted (default: all; the others' are zero). One equilibrium, then one adjoint solve for
        each party, side by side.
        """
        specification, policy, count = (
            self._specification._replace(clauses=clauses),
            instruments.apply(given, values),
            len(self.names),
        )
        found, outcome = self._compiled.value(specification, policy, self._near(policy))
        self._keep(policy, outcome)
        wanted = range(count) if parties is None else parties
        seeds = np.eye(count, 2 * count + clauses.votes.size)
        slopes = np.zeros((count, len(instruments)))
        slopes[wanted] = side_by_side(
            lambda k: instruments.vjp(self._vjp(specification, policy, outcome, seeds[k])), wanted
        )
        return np.asarray(found)[:count], slopes, np.asarray(found)[count:-count]

    def _vjp(self, specification: PayoffSpecification, policy: Policy, at: Equilibrium, seed: np.ndarray) -> Policy:
        """The derivative of a weighted sum of features with respect to the policy, at an equilibrium that is known."""
        self.work["gradients"] += 1
        gradient: Policy = self._compiled.vjp(specification, policy, at.state, seed)[1]
        return gradient

    def change_slopes(
        self, instruments: Instruments, values: np.ndarray, given: Policy, clauses: Clauses
    ) -> np.ndarray:
        """Slopes of every constituency's change [constituency, instrument]; one linear solve for each instrument."""
        specification, policy, count = (
            self._specification._replace(clauses=clauses),
            instruments.apply(given, values),
            len(self.names),
        )
        _, slopes, outcome = self._compiled.jvp(
            specification, policy, self._near(policy), instruments.directions(policy)
        )
        self._keep(policy, outcome)
        self.work["gradients"] += len(instruments)
        return np.asarray(slopes).T[count:-count]

    def point(self, frame: Rescaling, at: np.ndarray, given: Policy, clauses: Clauses) -> Point:
        """Payoffs and slacks at coordinates `at`, with a vjp that costs one adjoint solve whatever it weighs."""
        values = frame.values(at)
        policy, count = frame.instruments.apply(given, values), len(self.names)
        specification = self._specification._replace(clauses=clauses)
        found, outcome = self._compiled.value(specification, policy, self._near(policy))
        self._keep(policy, outcome)
        room, by_change = slack_of(clauses, np.asarray(found)[count:-count].reshape(clauses.votes.shape))

        def vjp(by_payoff: np.ndarray, by_slack: np.ndarray) -> np.ndarray:
            seed = np.concatenate([by_payoff, (by_slack[:, None] * by_change).ravel(), np.zeros(count)])
            return frame.instruments.vjp(self._vjp(specification, policy, outcome, seed)) / frame.stretch(values)

        return Point(np.asarray(found)[:count], room, vjp)

    def coordinates(self, instruments: Instruments) -> Rescaling:
        """What an optimizer should move in place of `instruments`."""
        theta = instruments.mean(self.today, np.asarray(self.economy.trade_elasticity))
        largest = self.curvature(instruments).max(axis=0)
        scale = np.sqrt(np.maximum(largest, 1e-9 * largest.max(initial=1e-9)))
        return Rescaling(instruments, np.where(instruments.are_duties, (theta + 1) / 3, 0.0), scale)

    def curvature(self, instruments: Instruments) -> np.ndarray:
        """How much each instrument may bend each payoff [2 party, instrument], seen by the slopes of payoffs, then of revenues.

        Welfare bends with an instrument in proportion to the trade it touches and to how fast that trade responds: for a
        tariff, what a point of it collects times the trade elasticity; for a quota, the trade it limits over that.
        """
        kept = self._curvatures.get(id(instruments))
        if kept is None or kept[0] is not instruments:
            seeds, at = np.eye(2 * len(self.names)), self.see(self.today).outcome
            theta = instruments.mean(self.today, np.asarray(self.economy.trade_elasticity))
            income = np.tile(self.incomes, 2)

            def touched(k: int) -> np.ndarray:
                rates = theta * instruments.touched(self._vjp(self._specification, self.today, at, seeds[k]))
                return rates + instruments.limited_trade / income[k] / theta

            kept = self._curvatures[id(instruments)] = instruments, np.array(side_by_side(touched, range(len(seeds))))
        return kept[1]

    def _near(self, policy: Policy) -> Any:
        """Where to start the next solve."""
        return self._states.get(_quotas(policy))

    def _keep(self, policy: Policy, outcome: Equilibrium) -> None:
        residual = float(outcome.residual)
        if not residual < RESIDUAL:
            raise SolveError(
                f"No equilibrium was found at this policy: a market misses by {residual:.1e} of its size, "
                f"more than {RESIDUAL:.0e}."
            )
        self.work["equilibria"] += 1
        self._states[_quotas(policy)] = outcome.state


def _quotas(policy: Policy) -> int:
    return 0 if policy.quotas is None else len(policy.quotas.limit)


def side_by_side(task: Callable[[Any], Any], each: Sequence[Any]) -> list[Any]:
    """The answers of a task to each of a few questions, in as many threads as there are processors."""
    if len(each) < 2:
        return [task(one) for one in each]
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return list(threads.map(task, each))


def climb_economy(
    payoff_model: PayoffModel, instruments: Instruments, given: Policy, clauses: Clauses, goal: Goal, start: np.ndarray
) -> Found:
    """The best of a goal over many instruments, climbed from `start` on the economy itself."""
    frame = payoff_model.coordinates(instruments)
    found = maximize(
        lambda at: payoff_model.point(frame, at, given, clauses), (frame.lower, frame.upper), goal, frame.point(start)
    )
    values = frame.values(found.values)
    return replace(found, values=values, pressure=found.pressure * frame.stretch(values))
