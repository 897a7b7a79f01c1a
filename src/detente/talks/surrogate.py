"""A model of the parties' payoffs over the levers, learnt from every equilibrium solved, so that few need be solved.

Each payoff is a quadratic around the last point: exact value and slope, curvature by symmetric rank-one updates. Each
constituency's change is linear: exact value, slope by Broyden's update, exact where a clause decides (Nocedal and Wright 2006,
sections 6.2 and 11.1). Goals are climbed on the model within a trust region; the economy is asked only where the model
points. What is learnt for one goal serves the next.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from detente.economy.interface import Policy
from detente.talks.clauses import Clauses, slack_of
from detente.talks.levers import Levers
from detente.talks.merit import SUM, VOTES, Goal, Prices, merit
from detente.talks.outlook import Outlook
from detente.talks.program import Found, Landscape, Point, maximize

#: Up to this many levers a model is learnt; beyond, each goal is climbed on the economy itself.
MODELLED = 200

#: Width over which a vote turns, relative to what the table can do to a typical constituency: at first, and finally.
SOFT, FINE = 0.02, 0.0003

#: Rank-one updates kept.
MEMORY = 120


class Known(NamedTuple):
    """What an equilibrium told: `payoff` [party] and its slopes [party, lever], `change` [constituency]."""

    payoff: np.ndarray
    slope: np.ndarray
    change: np.ndarray


class Surrogate:
    """The model over `levers` (from `given`)."""

    def __init__(self, outlook: Outlook, levers: Levers, clauses: Clauses, given: Policy) -> None:
        self.outlook, self.levers, self.clauses, self.given = outlook, levers, clauses, given
        self.scale = outlook.lever_scale(levers)
        self.diagonal = outlook.first_curvature(levers)  # [party, lever]
        self.vectors = np.zeros((len(self.diagonal), 0, len(levers)))
        self.weights = np.zeros((len(self.diagonal), 0))
        self.tilt = np.zeros((clauses.votes.size, len(levers)))  # slopes of changes [constituency, lever]
        self.exact: np.ndarray | None = None  # where `tilt` was computed rather than learnt
        self.solved: dict[bytes, Known] = {}
        self.reach: np.ndarray | None = None
        self.softness = np.full((len(clauses.level), 1), FINE)

    def taught_by(self, other: Surrogate) -> Surrogate:
        """This model, knowing what `other` learnt over the same rates (ranges may differ)."""
        self.scale, self.vectors, self.weights = other.scale, other.vectors, other.weights
        self.tilt, self.exact, self.solved = other.tilt, other.exact, dict(other.solved)
        return self

    def facing(self, given: Policy) -> Surrogate:
        """This model when the rest of the policy is `given`: curvature is kept, values and slopes are asked anew."""
        self.given, self.solved, self.exact = given, {}, None
        return self

    def respond(self, party: int, start: np.ndarray, steps: int, tolerance: float) -> Found:
        """The best move of one party alone, whatever it does to the others; `gain_pct` is against today."""
        count = len(self.outlook.names)
        return self._climb(Goal(SUM, np.eye(count)[party], np.ones(count), guard=False), start, tolerance, steps)

    def ask(self, values: np.ndarray, origin: np.ndarray | None = None) -> Known:
        """What the economy says at `values`; learns the curvature between `origin` and there."""
        key = values.tobytes()
        if key not in self.solved:
            known = Known(*self.outlook.features(self.levers, values, self.given, self.clauses))
            self.solved[key] = known
            if origin is not None:
                before = self.solved[origin.tobytes()]
                self._learn(values - origin, known.slope - before.slope, known.change - before.change)
        return self.solved[key]

    def _sharpen(self, values: np.ndarray) -> bool:
        """Compute the slopes of changes at `values`, if there are any and they are not known; says whether it did."""
        if not self.tilt.size or (self.exact is not None and (self.exact == values).all()):
            return False
        self.tilt = self.outlook.change_slopes(self.levers, values, self.given, self.clauses)
        self.exact = values
        return True

    def _learn(self, step: np.ndarray, bend: np.ndarray, moved: np.ndarray) -> None:
        """Update the payoffs' curvature and the changes' slopes after a step."""
        residual = bend - self._times(step)
        product = residual @ step
        size = np.linalg.norm(residual / self.scale, axis=1) * np.linalg.norm(step * self.scale)
        safe = np.abs(product) > 1e-3 * size
        weight = np.divide(1.0, product, out=np.zeros_like(product), where=safe)
        self.vectors = np.concatenate([self.vectors, residual[:, None]], axis=1)[:, -MEMORY:]
        self.weights = np.concatenate([self.weights, weight[:, None]], axis=1)[:, -MEMORY:]
        along = step * self.scale**2
        self.tilt = self.tilt + np.outer(moved - self.tilt @ step, along / (along @ step))

    def _times(self, step: np.ndarray) -> np.ndarray:
        """The payoffs' curvature times a step [party, lever]."""
        along = (self.vectors @ step) * self.weights
        return self.diagonal * step + (along[:, None] @ self.vectors)[:, 0]

    def _model(self, origin: np.ndarray, known: Known) -> Landscape:
        tilt = self.tilt

        def at(values: np.ndarray) -> Point:
            step = values - origin
            bend = self._times(step)
            payoff, slope = known.payoff + known.slope @ step + 0.5 * bend @ step, known.slope + bend
            return self._point(payoff, slope, known.change + tilt @ step, tilt)

        return at

    def _point(self, payoff: np.ndarray, slope: np.ndarray, change: np.ndarray, tilt: np.ndarray) -> Point:
        room, by_change = slack_of(self.clauses, change.reshape(self.clauses.votes.shape), self.softness)

        def pull(by_payoff: np.ndarray, by_slack: np.ndarray) -> np.ndarray:
            return by_payoff @ slope + (by_slack[:, None] * by_change).ravel() @ tilt

        return Point(payoff, room, pull)

    def climb(self, goal: Goal, start: np.ndarray, *, near: bool = False, tolerance: float = 1e-6) -> Found:
        """The best of `goal` from `start`; unless it is `near`, majorities are first counted more softly.

        `tolerance`: improvement of the goal, relative, that is worth another equilibrium.
        """
        if np.asarray(self.clauses.majority).any():
            here = np.clip(start, self.levers.lower, self.levers.upper)
            self.ask(here)
            if self.exact is None:
                self._sharpen(here)
            if self.reach is None:
                self.reach = self._reach()
            if not near:
                self.softness = SOFT * self.reach
                start = self._climb(goal, start, 1e-4, steps=20).values
            self.softness = FINE * self.reach
        return self._climb(goal, start, tolerance)

    def _reach(self) -> np.ndarray:
        """How far the table can move a typical constituency of each clause [k, 1]: what soft counting is measured by."""
        most = np.abs(self.tilt) @ (self.levers.upper - self.levers.lower)
        votes = np.asarray(self.clauses.votes)
        return np.maximum((votes * most.reshape(votes.shape)).sum(axis=1, keepdims=True), 1e-9)

    def _climb(self, goal: Goal, start: np.ndarray, tolerance: float, steps: int = 40) -> Found:
        """Model, ask, compare, widen or narrow the trust region."""
        levers, asked = self.levers, len(self.solved)
        here = np.clip(start, levers.lower, levers.upper)
        known = self.ask(here)
        if self.exact is None:
            self._sharpen(here)
        width, radius = np.maximum(levers.upper - levers.lower, 1e-12), 0.25
        prices = Prices.first(goal, len(self.clauses.level), stiffness=10.0)
        for _ in range(steps):
            model = self._model(here, known)
            box = np.maximum(levers.lower, here - radius * width), np.minimum(levers.upper, here + radius * width)
            guess = maximize(model, levers, self.scale, goal, here, bounds=box, prices=prices, rounds=6, steps=80)
            worth = partial(self._worth, goal, guess.prices)
            now = worth(model(here))
            promise = worth(model(guess.values)) - now
            if promise < goal.resolution(known.payoff, tolerance):
                if not (guess.prices.clause > 0).any() or not self._sharpen(here):
                    break
                continue
            there = self.ask(guess.values, here)
            ratio = (worth(self._point(there.payoff, there.slope, there.change, self.tilt)) - now) / promise
            at_edge = (np.abs(guess.values - here) >= 0.99 * radius * width).any()
            if ratio > 0.05:
                here, known, prices = guess.values, there, guess.prices
            radius = min(1.0, 2 * radius if ratio > 0.7 and at_edge else radius if ratio > 0.25 else 0.35 * radius)
        at = self._model(here, known)(here)
        pressure = at.pull(*merit(goal, guess.prices, at.payoff, at.slack)[1:])
        gain = goal.gain(at.payoff)
        work = len(self.solved) - asked
        return Found(here, gain, at.slack, goal.exact(gain), guess.prices, pressure, work)

    def _worth(self, goal: Goal, prices: Prices, at: Point) -> float:
        """The goal less an exact penalty on what is broken."""
        gain = goal.gain(at.payoff)
        short = np.maximum(-goal.guarded(gain), 0.0)
        broken = np.maximum(-100 * at.slack, 0.0)
        dear = 2 * max(float(prices.threat.max(initial=0.0)), 0.5)
        votes = 2 * max(float(prices.clause.max(initial=0.0)), 0.5 * VOTES)
        return goal.exact(gain) - dear * float(short.sum()) - votes * float(broken.sum())
