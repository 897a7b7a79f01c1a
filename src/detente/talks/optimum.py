"""`optimum`: the best a government can do alone, all of its tariffs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from detente.economy.interface import Policy
from detente.errors import InputError
from detente.talks.levers import Levers
from detente.talks.outlook import Outlook, View


@dataclass(frozen=True)
class Optimum:
    """A government's best choice: `values` of its `levers`, the `policy` of the world, and the certificate.

    `gain_pct`: own payoff against the policy it started from, percent. `steepest_pct`: what one more unit of the most
    tempting lever would still bring to first order, percent (0 where a bound holds it). `starts_gain_pct`: the gain
    found from each start; a spread says that the problem has several local optima.
    """

    party: str
    levers: Levers
    values: np.ndarray
    policy: Policy
    view: View
    gain_pct: float
    steepest_pct: float
    starts_gain_pct: tuple[float, ...]
    evaluations: int


def optimum(
    outlook: Outlook,
    party: str,
    levers: Levers,
    *,
    given: Policy | None = None,
    starts: list[np.ndarray] | None = None,
    tolerance: float = 1e-6,
) -> Optimum:
    """The levers' values that are best for `party` while all else stays as in `given` (default: the baseline).

    `starts`: vectors of lever values to climb from; the default is the given policy itself. `tolerance`: on the
    slope, in payoff (fraction) per unit of a lever. Method: L-BFGS-B in levers scaled by what each collects, with
    gradients by the implicit function theorem.
    """
    k = outlook.party(party)
    given = outlook.today if given is None else given
    before = outlook.see(given).payoff[k]
    climbs = [climb(outlook, k, levers, given, start, tolerance) for start in starts or [levers.read(given)]]
    best = max(climbs, key=lambda climbed: climbed.payoff)
    policy = levers.apply(given, best.values)
    view = outlook.see(policy, fresh=True)
    return Optimum(
        party,
        levers,
        best.values,
        policy,
        view,
        100 * float(view.payoff[k] / before - 1),
        100 * best.steepest,
        tuple(100 * float(climbed.payoff / before - 1) for climbed in climbs),
        sum(climbed.evaluations for climbed in climbs),
    )


@dataclass(frozen=True)
class Climb:
    """One run of the optimizer."""

    values: np.ndarray
    payoff: float
    steepest: float
    evaluations: int


def climb(
    outlook: Outlook, party: int, levers: Levers, given: Policy, start: np.ndarray, tolerance: float, steps: int = 1000
) -> Climb:
    """L-BFGS-B from `start`."""
    if start.shape != (len(levers),):
        raise InputError(f"A start has one value per lever: {len(levers)} were expected, {start.shape} were given.")
    scale = outlook.lever_scale(levers)
    best: list[tuple[float, np.ndarray, np.ndarray]] = []

    def loss(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        values = np.clip(scaled / scale, levers.lower, levers.upper)
        gain, slope = outlook.slope(levers, values, given, party)
        if not best or gain >= best[0][0]:
            best[:] = [(gain, values, slope)]
        return -gain, -slope / scale

    run = optimize.minimize(
        loss,
        np.clip(start, levers.lower, levers.upper) * scale,
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([levers.lower * scale, levers.upper * scale], axis=1),
        options={"maxiter": steps, "maxcor": 30, "ftol": 1e-15, "gtol": tolerance * scale.max() * 1e-3},
    )
    gain, values, slope = best[0]
    return Climb(values, gain, steepest(levers, values, slope), run.nfev)


def steepest(levers: Levers, values: np.ndarray, slope: np.ndarray) -> float:
    """The largest slope that no bound holds: zero at an optimum, payoff (fraction) per unit of a lever."""
    free = np.where(slope > 0, values < levers.upper - 1e-9, values > levers.lower + 1e-9)
    return float(np.abs(slope * free).max(initial=0.0))


def spread_starts(levers: Levers, given: Policy) -> list[np.ndarray]:
    """Starts that see different basins: the given policy, no protection, and a uniform 60 percent (within bounds)."""
    return [
        levers.read(given),
        levers.lower.copy(),
        np.clip(np.full(len(levers), 0.6), levers.lower, levers.upper),
    ]
