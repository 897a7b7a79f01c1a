"""What linking tracks adds over settling each alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial

import numpy as np

from detente.errors import InputError
from detente.talks.bargaining import WORTH, Agreement, Concept, Deal, Negotiation, NoAgreementError, deal

MOST_TRACKS = 6


@dataclass(frozen=True)
class Linkage:
    """Gains [party] against the threat, percent, of settling each subset of tracks (zero where no deal exists).

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
    """Settle every subset of tracks; unsettled ones stay as under the threat. Raises `InputError` above six tracks."""
    negotiation, table = full.negotiation, full.negotiation.table
    tracks = table.tracks
    if len(tracks) > MOST_TRACKS:
        raise InputError(f"Linkage settles every subset of tracks: at most {MOST_TRACKS}; the table has {len(tracks)}.")
    threat = table.instruments.read(negotiation.threat.policy)
    agreed = full.agreements[concept]
    gains: dict[tuple[str, ...], np.ndarray] = {
        (): np.zeros(len(negotiation.power)),
        tracks: agreed.gain_vs_threat_pct,
    }
    refused: dict[tuple[str, ...], str] = {}
    part = negotiation
    for subset in chain.from_iterable(combinations(tracks, size) for size in range(1, len(tracks))):
        part = part.varied(table=table.frozen(subset, threat))  # one after the other, so that each learns from the last
        start = np.where([term.track in subset for term in table.terms], agreed.values, threat)
        try:
            gains[subset] = _settle(part, concept, start).gain_vs_threat_pct
        except NoAgreementError as error:
            refused[subset] = error.because
            gains[subset] = np.zeros(len(negotiation.power))
    alone = sum((gains[(track,)] for track in tracks), np.zeros(len(negotiation.power)))
    return Linkage(tracks, gains, refused, agreed.gain_vs_threat_pct - alone, _shapley(tracks, gains))


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
