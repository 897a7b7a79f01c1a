"""The Pareto frontier of a negotiation: what one side can have for each thing it leaves to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import InputError
from detente.talks.bargaining import Deal
from detente.talks.merit import SMALLEST, SUM


@dataclass(frozen=True)
class Frontier:
    """Efficient gains against the threat: `gain_pct` [point, party], percent, and the `values` of the terms there.

    The first and last point are the best for each of the two `parties` that leaves nobody else below the threat.
    """

    parties: tuple[str, str]
    gain_pct: np.ndarray
    values: np.ndarray


def frontier(deal: Deal, parties: Sequence[str] | None = None, points: int = 9) -> Frontier:
    """The frontier between two parties (default: the first two), others held at or above their threat points.

    Rays from the threat point to the frontier, evenly spread between the two ideals; dominated points are dropped.
    """
    negotiation = deal.negotiation
    names = tuple(parties or negotiation.payoff_model.names[:2])
    if len(names) != 2 or points < 2:
        raise InputError(f"A frontier is drawn between two parties with two points or more; got {names} and {points}.")
    pair = [negotiation.payoff_model.party(name) for name in names]
    size = len(negotiation.power)
    start = next(iter(deal.agreements.values())).values
    ends = [negotiation.search(SUM, np.eye(size)[k], start, near=True) for k in pair]
    scale = np.array([max(end.gain_pct[k], 1e-6) for end, k in zip(ends, pair, strict=True)])
    found = [ends[1]]
    for angle in np.linspace(0, np.pi / 2, points)[1:-1]:
        weight = np.zeros(size)
        weight[pair] = scale * np.array([np.sin(angle), np.cos(angle)])
        found.append(negotiation.search(SMALLEST, weight, found[-1].values, near=True))
    found.append(ends[0])
    gains = np.array([one.gain_pct for one in found])
    efficient = [k for k, mine in enumerate(gains[:, pair]) if not ((gains[:, pair] >= mine + 1e-7).all(axis=1)).any()]
    order = sorted(efficient, key=lambda k: gains[k, pair[0]])
    return Frontier((names[0], names[1]), gains[order], np.array([found[k].values for k in order]))
