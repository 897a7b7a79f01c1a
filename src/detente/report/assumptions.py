"""What an answer rests on, said where the answer is shown, and how to change it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from detente.economy import CLOSURES, HORIZONS
from detente.report.findings import principals
from detente.report.language import ENGLISH, Language
from detente.study.json_document import settling
from detente.study.outcomes.duties import duties_between
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL
from detente.study.uncertainty.sensitivity import first_order_shares

#: Keys of `settling`, in the order in which they are said.
_SETTLING = ("welfare_pct", "output_pct", "places_jobs_kjobs")


class StatedAssumption(NamedTuple):
    """One assumption: `name`, what it says, and how a scenario file changes it."""

    name: str
    text: str
    change: str


def assumptions(study: Study, language: Language = ENGLISH) -> list[StatedAssumption]:
    """Every assumption that a reader should know, the most important first."""
    scenario, t = study.scenario, language.t

    def assumption(name: str, text: str) -> StatedAssumption:
        return StatedAssumption(t(f"rests.{name}"), text, t(f"rests.{name}.change"))

    horizon = t("rests.horizon.text", run=t(f"run.{scenario.horizon}"), source=_source_of_horizon(study, language))
    most = matters_most(study, language)
    return [
        *([] if most is None else [assumption("most", most)]),
        assumption("elasticities", _elasticities(study, language)),
        assumption("ranges", range_of(study, language)),
        assumption("horizon", horizon),
        assumption("money", t(f"rests.money.{scenario.anchor}")),
        assumption("deficits", _deficits(study, language)),
        assumption("buyers", t(f"rests.buyers.{scenario.uses}")),
        assumption("work", _work(study, language)),
        assumption("left_out", t("rests.left_out.text")),
    ]


def closure_turns(study: Study, language: Language = ENGLISH) -> str | None:
    """The sentence that an answer's sign depends on what is assumed of trade deficits; None where it does not."""
    checked = study.closure_check
    if checked is None or (checked.solved and not checked.turns):
        return None
    if not checked.solved:
        return language.t("closure.unsolved", other=checked.other)

    def percent(value: float) -> str:
        return language.number(f"{value:+.2f}")

    turns = [
        language.t("closure.turn", region=region, here=percent(here), there=percent(there))
        for region, (here, there) in checked.turns.items()
    ]
    closure, other = (language.or_as_written(name) for name in (study.economy.closure, checked.other))
    return language.t("closure.turns", closure=closure, other=other, turns="; ".join(turns))


def duties_said(study: Study, language: Language = ENGLISH) -> str | None:
    """The sentence of what the law states and what is collected between the parties; None where there is no law."""
    pairs = []
    for pair in duties_between(study.counterfactual):
        statutory, paid = (
            language.t("duties.unmodelled") if ends is None else _ends(ends, language)
            for ends in (pair.statutory, pair.collected)
        )
        pairs.append(
            language.t(
                "duties.pair", importer=pair.importer, exporter=pair.exporter, statutory=statutory, collected=paid
            )
        )
    return language.t("duties.said", pairs="; ".join(pairs)) if pairs else None


def _ends(ends: list[float], language: Language) -> str:
    low, central, high = (language.number(f"{end:.1f}") for end in ends)
    return central if low == central == high else f"{central} ({language.t('duties.between', low=low, high=high)})"


def _deficits(study: Study, language: Language) -> str:
    named = study.economy.closure
    if named in CLOSURES:
        return language.t(f"rests.deficits.{named}")
    return language.t("rests.deficits.between", n=language.number(f"{study.economy.pooling:g}"))


def _source_of_horizon(study: Study, language: Language) -> str:
    return language.or_as_written(HORIZONS[study.scenario.horizon].source)


def _elasticities(study: Study, language: Language) -> str:
    theta, own = np.asarray(study.economy.calibration.theta), study.scenario.trade_elasticities
    sectors = study.economy.sectors
    named = [j for j, sector in enumerate(sectors) if sector in _sectors_named(study)]
    shown = ", ".join(
        language.t("rests.elasticities.of", sector=language.goods(sectors[j]), n=language.number(f"{theta[j]:.1f}"))
        for j in named[:4]
    )
    spread = language.span(*(language.number(f"{end:.1f}") for end in (np.min(theta), np.max(theta))))
    given = study.economy.baseline.sources.get("trade_elasticity")
    source = language.t("rests.elasticities.baseline") if given is None else language.or_as_written(given)
    if own:
        source = language.t("rests.elasticities.own", own=", ".join(own), source=source)
    return language.t("rests.elasticities.text", values=shown or spread, source=source)


def _work(study: Study, language: Language) -> str:
    if study.scenario.wages == "rigid":
        return language.t("rests.work.rigid")
    if not isinstance(study.scenario.wages, str):
        return language.t("rests.work.falls", n=language.number(f"{100 * (1 - study.scenario.wages):g}"))
    supply = float(study.economy.calibration.labour_supply)
    if not supply:
        return language.t("rests.work.fixed")
    return language.t("rests.work.supply", n=language.number(f"{supply:g}"))


def matters_most(study: Study, language: Language = ENGLISH) -> str | None:
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
        language.t("rests.most.part", share=language.share(shares.get(driver, 0.0)), region=language.name(region))
        for region, shares in zip(about, each, strict=True)
    ]
    return language.t("rests.most.text", driver=language.or_as_written(driver), parts=language.listed(parts))


def range_of(study: Study, language: Language = ENGLISH) -> str:
    """What the ranges are, and how settled they are."""
    draws = study.draws
    if draws is None:
        return language.t("rests.ranges.none")
    lost, count = int((~draws.solved).sum()), len(draws.sample)
    said = [language.t("rests.ranges.text", level=language.share(LEVEL), n=count)]
    if lost:
        reasons = "; ".join(map(language.or_as_written, draws.failures))
        said.append(language.t("rests.ranges.lost", n=lost, reasons=reasons))
    if draws.sample.pooling is not None:
        said.append(
            language.t("rests.ranges.deficits", n=language.number(f"{np.quantile(draws.sample.pooling, 0.95):.1f}"))
        )
    moved = settling(study, draws)
    ends = [language.t(f"rests.ranges.{key}", n=f"{100 * moved[key]:.0f}") for key in _SETTLING if key in moved]
    return " ".join([*said, language.t("rests.ranges.settled", ends=language.listed(ends))])


def _sectors_named(study: Study) -> set[str]:
    edits = [getattr(change, change.kind) for change in study.scenario.changes]
    return {sector for edit in edits for sector in getattr(edit, "sectors", [])}
