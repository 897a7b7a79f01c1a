"""The compiled functions behind a `PayoffModel`: features of a policy, their vector-Jacobian and Jacobian-vector products.

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


class PayoffSpecification(NamedTuple):
    """Who judges a policy, and by what: objectives stacked over parties, payoffs at which each counts 1, and the clauses."""

    objectives: Objective
    scale: Array
    clauses: Clauses


class CompiledPayoffs:
    """`value`, `vjp` and `jvp`, compiled for one economy and kept with it."""

    def __init__(self, economy: DifferentiableEconomy) -> None:
        self.economy = economy

        def features(specification: PayoffSpecification, policy: Policy, start: Any) -> tuple[Array, Equilibrium]:
            outcome = economy.equilibrium(policy, start)
            payoffs = jax.vmap(payoff, (0, None, None))(specification.objectives, policy, outcome) / specification.scale
            judged = specification.objectives
            revenue = (judged.member_weight * outcome.revenue[judged.members]).sum(axis=1) / judged.income
            return jnp.concatenate([payoffs, changes(specification.clauses, outcome).ravel(), revenue]), outcome

        def along(specification: PayoffSpecification, policy: Policy, start: Any) -> tuple[Any, Policy]:
            # of quotas only the limits move
            held = policy.quotas
            limit: Any = None if held is None else held.limit
            movable = policy._replace(quotas=limit)

            def at(moved: Any) -> Any:
                quotas = None if held is None else held._replace(limit=moved.quotas)
                return features(specification, moved._replace(quotas=quotas), start)

            return at, movable

        def vjp(
            specification: PayoffSpecification, policy: Policy, start: Any, seed: Array
        ) -> tuple[Array, Policy, Equilibrium]:
            found, back, outcome = jax.vjp(*along(specification, policy, start), has_aux=True)
            return found, back(seed)[0], outcome

        def jvp(
            specification: PayoffSpecification, policy: Policy, start: Any, directions: Policy
        ) -> tuple[Array, Array, Equilibrium]:
            found, forward, outcome = jax.linearize(*along(specification, policy, start), has_aux=True)
            return found, jax.vmap(forward)(directions), outcome

        #: Features and equilibrium of a policy.
        self.value = jax.jit(features)
        #: And the derivative of a weighted sum of features (`seed` [feature]) with respect to the policy.
        self.vjp = jax.jit(vjp)
        #: And the derivative of every feature along each change of policy (`directions`, stacked) [direction, feature].
        self.jvp = jax.jit(jvp)

    @classmethod
    def of(cls, economy: DifferentiableEconomy) -> CompiledPayoffs:
        """Those of an economy, made once; a variant copied from it gets its own."""
        kept: CompiledPayoffs | None = getattr(economy, "_compiled_payoffs", None)
        if kept is None or kept.economy is not economy:
            kept = cls(economy)
            object.__setattr__(economy, "_compiled_payoffs", kept)
        return kept
