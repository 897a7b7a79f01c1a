"""Sectors that move though no tariff on them says so: which they are, and a sentence on each that says why."""

from __future__ import annotations

import numpy as np

from detente.economy.explanation import PARTS
from detente.report.findings import principals, sectors_shown
from detente.report.language import ENGLISH, Language
from detente.study.run import Study

#: Sectors of a region looked at: those whose output moves most.
LOOKED_AT = 7
MOST = 3
#: A smaller change of output (percent) needs no reason.
NOTICED = 0.5
#: Tariffs on the product itself make less of the change than this, or push the other way: then it is odd.
DIRECT = 0.3
_TARIFFS = ("own_tariff", "tariffs_abroad", "rivals_tariffs")


def odd_movers(study: Study, language: Language = ENGLISH) -> list[str]:
    """A sentence for each odd mover of the principals, the largest first; none where every change is as its tariffs say."""
    found = []
    for region in principals(study):
        n = study.economy.regions.index(region)
        for j in sectors_shown(study, region, LOOKED_AT):
            values = study.explanation.of("output", region, study.economy.sectors[j])
            total, direct = values.pop("total"), sum(values[part] for part in _TARIFFS)
            if abs(total) >= NOTICED and direct * np.sign(total) < DIRECT * abs(total):
                size = abs(total) * float(study.result.reference.output[n, j])
                found.append((size, _sentence(region, study.economy.sectors[j], total, values, language)))
    return [text for _, text in sorted(found, reverse=True)[:MOST]]


def _sentence(region: str, sector: str, total: float, values: dict[str, float], language: Language) -> str:
    largest = sorted(PARTS["output"], key=lambda part: -abs(values[part]))[:3]
    parts = [
        language.t(f"why.{part}", n=language.number(f"{values[part]:+.1f}"))
        for part in largest
        if abs(values[part]) >= 0.05
    ]
    return language.t(
        "why.sentence",
        goods=language.goods(sector),
        region=language.name(region),
        n=language.number(f"{total:+.1f}"),
        parts=language.listed(parts),
    )
