"""What linking tracks adds over settling each alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial

import numpy as np

from detente.economy.interface import Policy
from detente.errors import InputError
from detente.talks.bargaining import WORTH, Agreement, Concept, Deal, Negotiation, NoAgreementError, deal
from detente.talks.certificate import certify
from detente.talks.standstill import STANDSTILL

MOST_TRACKS = 6


@dataclass(frozen=True)
class Linkage:
    """Gains [party] against the threat, percent, of settling each subset of tracks (zero where no deal exists).

    Where the threat would also move what is no term, not moving it is one more track, `standstill`.

    `refused`: why there is none. `linked_pct`: all at once less the sum of each alone. `shapley_pct` (track ->
    [party]): each track's average contribution over all orders of settling (Shapley 1953); the contributions sum to
    the gain of settling all.
    """

    tracks: tuple[str, ...]
    gain_pct: Mapping[tuple[str, ...], np.ndarray]
    refused: Mapping[tuple[str, ...], str]
    linked_pct: np.ndarray
    shapley_pct: Mapping[str, np.ndarray]


def linkage(full: Deal, concept: Concept = "nash") -> Linkage:
    """Settle every subset of tracks; all that is unsettled stays as under the threat, rate by rate.

    Raises `InputError` above six tracks.
    """
    negotiation, table = full.negotiation, full.negotiation.table
    tracks = tracks_of(negotiation)
    if len(tracks) > MOST_TRACKS:
        raise InputError(f"Linkage settles every subset of tracks: at most {MOST_TRACKS}; the table has {len(tracks)}.")
    agreed = full.agreements[concept]
    gains: dict[tuple[str, ...], np.ndarray] = {
        (): np.zeros(len(negotiation.power)),
        tracks: agreed.gain_vs_threat_pct,
    }
    refused: dict[tuple[str, ...], str] = {}
    for subset in chain.from_iterable(combinations(tracks, size) for size in range(1, len(tracks))):
        inside = np.array([term.track in subset for term in table.terms])
        held = [] if STANDSTILL in subset else negotiation.standstill
        base = negotiation.without(agreed.values, np.ones(len(inside), dtype=bool), held)
        try:
            if not inside.any():
                gains[subset] = _not_moving(negotiation, base)
                continue
            part = negotiation.varied(table=table.only(subset), base=base)
            gains[subset] = _settle(part, concept, agreed.values[inside]).gain_vs_threat_pct
        except NoAgreementError as error:
            refused[subset] = error.because
            gains[subset] = np.zeros(len(negotiation.power))
    alone = sum((gains[(track,)] for track in tracks), np.zeros(len(negotiation.power)))
    return Linkage(tracks, gains, refused, agreed.gain_vs_threat_pct - alone, _shapley(tracks, gains))


def tracks_of(negotiation: Negotiation) -> tuple[str, ...]:
    """The tracks of a negotiation, with `standstill` where the threat moves what is no term."""
    return (*negotiation.table.tracks, *([STANDSTILL] if negotiation.standstill else []))


def _not_moving(negotiation: Negotiation, policy: Policy) -> np.ndarray:
    """Gains [party] of a standstill alone; raises `NoAgreementError` where somebody loses or a clause breaks."""
    certificate = certify(negotiation.payoff_model, policy, negotiation.threat, negotiation.arrays)
    if not certificate.holds:
        raise negotiation.refusal(certificate)
    return certificate.gain_pct


def _settle(negotiation: Negotiation, concept: Concept, start: np.ndarray) -> Agreement:
    """The agreement on a part of the table: straight from what was agreed on the whole, or else from scratch."""
    if concept == "nash":
        found = negotiation.search(*negotiation.goal(concept, np.ones(len(negotiation.power))), start, near=True)
        try:
            if (found.gain_pct > WORTH).all():
                return negotiation.agreement(concept, found)
        except NoAgreementError:
            pass
    return deal(negotiation, [concept], start).agreements[concept]


def _shapley(tracks: tuple[str, ...], gains: Mapping[tuple[str, ...], np.ndarray]) -> dict[str, np.ndarray]:
    count = len(tracks)
    value = {}
    for track in tracks:
        total = np.zeros_like(gains[()])
        for subset in gains:
            if track in subset:
                continue
            joined = tuple(t for t in tracks if t in subset or t == track)
            weight = factorial(len(subset)) * factorial(count - len(subset) - 1) / factorial(count)
            total += weight * (gains[joined] - gains[subset])
        value[track] = total
    return value
