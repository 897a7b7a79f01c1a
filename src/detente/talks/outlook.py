"""`Outlook`: what every party gets from a policy, and the slope of that in every instrument, from one compiled
program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.errors import InputError, SolveError
from detente.talks.clauses import Clauses, slack
from detente.talks.levers import Levers
from detente.talks.merit import Goal, Multipliers, merit
from detente.talks.party import Party, payoff, position

#: A solve is accepted when no market misses by more than this, relative.
RESIDUAL = 1e-8


class View(NamedTuple):
    """A policy as the parties see it: `payoff` [party], ratio to baseline; its slopes [party] x policy, or None."""

    policy: Policy
    payoff: np.ndarray
    slopes: Any
    outcome: Equilibrium


class Merit(NamedTuple):
    """A goal's value at a policy, its slope in every instrument, and the payoffs and clause slacks behind it."""

    merit: float
    slope: Policy
    payoff: np.ndarray
    slack: np.ndarray
    outcome: Equilibrium


class Outlook:
    """An economy and the parties that look at it.

    `today` is the policy in force (default: the baseline's); every party's payoff is 1 there. Compiled programs
    belong to the economy, so that outlooks with other parties on the same economy cost nothing new. Raises
    `InputError` when two parties are the same government.
    """

    def __init__(self, economy: DifferentiableEconomy, parties: Sequence[Party], today: Policy | None = None) -> None:
        self.economy, self.parties = economy, tuple(parties)
        self.names = tuple(party.region for party in parties)
        if len(set(self.names)) < len(self.names):
            raise InputError(f"Each government can be a party once; {', '.join(self.names)} repeats one.")
        self._programs = _programs(economy)
        baseline = jax.tree.map(np.asarray, economy.status_quo())
        self.today = baseline if today is None else jax.tree.map(np.asarray, today)
        base = self._programs["solve"](baseline, None)
        _accept(base)
        self.income = np.asarray(base.sector_income.sum(axis=1) + base.revenue)  # million USD, by region
        self.places = tuple(position(name, economy.regions, "region") for name in self.names)
        objectives = [party.objective(economy, self.income[n]) for party, n in zip(parties, self.places, strict=True)]
        self.objectives = jax.tree.map(lambda *leaves: jnp.stack(leaves), *objectives)
        self._scale = np.ones(len(self.parties))
        self._lever_scales: dict[int, tuple[Levers, np.ndarray]] = {}
        self._state: Any = base.state
        self._scale = self.see(self.today).payoff
        if (self._scale <= 0).any():
            worst = self.names[int(np.argmin(self._scale))]
            raise InputError(f"The objective of {worst} is not positive at the baseline; its weights are too extreme.")

    def party(self, name: str) -> int:
        """Position of a party; raises `InputError` naming the parties."""
        if name not in self.names:
            raise InputError(f"{name!r} is not a party here; the parties are {', '.join(self.names)}.")
        return self.names.index(name)

    def see(self, policy: Policy, *, fresh: bool = False) -> View:
        """Payoffs under `policy`; `fresh` starts the solve from the baseline rather than from the last equilibrium."""
        payoffs, outcome = self._programs["payoffs"](self.objectives, policy, None if fresh else self._state)
        return self._view(policy, payoffs, None, outcome)

    def slopes(self, policy: Policy) -> View:
        """Payoffs of all parties and their derivatives with respect to every instrument."""
        payoffs, slopes, outcome = self._programs["slopes"](self.objectives, policy, self._state)
        return self._view(policy, payoffs, slopes, outcome)

    def slope(self, policy: Policy, party: int) -> View:
        """As `slopes`, for one party only (the leading axis has length 1)."""
        objective = jax.tree.map(lambda leaf: leaf[party : party + 1], self.objectives)
        payoffs, slopes, outcome = self._programs["slopes"](objective, policy, self._state)
        return self._view(policy, payoffs, slopes, outcome, slice(party, party + 1))

    def merit(self, policy: Policy, goal: Goal, prices: Multipliers, clauses: Clauses) -> Merit:
        """The goal of `detente.talks.program` at `policy`, with its slope in every instrument."""
        start = self._state
        value, slope, (payoffs, slack, outcome) = self._programs["merit"](
            self.objectives, self._scale, goal, prices, clauses, policy, start
        )
        _accept(outcome)
        self._state = outcome.state
        return Merit(float(value), slope, np.asarray(payoffs), np.asarray(slack), outcome)

    def lever_scale(self, levers: Levers) -> np.ndarray:
        """Root of each lever's curvature, so that in scaled levers all payoffs bend alike (kept with the levers).

        Welfare bends with an instrument in proportion to the trade it touches: for a tariff, what a point of it
        collects; for a trade cost, the saving on what is traded already.
        """
        kept = self._lever_scales.get(id(levers))
        if kept is None or kept[0] is not levers:
            touched = np.abs(levers.pull(self.slopes(self.today).slopes)).max(axis=0)
            for n in self.places:
                collected = np.abs(levers.pull(self._programs["revenue"](self.today, self._state, n)))
                touched = np.maximum(touched, collected / self.income[n])
            kept = levers, np.sqrt(np.maximum(touched, 1e-9 * touched.max(initial=1e-9)))
            self._lever_scales[id(levers)] = kept
        return kept[1]

    def _view(
        self, policy: Policy, payoffs: Any, slopes: Any, outcome: Equilibrium, which: slice = slice(None)
    ) -> View:
        _accept(outcome)
        self._state = outcome.state
        scale = self._scale[which]
        if slopes is not None:
            slopes = jax.tree.map(lambda leaf: np.asarray(leaf) / scale.reshape(-1, *[1] * (leaf.ndim - 1)), slopes)
        return View(policy, np.asarray(payoffs) / scale, slopes, outcome)


