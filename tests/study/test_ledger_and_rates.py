"""A scenario's ledger files and the rates it takes: statutory or collected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.errors import InputError
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

DAIRY = """
- id: DAIRY-10
  imposing: USA
  affected: [CAN]
  authority: Dairy bill
  charges: [{products: {prefixes: ["0406"]}, rate_pct: 10}]
  from: 2026-12-01
  source: a bill before the House
"""
STUDY = "title: Dairy\nlaw: 2026-12-02\nledger: dairy.yaml\n"


@pytest.fixture
def study(tmp_path: Path):
    def write(text: str = STUDY, ledger: str = DAIRY) -> Counterfactual:
        (tmp_path / "dairy.yaml").write_text(ledger, encoding="utf-8")
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return Counterfactual.of(Scenario.from_file(tmp_path / "study.yaml"))

    return write


def test_a_ledger_file_is_a_change_to_the_law_of_the_day(study) -> None:
    asked = study()
    economy, key = asked.economy(), asked.key
    before, after = asked.before(economy).tariff, asked.after(economy).tariff
    rise = np.asarray(after - before)[economy.regions.index("USA"), economy.regions.index("CAN")].max(axis=-1)
    assert asked.starts_from_law and economy.sectors[int(rise.argmax())] == "dairy"
    assert 0.01 < rise.max() < 0.11 and (np.delete(rise, rise.argmax()) < 1e-9).all()
    assert study(ledger=DAIRY.replace("rate_pct: 10", "rate_pct: 20")).key != key  # the content counts, not the name


def test_rates_are_statutory_unless_collected_is_asked_for_and_every_answer_says_which(study) -> None:
    stated, paid = study(), study(STUDY + "rates: collected\n")
    economy = stated.economy()
    usa, can = economy.regions.index("USA"), economy.regions.index("CAN")
    gap = np.asarray(stated.before(economy).tariff - paid.before(economy).tariff)[usa, can]
    assert gap.mean() > 0
    assert any("statutory" in note for note in stated.notes) and any("are collected" in note for note in paid.notes)
    assert stated.reference_key != paid.reference_key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (STUDY.replace("dairy.yaml", "none.yaml"), "There is no file"),
        ("title: Dairy\nlaw: none\nrates: collected\n", "give law: DATE"),
        ("title: Dairy\nlaw: none\nledger: dairy.yaml\n", "give law: DATE"),
    ],
)
def test_what_is_missing_is_said(study, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _ = study(text).law


def test_a_rate_of_another_name_is_refused(study) -> None:
    with pytest.raises(InputError, match="rates"):
        study(STUDY + "rates: paid\n")
