"""Parameters estimated by the model itself: minimum distance between its predictions and what happened in episodes.

The parameters are one multiplier of the published long-run trade elasticities for each group of sectors, how far deficits
are pooled, how rigid labour is between sectors, the ratio of the macro to the micro trade elasticity, and the elasticities of
substitution between sectors (`evidence.PRIORS` has what is known of each beforehand). Buyers choose suppliers product by
product (`detente.economy.product_nests`). The moments are, for every scored cell, the log change of imports relative to the
mean of its sector's partners, and the growth of all scored imports over that of quiet years; each is weighed by how much it
moves in quiet years. Residuals count by the density of a Student distribution, so that a cell that began or ended for reasons
of its own decides nothing. Gradients are exact, through the equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.economy import Economy, Policy
from detente.economy.outcomes import levels
from detente.economy.solver import solve
from detente.study.backtest.evidence import PRIOR_MULTIPLIER, PRIOR_SPREAD, PRIORS, SHARED
from detente.study.backtest.observed import Observed, common_growth, membership
from detente.study.backtest.prediction import Policies, by_product
from detente.study.backtest.sector_groups import sector_groups
from detente.study.product_trade import us_product_nests

#: What a model misses of a cell even where nothing else moves it, log points.
MODEL_ERROR = 0.05
DEGREES_OF_FREEDOM = 4.0  # of the Student density of residuals
EVALUATIONS = 80


class Moments(NamedTuple):
    """What is compared in an episode: `actual` log changes [partner, group] relative to their sector, `weight` to take the
    sector's mean with, `precision` 1/variance; `total` growth over quiet years', and its `total_precision`."""

    actual: Array
    weight: Array
    precision: Array
    total: Array
    total_precision: Array


@dataclass(frozen=True)
class Case:
    """An episode ready to be fitted: its policies and its moments."""

    name: str
    policies: Policies
    moments: Moments


@dataclass(frozen=True)
class Fit:
    """Estimates: `parameters` as in `names`, their `covariance` (of the posterior, Gauss-Newton), and the fit.

    `clustered`: standard errors clustered by sector [parameter], for those that several sectors share (NaN for multipliers,
    each of which has one sector to itself). `residual_variance`: mean squared standardised residual, 1 where the model
    explains all but the noise of quiet years. `model_error`: what has to be added to noise (standard deviation, log points)
    for nine of ten cells of these episodes to lie within their ranges. `sensitivity`
    [parameter, moment] is Andrews, Gentzkow and Shapiro's (2017) matrix: how an estimate moves with a moment.
    """

    names: tuple[str, ...]
    parameters: np.ndarray
    covariance: np.ndarray
    clustered: np.ndarray
    episodes: tuple[str, ...]
    distance: float
    residual_variance: float
    moments: int
    sensitivity: np.ndarray
    model_error: float = 0.0

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors [parameter]."""
        return np.sqrt(np.diag(self.covariance))


def parameter_names() -> tuple[str, ...]:
    """The parameters in order: log multipliers by group of sectors, then those that all sectors share."""
    return (*(f"log multiplier of {name}" for name in sector_groups()), *SHARED)


def priors() -> tuple[np.ndarray, np.ndarray]:
    """Prior means and standard deviations [parameter]."""
    groups = len(sector_groups())
    mean = [np.log(PRIOR_MULTIPLIER)] * groups + [prior.mean for prior in PRIORS.values()]
    spread = [PRIOR_SPREAD] * groups + [prior.spread for prior in PRIORS.values()]
    return np.array(mean), np.array(spread)


class Model:
    """Predicted log changes of US imports [partner, group] as a differentiable function of the parameters."""

    def __init__(self, economy: Economy) -> None:
        self.economy = economy
        baseline = economy.baseline
        self._nests = us_product_nests(baseline)
        partners, groups = membership(baseline)
        self._partners, self._groups = jnp.asarray(partners), jnp.asarray(groups)
        self._long_run = jnp.asarray(baseline.trade_elasticity)
        self._others = jnp.asarray(PRIOR_MULTIPLIER * (1 - groups.sum(axis=0)))  # services keep the year's ratio
        before = partners @ baseline.border_value[self._nests.home].sum(axis=2) @ groups.T
        self._traded = jnp.asarray(before > 0)
        self._before = jnp.asarray(np.where(before > 0, before, 1.0))
        self.changes: Callable[[Array, Policy], Array] = jax.jit(self._changes)

    def elasticity(self, parameters: Array) -> Array:
        """Trade elasticities [sector] at the parameters."""
        multiplier = self._groups.T @ jnp.exp(parameters[: len(self._groups)]) + self._others
        return self._long_run * multiplier

    def _changes(self, parameters: Array, policy: Policy) -> Array:
        shared = dict(zip(SHARED, parameters[len(self._groups) :], strict=True))
        macro_ratio = shared.pop("macro_ratio")
        calibration = replace(self.economy.calibration, theta=self.elasticity(parameters), **shared)
        found = solve(calibration, self.economy.preconditioner, policy)
        at = levels(calibration, policy, found.state)
        imports = by_product(self.economy.baseline, self._nests, at, macro_ratio)
        return self._partners @ imports @ self._groups.T / self._before

    def predict(self, parameters: np.ndarray | Array, at: Policies) -> Array:
        """Log of mean imports over the policies after, over those under the policy before [partner, group]."""
        x = jnp.asarray(parameters)
        after = sum(self.changes(x, policy) for policy in at.after) / len(at.after)
        before = self.changes(x, at.before)
        after, before = (jnp.where(self._traded, imports, 1.0) for imports in (after, before))
        return jnp.log(after / before)


