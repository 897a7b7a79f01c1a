"""The field `acceptance` of a talks file: what it says in the document and the note, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from detente.errors import InputError
from detente.report.talks_note import show_talks
from detente.study.documents import schema
from detente.study.negotiation.schema import TalksFile
from detente.study.negotiation.study import TalksStudy, run_talks
from detente.study.negotiation.table import parties_of
from detente.talks.payoff_model import PayoffModel

GOODS = {"sectors": ["goods"], "range": [0, 0.5]}
FLOWS = [("AAA", ["BBB", "CCC"]), ("BBB", "AAA")]
TALKS: dict[str, Any] = {
    "title": "t",
    "baseline": "toy",
    "law": "none",
    "horizon": "short",
    "changes": [{"tariff": {"importer": a, "exporter": b, "sectors": "goods", "rate": 0.5}} for a, b in FLOWS],
    "parties": {"AAA": {}, "BBB": {}},
    "terms": [
        {"track": "goods", "draft": 0.45, "tariff": {"importer": "AAA", "exporter": "BBB", **GOODS}},
        {"track": "goods", "draft": 0.0, "tariff": {"importer": "BBB", "exporter": "AAA", **GOODS}},
    ],
    "rounds": [{"side": "AAA", "values": [0.3, 0.1]}],
    "frontier_points": 2,
    "acceptance": {"of": "BBB", "weights": {"goods": [0.5, 3]}, "draws": 40},
}


@pytest.fixture(scope="module")
def study() -> TalksStudy:
    return run_talks(TALKS)


def test_the_document_says_how_likely_a_yes_is(study: TalksStudy) -> None:
    document = json.loads(json.dumps(study.to_json()))
    Draft202012Validator(schema("agreement")).validate(document)
    found = document["acceptance"]
    assert (found["by"], found["of"], found["draws"]) == ("AAA", "BBB", 40)
    assert set(found["offers"]) == {"deal", "draft", "round 1"}
    assert 0 < found["offers"]["draft"]["probability"] < 1
    for one in (found["best"], found["robust"], *found["offers"].values()):
        expected = one["probability"] * one["gain_if_accepted_pct"]
        assert one["expected_gain_pct"] == pytest.approx(expected, rel=1e-4)
    assert found["robust"]["probability"] >= 0.9
    assert found["best"]["expected_gain_pct"] >= found["robust"]["expected_gain_pct"]
    assert found["inspection_worth_pct"] >= 0
    # The deal shares the gain; who proposes and keeps the rest does better, if it is right about the weights.
    assert found["best"]["expected_gain_pct"] > found["offers"]["deal"]["expected_gain_pct"]
    income = study.payoff_model.incomes[0]
    assert found["inspection_worth_musd"] == pytest.approx(found["inspection_worth_pct"] / 100 * income, rel=1e-4)


def test_the_draft_is_judged_as_parties_with_those_weights_judge_it(study: TalksStudy) -> None:
    found, model = study.outcomes[0].acceptance, study.payoff_model
    assert found is not None
    table = study.outcomes[0].negotiation.table
    policy = table.instruments.apply(model.today, np.array([0.45, 0.0]))
    yes = []
    for draw in np.linspace(0.5, 3, 11):
        parties = TalksFile.of({**TALKS, "parties": {"AAA": {}, "BBB": {"sector_weights": {"goods": draw}}}})

        other = PayoffModel(model.economy, parties_of(parties, study.economy), model.today)
        yes.append(other.see(policy).payoff[1] >= 1)
    assert found.offers["draft"].probability == pytest.approx(np.mean(yes), abs=0.1)


def test_the_note_has_the_section(study: TalksStudy, capsys: pytest.CaptureFixture[str]) -> None:
    show_talks(study)
    said = capsys.readouterr().out
    assert "WILL THEY SAY YES?" in said
    assert "best offer" in said and "round 1" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"of": "CCC"}, "CCC is not a party"),
        ({"by": "BBB"}, "cannot make the offer and answer it"),
        ({"weights": {"goods": [3, 1]}}, "upside down"),
        ({"weights": {"goods": [-1, 1]}}, "goods"),
        ({"weights": {}}, "weights"),
        ({"draws": 1}, "draws"),
        ({"noise": -1}, "noise"),
        ({"spread": "wide"}, "spread"),
        ({"parties": {"AAA": {}, "BBB": {}, "CCC": {}}}, "by: PARTY"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], said: str) -> None:
    parties = asked.pop("parties", TALKS["parties"])
    with pytest.raises(InputError, match=said):
        TalksFile.of({**TALKS, "parties": parties, "acceptance": {**TALKS["acceptance"], **asked}})


def test_an_unknown_sector_is_named() -> None:
    with pytest.raises(InputError, match="steel"):
        run_talks({**TALKS, "acceptance": {"of": "BBB", "weights": {"steel": [1, 2]}}})
