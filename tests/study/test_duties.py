"""The two rates of the law beside each other, in results.json and in report and terminal, in both languages."""

from __future__ import annotations

import pytest

from detente.law import collected
from detente.report.assumptions import duties_said
from detente.report.language import Language
from detente.study.counterfactual import Counterfactual
from detente.study.outcomes.duties import duties_between
from detente.study.run import run
from detente.study.scenario import Scenario


def test_both_rates_stand_between_the_parties() -> None:
    asked = Counterfactual.of(Scenario.from_fields({"title": "law", "law": "2025-08-15"}))
    pairs = {(pair.importer, pair.exporter): pair for pair in duties_between(asked)}
    assert set(pairs) == {("USA", "CAN"), ("CAN", "USA")}
    mine = pairs["USA", "CAN"]
    low, central, high = mine.collected or []
    assert low <= central <= high < mine.statutory[1]
    paid = collected("2025-08-15").sel(importer="USA", exporter="CAN", bound="central")
    weight = asked.baseline.border_value[asked.baseline.regions.index("USA"), asked.baseline.regions.index("CAN")].sum(
        axis=1
    )
    # weights of the law are customs' of 2024, those of the accounts are scaled to them
    assert central == pytest.approx(100 * float(paid.values @ weight) / weight.sum(), rel=0.25)


def test_without_a_law_there_are_none() -> None:
    study = run({"title": "none", "baseline": "toy", "law": "none"})
    assert study.to_json()["duties_over_2024_pct"] == {} and duties_said(study) is None


@pytest.mark.slow
def test_report_and_json_say_both_in_two_languages() -> None:
    study = run({"title": "law", "law": "2025-08-15", "horizon": "short"})
    told = study.to_json()["duties_over_2024_pct"]["USA"]["CAN"]
    for code, decimal, words in (("en", ".", "collected"), ("fr", ",", "taux perçu")):
        text = duties_said(study, Language(code)) or ""
        assert words in text and f"{told['collected'][1]:.1f}".replace(".", decimal) in text