def _accept(outcome: Equilibrium) -> None:
    residual = float(outcome.residual)
    if not residual < RESIDUAL:
        raise SolveError(
            f"No equilibrium was found at this policy: a market misses by {residual:.1e} of its size, "
            f"more than {RESIDUAL:.0e}."
        )


def _programs(economy: DifferentiableEconomy) -> dict[str, Callable[..., Any]]:
    """The compiled programs of an economy, made once and kept with it."""
    kept = getattr(economy, "_talks_programs", None)
    if kept is None:
        kept = {
            "solve": jax.jit(economy.equilibrium),
            "payoffs": jax.jit(lambda o, p, s: _payoffs(economy, o, p, s)),
            "revenue": jax.jit(jax.grad(lambda p, s, n: economy.equilibrium(p, s).revenue[n])),
            "merit": jax.jit(lambda *arguments: _merit(economy, *arguments)),
            "slopes": jax.jit(lambda o, p, s: _slopes(economy, o, p, s)),
        }
        object.__setattr__(economy, "_talks_programs", kept)
    return kept


def _payoffs(economy: DifferentiableEconomy, objectives: Any, policy: Policy, start: Any) -> tuple[Any, Equilibrium]:
    outcome = economy.equilibrium(policy, start)
    return jax.vmap(payoff, (0, None, None))(objectives, policy, outcome), outcome


def _slopes(economy: DifferentiableEconomy, objectives: Any, policy: Policy, start: Any) -> tuple[Any, Any, Any]:
    payoffs, pullback, outcome = jax.vjp(lambda p: _payoffs(economy, objectives, p, start), policy, has_aux=True)
    slopes = jax.vmap(lambda seed: pullback(seed)[0])(jnp.eye(len(payoffs)))
    return payoffs, slopes, outcome


def _merit(
    economy: DifferentiableEconomy,
    objectives: Any,
    scale: Any,
    goal: Goal,
    prices: Multipliers,
    clauses: Clauses,
    policy: Policy,
    start: Any,
) -> tuple[Any, Any, Any]:
    def value(policy: Policy) -> tuple[Any, Any]:
        payoffs, outcome = _payoffs(economy, objectives, policy, start)
        room = slack(clauses, outcome)
        return merit(goal, prices, payoffs / scale, room), (payoffs / scale, room, outcome)

    (number, rest), slope = jax.value_and_grad(value, has_aux=True)(policy)
    return number, slope, rest
