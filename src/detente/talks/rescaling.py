"""`Rescaling`: instruments as an optimizer sees them, bent and scaled so that payoffs are nearly quadratic."""

from __future__ import annotations

import numpy as np

from detente.talks.instruments import Instruments


class Rescaling:
    """One number for each instrument, larger for a larger value.

    Trade falls as (1 + rate)^-theta, so a payoff is steep in a low rate and flat in a high one. In
    u = (1 - (1 + rate)^(1 - m)) / (m - 1), m = (theta + 1) / 3, it is close to quadratic, and a prohibitive rate is no
    plateau to be lost on: climbs from far apart end at the same place. `bend` [instrument] is m, zero where the
    instrument is not a rate of duty; `scale` [instrument] the root of the curvature that is left, so that one unit of any
    coordinate bends payoffs alike. `lower` and `upper` [instrument]: the instruments' bounds in coordinates.
    """

    def __init__(self, instruments: Instruments, bend: np.ndarray, scale: np.ndarray) -> None:
        self.instruments, self.bend, self.scale = instruments, bend, scale
        self._power = np.where(np.abs(bend - 1) < 1e-6, 1e-6, bend - 1)
        self.lower, self.upper = self.point(instruments.lower), self.point(instruments.upper)

    def of(self, instruments: Instruments) -> Rescaling:
        """The same coordinates for instruments that move the same rates within other bounds."""
        return Rescaling(instruments, self.bend, self.scale)

    def point(self, values: np.ndarray) -> np.ndarray:
        """Rescaling of instrument values, which are moved within their bounds."""
        v = np.clip(values, self.instruments.lower, self.instruments.upper)
        bent = -np.expm1(-self._power * np.log1p(np.where(self.bend > 0, v, 0.0))) / self._power
        return np.asarray(np.where(self.bend > 0, bent, v) * self.scale)

    def values(self, point: np.ndarray) -> np.ndarray:
        """Instrument values at coordinates; at a bound exactly that."""
        u = np.clip(point, self.lower, self.upper) / self.scale
        bent = np.expm1(-np.log1p(-self._power * np.where(self.bend > 0, u, 0.0)) / self._power)
        found = np.where(self.bend > 0, bent, u)
        found = np.where(
            point <= self.lower, self.instruments.lower, np.where(point >= self.upper, self.instruments.upper, found)
        )
        return np.asarray(np.clip(found, self.instruments.lower, self.instruments.upper))

    def stretch(self, values: np.ndarray) -> np.ndarray:
        """Coordinate units in one unit of each instrument, at `values`: slopes in instruments over slopes in coordinates."""
        return np.asarray(self.scale * (1 + np.where(self.bend > 0, values, 0.0)) ** -self.bend)
