"""`Outlook`: what every party gets from a policy, and the slope of that in every lever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np

from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.errors import InputError, SolveError
from detente.talks.clauses import Clauses, compile_clauses, slack_of
from detente.talks.levers import Levers
from detente.talks.party import Party, position
from detente.talks.program import Point
from detente.talks.programs import Eyes, Programs

#: A solve is accepted when no market misses by more than this, relative.
RESIDUAL = 1e-8


class View(NamedTuple):
    """A policy as the parties see it: `payoff` [party], ratio to today's, and the equilibrium behind it."""

    policy: Policy
    payoff: np.ndarray
    outcome: Equilibrium


class Outlook:
    """An economy and the parties that look at it.

    `today` is the policy in force (default: the baseline's); every party's payoff is 1 there. Compiled programs belong
    to the economy, so that outlooks with other parties on the same economy cost nothing new. `income` [region]: GDP
    of the baseline, million USD. Raises `InputError` when two parties are the same government.
    """

    def __init__(self, economy: DifferentiableEconomy, parties: Sequence[Party], today: Policy | None = None) -> None:
        self.economy, self.parties = economy, tuple(parties)
        self.names = tuple(party.region for party in parties)
        if len(set(self.names)) < len(self.names):
            raise InputError(f"Each government can be a party once; {', '.join(self.names)} repeats one.")
        self.places = tuple(position(name, economy.regions, "region") for name in self.names)
        baseline = jax.tree.map(np.asarray, economy.status_quo())
        self.today = baseline if today is None else jax.tree.map(np.asarray, today)
        self._programs = Programs.of(economy)
        self.no_clauses = compile_clauses(economy, [], {})
        self._lever_scales: dict[int, tuple[Levers, np.ndarray, np.ndarray]] = {}
        self._state: Any = None
        self._eyes = self._with_incomes(np.ones(len(economy.regions)), np.ones(len(self.names)))
        base = self.see(baseline).outcome
        self.income = np.asarray(base.sector_income.sum(axis=1) + base.revenue)
        self._eyes = self._with_incomes(self.income, np.ones(len(self.names)))
        now = self.see(self.today).payoff
        if (now <= 0).any():
            worst = self.names[int(np.argmin(now))]
            raise InputError(f"The objective of {worst} is not positive today; its weights are too extreme.")
        self._eyes = self._with_incomes(self.income, now)

    def _with_incomes(self, income: np.ndarray, scale: np.ndarray) -> Eyes:
        each = [p.objective(self.economy, income[n]) for p, n in zip(self.parties, self.places, strict=True)]
        return Eyes(jax.tree.map(lambda *leaves: jnp.stack(leaves), *each), jnp.asarray(scale), self.no_clauses)

    def party(self, name: str) -> int:
        """Position of a party; raises `InputError` naming the parties."""
        if name not in self.names:
            raise InputError(f"{name!r} is not a party here; the parties are {', '.join(self.names)}.")
        return self.names.index(name)

    def see(self, policy: Policy, *, fresh: bool = False) -> View:
        """Payoffs under `policy`; `fresh` starts the solve from the baseline rather than from the last equilibrium."""
        found, outcome = self._programs.look(self._eyes, policy, None if fresh else self._state)
        self._keep(outcome)
        return View(policy, np.asarray(found)[: len(self.names)], outcome)

    def slope(self, levers: Levers, values: np.ndarray, given: Policy, party: int) -> tuple[float, np.ndarray]:
        """A party's payoff at lever `values`, and its derivative in each lever."""
        seed = np.zeros((1, 2 * len(self.names)))
        seed[0, party] = 1.0
        found, gradient, outcome = self._programs.pull(self._eyes, levers.apply(given, values), self._state, seed)
        self._keep(outcome)
        return float(found[party]), levers.pull(gradient)[0]

    def features(
        self, levers: Levers, values: np.ndarray, given: Policy, clauses: Clauses
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Payoffs [party], their slopes [party, lever], and every constituency's change [constituency]."""
        eyes, policy, count = self._eyes._replace(clauses=clauses), levers.apply(given, values), len(self.names)
        seeds = np.eye(count, 2 * count + clauses.votes.size)
        found, gradient, outcome = self._programs.pull(eyes, policy, self._state, seeds)
        self._keep(outcome)
        return np.asarray(found)[:count], levers.pull(gradient), np.asarray(found)[count:-count]

    def change_slopes(self, levers: Levers, values: np.ndarray, given: Policy, clauses: Clauses) -> np.ndarray:
        """Slopes of every constituency's change [constituency, lever]; one linear solve for each lever."""
        eyes, policy, count = self._eyes._replace(clauses=clauses), levers.apply(given, values), len(self.names)
        _, slopes, outcome = self._programs.push(eyes, policy, self._state, levers.directions(given))
        self._keep(outcome)
        return np.asarray(slopes).T[count:-count]

    def point(self, levers: Levers, values: np.ndarray, given: Policy, clauses: Clauses) -> Point:
        """Payoffs and slacks at lever `values`, with a pull that costs one adjoint solve whatever it weighs."""
        eyes, policy, count = self._eyes._replace(clauses=clauses), levers.apply(given, values), len(self.names)
        found, outcome = self._programs.look(eyes, policy, self._state)
        self._keep(outcome)
        room, by_change = slack_of(clauses, np.asarray(found)[count:-count].reshape(clauses.votes.shape))

        def pull(by_payoff: np.ndarray, by_slack: np.ndarray) -> np.ndarray:
            seed = np.concatenate([by_payoff, (by_slack[:, None] * by_change).ravel(), np.zeros(count)])
            return levers.pull(self._programs.pull(eyes, policy, self._state, seed[None])[1])[0]

        return Point(np.asarray(found)[:count], room, pull)

    def lever_scale(self, levers: Levers) -> np.ndarray:
        """Root of each lever's curvature, so that in scaled levers all payoffs bend alike."""
        return self._touched(levers)[1]

    def first_curvature(self, levers: Levers) -> np.ndarray:
        """A first guess of the second derivative of each payoff in each lever [party, lever]: of own levers, four times
        what they touch (a typical trade elasticity); of others none.
        """
        return -4 * self._touched(levers)[2]

    def _touched(self, levers: Levers) -> tuple[Levers, np.ndarray, np.ndarray]:
        """The levers, their scales, and what they collect for each party; computed once.

        Welfare bends with an instrument in proportion to the trade it touches: for a tariff, what a point of it
        collects; for a trade cost, the saving on what is traded already.
        """
        kept = self._lever_scales.get(id(levers))
        if kept is None or kept[0] is not levers:
            seeds = np.eye(2 * len(self.names))
            each = [self._programs.pull(self._eyes, self.today, self._state, seed[None])[1] for seed in seeds]
            slopes = np.abs(np.concatenate([levers.pull(gradient) for gradient in each]))
            touched = slopes.max(axis=0)
            scale = np.sqrt(np.maximum(touched, 1e-9 * touched.max(initial=1e-9)))
            kept = self._lever_scales[id(levers)] = levers, scale, slopes[len(self.names) :]
        return kept

    def _keep(self, outcome: Equilibrium) -> None:
        residual = float(outcome.residual)
        if not residual < RESIDUAL:
            raise SolveError(
                f"No equilibrium was found at this policy: a market misses by {residual:.1e} of its size, "
                f"more than {RESIDUAL:.0e}."
            )
        self._state = outcome.state
