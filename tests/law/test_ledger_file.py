"""A user's ledger file: what it may hold, how it takes its place, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detente.errors import InputError
from detente.law import Ledger, pair_rates, statutory

STEEL = """
- id: STEEL-60
  imposing: USA
  affected: [world]
  authority: Section 232
  family: 232-metals
  charges: [{products: {prefixes: [7208, 72.10]}, rate_pct: 60}]
  from: 2026-12-01
  source: Proclamation 99999
"""


@pytest.fixture
def ledger_of(tmp_path: Path):
    def make(text: str) -> Ledger:
        file = tmp_path / "own.yaml"
        file.write_text(text, encoding="utf-8")
        return Ledger.default().with_file(file)

    return make


def layers(ledger: Ledger, product: str, exporter: str, day: str, **given: object) -> dict[str, float]:
    duty = statutory(product, exporter, "USA", day, ledger=ledger, **given)
    return {layer.measure: layer.contributes_pct for layer in duty.applied}


@pytest.mark.parametrize("product", ["7208.51.00.60", "7210.49.00.30"])
def test_a_second_steel_duty_takes_the_place_of_the_first(ledger_of, product: str) -> None:
    ledger = ledger_of(STEEL)
    assert layers(ledger, product, "CAN", "2026-11-30") == {"US-232-ANNEX-IA": 50.0}
    assert layers(ledger, product, "CAN", "2026-12-01") == {"STEEL-60": 60.0}
    assert layers(ledger, "7206.10.00.00", "CAN", "2026-12-01") == {"US-232-ANNEX-IA": 50.0}  # not on its list


def test_an_act_that_adds_says_so(ledger_of) -> None:
    ledger = ledger_of(STEEL + "  adds_to: [US-232-ANNEX-IA]\n")
    assert layers(ledger, "7208.51.00.60", "CAN", "2026-12-01") == {"US-232-ANNEX-IA": 50.0, "STEEL-60": 60.0}


def test_a_new_act_yields_to_what_its_family_yields_to(ledger_of) -> None:
    inherited = {name for rule in ledger_of(STEEL)["STEEL-60"].yields_to for name in rule.to}
    assert {"232-vehicles", "232-trucks", "232-wood"} <= inherited


def test_a_rate_change_is_a_dated_value_with_its_source(ledger_of) -> None:
    ledger = ledger_of(
        "rates:\n"
        "- {measure: US-232-AUTOS, from: 2026-12-01, until: 2026-12-31, rate_pct: 40, source: Proclamation 99998}\n"
        "- {measure: US-232-AUTOS, from: 2027-01-01, rate_pct: 5, exporters: [AUS], source: Proclamation 99997}\n"
    )
    rates = [layers(ledger, "8703.23.01.10", e, d) for e, d in (("AUS", "2026-11-30"), ("AUS", "2026-12-01"))]
    assert [rate["US-232-AUTOS"] for rate in rates] == [25.0, 40.0]
    assert layers(ledger, "8703.23.01.10", "AUS", "2027-01-01")["US-232-AUTOS"] == 5.0
    assert layers(ledger, "8703.23.01.10", "ZAF", "2027-01-01")["US-232-AUTOS"] == 25.0
    assert {"2026-12-01", "2027-01-01"} <= {str(day) for day in ledger.changes()}
    assert ledger["US-232-AUTOS"].charges[0].rates[0].source == "Proclamation 99998"


def test_a_termination_ends_what_it_names_the_day_before(ledger_of) -> None:
    end = (
        "- {id: END, imposing: USA, affected: [world], authority: Section 232, kind: termination, ends: [US-232-AUTOS], "
        "from: 2026-12-01, source: Proclamation 99996}"
    )
    ledger = ledger_of(end)
    assert str(ledger["US-232-AUTOS"].until) == "2026-11-30"
    assert "US-232-AUTOS" not in layers(ledger, "8703.23.01.10", "AUS", "2026-12-01")


DAIRY = """
groups: {ANTIPODES: [AUS, NZL]}
lists: {own-cheese: [0406, {prefix: 04.02, rate_pct: 20, from: 2027-01-01}]}
facts: {organic: {meaning: certified organic, in_trade: {low: 1, central: 0.5, high: 0}}}
measures:
- id: DAIRY-10
  imposing: USA
  affected: [ANTIPODES, CAN]
  authority: Dairy bill
  charges:
  - products: {lists: [own-cheese]}
    rate_pct: 10
    reliefs: [{when: {organic: true}, effect: outside, reason: organic dairy is exempt}]
  from: 2026-12-01
  source: a bill before the House
