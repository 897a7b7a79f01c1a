"""A model of the parties' payoffs over the instruments, learnt from every equilibrium solved, so that few need be solved.

Places are `Rescaling` of the instruments. Each payoff is a quadratic around the last point: exact value and slope, curvature by
symmetric rank-one updates. Each constituency's change is linear: exact value, slope by Broyden's update, exact where a
clause decides (Nocedal and Wright 2006, sections 6.2 and 11.1). Goals are climbed on the model within a trust region; the
economy is asked only where the model points. What is learnt for one goal serves the next.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import numpy as np

from detente.economy.interface import Policy
from detente.talks.augmented_lagrangian import Found, Landscape, Point, maximize
from detente.talks.clauses import Clauses, slack_of
from detente.talks.instruments import QUOTA, Instruments
from detente.talks.merit import SUM, VOTES, Goal, Multipliers, merit
from detente.talks.payoff_model import PayoffModel

#: Up to this many instruments a model is learnt; beyond, each goal is climbed on the economy itself.
MODELLED = 200

#: Width over which a vote turns, relative to what the table can do to a typical constituency: at first, and finally.
SOFT, FINE = 0.02, 0.0003

#: Places of its range at which a quota is tried.
PROBES = 6

#: Rank-one updates kept.
MEMORY = 120


class Known(NamedTuple):
    """What an equilibrium told: `payoff` [party] and its slopes [party, instrument], `change` [constituency]."""

    payoff: np.ndarray
    slope: np.ndarray
    change: np.ndarray


class Surrogate:
    """The model over `instruments` (from `given`), of all parties' payoffs or only of that of `party`."""

    def __init__(
        self,
        payoff_model: PayoffModel,
        instruments: Instruments,
        clauses: Clauses,
        given: Policy,
        party: int | None = None,
    ) -> None:
        self.payoff_model, self.instruments, self.given = payoff_model, instruments, given
        self.clauses: Clauses = jax.tree.map(np.asarray, clauses)  # read thousands of times
        self.parties = None if party is None else [party]
        self.frame = payoff_model.coordinates(instruments)
        # At first only what a party collects itself is thought to bend its payoff.
        self.diagonal = (
            -payoff_model.curvature(instruments)[len(payoff_model.names) :] / self.frame.scale**2
        )  # [party, instrument]
        self.vectors = np.zeros((len(self.diagonal), 0, len(instruments)))
        self.weights = np.zeros((len(self.diagonal), 0))
        self.tilt = np.zeros((clauses.votes.size, len(instruments)))  # slopes of changes [constituency, instrument]
        self.exact: np.ndarray | None = None  # where `tilt` was computed rather than learnt
        self.solved: dict[bytes, Known] = {}
        self.reach: np.ndarray | None = None
        self.softness = np.full((len(clauses.level), 1), FINE)

    def taught_by(self, other: Surrogate) -> Surrogate:
        """This model, knowing what `other` learnt over the same rates, or over more of them (ranges may differ)."""
        mine = [other.instruments.labels.index(label) for label in self.instruments.labels]
        self.vectors, self.weights, self.tilt = other.vectors[:, :, mine], other.weights, other.tilt[:, mine]
        if len(mine) == len(other.instruments) and self.given is other.given:
            self.exact, self.solved = other.exact, dict(other.solved)
        return self

    def facing(self, given: Policy) -> Surrogate:
        """This model when the rest of the policy is `given`: curvature is kept, values and slopes are asked anew."""
        self.given, self.solved, self.exact = given, {}, None
        return self

    def respond(self, party: int, start: np.ndarray, steps: int, tolerance: float) -> Found:
        """The best move of one party alone, whatever it does to the others; `gain_pct` is against today."""
        count = len(self.payoff_model.names)
        return self._climb(Goal(SUM, np.eye(count)[party], np.ones(count), guard=False), start, tolerance, steps)

    def ask(self, point: np.ndarray, origin: np.ndarray | None = None) -> Known:
        """What the economy says at a point; learns the curvature between `origin` and there."""
        key = point.tobytes()
        if key not in self.solved:
            values = self.frame.values(point)
            payoff, slope, change = self.payoff_model.features(
                self.instruments, values, self.given, self.clauses, self.parties
            )
            known = self.solved[key] = Known(payoff, slope / self.frame.stretch(values), change)
            if origin is not None:
                before = self.solved[origin.tobytes()]
                self._learn(point - origin, known.slope - before.slope, known.change - before.change)
        return self.solved[key]

    def _sharpen(self, point: np.ndarray) -> bool:
        """Compute the slopes of changes at a point, if there are any and they are not known; says whether it did."""
        if not self.tilt.size or (self.exact is not None and (self.exact == point).all()):
            return False
        values = self.frame.values(point)
        slopes = self.payoff_model.change_slopes(self.instruments, values, self.given, self.clauses)
        self.tilt, self.exact = slopes / self.frame.stretch(values), point
        return True

    def _learn(self, step: np.ndarray, bend: np.ndarray, moved: np.ndarray) -> None:
        """Update the payoffs' curvature and the changes' slopes after a step."""
        residual = bend - self._times(step)
        product = residual @ step
        size = np.linalg.norm(residual, axis=1) * np.linalg.norm(step)
        safe = np.abs(product) > 1e-3 * size
        weight = np.divide(1.0, product, out=np.zeros_like(product), where=safe)
        self.vectors = np.concatenate([self.vectors, residual[:, None]], axis=1)[:, -MEMORY:]
        self.weights = np.concatenate([self.weights, weight[:, None]], axis=1)[:, -MEMORY:]
        self.tilt = self.tilt + np.outer(moved - self.tilt @ step, step / (step @ step))

    def _times(self, step: np.ndarray) -> np.ndarray:
        """The payoffs' curvature times a step [party, instrument]."""
        along = (self.vectors @ step) * self.weights
        return self.diagonal * step + (along[:, None] @ self.vectors)[:, 0]

    def _model(self, origin: np.ndarray, known: Known) -> Landscape:
        tilt = self.tilt

        def at(point: np.ndarray) -> Point:
            step = point - origin
            bend = self._times(step)
            payoff, slope = known.payoff + known.slope @ step + 0.5 * bend @ step, known.slope + bend
            return self._point(payoff, slope, known.change + tilt @ step, tilt)

        return at

    def _point(self, payoff: np.ndarray, slope: np.ndarray, change: np.ndarray, tilt: np.ndarray) -> Point:
        if not tilt.size:
            return Point(payoff, np.zeros(0), lambda by_payoff, _: by_payoff @ slope)
        room, by_change = slack_of(self.clauses, change.reshape(self.clauses.votes.shape), self.softness)

        def vjp(by_payoff: np.ndarray, by_slack: np.ndarray) -> np.ndarray:
            return by_payoff @ slope + (by_slack[:, None] * by_change).ravel() @ tilt

        return Point(payoff, room, vjp)

    def climb(self, goal: Goal, start: np.ndarray, *, near: bool = False, tolerance: float = 1e-6) -> Found:
        """The best of `goal` from `start`; unless it is `near`, majorities are first counted more softly.

        `tolerance`: improvement of the goal, relative, that is worth another equilibrium.
        """
        if self.clauses.majority.any():
            here = self.frame.point(start)
            self.ask(here)
            if self.exact is None:
                self._sharpen(here)
            if self.reach is None:
                self.reach = self._reach()
            if not near:
                self.softness = SOFT * self.reach
                start = self._climb(goal, start, 1e-4, steps=20).values
            self.softness = FINE * self.reach
        return self._across_kinks(goal, self._climb(goal, start, tolerance), tolerance)

    def _across_kinks(self, goal: Goal, found: Found, tolerance: float) -> Found:
        """Payoffs have kinks where a quota begins to bind and where it ends, which no slope sees from afar: each quota is
        tried at a few places of its range, and where one is better the climb goes on from there.
        """
        for k, instrument in enumerate(self.instruments):
            if instrument.kind != QUOTA or instrument.lower == instrument.upper:
                continue
            for value in np.linspace(instrument.lower, instrument.upper, PROBES):
                values = np.where(np.arange(len(self.instruments)) == k, value, found.values)
                here, there = (self._at(goal, found.prices, place) for place in (found.values, values))
                if there > here + 1e-6 * max(abs(here), 1e-2):
                    found = self._climb(goal, values, tolerance)
        return found

    def _at(self, goal: Goal, prices: Multipliers, values: np.ndarray) -> float:
        known = self.ask(self.frame.point(values))
        return self._worth(goal, prices, self._point(known.payoff, known.slope, known.change, self.tilt))

    def _reach(self) -> np.ndarray:
        """How far the table can move a typical constituency of each clause [k, 1]: what soft counting is measured by."""
        most = np.abs(self.tilt) @ (self.frame.upper - self.frame.lower)
        votes = self.clauses.votes
        return np.maximum((votes * most.reshape(votes.shape)).sum(axis=1, keepdims=True), 1e-9)

    def _climb(self, goal: Goal, start: np.ndarray, tolerance: float, steps: int = 40) -> Found:
        """Model, ask, compare, widen or narrow the trust region."""
        frame, asked = self.frame, len(self.solved)
        here = frame.point(start)
        known = self.ask(here)
        if self.exact is None:
            self._sharpen(here)
        width, radius = np.maximum(frame.upper - frame.lower, 1e-12), 0.25
        prices = Multipliers.first(goal, len(self.clauses.level), stiffness=10.0)
        for _ in range(steps):
            model = self._model(here, known)
            box = np.maximum(frame.lower, here - radius * width), np.minimum(frame.upper, here + radius * width)
            guess = maximize(model, box, goal, here, prices=prices, rounds=10, steps=80)
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
        values = frame.values(here)
        pressure = at.vjp(*merit(goal, guess.prices, at.payoff, at.slack)[1:]) * frame.stretch(values)
        gain = goal.gain(at.payoff)
        work = len(self.solved) - asked
        return Found(values, gain, at.slack, goal.exact(gain), guess.prices, pressure, work)

    def _worth(self, goal: Goal, prices: Multipliers, at: Point) -> float:
        """The goal less an exact penalty on what is broken."""
        gain = goal.gain(at.payoff)
        short = np.maximum(-goal.guarded(gain), 0.0)
        broken = np.maximum(-100 * at.slack, 0.0)
        dear = 2 * max(float(prices.threat.max(initial=0.0)), 0.5)
        votes = 2 * max(float(prices.clause.max(initial=0.0)), 0.5 * VOTES)
        return goal.exact(gain) - dear * float(short.sum()) - votes * float(broken.sum())
