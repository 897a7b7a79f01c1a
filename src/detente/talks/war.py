"""`war`: the tariffs from which no government gains by moving alone, with the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.economy.interface import Policy
from detente.errors import SolveError
from detente.talks.certificate import PRECISION, PROOF, best_deviations, best_response, learners_of
from detente.talks.instruments import Instruments
from detente.talks.optimum import held_back, rates_frame, table_html
from detente.talks.payoff_model import PayoffModel, View
from detente.talks.surrogate import Surrogate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class War:
    """A Nash equilibrium: `values` of each party's instruments (`before`: their rates at the start), the `policy` of the world
    and the proof.

    `gain_pct` [party]: payoff against the starting policy, percent. `best_deviation_gain_pct` [party]: what the best
    unilateral deviation would still bring, percent, computed afresh from several starts. `rounds` of best responses.

    Example:
        >>> import detente as dt
        >>> fought = dt.war(dt.calibrate(dt.load("toy")), ["AAA", "BBB"], uniform=True)
        >>> fought.to_frame()["found"].round(2).to_dict()
        {('AAA', 'AAA<BBB:all'): 0.21, ('BBB', 'BBB<AAA:all'): 0.17}
    """

    instruments: Mapping[str, Instruments]
    values: Mapping[str, np.ndarray]
    policy: Policy
    view: View
    gain_pct: Mapping[str, float]
    best_deviation_gain_pct: Mapping[str, float]
    rounds: int
    evaluations: int
    before: Mapping[str, np.ndarray]

    def to_frame(self) -> pd.DataFrame:
        """A row for each party and instrument: its mean rate at the start (`today`) and in the war (`found`), fractions."""
        import pandas as pd

        parts = {
            name: rates_frame(mine, self.before[name], self.values[name]) for name, mine in self.instruments.items()
        }
        return pd.concat(parts, names=["party"])

    def __repr__(self) -> str:
        gains = ", ".join(f"{name} {gain:+.3f}" for name, gain in self.gain_pct.items())
        return f"<War: {gains} percent of payoff; no move alone brings more than {max(self.proof_pct.values()):.0e}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then the tariffs, percent."""
        return table_html(repr(self), self.to_frame())

    @property
    def searched(self) -> str:
        """Among which tariffs deviations were sought, in words: the proof holds for no others."""
        mine = [one for instruments in self.instruments.values() for one in instruments]
        low, high = min(one.lower for one in mine), max(one.upper for one in mine)
        floor = f"from {100 * low:.0f}" if all(one.lower == low for one in mine) else "from those of today"
        return f"{len(mine)} tariffs, {floor} up to {100 * high:.0f} percent"

    @property
    def at_ceiling(self) -> tuple[str, ...]:
        """Labels of the tariffs that the highest one allowed holds back."""
        return tuple(label for name, mine in self.instruments.items() for label in held_back(mine, self.values[name]))

    @property
    def proof_pct(self) -> Mapping[str, float]:
        """`best_deviation_gain_pct`, or the precision of the search where less was found."""
        return {name: max(gain, PRECISION) for name, gain in self.best_deviation_gain_pct.items()}


def war(
    payoff_model: PayoffModel,
    instruments: Mapping[str, Instruments],
    *,
    given: Policy | None = None,
    start: Mapping[str, np.ndarray] | None = None,
    rounds: int = 100,
    progress: Callable[[int, float], None] | None = None,
) -> War:
    """Best responses in turn until nobody moves, then the proof.

    `instruments`: what each warring party may move. `given`: policy of everybody else and starting point. `start`: other
    starting values. Raises `SolveError` when the responses do not settle, or when a deviation would pay.
    """
    given = payoff_model.today if given is None else given
    before = payoff_model.see(given).payoff
    policy = given
    for name, values in (start or {}).items():
        policy = instruments[name].apply(policy, np.asarray(values, float))
    turn, evaluations, settled = 0, 0, False
    learners = learners_of(payoff_model, instruments)
    while not settled:
        policy, turn, spent = _respond(payoff_model, instruments, policy, turn, rounds, learners, progress)
        # The responses climb from where they stand; a better choice far away shows up only here, and is then followed.
        deviations = best_deviations(payoff_model, instruments, policy, learners)
        evaluations += spent + sum(found.evaluations for found in deviations.values())
        worst = max(deviations, key=lambda name: deviations[name].gain_pct)
        settled = deviations[worst].gain_pct <= PROOF
        if not settled:
            policy = instruments[worst].apply(policy, deviations[worst].values)
    view = payoff_model.see(policy, fresh=True)
    gains = {name: 100 * float(view.payoff[k] / before[k] - 1) for k, name in enumerate(payoff_model.names)}
    final = {name: instruments[name].read(policy) for name in instruments}
    proof = {name: found.gain_pct for name, found in deviations.items()}
    weights = payoff_model.economy.border_value
    first = {name: mine.rates(given, weights)[:, 1] for name, mine in instruments.items()}
    return War(instruments, final, policy, view, gains, proof, turn, evaluations, first)


def _respond(
    payoff_model: PayoffModel,
    instruments: Mapping[str, Instruments],
    policy: Policy,
    turn: int,
    rounds: int,
    learners: Mapping[str, Surrogate | None],
    progress: Callable[[int, float], None] | None,
) -> tuple[Policy, int, int]:
    """Best responses in turn, each from where it stands, until no party gains: policy, last round, evaluations."""
    evaluations = 0
    while turn < rounds:
        turn, moved = turn + 1, 0.0
        for name, mine in instruments.items():
            k = payoff_model.party(name)
            # The first rounds chase a moving target, so a few steps each are enough.
            stay, here = payoff_model.see(policy).payoff[k], mine.start(policy)
            response = best_response(
                payoff_model, k, mine, policy, [here], learners[name], 4 if turn < 3 else 100, 1e-9
            )
            policy = mine.apply(policy, response.values)
            moved = max(moved, 100 * float(response.payoff / stay - 1))
            evaluations += response.evaluations + 1
        if progress:
            progress(turn, moved)
        if moved < PROOF / 100 and turn >= 3:
            return policy, turn, evaluations
    raise SolveError(
        f"The trade war does not settle: after {rounds} rounds of best responses a party still gains "
        f"{moved:.1e} percent by moving; try another start, or fewer parties or tariffs."
    )
