"""A search over the whole of a small table: agreements valued everywhere on it, climbs from the best, and steps across kinks.

Slopes lead to the nearest top. Where a quota begins or ceases to bind payoffs have kinks, and where a majority turns they jump;
there may be many tops then, and a climb may stop at an edge that is none. So places all over the table are valued first, climbs
start from the best on different sides of the kinks, and the last steps are taken without slopes (mesh-adaptive direct search,
Audet and Dennis 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from detente.economy.interface import Policy
from detente.talks.augmented_lagrangian import Found
from detente.talks.clauses import changes, exact_slack
from detente.talks.instruments import QUOTA
from detente.talks.merit import NASH, Goal

if TYPE_CHECKING:
    from detente.talks.bargaining import Negotiation

#: Tables of more terms are climbed from a few starts only.
WIDEST = 12

#: Values of each term on a grid, by how many terms there are; beyond, this many points spread evenly (Sobol).
GRID, SPREAD = {1: 17, 2: 9, 3: 6}, 256

#: Climbs from the best places of smooth tables, and of tables with quotas or majorities.
SMOOTH_CLIMBS, ROUGH_CLIMBS = 1, 3

#: Places closer than this, as a share of every range, are not both climbed from.
APART = 0.2

#: First and last length of the steps without slopes, as shares of the ranges; equilibria they may take for each term, and in all.
LONGEST, SHORTEST, PATIENCE, MOST = 0.15, 1e-5, 120, 360

#: Up to this many terms steps without slopes are also taken from the best places, not only from the best of all. Wider tables
#: take one climb more and fewer such steps, since each of their climbs costs more and steps find less.
NARROW, WIDE_CLIMBS, WIDE_STEPS = 4, 1, 120

#: Goals closer than this (relative) are the same.
SAME = 1e-4


@dataclass(frozen=True)
class Searched:
    """How thoroughly an agreement was sought: `places` valued all over the table, `climbs`, and the share of them that `agree`.

    `gap`: how much better, relative to the goal, an agreement hidden between the places could be if the goal is no steeper
    between neighbouring places than among them; an estimate, not a bound. NaN where the table is too wide to be covered.
    """

    places: int = 0
    climbs: int = 1
    agree: float = 1.0
    gap: float = float("nan")


class WholeTable:
    """Places all over a table and what everybody gets there; serves every goal."""

    def __init__(self, negotiation: Negotiation) -> None:
        self.negotiation = negotiation
        self.instruments = negotiation.table.instruments
        self.width = self.instruments.upper - self.instruments.lower
        majority = np.asarray(negotiation.arrays.majority)
        kinds = [one.kind for one in self.instruments]
        self.rough = bool(majority.any() or QUOTA in kinds)
        self.points = self._places()
        views = [negotiation.payoff_model.see(self._policy(point)) for point in self.points]
        self.payoff = np.array([view.payoff for view in views])
        self.slack = np.array([exact_slack(negotiation.arrays, view.outcome) for view in views])
        # On which side of each kink a place is: who is in favour, and in which third of its range a quota is.
        sides = [(np.asarray(changes(negotiation.arrays, view.outcome))[majority] > 0).ravel() for view in views]
        thirds = np.minimum(3 * self.points, 2).astype(int)[:, [kind == QUOTA for kind in kinds]]
        self.side = [bytes(a) + b.tobytes() for a, b in zip(sides, thirds, strict=True)]

    @classmethod
    def of(cls, negotiation: Negotiation) -> WholeTable | None:
        """The places of a table; None where it has too many terms to be covered."""
        moving = len(negotiation.table.instruments)
        return cls(negotiation) if moving <= WIDEST else None

    @property
    def _climbs(self) -> int:
        """How many climbs start from the best places."""
        if not self.rough:
            return SMOOTH_CLIMBS
        return ROUGH_CLIMBS if len(self.instruments) <= NARROW else WIDE_CLIMBS

    def _places(self) -> np.ndarray:
        """Points of the table as shares of its ranges [place, term]: a grid, or where it would be large a spread with corners."""
        count = len(self.instruments)
        if count in GRID:
            axes = np.meshgrid(*[np.linspace(0, 1, GRID[count])] * count, indexing="ij")
            return np.stack(axes, axis=-1).reshape(-1, count)
        spread = qmc.Sobol(count, rng=0).random(SPREAD)
        ends = [np.zeros(count), np.ones(count)]
        negotiation = self.negotiation
        ends += [self._share(self.instruments.start(view.policy)) for view in (negotiation.today, negotiation.threat)]
        ends.append(self._share(np.array([one.open_end for one in self.instruments])))
        return np.unique(np.vstack([*ends, spread]), axis=0)

    def _share(self, values: np.ndarray) -> np.ndarray:
        return np.divide(
            values - self.instruments.lower, self.width, out=np.zeros_like(self.width), where=self.width > 0
        )

    def _values(self, point: np.ndarray) -> np.ndarray:
        return np.asarray(
            np.clip(self.instruments.lower + point * self.width, self.instruments.lower, self.instruments.upper)
        )

    def _policy(self, point: np.ndarray) -> Policy:
        return self.instruments.apply(self.negotiation.ground, self._values(point))

    def best(self, kind: str, weight: np.ndarray, first: Found) -> tuple[Found, Searched]:
        """The best of a goal that climbs from all over the table find, `first` among them, and how thoroughly it was sought."""
        goal = Goal(kind, weight, self.negotiation.threat.payoff)
        score = np.array([worth(goal, p, s) for p, s in zip(self.payoff, self.slack, strict=True)])
        found = [first]
        starts = self._starts(score, first)
        for k in starts:
            found.append(self.negotiation.search(kind, weight, self._values(self.points[k]), near=True))
        reached = np.array([self._worth(goal, one) for one in found])
        best = found[int(reached.argmax())]
        top = float(reached.max())
        if self.rough:
            origins = [(self._share(best.values), top)]
            if len(self.instruments) <= NARROW:
                origins += [(self.points[k], float(score[k])) for k in starts]
            elif score.max() > top:
                origins = [(self.points[int(score.argmax())], float(score.max()))]
            for origin, at in origins:
                best, top = self._mended(goal, best, origin, at)
        agree = float((reached >= top - SAME * max(abs(top), 1e-3)).mean())
        return best, Searched(len(self.points), len(found), agree, self._gap(goal, score, top))

    def _starts(self, score: np.ndarray, first: Found) -> list[int]:
        """The best places, apart from `first` and from each other; each on another side of the kinks while there are."""
        taken, sides = [self._share(first.values)], set()
        chosen: list[int] = []
        order = np.argsort(-score, kind="stable")
        for other_side in (True, False) if self.rough else (False,):
            for k in order:
                if len(chosen) == self._climbs or score[k] < score[order[0]] - 1e3:
                    break  # what breaks a clause is no start while something else breaks none
                near = any(np.abs(self.points[k] - place).max() < APART for place in taken)
                if near or (other_side and self.side[k] in sides):
                    continue
                chosen.append(int(k))
                taken.append(self.points[k])
                sides.add(self.side[k])
        return chosen

    def _worth(self, goal: Goal, found: Found) -> float:
        return self._value(goal, found.values)[0]

    def _value(self, goal: Goal, values: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        view = self.negotiation.payoff_model.see(self.instruments.apply(self.negotiation.ground, values))
        slack = exact_slack(self.negotiation.arrays, view.outcome)
        return worth(goal, view.payoff, slack), view.payoff, slack

    def _mended(self, goal: Goal, found: Found, origin: np.ndarray, at: float) -> tuple[Found, float]:
        """Steps without slopes from `origin`, whose worth is `at`; then once more with slopes from where they end."""
        point, value = stepped(lambda p: self._value(goal, self._values(p))[0], origin, at)
        if value <= self._worth(goal, found) + 1e-9 * max(abs(value), 1e-3):
            return found, self._worth(goal, found)
        again = self.negotiation.search(goal.kind, goal.weight, self._values(point), near=True)
        if (reached := self._worth(goal, again)) >= value:
            return again, reached
        _, payoff, slack = self._value(goal, self._values(point))
        gain = goal.gain(payoff)
        return replace(again, values=self._values(point), gain_pct=gain, slack=slack, goal=goal.exact(gain)), value

    def _gap(self, goal: Goal, score: np.ndarray, top: float) -> float:
        """How far the goal could rise between places, were it as steep there as among them, above the best found; relative."""
        allowed = np.flatnonzero(score > BROKEN / 2)
        count = self.points.shape[1]
        if len(allowed) <= 2 * count:
            return float("nan")
        points, value = self.points[allowed], score[allowed]
        if (
            goal.kind == NASH
        ):  # the mean of gains instead of its logarithm, which is steep without end where gains are small
            value, top = np.exp(value), float(np.exp(top))
        apart = np.linalg.norm(points[:, None] - points[None], axis=2)
        near = np.argsort(apart, axis=1)[:, 1 : 2 * count + 1]
        away = np.take_along_axis(apart, near, axis=1)
        steep = (np.abs(value[near] - value[:, None]) / away).max(axis=1)
        could = float((value + steep * away.max(axis=1) / 2).max())
        return max(could - top, 0.0) / max(abs(top), 1e-9)


#: Worth of what breaks a threat point or a clause by nothing; less where it breaks it by more.
BROKEN = -1e4


def worth(goal: Goal, payoff: np.ndarray, slack: np.ndarray) -> float:
    """The goal of an agreement; far below zero where somebody falls below the threat or a clause is broken."""
    gain = goal.gain(payoff)
    short = float(np.maximum(-gain, 0.0).sum() * goal.guard + 100 * np.maximum(-slack, 0.0).sum())
    return goal.exact(gain) if short <= 1e-6 else BROKEN - short


def stepped(
    value: Callable[[np.ndarray], float], origin: np.ndarray, at: float, steps: int | None = None
) -> tuple[np.ndarray, float]:
    """From `origin` in the unit cube, steps along ever new directions, longer after a gain and shorter after none.

    `steps`: about how many (default: more the narrower the table).
    """
    rng, count = np.random.default_rng(0), len(origin)
    left = steps or (min(PATIENCE * count, MOST) if count <= NARROW else WIDE_STEPS)
    point, length = origin.copy(), LONGEST
    while length > SHORTEST and left > 0:
        bases = [np.linalg.qr(rng.standard_normal((count, count)))[0] for _ in range(2)]
        for direction in np.vstack([sign * basis for basis in bases for sign in (1, -1)]):
            there = np.clip(point + length * direction, 0.0, 1.0)
            left -= 1
            if (found := value(there)) > at + 1e-8 * max(abs(at), 1e-3):
                point, at, length = there, found, min(2 * length, LONGEST)
                break
        else:
            length /= 2
    return point, at
