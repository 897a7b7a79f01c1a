"""The ledger: complete against its source table, consistent, changed and extended by users."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from detente.errors import InputError
from detente.law import COVERAGE, Ledger, pair_rates, statutory

OWN = """
- id: OWN-POTASH
  imposing: USA
  affected: [CAN]
  authority: Own
  instrument: a bill
  scope: Potash
  kind: duty
  charges: [{products: {prefixes: ["310420"]}, rate_pct: 7}]
  from: 2025-05-01
  status: in_force
  source: what if
  confidence: single-source
"""


@pytest.mark.sources
def test_every_row_of_the_source_table_is_a_record_with_its_dates_status_and_confidence(sources: Path) -> None:
    ledger = Ledger.default()
    with (sources / "policy" / "measures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    for row in rows:
        measure = ledger[row["id"]]
        assert str(measure.begins) == row["effective_from"], row["id"]
        assert (str(measure.until) if measure.until else "") == row["effective_until"], row["id"]
        assert (measure.status, measure.confidence) == (row["status"], row["confidence"]), row["id"]


@pytest.mark.sources
def test_every_product_list_of_the_sources_is_held(sources: Path) -> None:
    lists = Ledger.default().lists
    for file, column in (("us_program_hts_lists", "hts_prefix"), ("canada_counter_tariff_items", "tariff_item")):
        with (sources / "policy" / f"{file}.csv").open(encoding="utf-8") as text:
            prefixes = {row[column].replace(".", "") for row in csv.DictReader(text)}
        assert prefixes <= set(lists.codes)


#: Rows of the source on the world that one record of ours joins, as a history or a list: beginning of the row -> record.
JOINED = {
    **dict.fromkeys(("US-IEEPA-RECIP-", "US-IEEPA-CN-RECIP", "US-IEEPA-ELEC", "US-IEEPA-ANNEX2"), "US-IEEPA-RECIP"),
    "US-IEEPA-AGRI": "US-IEEPA-RECIP",
    "US-IEEPA-CN-FENT": "US-IEEPA-CN-FENT",
    "US-S301-CN-L3": "US-S301-CN-L3",
    "US-S301-CN-L4A": "US-S301-CN-L4A",
    "US-S301-CN-4Y": "US-S301-CN-4Y",
    "US-S301-CRANES": "US-S301-CN-CRANES",
    "US-232-AUTO-": "US-232-AUTOS",
    "US-232-PARTS-TW": "US-232-PARTS",
    "US-232-WOOD": "US-232-FURN",
    "US-232-METALS-UK": "US-232-METALS-50",
    "US-232-METALS-IC": "US-232-JUN26",
    "US-232-PHARMA": "US-232-PHARMA",
    "US-232-UAS": "US-232-DRONES",
    "US-232-STEEL-DERIV": "US-232-STEEL-25",
    "US-232-ALU-DERIV": "US-232-ALU-CANS",
    "US-232-2018-CANMEX": "US-232-2018-STEEL",
    "US-S338-CA-REV19": "US-S338-CA-SCOPE",
    "CN-2020": "CN-2019-09-01",
    "CN-2025-RECIP": "CN-2025-RECIP",
    "JP-GB-KR": "JP-2025-NONE",
    "CA-2018-07-01": "CA-2018-07-01-STEEL",
    "CA-2018-STEEL": "CA-2018-STEEL-SAFEGUARD",
    "CA-CN-STEELALU": "CA-CN-METALS-25",
    "CN-CA-": "CN-CA-2025-03-20",
}


@pytest.mark.sources
def test_every_row_of_the_source_on_the_world_is_held(sources: Path) -> None:
    ledger = Ledger.default()
    ids = {measure.id for measure in ledger.measures}
    with (sources / "policy_world" / "measures_world.csv").open(encoding="utf-8") as file:
        rows = [row["id"] for row in csv.DictReader(file)]
    assert len(rows) == 86
    for row in rows:
        assert row in ids or ledger[next(record for start, record in JOINED.items() if row.startswith(start))], row


@pytest.mark.sources
def test_every_country_rate_of_the_source_is_the_rate_of_a_consignment(sources: Path) -> None:
    # T-shirts, column 1 16.5: no list spares them. Floors are tested by consignments of their own.
    authority = {
        "IEEPA reciprocal": "US-IEEPA-RECIP",
        "IEEPA fentanyl": "US-IEEPA-CN-FENT",
        "IEEPA Brazil": "US-IEEPA-BR-40",
    }
    authority |= {
        "IEEPA India": "US-IEEPA-IN-25",
        "Section 301 forced": "US-S301-FL",
        "Section 301 Brazil": "US-S301-BR",
    }
    with (sources / "policy_world" / "us_country_rates.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["iso3"] not in ("", "CAN", "MEX")]
    tested = 0
    for row in rows:
        measure = next((record for start, record in authority.items() if row["authority"].startswith(start)), None)
        if measure is None or row["rate_type"] != "additive" or (row["iso3"] == "JPN" and row["rate_pct"] == "15.0"):
            continue
        duty = statutory("6109.10.00.12", row["iso3"], "USA", row["effective_from"])
        assert {a.measure: a.contributes_pct for a in duty.applied}[measure] == float(row["rate_pct"]), row
        tested += 1
    assert tested > 170


def test_what_a_termination_ends_ends_the_day_before() -> None:
    ledger = Ledger.default()
    for measure in ledger.measures:
        for ended in measure.ends:
            assert ledger[ended].until == measure.begins - timedelta(days=1)


def test_every_record_has_a_source_and_every_ended_one_an_end() -> None:
    for measure in Ledger.default().measures:
        assert len(measure.source) > 10
        assert (measure.status == "ended") == (measure.until is not None and measure.until <= COVERAGE[1]), measure.id


def test_drop_and_set() -> None:
    ledger = Ledger.default().with_changes(
        [
            {"measure": "US-232-METALS-50", "action": "set", "rate": 0.25},
            {"measure": "US-IEEPA-CA-25", "action": "drop"},
        ]
    )
    duty = statutory("7208.51.00.60", "CAN", "USA", "2025-06-10", ledger=ledger)
    assert {layer.measure: layer.contributes_pct for layer in duty.applied} == {"US-232-METALS-50": 25.0}
    assert statutory("4819.10.00.40", "CAN", "USA", "2025-06-10", ledger=ledger).added_pct == 0
    assert statutory("7208.51.00.60", "CAN", "USA", "2025-06-10").added_pct == 50  # the default is untouched


def test_dropping_what_others_yield_to_lets_them_in() -> None:
    ledger = Ledger.default().with_changes([{"measure": "US-232-ANNEX-IA", "action": "drop"}])
    duty = statutory("7208.51.00.60", "CAN", "USA", "2026-05-01", ledger=ledger)
    assert {layer.measure: layer.contributes_pct for layer in duty.applied} == {"US-S122": 10.0}


def test_set_reaches_every_rate_and_the_averages() -> None:
    changed = Ledger.default().with_changes([{"measure": "CA-2026-09-08-metals", "action": "set", "rate": 0.1}])
    assert statutory("7206.10.00", "USA", "CAN", "2026-10-01", ledger=changed).added_pct == 10
    before = pair_rates("CAN", "USA", "2026-10-01").by_measure["CA-2026-09-08-metals"]
    after = pair_rates("CAN", "USA", "2026-10-01", changed).by_measure["CA-2026-09-08-metals"]
    assert 0.18 * before < after < 0.25 * before  # rates of 50, and some of 25, become 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measure": "US-232-STEEL", "action": "drop"}, "did you mean US-232-STEEL-25"),
        ({"measure": "NONSENSE", "action": "drop"}, "not in the ledger"),
        ({"measure": "US-232-METALS-50", "action": "raise"}, "not understood"),
        ({"action": "drop"}, "not understood"),
        ({"measure": "US-232-METALS-50", "action": "set"}, "rate is None"),
        ({"measure": "US-232-METALS-50", "action": "set", "rate": -1}, "between 0 and 3"),
        ({"measure": "US-232-METALS-50", "action": "set", "rate": 25}, "0.25 is 25 percent"),
        ({"measure": "US-232-METALS-50", "action": "set", "rate": True}, "between 0 and 3"),
        ({"measure": "US-IEEPA-END", "action": "set", "rate": 0.05}, "has no rate"),
        ({"measure": "US-IEEPA-CA-ANN", "action": "set", "rate": 0.05}, "has no rate"),
    ],
)
def test_bad_changes(change: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Ledger.default().with_changes([change])


def test_a_ledger_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    ledger = Ledger.default().with_file(file)
    duty = statutory("3104.20.00.00", "CAN", "USA", "2025-06-10", claim="usmca", ledger=ledger)
    assert {layer.measure: layer.contributes_pct for layer in duty.applied} == {"OWN-POTASH": 7.0}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("rate_pct: 7", "rate_pct: high", "measure OWN-POTASH, field charges.0.rate_pct"),
        ("rate_pct: 7", "rate_pct: -7", "between 0 and 1000"),
        ("from: 2025-05-01", "from: soon", "field from"),
        ("from: 2025-05-01", "from: 2025-05-01\n  until: 2025-04-01", "before it begins"),
        ("  source: what if\n", "", "field source"),
        ("status: in_force", "status: maybe", "field status"),
        ("authority: Own", "authority: Own\n  colour: red", "field colour"),
        ('prefixes: ["310420"]', "lists: [nothing]", "unknown product list 'nothing'"),
        (
            "rate_pct: 7",
            "rate_pct: 7, reliefs: [{when: {luck: true}, rate_pct: 0, reason: because}]",
            "unknown fact 'luck'",
        ),
        ("from: 2025", "yields_to: [{to: [NOBODY], how: whole}]\n  from: 2025", "unknown measure or family 'NOBODY'"),
        ("- id: OWN-POTASH", "id: OWN-POTASH", "list of measures|not valid YAML"),
        ("charges: [", "charges: ", "not valid YAML"),
    ],
)
def test_a_malformed_ledger_names_file_record_and_field(tmp_path: Path, before: str, after: str, words: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=words) as raised:
        Ledger.default().with_file(file)
    assert "own.yaml" in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_ledger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        Ledger.default().with_file(tmp_path / "none.yaml")
