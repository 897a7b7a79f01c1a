"""`Coordinates`: levers as an optimizer sees them, bent and scaled so that payoffs are nearly quadratic."""

from __future__ import annotations

import numpy as np

from detente.talks.levers import Levers


class Coordinates:
    """One number for each lever, larger for a larger value.

    Trade falls as (1 + rate)^-theta, so a payoff is steep in a low rate and flat in a high one. In
    u = (1 - (1 + rate)^(1 - m)) / (m - 1), m = (theta + 1) / 3, it is close to quadratic, and a prohibitive rate is no
    plateau to be lost on: climbs from far apart end at the same place. `bend` [lever] is m, zero for levers that are not
    rates of duty; `scale` [lever] the root of the curvature that is left, so that one unit of any coordinate bends payoffs
    alike. `lower` and `upper` [lever]: the levers' bounds in coordinates.
    """

    def __init__(self, levers: Levers, bend: np.ndarray, scale: np.ndarray) -> None:
        self.levers, self.bend, self.scale = levers, bend, scale
        self._power = np.where(np.abs(bend - 1) < 1e-6, 1e-6, bend - 1)
        self.lower, self.upper = self.point(levers.lower), self.point(levers.upper)

    def of(self, levers: Levers) -> Coordinates:
        """The same coordinates for levers that move the same rates within other bounds."""
        return Coordinates(levers, self.bend, self.scale)

    def point(self, values: np.ndarray) -> np.ndarray:
        """Coordinates of lever values, which are moved within their bounds."""
        v = np.clip(values, self.levers.lower, self.levers.upper)
        bent = -np.expm1(-self._power * np.log1p(np.where(self.bend > 0, v, 0.0))) / self._power
        return np.asarray(np.where(self.bend > 0, bent, v) * self.scale)

    def values(self, point: np.ndarray) -> np.ndarray:
        """Lever values at coordinates; at a bound exactly that."""
        u = np.clip(point, self.lower, self.upper) / self.scale
        bent = np.expm1(-np.log1p(-self._power * np.where(self.bend > 0, u, 0.0)) / self._power)
        found = np.where(self.bend > 0, bent, u)
        found = np.where(
            point <= self.lower, self.levers.lower, np.where(point >= self.upper, self.levers.upper, found)
        )
        return np.asarray(np.clip(found, self.levers.lower, self.levers.upper))

    def stretch(self, values: np.ndarray) -> np.ndarray:
        """Coordinate units in one unit of each lever, at `values`: slopes in levers over slopes in coordinates."""
        return np.asarray(self.scale * (1 + np.where(self.bend > 0, values, 0.0)) ** -self.bend)
