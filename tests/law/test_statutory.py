"""The duty on a consignment: splits, open facts, refusals, what a user may get wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from detente.errors import InputError
from detente.law import COVERAGE, Ledger, statutory
from detente.law.engine import in_order, resolve
from detente.law.measure import Measure
from detente.law.products import Catalogue
from detente.law.unions import common


def test_answer_is_plain_data_for_json() -> None:
    data = json.loads(json.dumps(statutory("7601.10.30", "CAN", "USA", "2025-06-10", claim="usmca").as_dict()))
    assert data["added_pct"] == data["total_pct"] == 50.0
    assert data["applied"][0].keys() >= {"measure", "rate_pct", "base_share", "contributes_pct", "reason", "source"}
    assert {"measure", "reason"} <= data["refused"][0].keys()


@pytest.mark.parametrize("code", ["7601.10.30", "76011030", "7601103000", "7601.10.30.00", "7601 1030"])
def test_digits_with_or_without_dots(code: str) -> None:
    assert statutory(code, "CAN", "USA", "2025-06-10").added_pct == 50.0


@pytest.mark.parametrize("code", ["99999", "9903.81.87"])
def test_chapter_99_holds_no_products(code: str) -> None:
    with pytest.raises(InputError, match="chapter 99, which lists duties"):
        statutory(code, "CAN", "USA", "2026-09-30")


def test_a_prefix_that_a_list_splits_is_a_range_with_its_parts() -> None:
    duty = statutory("9403.60", "CAN", "USA", "2026-09-10", claim="usmca")
    assert duty.added_pct is None and duty.total_pct is None and not duty.applied
    assert duty.range_pct == (0.0, 50.0)
    by_measure = {split.measures: split for split in duty.splits}
    assert by_measure[("US-232-CABINET",)].products == ("9403.60.80.93",)
    assert "9403.60.40.00" in by_measure[()].products
    assert by_measure[("US-S338-CA-AUT",)].added_pct == 50.0


def test_a_prefix_split_between_measures_of_one_rate_keeps_the_rate() -> None:
    duty = statutory("8703", "CAN", "USA", "2026-05-01")
    assert duty.added_pct == 25.0 and duty.range_pct == (25.0, 25.0)
    assert {split.measures for split in duty.splits} == {("US-232-AUTOS",), ("US-232-ANNEX-IB",)}


def test_a_prefix_that_a_ban_splits() -> None:
    duty = statutory("2208.30.60", "CAN", "USA", "2026-09-29", claim="usmca")
    assert not duty.prohibited
    assert {split.prohibited for split in duty.splits} == {True, False}


def test_lists_not_held_are_open_questions_with_their_worth() -> None:
    medicine = statutory("3004.20.00.10", "CAN", "USA", "2026-10-01", claim="usmca")
    assert medicine.added_pct == 100
    assert {f.fact: f.range_pct for f in medicine.open_facts}["patented"] == (0.0, 100.0)
    accelerator = statutory("8471.50.01.50", "CAN", "USA", "2026-02-01", {"vehicle_part": False}, claim="usmca")
    assert {f.fact: f.range_pct for f in accelerator.open_facts}["listed:US-232-SEMI"] == (0.0, 25.0)


def test_an_open_question_may_be_answered() -> None:
    chairs = {"listed:CA-DERIV-25": False}
    assert statutory("9401.71.10", "USA", "CAN", "2026-01-15", chairs).added_pct == 0
    wire = {"reading:US-IEEPA-CA-35": False, "copper_content": 0.9}
    assert statutory("7407.10.15.00", "CAN", "USA", "2025-08-01", wire).added_pct == pytest.approx(45 + 35)


def test_a_fact_matters_only_together_with_another() -> None:
    duty = statutory("8703.23.01.10", "CAN", "USA", "2025-06-01")
    ranges = {fact.fact: fact.range_pct for fact in duty.open_facts}
    assert ranges["us_content"] == ranges["content_approved"] == ranges["usmca"] == (0.0, 25.0)


def test_a_fact_that_is_given_is_not_open_and_transit_is_open_only_at_the_start() -> None:
    given = statutory("7206.10.00", "USA", "CAN", "2026-09-10", {"in_transit": True})
    assert "in_transit" not in {fact.fact for fact in given.open_facts}
    assert "in_transit" in {fact.fact for fact in statutory("7206.10.00", "USA", "CAN", "2026-09-10").open_facts}
    later = statutory("0207.11.91", "USA", "CAN", "2025-08-01")
    assert "in_transit" not in {fact.fact for fact in later.open_facts}


def test_column_1_not_held_is_said_and_there_is_no_total() -> None:
    duty = statutory("7206.10.00", "USA", "CAN", "2025-06-10")
    assert duty.column1_pct is None and duty.total_pct is None and duty.added_pct == 25.0
    assert any("no total: the ordinary duty of CAN is not held" in warning for warning in duty.warnings)
    russian = statutory("2402.20.80.00", "RUS", "USA", "2025-06-10")
    assert russian.total_pct is None and any("column 2" in warning for warning in russian.warnings)
    mixed = statutory("7601.10", "BRA", "USA", "2025-06-10")
    assert mixed.total_pct is None and any("differs by line: 0 to 2.6" in warning for warning in mixed.warnings)


def test_an_ordinary_duty_in_cents_is_given_as_its_equivalent_and_named() -> None:
    crude = statutory("2709.00.20.10", "SAU", "USA", "2025-06-10")
    assert crude.column1_pct == pytest.approx(0.12, abs=0.01)
    assert "ad valorem equivalent" in crude.column1_note


def test_announced_measures_are_never_applied_by_any_route() -> None:
    ledger = Ledger.default()
    announced = {m.id for m in ledger.measures if m.status == "announced_not_in_force"}
    assert announced == {
        "US-IEEPA-CA-ANN",
        "US-IEEPA-CA-45-ANN",
        "US-IEEPA-IN-18-ANN",
        "CA-2025-announced-125bn",
        "US-S122-15-ANN",
        "US-RUSIRAN-ACT",
        "EU-2025-93BN",
    }
    for importer, exporter in (("USA", "CAN"), ("CAN", "USA")):
        goods = Catalogue(ledger.lists.codes, ledger.lists)
        for day in ledger.dates():
            layers = resolve(ledger, importer, exporter, day, goods, {})
            assert not announced & {layer.measure.id for layer in layers}


def test_no_good_pays_more_than_its_value_charged_by_section_232_and_the_blanket_layers() -> None:
    ledger = Ledger.default()
    goods = Catalogue(ledger.lists.codes, ledger.lists)
    exclusive = {"Section 232", "IEEPA", "Section 122", "Section 301"}
    for day in ledger.dates():
        layers = resolve(
            ledger, "USA", "CAN", day, goods, {"steel_content": 0.4, "aluminum_content": 0.3, "copper_content": 0.2}
        )
        charged = sum((layer.charged for layer in layers if layer.measure.authority in exclusive), np.zeros(1))
        assert charged.max() <= 1 + 1e-9


def test_one_section_232_family_takes_a_good() -> None:
    ledger = Ledger.default()
    goods = Catalogue(ledger.lists.codes, ledger.lists)
    for day in ledger.dates():
        families: dict[str, object] = {}
        for layer in resolve(ledger, "USA", "CAN", day, goods, {}):
            family = layer.measure.family or ""
            if family.startswith("232") and family != "232-copper":
                families[family] = families.get(family, 0) + (layer.taken > 0)
        taken = sum((takes > 0).astype(int) for takes in families.values()) if families else 0
        assert (taken <= 1).all() if families else True


def test_measures_that_yield_in_a_circle_are_refused() -> None:
    base = {"imposing": "USA", "affected": ["CAN"], "authority": "A", "instrument": "I", "scope": "S", "kind": "duty"}
    base |= {
        "charges": [{"products": "all", "rate_pct": 1}],
        "from": "2025-01-01",
        "status": "in_force",
        "source": "none at all",
    }
    base |= {"confidence": "verified"}
    acts = [
        Measure.model_validate({**base, "id": one, "yields_to": [{"to": [other], "how": "whole"}]})
        for one, other in (("A", "B"), ("B", "A"))
    ]
    ledger = Ledger(tuple(acts), Ledger.default().lists, {})
    with pytest.raises(InputError, match="in a circle"):
        in_order(ledger, acts, COVERAGE[0])


def test_a_day_past_the_coverage_is_answered_and_says_so() -> None:
    duty = statutory("7601.10.30", "CAN", "USA", "2026-12-01")
    assert any("past the last day" in warning for warning in duty.warnings)


@pytest.mark.parametrize(
    ("arguments", "facts", "words"),
    [
        (("76", "CAN", "USA", "2025-06-10"), {}, "4 to 10 digits"),
        (("7601.10.30.000", "CAN", "USA", "2025-06-10"), {}, "4 to 10 digits"),
        (("aluminum", "CAN", "USA", "2025-06-10"), {}, "4 to 10 digits"),
        (("7777.77.77", "CAN", "USA", "2025-06-10"), {}, "not in the schedule"),
        (("0000.00", "CAN", "USA", "2025-06-10"), {}, "not in the schedule"),
        (("7601.10", "CAN", "USA", "2017-12-31"), {}, "before the ledger begins"),
        (("7601.10", "CAN", "USA", "June 10"), {}, "not a day"),
        (("7601.10", "CAN", "CAN", "2025-06-10"), {}, "two countries"),
        (("7601.10", "Canada", "USA", "2025-06-10"), {}, "not a country code"),
        (("7601.10", "CAN", "USA", "2025-06-10"), {"us_content": 1.5}, "out of range"),
        (("7601.10", "CAN", "USA", "2025-06-10"), {"us_content": "half"}, "out of range"),
        (("7601.10", "CAN", "USA", "2025-06-10"), {"over_quota": 0.5}, "true or false"),
        (("7601.10", "CAN", "USA", "2025-06-10"), {"us_contents": 0.5}, "not a fact"),
        (("7601.10", "CAN", "USA", "2025-06-10"), {"steel_content": float("nan")}, "out of range"),
    ],
)
def test_bad_input_is_one_sentence(arguments: tuple[str, ...], facts: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words) as raised:
        statutory(*arguments, facts)
    assert "\n" not in str(raised.value)


def test_a_pair_without_measures_owes_nothing_and_says_so() -> None:
    duty = statutory("7601.10", "USA", "VNM", "2026-01-15")
    assert duty.added_pct == 0 and any("measures of VNM are not held" in warning for warning in duty.warnings)


def test_bad_claims() -> None:
    with pytest.raises(InputError, match="expected usmca"):
        statutory("7601.10", "CAN", "USA", "2025-06-10", claim="gsp")
    with pytest.raises(InputError, match="cannot be made"):
        statutory("7601.10", "DEU", "USA", "2025-06-10", claim="usmca")


def test_a_customs_union_has_the_duty_that_all_of_its_members_meet() -> None:
    union, member = (statutory("8703.23", who, "USA", "2026-09-30") for who in ("EU", "DEU"))
    assert union.exporter == "EU" and union.added_pct == member.added_pct and union.applied == member.applied
    with pytest.raises(InputError, match="is a member of EU"):
        statutory("8703.23", "EU", "DEU", "2026-09-30")
    with pytest.raises(InputError, match=r"differs by member \(AUT 1 percent.*, BEL 2 percent.*\): name one"):
        common("EU", [replace(member, exporter=who, range_pct=(k, k)) for k, who in ((1.0, "AUT"), (2.0, "BEL"))])