def moments(observed: Observed) -> Moments:
    """The moments of an episode."""
    precision = np.where(observed.scored, 1 / (observed.noise**2 + MODEL_ERROR**2), 0.0)
    imports = np.where(observed.scored, observed.before.imports, 0.0)
    total = np.log(np.where(observed.scored, observed.after.imports, 0.0).sum() / imports.sum()) - observed.quiet_growth
    return Moments(
        jnp.asarray(observed.growth - common_growth(observed.growth, precision)),
        jnp.asarray(imports),
        jnp.asarray(precision),
        jnp.asarray(total),
        jnp.asarray(1 / (observed.total_noise**2 + MODEL_ERROR**2)),
    )


def residuals(predicted: Array, at: Moments) -> Array:
    """Standardised residuals, cells then the total [cell + 1]; cells that are not scored are zero."""
    common = (at.precision * predicted).sum(axis=0) / jnp.maximum(at.precision.sum(axis=0), 1e-12)
    own = jnp.sqrt(at.precision) * (at.actual - (predicted - common))
    total = jnp.log((at.weight * jnp.exp(predicted)).sum() / at.weight.sum())
    return jnp.concatenate([own.ravel(), jnp.atleast_1d(jnp.sqrt(at.total_precision) * (at.total - total))])


def _criterion(residual: Array) -> Array:
    nu = DEGREES_OF_FREEDOM
    return 0.5 * (nu + 1) * jnp.log1p(residual**2 / nu).sum()


def estimate(model: Model, cases: Sequence[Case]) -> Fit:
    """Fit the parameters to the episodes of `cases`."""
    from scipy.optimize import minimize

    mean, spread = priors()

    def distance(x: Array) -> Array:
        fit = sum(_criterion(residuals(model.predict(x, case.policies), case.moments)) for case in cases)
        return fit + 0.5 * (((x - mean) / spread) ** 2).sum()

    slope = jax.value_and_grad(distance)

    def told(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = slope(jnp.asarray(x))
        return float(value), np.asarray(gradient, dtype=float)

    groups = len(sector_groups())
    bounds = [(np.log(0.05), np.log(3.0))] * groups + [prior.bounds for prior in PRIORS.values()]
    found = minimize(
        told, mean, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxfun": EVALUATIONS, "ftol": 1e-9}
    )
    return _fitted(model, cases, found.x, float(found.fun), spread)


def _fitted(model: Model, cases: Sequence[Case], x: np.ndarray, distance: float, spread: np.ndarray) -> Fit:
    """Standard errors and sensitivity at the estimates."""
    nu, groups = DEGREES_OF_FREEDOM, len(sector_groups())
    prior = np.diag(spread**-2.0)
    information, clustered = np.zeros_like(prior), np.zeros_like(prior)
    squares, count, columns = 0.0, 0, []
    for case in cases:
        slopes = jacobian(lambda p, case=case: residuals(model.predict(p, case.policies), case.moments), x)  # type: ignore[misc]
        r = np.asarray(residuals(model.predict(x, case.policies), case.moments))
        used = np.append(np.asarray(case.moments.precision).ravel() > 0, True)
        weight = (nu + 1) / (nu + r**2) * used  # of each residual in the reweighted least squares that this amounts to
        information += slopes.T @ (weight[:, None] * slopes)
        cluster = np.append(np.tile(np.arange(groups), len(r[:-1]) // groups), groups)
        for one in range(groups + 1):
            g = slopes[cluster == one].T @ (weight * r)[cluster == one]
            clustered += np.outer(g, g)
        squares += float((weight * r**2).sum())
        count += int(used.sum())
        columns.append(-(weight[:, None] * slopes).T)
    inverse = np.linalg.inv(information + prior)
    variance = squares / max(count - len(x), 1)
    sandwich = np.sqrt(np.diag(inverse @ (clustered + prior) @ inverse))
    sandwich[:groups] = np.nan
    return Fit(
        parameter_names(),
        x,
        inverse @ (max(variance, 1.0) * information + prior) @ inverse,
        sandwich,
        tuple(case.name for case in cases),
        distance,
        variance,
        count,
        inverse @ np.concatenate(columns, axis=1),
    )


def jacobian(function: Callable[[Array], Array], x: np.ndarray) -> np.ndarray:
    """Derivatives [output, parameter] by one tangent solve for each parameter."""
    columns = []
    for direction in np.eye(len(x)):
        columns.append(np.asarray(jax.jvp(function, (jnp.asarray(x),), (jnp.asarray(direction),))[1]))
    return np.stack(columns, axis=1)
