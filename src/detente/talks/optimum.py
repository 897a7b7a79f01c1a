"""`optimum`: the best a government can do alone, all of its tariffs at once."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from detente.economy.interface import Policy
from detente.errors import InputError
from detente.talks.instruments import Instruments
from detente.talks.payoff_model import PayoffModel, View

if TYPE_CHECKING:
    import pandas as pd


#: A value as near to an end of its range as this is held by it.
BOUND = 1e-9


@dataclass(frozen=True, repr=False)
class Optimum:
    """A government's best choice: `values` of its `instruments` (`before`: their rates at the start), the `policy` of the world,
    and the certificate.

    `gain_pct`: own payoff against the policy it started from, percent. `steepest_pct`: what one more unit of the most
    tempting instrument would still bring to first order, percent (0 where a bound holds it). `starts_gain_pct`: the gain
    found from each start; a spread says that the problem has several local optima.

    Example:
        >>> import detente as dt
        >>> best = dt.optimum(dt.calibrate(dt.load("toy")), "BBB", partners="AAA", uniform=True, ceiling=0.1)
        >>> best.to_frame().round(3)
                     today  found
        instrument
        BBB<AAA:all  0.038    0.1
    """

    party: str
    instruments: Instruments
    values: np.ndarray
    policy: Policy
    view: View
    gain_pct: float
    steepest_pct: float
    starts_gain_pct: tuple[float, ...]
    evaluations: int
    before: np.ndarray

    def to_frame(self) -> pd.DataFrame:
        """A row for each instrument: its mean rate where the search began (`today`) and the best (`found`), fractions."""
        return rates_frame(self.instruments, self.before, self.values)

    @property
    def at_ceiling(self) -> tuple[str, ...]:
        """Labels of the tariffs that the highest one allowed holds back: more than `gain_pct` may be had above it."""
        return held_back(self.instruments, self.values)

    def __repr__(self) -> str:
        many = f"{len(self.instruments)} tariff{'s' * (len(self.instruments) != 1)}"
        return f"<Optimum of {self.party}: {self.gain_pct:+.3f} percent of payoff from {many}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then the tariffs, percent."""
        return table_html(repr(self), self.to_frame())


def held_back(instruments: Instruments, values: np.ndarray) -> tuple[str, ...]:
    """Labels of the instruments whose value is the upper end of their range."""
    rows = zip(instruments.labels, values, instruments.upper, strict=True)
    return tuple(label for label, value, upper in rows if value >= upper - BOUND)


def rates_frame(instruments: Instruments, before: np.ndarray, found: np.ndarray) -> pd.DataFrame:
    """Rates of instruments before and as found, fractions, by label."""
    import pandas as pd

    return pd.DataFrame({"today": before, "found": found}, pd.Index(instruments.labels, name="instrument"))


def table_html(line: str, rates: pd.DataFrame) -> str:
    """One line and a table of rates, percent, as HTML."""
    return f"<p>{escape(line)}</p>{(100 * rates).round(1).to_html(max_rows=40)}<p>percent</p>"


def optimum(
    payoff_model: PayoffModel,
    party: str,
    instruments: Instruments,
    *,
    given: Policy | None = None,
    starts: list[np.ndarray] | None = None,
    tolerance: float = 1e-10,
) -> Optimum:
    """The instruments' values that are best for `party` while all else stays as in `given` (default: the baseline).

    `starts`: vectors of instrument values to climb from; the default is the given policy itself. `tolerance`: payoff (fraction)
    that the slopes say is left to gain. Method: L-BFGS-B in `Rescaling`, gradients by the implicit function theorem.
    """
    k = payoff_model.party(party)
    given = payoff_model.today if given is None else given
    before = payoff_model.see(given).payoff[k]
    climbs = [
        climb(payoff_model, k, instruments, given, start, tolerance) for start in starts or [instruments.start(given)]
    ]
    best = max(climbs, key=lambda climbed: climbed.payoff)
    policy = instruments.apply(given, best.values)
    view = payoff_model.see(policy, fresh=True)
    return Optimum(
        party,
        instruments,
        best.values,
        policy,
        view,
        100 * float(view.payoff[k] / before - 1),
        100 * best.steepest,
        tuple(100 * float(climbed.payoff / before - 1) for climbed in climbs),
        sum(climbed.evaluations for climbed in climbs),
        instruments.rates(given, payoff_model.economy.border_value)[:, 1],
    )


@dataclass(frozen=True)
class Climb:
    """One run of the optimizer."""

    values: np.ndarray
    payoff: float
    steepest: float
    evaluations: int


def climb(
    payoff_model: PayoffModel,
    party: int,
    instruments: Instruments,
    given: Policy,
    start: np.ndarray,
    tolerance: float,
    steps: int = 1000,
) -> Climb:
    """L-BFGS-B from `start`."""
    if start.shape != (len(instruments),):
        raise InputError(
            f"A start has one value per instrument: {len(instruments)} were expected, {start.shape} were given."
        )
    frame = payoff_model.coordinates(instruments)
    best: list[tuple[float, np.ndarray, np.ndarray]] = []

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        values = frame.values(point)
        gain, slope = payoff_model.slope(instruments, values, given, party)
        if not best or gain >= best[0][0]:
            best[:] = [(gain, values, slope)]
        return -gain, -slope / frame.stretch(values)

    def near_enough(point: np.ndarray) -> None:
        values, slope = best[0][1:]
        # In coordinates the payoff bends by about one, so that half the squared slope is what is left to gain.
        if 0.5 * ((free(instruments, values, slope) / frame.stretch(values)) ** 2).sum() < tolerance:
            raise StopIteration

    run = optimize.minimize(
        loss,
        frame.point(start),
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([frame.lower, frame.upper], axis=1),
        callback=near_enough,
        options={"maxiter": steps, "maxcor": 30, "ftol": 1e-15, "gtol": 0.0},
    )
    payoff, values, slope = best[0]
    return Climb(values, payoff, steepest(instruments, values, slope), run.nfev)


def free(instruments: Instruments, values: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Slopes that no bound holds [instrument], zero for the others."""
    return np.where(
        np.where(slope > 0, values < instruments.upper - BOUND, values > instruments.lower + BOUND), slope, 0.0
    )


def steepest(instruments: Instruments, values: np.ndarray, slope: np.ndarray) -> float:
    """The largest slope that no bound holds: zero at an optimum, payoff (fraction) per unit of a instrument."""
    return float(np.abs(free(instruments, values, slope)).max(initial=0.0))


def spread_starts(instruments: Instruments, given: Policy) -> list[np.ndarray]:
    """Starts that see different basins: the given policy, no protection, and a uniform 60 percent (within bounds)."""
    return [
        instruments.start(given),
        instruments.lower.copy(),
        np.clip(np.full(len(instruments), 0.6), instruments.lower, instruments.upper),
    ]
