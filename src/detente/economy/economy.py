"""`Economy`: a calibrated world that answers what a policy does."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy import equations
from detente.economy.calibration import Calibration, calibrate_arrays
from detente.economy.horizons import Horizon, horizon
from detente.economy.interface import Equilibrium, Policy
from detente.economy.outcomes import Levels, baseline_levels, levels
from detente.economy.preconditioner import inverse_own_response
from detente.economy.solver import TOLERANCE, Solution, attempt, find, solve
from detente.errors import InputError, SolveError

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline
    from detente.economy.result import Result

CLOSURES = ("fixed", "balanced", "given")


class Economy:
    """The world economy of a baseline, ready to be solved (`calibrate` makes one).

    `deficit` [region] is what every solve holds trade deficits at, in million USD of the numeraire (world factor income at
    its baseline value), so that a fixed deficit is a fixed share of world factor income.
    """

    def __init__(
        self,
        baseline: Baseline,
        calibration: Calibration,
        *,
        deficit: np.ndarray | Array | None = None,
        horizon: str = "custom",
        preconditioner: Array | None = None,
    ) -> None:
        self.baseline = baseline
        self.regions, self.sectors, self.uses = baseline.regions, baseline.sectors, baseline.uses
        self.calibration = calibration
        self.deficit = calibration.deficit if deficit is None else jnp.asarray(deficit, float)
        self.horizon = horizon
        self._status_quo = Policy(
            tariff=jnp.asarray(baseline.tariff),
            export_tax=jnp.asarray(baseline.export_tax),
            trade_cost=jnp.asarray(np.ones(baseline.tariff.shape)),
            subsidy=jnp.asarray(np.zeros(baseline.output.shape)),
        )
        #: Inverse of each country's own response at the baseline [region, 2J+1, 2J+1].
        self.preconditioner = _preconditioner(baseline, calibration) if preconditioner is None else preconditioner

    @property
    def trade_elasticity(self) -> Array:
        """Trade elasticities [sector], as solved (short run included)."""
        return self.calibration.theta

    def status_quo(self) -> Policy:
        """The policy of the baseline."""
        return self._status_quo

    def varied(self, **parameters: np.ndarray | float) -> Economy:
        """This economy with other `theta` [sector] (as solved, not long-run), `rigidity` or `labour_supply`.

        Baseline, deficits and the solver's preconditioner are shared, so that many variants are cheap.
        """
        # plain numbers, as at calibration: another type would be another program to compile
        arrays = {name: jnp.asarray(float(v) if np.ndim(v) == 0 else v) for name, v in parameters.items()}
        calibration = replace(self.calibration, **arrays)  # type: ignore[arg-type]
        # a new object, not a copy: what others keep with an economy (compiled programs) is that economy's alone
        other = Economy(
            self.baseline,
            calibration,
            deficit=self.deficit,
            horizon=self.horizon,
            preconditioner=self.preconditioner,
        )
        other.base = self.base
        return other

    def equilibrium(self, policy: Policy, start: Any = None) -> Equilibrium:
        """Outcomes under `policy`: pure JAX, to be jitted, batched or differentiated. Check `residual` afterwards."""
        found = solve(self.calibration, self.preconditioner, policy, self.deficit, start)
        return _equilibrium(self.calibration, policy, self.deficit, found)

    def levels(self, policy: Policy) -> tuple[Levels, dict[str, float]]:
        """Everything at the equilibrium of `policy`, and how it was found.

        Raises `SolveError` naming the market furthest from clearing when no equilibrium is found.
        """
        parts = self.calibration, self.preconditioner, policy, self.deficit
        solution, found = _answer(*parts)
        if not float(solution.residual) <= TOLERANCE:
            solution, found = _answer_by_steps(*parts)
        residual = float(solution.residual)
        if not residual <= TOLERANCE:
            raise SolveError(self._furthest(policy, solution))
        return found, {"residual": residual, "iterations": int(solution.evaluations)}

    @cached_property
    def base(self) -> Levels:
        """Everything at the baseline."""
        return baseline_levels(self.baseline)

    def solve(self, policy: Policy) -> Result:
        """What `policy` does, against the baseline, labelled. Raises `SolveError` when no equilibrium is found."""
        from detente.economy.result import Result

        found, diagnostics = self.levels(policy)
        return Result(self, self.base, found, diagnostics)

    def _furthest(self, policy: Policy, solution: Solution) -> str:
        weights = equations.trade_weights(self.calibration, equations.wedges(policy))
        state = solution.state
        gap = np.abs(np.asarray(equations.step(self.calibration, policy, weights, self.deficit, state) - state))
        gap = np.where(np.isfinite(gap), gap, np.inf)
        worst = int(np.argmax(gap))
        region, column = divmod(worst, 2 * len(self.sectors) + 1)
        kind, sector = divmod(column, len(self.sectors))
        if region >= len(self.regions):
            market = f"quota {worst - len(self.regions) * (2 * len(self.sectors) + 1)}"
        elif kind == 2:
            market = f"budget of {self.regions[region]}"
        else:
            market = f"{('cost', 'output')[kind]} of {self.sectors[sector]} in {self.regions[region]}"
        return (
            f"No equilibrium found after {int(solution.evaluations)} evaluations: furthest from clearing is the {market} "
            f"(gap {gap[worst]:.1e}). Try a smaller change, or check for a product that nobody is left to sell."
        )


def calibrate(
    baseline: Baseline,
    *,
    horizon: str | Horizon = "long",
    trade_elasticity: np.ndarray | None = None,
    rigidity: float | None = None,
    labour_supply: float | None = None,
    wage_floor: float | None = None,
    closure: str = "fixed",
    deficit: np.ndarray | None = None,
) -> Economy:
    """The economy that reproduces `baseline`.

    `horizon` (`short`, `medium`, `long`) sets labour mobility and scales trade elasticities; `trade_elasticity` [sector]
    (long-run values), `rigidity` and `labour_supply` override its parts. `wage_floor`: nominal wages do not fall below this
    multiple of the baseline's (1: downward rigid, with unemployment; world factor income is the nominal anchor, as in
    Rodriguez-Clare, Ulate and Vasquez 2020); None: flexible. `closure`: deficits `fixed` as shares of world
    factor income, `balanced` (zero), or `given` by `deficit` [region], million USD. Raises `InputError`.
    """
    chosen = horizon if isinstance(horizon, Horizon) else _horizon(horizon)
    theta = np.asarray(baseline.trade_elasticity if trade_elasticity is None else trade_elasticity, dtype=float)
    if theta.shape != baseline.trade_elasticity.shape or not (theta > 0).all():
        raise InputError(f"trade_elasticity must give a positive number for each of {len(baseline.sectors)} sectors.")
    calibration = calibrate_arrays(
        baseline,
        trade_elasticity=theta * chosen.elasticity_factor,
        rigidity=chosen.rigidity if rigidity is None else rigidity,
        labour_supply=chosen.labour_supply if labour_supply is None else labour_supply,
        wage_floor=wage_floor,
    )
    return Economy(baseline, calibration, deficit=_closure(baseline, closure, deficit), horizon=chosen.name)


_horizon = horizon


def _preconditioner(baseline: Baseline, calibration: Calibration) -> Array:
    inverse = inverse_own_response(
        baseline,
        np.asarray(calibration.theta),
        rigidity=float(calibration.rigidity),
        labour_supply=float(calibration.labour_supply),
    )
    return jnp.asarray(inverse, dtype=jnp.float32)


def _closure(baseline: Baseline, closure: str, deficit: np.ndarray | None) -> np.ndarray | None:
    if closure not in CLOSURES:
        raise InputError(f"Unknown closure {closure!r}; choose one of {', '.join(CLOSURES)}.")
    if (closure == "given") != (deficit is not None):
        raise InputError("Deficits go with closure 'given', and only with it.")
    if deficit is None:
        return np.zeros(len(baseline.regions)) if closure == "balanced" else None
    deficit = np.asarray(deficit, dtype=float)
    if deficit.shape != (len(baseline.regions),):
        raise InputError(f"deficit must give one number for each of {len(baseline.regions)} regions, million USD.")
    if abs(deficit.sum()) > 1e-6 * np.abs(deficit).sum() + 1e-9:
        raise InputError(f"Deficits must sum to zero over the world; they sum to {deficit.sum():,.0f} million USD.")
    return deficit


@jax.jit
def _answer(cal: Calibration, inverse: Array, policy: Policy, deficit: Array) -> tuple[Solution, Levels]:
    found = attempt(cal, inverse, policy, deficit)
    return found, levels(cal, policy, deficit, found.state)


@jax.jit
def _answer_by_steps(cal: Calibration, inverse: Array, policy: Policy, deficit: Array) -> tuple[Solution, Levels]:
    """`_answer` where one step was too far: a program of its own, since few need it and it takes long to compile."""
    found = find(cal, inverse, policy, deficit)
    return found, levels(cal, policy, deficit, found.state)


def _equilibrium(cal: Calibration, policy: Policy, deficit: Array, found: Solution) -> Equilibrium:
    at = levels(cal, policy, deficit, found.state)
    return Equilibrium(
        welfare=at.welfare,
        price_index=at.price_index,
        sector_income=at.value_added,
        revenue=at.tariff_revenue + at.export_tax_revenue + at.quota_rents - at.subsidies,
        employment=at.employment,
        employed=at.employed,
        residual=found.residual,
        evaluations=found.evaluations,
        state=found.state,
    )
