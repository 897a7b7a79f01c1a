"""The tools around the ledger: check, diff, log with citations, and one's own consignments."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from detente.cli import app
from detente.errors import InputError
from detente.law import Ledger, statutory
from detente.law.changes import difference, log
from detente.law.checks import check
from detente.law.citations import of_measure
from detente.law.hand_worked import run_cases

RECORD = {
    "id": "OWN",
    "imposing": "USA",
    "affected": ["CAN"],
    "authority": "Own",
    "charges": [{"products": {"prefixes": ["0406"]}, "rate_pct": 10}],
    "from": "2026-12-01",
    "source": "a bill before the House",
}


@pytest.fixture
def written(tmp_path: Path):
    def write(data: object, name: str = "own.yaml") -> Path:
        file = tmp_path / name
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        return file

    return write


def test_a_clean_file_has_no_fault(written) -> None:
    assert check(written([RECORD])) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"affected": ["CAN", "XYZ"]}, "unknown party 'XYZ'"),
        ({"charges": [{"products": {"prefixes": ["0499"]}, "rate_pct": 10}]}, "prefix 0499 hits no product"),
        ({"charges": [{"products": {"prefixes": ["cheese"]}, "rate_pct": 10}]}, "not the beginning of a tariff code"),
        ({"charges": [{"products": {"prefixes": ["0406"]}, "rate_pct": 0.1}]}, "write 10 if 10% is meant"),
        ({"status": "in_force"}, "write scheduled"),
        ({"from": "2025-05-01", "status": "scheduled"}, "write in_force"),
        ({"from": "2025-05-01", "status": "ended"}, "its last day is not given"),
        ({"from": "2025-05-01", "until": "2025-06-01", "status": "in_force"}, "write ended"),
        (
            {"authority": "Section 232", "affected": ["world"], "charges": [{"products": "all", "rate_pct": 5}]},
            "add up",
        ),
    ],
)
def test_each_fault_is_one_sentence(written, change: dict, words: str) -> None:
    faults = check(written([{**RECORD, **change}]))
    assert any(words in fault for fault in faults), faults
    assert all(fault.startswith("own.yaml: ") and "\n" not in fault for fault in faults)


def test_dots_and_families_are_no_fault(written) -> None:
    record = {**RECORD, "authority": "Section 232", "family": "232-metals"}
    record["charges"] = [{"products": {"prefixes": ["7208.51"]}, "rate_pct": 60}]
    assert check(written([record])) == []


def test_what_no_record_uses_is_said(written) -> None:
    extra = {"measures": [RECORD], "lists": {"idle": ["0406"]}, "facts": {"luck": {"meaning": "good luck"}}}
    faults = check(written({**extra, "groups": {"MINE": ["CAN"]}}))
    assert [fault.split(" is used")[0] for fault in faults] == [
        f"own.yaml: {n}" for n in ("list idle", "fact luck", "group MINE")
    ]


def test_check_exits_with_two_and_other_commands_say_it_once(written) -> None:
    file = str(written([{**RECORD, "charges": [{"products": {"prefixes": ["0406"]}, "rate_pct": 0.1}]}]))
    result = CliRunner().invoke(app, ["ledger", "check", file])
    assert result.exit_code == 2 and "write 10" in result.stdout
    result = CliRunner().invoke(
        app, ["rates", "--product", "0406.10", "--on", "2026-12-02", "--ledger", file, "--json"]
    )
    assert result.exit_code == 0 and "write 10" in result.stderr
    assert json.loads(result.stdout)["importer"] == "USA"


def test_the_difference_of_two_days_is_what_the_log_says_with_trade() -> None:
    ledger = Ledger.default()
    changes = difference(ledger, "2025-06-03", "2025-06-04", importer="USA", exporter="CAN")
    assert {(c.measure, c.what) for c in changes} >= {("US-232-METALS-50", "begins"), ("US-232-STEEL-25", "ends")}
    assert all(c.imports_musd and c.imports_musd > 5_000 for c in changes if c.measure == "US-232-METALS-50")
    logged = log(ledger, "2025-06-04", "2025-06-04", importer="USA", exporter="CAN")
    assert {(c.measure, c.what) for c in changes} == {(c.measure, c.what) for c in logged}
    sizes = [c.imports_musd or 0 for c in changes]
    assert sizes == sorted(sizes, reverse=True)


def test_a_dated_rate_is_in_the_log_with_its_own_act(written) -> None:
    rates = [
        {"measure": "US-232-AUTOS", "from": "2026-12-01", "rate_pct": 30, "source": "Proclamation 99999, 91 FR 60000"}
    ]
    ledger = Ledger.default().with_file(written({"rates": rates}))
    (change,) = log(ledger, "2026-12-01", "2026-12-01")
    assert (change.what, change.text) == ("rate", "30 percent")
    assert [str(c) for c in change.citations] == ["Proclamation 99999", "91 FR 60000"]


def test_the_log_cites_what_a_lawyer_can_open_and_no_shorthand() -> None:
    changes = log(Ledger.default())
    text = json.dumps([change.as_dict() for change in changes])
    assert not re.search("tracker|redux|axiom|rulespec|remembered", text)
    assert all(c.url.startswith("https://") for change in changes for c in change.citations)
    acts = of_measure(Ledger.default()["US-232-METALS-50"])
    assert (acts[0].act, acts[0].published, acts[0].url) == (
        "Proclamation 10947",
        "90 FR 24199",
        "https://www.federalregister.gov/citation/90-FR-24199",
    )
    assert str(of_measure(Ledger.default()["CA-2025-03-13-steel"])[0]) == "SOR/2025-95, Canada Gazette, Part II"


def test_ones_own_consignments(written) -> None:
    case = {
        "name": "plate",
        "route": "CAN-USA",
        "day": "2025-06-10",
        "product": "7208.51.00.60",
        "claim": "usmca",
        "total": 50,
    }
    (outcome,) = run_cases(written([case]))
    assert outcome.differences == ()
    wrong = {**case, "total": 25, "layers": {"US-232-STEEL-25": 25}}
    (outcome,) = run_cases(written([wrong]))
    assert len(outcome.differences) == 3
    result = CliRunner().invoke(app, ["ledger", "test", str(written([case, wrong]))])
    assert result.exit_code == 1 and "1 of 2 consignments as expected" in result.stdout


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"route": "CAN-USA", "day": "2025-06-10", "product": "7208.51.00.60"}, "expects nothing"),
        ({"route": "CAN-USA", "product": "7208.51.00.60", "total": 1}, "day is missing"),
        ({"route": "CANUSA", "day": "2025-06-10", "product": "7208.51", "total": 1}, "importer is missing"),
        ({"route": "CAN-USA", "day": "2025-06-10", "product": "7208.51", "toll": 1}, "unknown field 'toll'"),
        ({"route": "CAN-USA", "day": "2025-06-10", "product": "steel", "total": 1}, "not a tariff code"),
        ({"route": "CAN-USA", "day": "2025-06-10", "product": "7208.51", "total": "much"}, "not a number"),
        ("7208", "not a mapping"),
    ],
)
def test_a_case_that_is_not_understood(written, case: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run_cases(written([case]))


def test_the_sources_of_a_duty_name_its_act() -> None:
    duty = statutory("7208.51.00.60", "CAN", "USA", "2025-06-10", claim="usmca")
    assert duty.applied[0].citation.startswith("Proclamation 10947, 90 FR 24199")


def test_every_measure_has_a_plain_name_in_both_languages_and_a_citation_that_opens() -> None:
    texts = [
        json.loads((resources.files("detente.report") / "text" / f"{lang}.json").read_text(encoding="utf-8"))
        for lang in ("en", "fr")
    ]
    for measure in Ledger.default().measures:
        assert all(text.get(f"measure.{measure.id}") for text in texts), measure.id
        if measure.instrument != "no act found":
            found = of_measure(measure)
            assert found and all(one.url.startswith("http") for one in found), measure.id
    pages = {str(one) for m in Ledger.default().measures for one in of_measure(m)}
    assert any("(page from one source)" in page for page in pages)
    assert any(one.url.endswith("reg_impl/2018/886/oj") for one in of_measure(Ledger.default()["EU-2018-06-22"]))
