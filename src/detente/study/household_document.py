"""What an answer means for a household, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.study.numbers import number
from detente.study.outcomes.households import GROUPS, HOUSEHOLDS, Households, households
from detente.study.uncertainty.draws import HOUSEHOLD, LEVEL

if TYPE_CHECKING:
    from detente.study.run import Study

#: JSON key -> field of `Households`: for the nation, and by group of households.
NATION_KEYS = {"real_income_usd": "real_income", "duties_usd": "duties"}
GROUP_KEYS = {"cost_usd": "cost", "cost_pct": "cost_pct", "real_income_by_group_usd": "real_income_by_group"}


def households_document(study: Study) -> dict[str, Any] | None:
    """Dollars a household and year by region, with ranges; null for a world without regions whose households are counted."""
    found = households(study.result)
    if found is None:
        return None
    document: dict[str, Any] = {"prices": study.economy.anchor}
    if study.draws is not None:
        document |= {"level": LEVEL, "draws": len(study.draws.sample)}
    document["regions"] = {region: _region(study, found, k) for k, region in enumerate(found.regions)}
    return document


def _region(study: Study, found: Households, k: int) -> dict[str, Any]:
    count, source = HOUSEHOLDS[found.regions[k]]
    nation = {key: number(getattr(found, name)[k]) for key, name in NATION_KEYS.items()}
    groups = {
        key: {group: number(getattr(found, name)[k, g]) for g, group in enumerate(GROUPS)}
        for key, name in GROUP_KEYS.items()
    }
    document = {"households_million": count, "households_source": source, **nation, **groups}
    if study.draws is None:
        return document
    ranges: dict[str, Any] = {}
    for key, name in {**NATION_KEYS, **GROUP_KEYS}.items():
        ends = np.stack(study.draws.range(HOUSEHOLD + name), axis=-1)[k]
        pairs = [[number(end) for end in pair] for pair in np.atleast_2d(ends)]
        ranges[key] = pairs[0] if key in NATION_KEYS else dict(zip(GROUPS, pairs, strict=True))
    return {**document, "ranges": ranges}
