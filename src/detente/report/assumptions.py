"""What an answer rests on, said where the answer is shown, and how to change it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from detente.economy import HORIZONS
from detente.report.findings import principals
from detente.report.wording import listed, the_region
from detente.study.json_document import settling
from detente.study.run import Study
from detente.study.sensitivity import first_order_shares
from detente.study.uncertainty import LEVEL

_CLOSURE = {
    "fixed": "trade deficits keep their share of world income",
    "balanced": "trade deficits go to zero, with or without the tariffs",
}
_USES = {
    "one": "all buyers of a product share one mix of suppliers",
    "two": "industries and households each have their own mix of suppliers",
    "buyers": "every industry has its own mix of suppliers",
}


_SETTLING = {
    "welfare_pct": "welfare of the parties",
    "output_pct": "output of their sectors",
    "places_jobs_kjobs": "jobs by place",
}


class Assumption(NamedTuple):
    """One assumption: `name`, what it says, and how a scenario file changes it."""

    name: str
    text: str
    change: str


def assumptions(study: Study) -> list[Assumption]:
    """Every assumption that a reader should know, the most important first."""
    scenario, theta = study.scenario, np.asarray(study.economy.calibration.theta)
    named = [j for j, sector in enumerate(study.economy.sectors) if sector in _sectors_named(study)]
    own = scenario.trade_elasticities
    shown = ", ".join(f"{study.economy.sectors[j].replace('_', ' ')} {theta[j]:.1f}" for j in named[:4])
    source = study.economy.baseline.sources.get("trade_elasticity", "of the baseline")
    horizon = HORIZONS[scenario.horizon]
    most = matters_most(study)
    return [
        *(
            []
            if most is None
            else [Assumption("What matters most", most, "detente run --elasticities, or trade_elasticities")]
        ),
        Assumption(
            "Trade elasticities",
            f"how fast buyers change supplier: {shown or f'{np.min(theta):.1f} to {np.max(theta):.1f}'} "
            f"({'yours: ' + ', '.join(own) + '; others: ' if own else ''}{source}).",
            "trade_elasticities: {steel: 4}",
        ),
        Assumption("Ranges", range_of(study), "detente run --draws 1000; --elasticities; --seed"),
        Assumption("Horizon", f"{scenario.horizon} run: {horizon.source}.", "horizon: short, medium or long"),
        Assumption(
            "Money",
            "USD a year of the baseline; prices are measured against world income, the numeraire, so they say how a country's "
            "prices move against the world's. Welfare does not depend on it.",
            "",
        ),
        Assumption("Deficits", f"{_CLOSURE[scenario.closure]}.", "closure: fixed or balanced"),
        Assumption("Buyers", f"{_USES[scenario.uses]}.", "uses: one, two or buyers"),
        Assumption("Work", f"{_work(study)}.", "wages: rigid or flexible; labour_supply: 0.5"),
        Assumption(
            "What is left out",
            "adjustment costs on the way, capital and investment, profits, exchange-rate dynamics, and any "
            "answer of other governments that the file does not list. A sector is taxed as a whole.",
            "",
        ),
    ]


def _work(study: Study) -> str:
    if study.scenario.wages == "rigid":
        return "nominal wages do not fall; those who find no work are unemployed"
    supply = float(study.economy.calibration.labour_supply)
    return (
        f"total employment rises by {supply:g} percent when the real wage rises by 1 percent"
        if supply
        else "wages clear the labour market, so total employment does not change"
    )


def matters_most(study: Study) -> str | None:
    """The one assumption that moves the parties' welfare most: the largest part of its variance, all parties counted alike."""
    draws, about = study.draws, principals(study)
    if draws is None:
        return None
    each = [
        first_order_shares(draws.sample, draws.outcomes["welfare"][:, draws.regions.index(region)]) for region in about
    ]
    total = Counter[str]()
    for shares in each:
        total.update(shares)
    if not total:
        return None
    driver = total.most_common(1)[0][0]
    parts = [
        f"{shares.get(driver, 0.0):.0%} for {the_region(region)}" for region, shares in zip(about, each, strict=True)
    ]
    return f"{driver}. Alone it explains, of the variance of welfare, {listed(parts)}."


def range_of(study: Study) -> str:
    """What the ranges are, and how settled they are."""
    draws = study.draws
    if draws is None:
        return "none: this is one central run. As a rule the trade elasticities matter most."
    lost = int((~draws.solved).sum())
    left_out = f" Left out are {lost} without an equilibrium: {'; '.join(draws.failures)}" if lost else ""
    moved = settling(study, draws)
    ends = [f"{100 * moved[key]:.0f} for {name}" for key, name in _SETTLING.items() if key in moved]
    settled = f" From half of the draws to all, an end moved by at most (in percent of the width): {listed(ends)}."
    text = f"the middle {LEVEL:.0%} of {len(draws.sample)} draws of trade elasticities, labour and the law."
    return f"{text}{left_out}{settled}"


def _sectors_named(study: Study) -> set[str]:
    edits = [getattr(change, change.kind) for change in study.scenario.changes]
    return {sector for edit in edits for sector in getattr(edit, "sectors", [])}
