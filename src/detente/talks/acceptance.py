"""Will they say yes? How likely a side whose weights are not known is to accept an offer, and what knowing them is worth.

The other side says yes where its valuation against the threat, under its true weights, is not negative. The weights are a belief:
draws from ranges. An offer to take or leave is chosen before they are known; had an inspection shown them, the offer could be
chosen after. The difference of the two expectations is what the inspection is worth (Raiffa and Schlaifer 1961).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import expit

from detente.economy.interface import Equilibrium, Policy
from detente.errors import InputError
from detente.talks.bargaining import Negotiation
from detente.talks.certificate import ROUNDING
from detente.talks.clauses import exact_slack
from detente.talks.global_search import WholeTable, stepped
from detente.talks.party import payoff

#: An offer is robust if it is accepted in at least this share of draws.
ROBUST = 0.9

#: Draws for which the best offer to known weights is climbed to, spread over the belief; others choose among all offers valued.
KNOWN_CLIMBS = 4

#: Equilibria that a climb may take, for each term and in all.
STEPS_A_TERM, STEPS = 30, 120


@dataclass(frozen=True)
class JudgedOffer:
    """Terms at `values`: the `probability` of a yes, the proposer's `gain_pct` if it comes, and `theirs_pct` [draw], the other
    side's gain under each draw of its weights; percent of payoff against the threat.
    """

    values: np.ndarray
    probability: float
    gain_pct: float
    theirs_pct: np.ndarray

    @property
    def expected_pct(self) -> float:
        """The proposer's expected gain, percent: the threat's payoff where the answer is no."""
        return self.probability * self.gain_pct


@dataclass(frozen=True)
class Acceptance:
    """What `by` can expect of offers to `of`, whose weights are drawn.

    `best`: the offer of the highest expected gain; `robust`: that of the highest gain among those accepted in 90 percent of
    draws; None where no offer found brings the proposer anything. `offers`: others that were asked about, by name. `known_pct`:
    expected gain if the weights were shown before the offer. `valued`: offers all this was chosen from.
    """

    by: str
    of: str
    best: JudgedOffer | None
    robust: JudgedOffer | None
    offers: Mapping[str, JudgedOffer]
    known_pct: float
    draws: int
    valued: int

    @property
    def inspection_pct(self) -> float:
        """What learning the weights exactly is worth to the proposer, percent of its payoff; never negative."""
        return self.known_pct - (0.0 if self.best is None else self.best.expected_pct)


def acceptance(
    negotiation: Negotiation,
    of: str,
    weights: np.ndarray,
    *,
    by: str | None = None,
    noise: float = 0.0,
    offers: Mapping[str, np.ndarray] | None = None,
) -> Acceptance:
    """What a proposer can expect of the side `of` under draws of its sector `weights` [draw, sector].

    `by`: who proposes (default: the other of two parties). `noise`: percent of payoff by which the answers scatter (logistic);
    zero: yes to whatever costs it nothing. `offers`: values [term] of further offers to say the probability of. No offer
    breaks a clause or leaves a third party below the threat. Raises `InputError` for parties that are not at the table.
    """
    judge = _Judge(negotiation, of, weights, by, noise)
    named = {name: judge.offer(values) for name, values in (offers or {}).items()}
    whole = WholeTable(negotiation)
    useful = (whole.payoff[:, judge.by] > negotiation.threat.payoff[judge.by]) & (
        whole.slack.min(axis=1, initial=0.0) >= -ROUNDING
    )
    lower, width = whole.instruments.lower, whole.width
    for point in whole.points[useful]:
        judge.value(lower + point * width)
    for values in (offers or {}).values():
        if np.isfinite(values).all():
            judge.value(values)

    def climb(goal: Callable[[JudgedOffer], float]) -> None:
        if judge.possible and (start := max(judge.possible, key=goal)) and goal(start) > 0:
            share = np.divide(start.values - lower, width, out=np.zeros_like(width), where=width > 0)
            most = min(STEPS_A_TERM * len(width), STEPS)
            stepped(lambda at: _worth(judge.value(lower + at * width), goal), share, goal(start), most)

    def safely(one: JudgedOffer) -> float:
        return one.gain_pct if one.probability >= ROBUST else 0.0

    climb(lambda one: one.expected_pct)
    climb(safely)
    for draw in _spread_over(judge):
        climb(lambda one, draw=draw: float(judge.says_yes(one.theirs_pct[draw])) * one.gain_pct)  # type: ignore[misc]
    best = max(judge.possible, key=lambda one: one.expected_pct, default=None)
    robust = max(judge.possible, key=safely, default=None)
    each = [judge.says_yes(one.theirs_pct) * one.gain_pct for one in judge.possible]
    known = float(np.max(each, axis=0, initial=0.0).mean()) if each else 0.0
    return Acceptance(
        negotiation.payoff_model.names[judge.by],
        of,
        best if best and best.expected_pct > 0 else None,
        robust if robust and safely(robust) > 0 else None,
        named,
        known,
        len(weights),
        len(judge.possible),
    )


class _Judge:
    """Values offers for the proposer and, under every draw of its weights, for the other side; keeps those that may be made."""

    def __init__(self, negotiation: Negotiation, of: str, weights: np.ndarray, by: str | None, noise: float) -> None:
        model = negotiation.payoff_model
        self.negotiation, self.of, self.noise = negotiation, model.party(of), noise
        others = [name for name in model.names if name != of]
        if by is None and len(others) > 1:
            raise InputError(f"{len(others)} parties could make {of} an offer; name one with by: {', '.join(others)}.")
        self.by = model.party(others[0] if by is None else by)
        if self.by == self.of:
            raise InputError(f"{of} cannot make the offer and answer it; name another party with by.")
        mine = jax.tree.map(lambda array: array[self.of], model.objectives)

        def under(weight: jax.Array, policy: Policy, outcome: Equilibrium) -> jax.Array:
            return payoff(mine._replace(sector_weight=weight), policy, outcome)

        self._look = jax.jit(jax.vmap(under, (0, None, None)))
        self._weights = jnp.asarray(weights)
        self.threat = self._theirs(negotiation.threat.policy, negotiation.threat.outcome)
        if not (self.threat > 0).all():
            raise InputError(f"The objective of {of} is not positive without a deal; its weights are too extreme.")
        self.possible: list[JudgedOffer] = []

    def _theirs(self, policy: Policy, outcome: Equilibrium) -> np.ndarray:
        return np.asarray(self._look(self._weights, policy, outcome))

    def says_yes(self, theirs_pct: np.ndarray) -> np.ndarray:
        """Chance of a yes where the other side's gain is `theirs_pct`."""
        if self.noise > 0:
            return np.asarray(expit(theirs_pct / self.noise))
        return np.asarray(theirs_pct >= -ROUNDING, float)

    def offer(self, values: np.ndarray) -> JudgedOffer:
        """An offer (NaN: a term stays as it is), whether or not it may be made."""
        return self._valued(values)[0]

    def value(self, values: np.ndarray) -> JudgedOffer | None:
        """An offer; None where it breaks a clause, hurts a third party or its own proposer."""
        offer, allowed = self._valued(values)
        if allowed:
            self.possible.append(offer)
        return offer if allowed else None

    def _valued(self, values: np.ndarray) -> tuple[JudgedOffer, bool]:
        policy = self.negotiation.table.instruments.apply(self.negotiation.ground, values)
        view = self.negotiation.payoff_model.see(policy)
        gain = 100 * (view.payoff / self.negotiation.threat.payoff - 1)
        theirs = 100 * (self._theirs(policy, view.outcome) / self.threat - 1)
        slack = exact_slack(self.negotiation.arrays, view.outcome)
        bound = np.delete(gain, self.of).min() >= -ROUNDING and slack.min(initial=0.0) >= -ROUNDING
        yes = float(self.says_yes(theirs).mean())
        return JudgedOffer(values, yes, float(gain[self.by]), theirs), bool(bound)


def _worth(offer: JudgedOffer | None, goal: Callable[[JudgedOffer], float]) -> float:
    return -np.inf if offer is None else goal(offer)


def _spread_over(judge: _Judge) -> list[int]:
    """A few draws spread over the belief, in the order of what the most likely useful offer is worth to the other side."""
    if not judge.possible:
        return []
    order = np.argsort(max(judge.possible, key=lambda one: one.expected_pct).theirs_pct, kind="stable")
    return [int(order[int((k + 0.5) / KNOWN_CLIMBS * len(order))]) for k in range(KNOWN_CLIMBS)]
