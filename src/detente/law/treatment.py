"""Which exporters the law of a day treats alike: their duties are worked out once, over every product."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from functools import lru_cache

from detente.law.assumptions import Assumptions
from detente.law.ledger import Ledger
from detente.law.market import US_NEIGHBOURS, origins, regions
from detente.law.measure import Measure


@lru_cache(maxsize=256)
def alike(ledger: Ledger, importer: str, day: date, register: Assumptions) -> dict[str, str]:
    """Each origin of the importer's trade, and the first origin that it treats in the same way on that day.

    Alike: the same measures reach them, with the same partner rates and reliefs, and the same assumptions are made of
    their trade. Canada and Mexico stand alone among exporters to the United States: their lines and claims are their own.
    """
    first: dict[Hashable, str] = {}
    found = {}
    for region in regions():
        if region == importer:
            continue
        for origin in origins(importer, region):
            own = origin if importer == "USA" and origin in US_NEIGHBOURS else ""
            key = (own, _key(ledger, importer, origin, day, register))
            found[origin] = first.setdefault(key, origin)
    return found


def _key(ledger: Ledger, importer: str, origin: str, day: date, register: Assumptions) -> Hashable:
    acts = [m for m in ledger.between(importer, origin) if m.in_force(day) and m.status != "announced_not_in_force"]
    special = tuple(origin in ledger.members(entry.exporters) for entry in register.facts if entry.exporters)
    return (
        tuple((act.id, _place(ledger, act, origin, day)) for act in acts),
        special,
        _ordinary(ledger, importer, origin),
    )


def _place(ledger: Ledger, act: Measure, origin: str, day: date) -> Hashable:
    """Which partner rate of each charge, and which reliefs, the origin has under an act."""
    rates = []
    for charge in act.charges:
        valid = [partner for partner in charge.partners if partner.in_force(day)]
        rates.append(next((p for p in valid if {origin, "world"} & ledger.members(p.exporters)), None))
    reliefs = [*act.reliefs, *(relief for charge in act.charges for relief in charge.reliefs)]
    named = tuple(origin in ledger.members(relief.exporters) for relief in reliefs if relief.exporters)
    return tuple(rates), named


def _ordinary(ledger: Ledger, importer: str, origin: str) -> str:
    """The kind of ordinary duty: of use only where a rate tops it up."""
    if importer != "USA":
        return ""
    return "column 2" if origin in ledger.members(("COLUMN_2",)) else "KOR" if origin == "KOR" else ""
