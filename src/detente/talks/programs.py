"""The compiled programs behind an `Outlook`: features of a policy, pulled back to instruments or pushed along levers.

Features are one vector: payoffs of the parties, changes of the constituencies of clauses, revenues of the parties
over income. Where a policy stands for derivatives, its quotas are those of the limits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax
import jax.numpy as jnp
from jax import Array

from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy
from detente.talks.clauses import Clauses, changes
from detente.talks.party import Objective, payoff


class Eyes(NamedTuple):
    """Who looks and at what: objectives stacked over parties, payoffs at which each counts 1, and the clauses."""

    objectives: Objective
    scale: Array
    clauses: Clauses


class Programs:
    """`look`, `pull` and `push`, compiled for one economy and kept with it."""

    def __init__(self, economy: DifferentiableEconomy) -> None:
        def features(eyes: Eyes, policy: Policy, start: Any) -> tuple[Array, Equilibrium]:
            outcome = economy.equilibrium(policy, start)
            payoffs = jax.vmap(payoff, (0, None, None))(eyes.objectives, policy, outcome) / eyes.scale
            revenue = outcome.revenue[eyes.objectives.region] / eyes.objectives.income
            return jnp.concatenate([payoffs, changes(eyes.clauses, outcome).ravel(), revenue]), outcome

        def along(eyes: Eyes, policy: Policy, start: Any) -> tuple[Any, Policy]:
            # of quotas only the limits move
            held = policy.quotas
            limit: Any = None if held is None else held.limit
            movable = policy._replace(quotas=limit)

            def at(moved: Any) -> Any:
                quotas = None if held is None else held._replace(limit=moved.quotas)
                return features(eyes, moved._replace(quotas=quotas), start)

            return at, movable

        def pull(eyes: Eyes, policy: Policy, start: Any, seed: Array) -> tuple[Array, Policy, Equilibrium]:
            found, back, outcome = jax.vjp(*along(eyes, policy, start), has_aux=True)
            return found, back(seed)[0], outcome

        def push(eyes: Eyes, policy: Policy, start: Any, directions: Policy) -> tuple[Array, Array, Equilibrium]:
            found, forward, outcome = jax.linearize(*along(eyes, policy, start), has_aux=True)
            return found, jax.vmap(forward)(directions), outcome

        #: Features and equilibrium of a policy.
        self.look = jax.jit(features)
        #: And the derivative of a weighted sum of features (`seed` [feature]) with respect to the policy.
        self.pull = jax.jit(pull)
        #: And the derivative of every feature along each change of policy (`directions`, stacked) [direction, feature].
        self.push = jax.jit(push)

    @classmethod
    def of(cls, economy: DifferentiableEconomy) -> Programs:
        """The programs of an economy, made once."""
        kept: Programs | None = getattr(economy, "_talks_programs", None)
        if kept is None:
            kept = cls(economy)
            object.__setattr__(economy, "_talks_programs", kept)
        return kept
