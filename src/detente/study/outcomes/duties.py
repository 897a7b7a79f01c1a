"""The two rates of a law beside each other, between the parties of a scenario: what it states, and what is collected."""

from __future__ import annotations

from typing import NamedTuple

from detente.study.counterfactual import Counterfactual

Ends = list[float]


class PairDuty(NamedTuple):
    """Average duty of an importer on goods of an exporter over that of 2024, percent of customs value on the trade of 2024:
    `statutory` and `collected`, each low, central and high; `collected` is None where it is not modelled."""

    importer: str
    exporter: str
    statutory: Ends
    collected: Ends | None


def duties_between(asked: Counterfactual) -> list[PairDuty]:
    """Each party on each other, where the law of both is held; the scenario's changes to measures and its ledger files count.

    Nothing without a law. Other changes of a scenario (tariffs, quotas) are not in it: they are not of the law.
    """
    if asked.law is None:
        return []
    from detente.law.applied import pair_rates
    from detente.law.collected import beside
    from detente.law.market import MARKETS, regions

    known = [party for party in asked.parties if party in regions()]
    found = []
    for importer in known:
        if importer not in MARKETS:
            continue
        for exporter in known:
            if exporter == importer:
                continue
            pair = pair_rates(importer, exporter, asked.law.day, asked.law.edited)
            if pair.imports.any():
                averages = beside(pair, asked.law.edited).averages
                found.append(PairDuty(importer, exporter, averages["statutory"] or [], averages["collected"]))
    return found
