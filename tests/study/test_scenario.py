from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente.errors import InputError
from detente.study.run import run
from detente.study.scenario.schema import PROHIBITIVE, Scenario

#: What is wrong, the file, and what the sentence must say (besides the file's name): line, field, allowed values.
WRONG = {
    "unknown region": (
        "changes:\n  - tariff: {importer: US, exporter: CAN, sectors: steel, rate: 0.25}",
        ["line 4", "tariff.importer", "unknown region 'US'", "did you mean USA?", "USA, CAN, MEX"],
    ),
    "unknown sector": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, sectors: [steel, aluminium], rate: 0.25}",
        ["line 4", "tariff.sectors", "unknown sector 'aluminium'", "did you mean aluminum?", "agriculture, oil_gas"],
    ),
    "unknown use": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, sectors: steel, uses: [finale], rate: 0.25}",
        ["line 4", "tariff.uses", "did you mean final?", "intermediate, final"],
    ),
    "unknown sector of an elasticity": (
        "trade_elasticities: {stel: 3}",
        ["line 3", "trade_elasticities.stel", "did you mean steel?"],
    ),
    "unknown field": ("horizn: long", ["line 3", "horizn", "unknown field", "title, baseline, law"]),
    "unknown field inside": (
        "changes:\n  - tariff:\n      importer: USA\n      exporter: CAN\n      sektors: steel\n      rate: 0.1",
        ["line 7", "tariff.sektors", "unknown field", "importer, exporter, between, sectors"],
    ),
    "unknown kind of change": ("changes:\n  - tarif: {importer: USA}", ["line 4", "tarif", "tariff, export_tax"]),
    "negative rate": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: -0.25}",
        ["line 4", "tariff.rate", "must be 0 or more", "-0.25"],
    ),
    "percent for a fraction": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: 25}",
        ["line 4", "tariff.rate", "2,500 percent", "did you mean 0.25?"],
    ),
    "basis points for a fraction": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: 2500}",
        ["line 4", "tariff.rate", "250,000 percent", "the highest is 10 (1,000 percent)"],
    ),
    "percent sign": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: 25%}",
        ["line 4", "tariff.rate", "such as 0.25 for 25 percent", "'25%'"],
    ),
    "yes for a number": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: yes}",
        ["line 4", "tariff.rate", "must be a number"],
    ),
    "duplicate change": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, sectors: steel, rate: 0.25}\n"
        "  - tariff: {importer: USA, exporter: all, sectors: [steel, aluminum], add: 0.1}",
        ["line 5", "duplicate", "steel", "line 4"],
    ),
    "rate and add": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: 0.25, add: 0.1}",
        ["line 4", "changes[0].tariff", "give rate", "or add"],
    ),
    "neither rate nor add": ("changes:\n  - tariff: {importer: USA, exporter: CAN}", ["line 4", "give rate", "or add"]),
    "no exporter": ("changes:\n  - tariff: {importer: USA, rate: 0.1}", ["line 4", "lacks exporter"]),
    "pairs given twice": (
        "changes:\n  - tariff: {between: [USA, CAN], importer: USA, exporter: CAN, rate: 0.1}",
        ["line 4", "either importer and exporter, or between"],
    ),
    "one region between": (
        "changes:\n  - tariff: {between: [USA], rate: 0.1}",
        ["line 4", "tariff.between", "at least 2"],
    ),
    "own sales": (
        "changes:\n  - tariff: {importer: USA, exporter: USA, rate: 0.1}",
        ["line 4", "no pair of different regions"],
    ),
    "all and more": (
        "changes:\n  - tariff: {importer: [USA, all], exporter: CAN, rate: 0.1}",
        ["line 4", "all stands alone"],
    ),
    "negative after add": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, add: -0.9}",
        ["line 4", "tariff.add", "would make a rate negative"],
    ),
    "ban added": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, add: prohibitive}",
        ["line 4", "tariff.add", "finite", "rate: prohibitive"],
    ),
    "cost below zero": (
        "changes:\n  - trade_cost: {between: [USA, CAN], change: -1.5}",
        ["line 4", "trade_cost.change", "more than -1"],
    ),
    "subsidy of everything": (
        "changes:\n  - subsidy: {region: USA, sectors: steel, rate: 1}",
        ["line 4", "subsidy.rate", "less than 1"],
    ),
    "two instruments in one change": (
        "changes:\n  - tariff: {importer: USA, exporter: CAN, rate: 0.1}\n    subsidy: {region: USA, sectors: steel, rate: 0.1}",
        ["line 4", "tariff and subsidy", "each change is one of"],
    ),
    "a change that is not a mapping": ("changes:\n  - tariff", ["line 4", "must be a mapping", "'tariff'"]),
    "changes that are not a list": ("changes: tariff", ["line 3", "changes", "must be a list"]),
    "unknown horizon": ("horizon: forever", ["line 3", "horizon", "'short', 'medium' or 'long'", "'forever'"]),
    "elasticity below zero": (
        "trade_elasticities: {steel: -3}",
        ["line 3", "trade_elasticities.steel", "more than 0", "-3"],
    ),
    "baseline that is not there": ("baseline: world-2025", ["line 3", "baseline", "'world-2025'", "world-2024, toy"]),
    "baseline file that is not there": ("baseline: nowhere.nc", ["line 3", "baseline", "nowhere.nc"]),
    "repeated key": ("horizon: long\nhorizon: short", ["line 4", "horizon", "given twice", "line 3"]),
    "bad indentation": ("changes:\n  - tariff: {importer: USA\nhorizon: long", ["line", "not valid YAML"]),
    "key that is not text": ("? [a, b]\n: 3", ["line 3", "not valid YAML"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_mistake_gets_one_sentence_that_names_file_line_and_field(tmp_path: Path, what: str) -> None:
    body, expected = WRONG[what]
    path = tmp_path / "wrong.yaml"
    path.write_text(f"title: Wrong\nlaw: none\n{body}\n")
    with pytest.raises(InputError) as caught:
        run(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    for part in expected:
        assert part in message, message
    assert "\n" not in message
    assert not re.search(r"pydantic|Input should|value_error|Traceback", message)


@pytest.mark.parametrize("value", ["last week", "2026-13-40", "[1, 2]"])
def test_a_law_that_is_no_date_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"title: Wrong\nlaw: {value}\n")
    with pytest.raises(InputError, match=r"line 2, law: must be a date such as 2026-09-30, latest, or none"):
        Scenario.from_file(path)


def test_a_missing_title_an_empty_file_and_a_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    for text, problem in (
        ("law: none\n", "title: is missing"),
        ("title: ''\n", "title: must not be empty"),
        ("title: 5\n", "title: must be text"),
        ("", "is empty"),
        ("# nothing but a comment\n", "is empty"),
        ("- a\n- b\n", "is not a mapping"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=problem) as caught:
            Scenario.from_file(path)
        assert str(path) in str(caught.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        Scenario.from_file(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match=r"cannot be read|not text in UTF-8"):
        Scenario.from_file(tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"cannot be read|not text in UTF-8"):
        Scenario.from_file(tmp_path / "binary.yaml")


def test_a_scenario_written_as_text_reads_back_the_same(tmp_path: Path) -> None:
    made = Scenario.model_validate(
        {
            "title": "Çà et là",
            "law": "none",
            "horizon": "short",
            "trade_elasticities": {"steel": 4},
            "changes": [
                {"tariff": {"importer": "USA", "exporter": ["CAN", "MEX"], "sectors": "steel", "rate": "prohibitive"}},
                {"trade_cost": {"between": ["USA", "CAN"], "change": -0.03}, "from": 2027, "until": 2030},
                {
                    "quota": {
                        "importer": "USA",
                        "exporter": "CAN",
                        "sector": "steel",
                        "share_of_baseline": 0.9,
                        "rents": 0.5,
                    }
                },
                {"subsidy": {"region": "CAN", "sectors": ["steel"], "rate": 0.1}},
            ],
        }
    )
    path = tmp_path / "again.yaml"
    path.write_text(made.text, encoding="utf-8")
    again = Scenario.from_file(path)
    assert again.model_dump() == made.model_dump()
    assert again.changes[0].tariff is not None
    assert again.changes[0].tariff.rate == PROHIBITIVE
    assert again.text == path.read_text(encoding="utf-8")


def test_one_code_and_a_list_of_one_are_the_same() -> None:
    one, listed = (
        Scenario.model_validate(
            {"title": "t", "changes": [{"tariff": {"importer": i, "exporter": "CAN", "sectors": s, "rate": 0}}]}
        )
        for i, s in (("USA", "steel"), (["USA"], ["steel"]))
    )
    assert one.model_dump() == listed.model_dump()


def test_anchors_and_merges_of_yaml_work(tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text(
        "title: t\nchanges:\n  - tariff: &one {importer: USA, exporter: CAN, sectors: steel, rate: 0.1}\n"
        "  - tariff: {<<: *one, importer: CAN, exporter: USA}\n"
    )
    first, second = (change.tariff for change in Scenario.from_file(path).changes)
    assert first is not None and second is not None
    assert (second.importer, second.exporter, second.sectors, second.rate) == (["CAN"], ["USA"], ["steel"], 0.1)