"""


def test_lists_facts_and_groups_of_ones_own(ledger_of) -> None:
    ledger = ledger_of(DAIRY)
    assert layers(ledger, "0406.10.08.00", "NZL", "2026-12-01")["DAIRY-10"] == 10.0
    assert "DAIRY-10" not in layers(ledger, "0406.10.08.00", "NZL", "2026-12-01", facts={"organic": "yes"})
    assert "DAIRY-10" not in layers(ledger, "0406.10.08.00", "JPN", "2026-12-01")
    assert ledger["DAIRY-10"].status == "scheduled"
    average = pair_rates("USA", "CAN", "2026-12-01", ledger)
    points = average.layers["DAIRY-10"] * average.imports
    whole = pair_rates("USA", "CAN", "2026-12-01", ledger_of(DAIRY.replace("central: 0.5", "central: 0")))
    assert points.sum() == pytest.approx(0.5 * (whole.layers["DAIRY-10"] * whole.imports).sum())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rates: [{measure: NO, from: 2026-12-01, rate_pct: 1, source: a bill}]", "no measure of this id"),
        ("rates: [{measure: US-232-AUTOS, from: 2026-12-01, source: a bill}]", "rates US-232-AUTOS, field rate_pct"),
        ("groups: {EU: [CAN]}", "the name is taken"),
        ("groups: {MINE: [XXX]}", "'XXX' is not a country"),
        ("lists: {232_primary: [7208]}", "product list '232_primary' already"),
        ("lists: {own: [steel]}", "not the beginning of a tariff code"),
        ("facts: {organic: {kind: colour, meaning: certified}}", "facts organic, field kind"),
        ("tariffs: []", "no such field"),
        (STEEL.replace("[world]", "[CAN, XYZ]"), "unknown party 'XYZ'"),
        (STEEL + STEEL, "appears twice"),
        (STEEL.replace("2026-12-01", "2026-13-01"), "field from"),
        (STEEL + "  ends: [NOBODY]\n", "not in the ledger"),
        ("just words", "expected a list of measures"),
        ("", "expected a list of measures"),
        ("measures: 7", "measures: must be a list, each entry starting with a dash"),
        ("lists: [own]", "lists: must be a mapping of names to values"),
        ("measures: [7]", "measure number 1: must be a mapping of fields to values"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(ledger_of, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as raised:
        ledger_of(text)
    assert str(raised.value).startswith("own.yaml") and "\n" not in str(raised.value)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Is a directory"):
        Ledger.default().with_file(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("- id: Québec".encode("latin-1"))
    with pytest.raises(InputError, match="not text in UTF-8"):
        Ledger.default().with_file(tmp_path / "latin.yaml")


def test_four_thousand_records_of_one_family_keep_their_size(tmp_path: Path) -> None:
    record = yaml.safe_load(STEEL)[0]
    records = [{**record, "id": f"OWN-{n}", "family": "own", "from": str(record["from"])} for n in range(4000)]
    (tmp_path / "big.yaml").write_text(yaml.safe_dump(records), encoding="utf-8")
    ledger = Ledger.default().with_file(tmp_path / "big.yaml")
    assert len(ledger.measures) == len(Ledger.default().measures) + 4000
    assert not any(ledger[f"OWN-{n}"].yields_to for n in range(4000))  # acts of one day are parts of one act


def test_facts_that_cannot_be_or_change_nothing() -> None:
    with pytest.raises(InputError, match="cannot add to more than 1"):
        statutory("8429.51", "CAN", "USA", "2025-09-01", {"steel_content": 0.7, "aluminum_content": 0.6})
    duty = statutory("4819.10.00.40", "CAN", "USA", "2025-06-10", {"china_melted": "yes"})
    assert any("china_melted=1 has no effect" in warning for warning in duty.warnings)
    duty = statutory("7208.51.00.60", "XKX", "USA", "2025-06-10")
    assert duty.exporter == "XKX"
    with pytest.raises(InputError, match="exporter 'QQQ' is not a country code"):
        statutory("7208.51.00.60", "QQQ", "USA", "2025-06-10")
