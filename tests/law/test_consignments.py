"""Hand-worked consignments: the law of a day, layer by layer, against a calculation by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detente.law import Ledger, statutory
from detente.law.measure import Products

FILES = ("consignments", "consignments_world", "consignments_history", "consignments_others")
CASES = [
    case
    for name in FILES
    for case in yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_consignment(case: dict) -> None:
    exporter, importer = case["route"].split("-")
    duty = statutory(
        case["product"],
        exporter,
        importer,
        case["day"],
        case.get("facts", {}),
        claim=case.get("claim"),
        without=case.get("without", ()),
        column1_pct=case.get("column1_given"),
    )
    assert {layer.measure: layer.contributes_pct for layer in duty.applied} == pytest.approx(case["layers"])
    assert duty.added_pct == pytest.approx(sum(case["layers"].values()))
    assert duty.prohibited == case.get("prohibited", False)
    if "column1" in case:
        assert duty.column1_pct == (None if case["column1"] is None else pytest.approx(case["column1"]))
    if "total" in case:
        assert duty.total_pct == pytest.approx(case["total"])
    reasons = {layer.measure: layer.reason for layer in duty.refused}
    for measure, words in case.get("refused", {}).items():
        assert words in reasons[measure]
    ranges = {fact.fact: list(fact.range_pct) for fact in duty.open_facts}
    for fact, expected in case.get("open", {}).items():
        assert ranges[fact] == pytest.approx(expected)
    assert case.get("warning", "") in " ".join(duty.warnings)


def test_cases_cite_a_source_and_cover_every_measure_that_levies() -> None:
    ledger = Ledger.default()
    met = {measure for case in CASES for measure in (*case["layers"], *case.get("refused", {}))}
    levying = {measure.id for measure in ledger.measures if measure.levies}
    # Lists not held, or a technical test: these can be met only through an open question (see test_statutory).
    assert levying - met <= {
        "US-232-SEMI",
        "US-232-POLYSI",
        *(m.id for m in ledger.measures if all(charge.products == Products() for charge in m.charges)),
        "US-S301-CN-CRANES",
        "US-S301-NI",
        "CA-TRQ-3",
        "US-S301-FL-MX",
        "CA-2025-03-13-aluminum",
    }
    assert all(ledger[measure].source for measure in met)
    assert all(case["working"] for case in CASES)
    assert len(CASES) >= 170 + 120
