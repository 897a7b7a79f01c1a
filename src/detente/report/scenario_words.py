"""What a scenario changes, in words: what, from which law, against what, with whom, after how long."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from detente.rates import PROHIBITIVE
from detente.report.language import ENGLISH, Language
from detente.study.run import Study
from detente.study.scenario.schema import Change

#: Names written out; more are counted.
NAMED = 3
#: Changes written out; more are counted.
WRITTEN = 6
#: Letters of a title in the name of a file.
LONGEST = 50


def scenario_in_words(study: Study, language: Language = ENGLISH) -> str:
    """The scenario of a study as a sentence or two: under its title, under its figures and in their files."""
    scenario, t = study.scenario, language.t
    said = [change_in_words(change, study.economy.sectors, language) for change in scenario.changes[:WRITTEN]]
    if len(scenario.changes) > WRITTEN:
        said.append(t("change.more", n=len(scenario.changes) - WRITTEN))
    said += [t("change.ledger", file=file) for file in scenario.ledger]
    from_law = study.day is not None
    counted = scenario.law_between
    against = "against.law" if study.counterfactual.starts_from_law else "start.none"
    values: dict[str, Any] = {
        "changes": t("said.semicolon").join(said),
        "start": t("start.day", day=language.day(study.day)) if study.day is not None else t("start.none"),
        "against": t(against),
        "horizon": t(f"horizon.{scenario.horizon}"),
        "whose": t("whose.all") if counted is None else t("whose.some", regions=_regions(counted, language, "the")),
    }
    if not said:
        key = "said.law" if from_law and not study.counterfactual.starts_from_law else "said.nothing"
    else:
        key = "said.changes" if from_law else "said.changes_2024"
    text = t(key, **values)
    return text[:1].upper() + text[1:]


def slug(title: str) -> str:
    """A title as a part of a file's name: `steel-at-ten-percent`."""
    plain = unicodedata.normalize("NFD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words if len(words) <= LONGEST else words[: LONGEST + 1].rpartition("-")[0]


def change_in_words(change: Change, sectors: Sequence[str], language: Language = ENGLISH) -> str:
    """One change as a phrase without a capital."""
    t = language.t
    if change.measure is not None:
        if change.action == "drop":
            return t("change.drop", id=change.measure)
        return t("change.set", id=change.measure, rate=_rate(change.rate, language))
    if change.subsidy is not None:
        fields: dict[str, Any] = {
            "region": _regions(change.subsidy.region, language, "of"),
            "rate": _rate(change.subsidy.rate, language),
        }
        return t("change.subsidy", goods=_goods(change.subsidy.sectors, sectors, language), **fields)
    flow = change.tariff or change.export_tax or change.trade_cost or change.quota
    assert flow is not None
    where: dict[str, Any] = {
        "goods": _goods(flow.sectors, sectors, language),
        "importer": _regions(flow.between or flow.importer or [], language, "of"),
        "exporter": _regions(flow.between or flow.exporter or [], language, "of"),
        "to": _regions(flow.between or flow.importer or [], language, "the"),
    }
    if change.trade_cost is not None:
        size = language.percent(100 * abs(change.trade_cost.change))
        return t("change.cost.less" if change.trade_cost.change < 0 else "change.cost.more", rate=size, **where)
    if change.quota is not None:
        over = change.quota.over_quota
        return t("change.limit" if over == PROHIBITIVE else "change.quota", rate=_rate(over, language), **where)
    levied = change.tariff or change.export_tax
    assert levied is not None
    kind = "tariff" if change.tariff is not None else "export_tax"
    how, rate = ("set", levied.rate) if levied.rate is not None else ("add", levied.add)
    said = t(f"change.{kind}.{how}", rate=_rate(rate, language), **where)
    if change.tariff is not None and (origin := change.tariff.except_content_of) is not None:
        said += t("change.spared", origin=language.the(origin))
    return said


def _rate(rate: float | None, language: Language) -> str:
    if rate is None or rate == PROHIBITIVE:
        return language.t("change.ban")
    return language.t("percent", n=language.number(f"{100 * rate:g}"))


def _regions(codes: Sequence[str], language: Language, form: str) -> str:
    if "all" in codes:
        return language.t(f"change.all_regions.{form}")
    if len(codes) > NAMED:
        return language.t(f"change.regions.{form}", n=len(codes))
    return language.listed([language.the(code, form) for code in codes])


def _goods(names: Sequence[str], sectors: Sequence[str], language: Language) -> str:
    if "all" in names or len(names) == len(sectors):
        return language.t("change.all_goods")
    if len(names) > NAMED:
        return language.t("change.sectors", n=len(names))
    return language.listed([language.product(name) for name in names])
