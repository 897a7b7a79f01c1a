"""The published schemas: current, met by real documents, and refused by documents that are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from detente.errors import InputError
from detente.study.documents import ProvenanceRecord, schema, schemas
from detente.study.negotiation.study import run_talks
from detente.study.provenance import Provenance
from detente.study.run import run
from detente.study.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
FLOW = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"]}
SCENARIO = {
    "title": "t",
    "baseline": "toy",
    "law": "none",
    "changes": [{"tariff": {**FLOW, "rate": 0.5}}],
    "path": "2026-2027",
}
TALKS = {
    "title": "t",
    "baseline": "toy",
    "law": "none",
    "parties": {"AAA": {}, "BBB": {}},
    "threats": ["terms", "war"],
    "terms": [
        {"track": "one", "tariff": {**FLOW, "range": [0, 0.5]}, "threat": 0.4, "years": 2},
        {"track": "two", "tariff": {**FLOW, "importer": "BBB", "exporter": "AAA", "range": [0, 0.5]}, "threat": 0.4},
    ],
    "rounds": [{"side": "AAA", "values": [0.1, None]}],
    "clauses": [{"ratification": {"region": "AAA", "by": "sectors"}}],
}


def meets(document: object, name: str) -> None:
    Draft202012Validator(schema(name)).validate(json.loads(json.dumps(document)))


def test_schemas_are_schemas_and_those_in_docs_are_current() -> None:
    for name, (_, found) in schemas().items():
        Draft202012Validator.check_schema(found)
        kept = (ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8")
        assert json.loads(kept) == json.loads(json.dumps(found)), "run python docs/make_schemas.py"


FLOWS = {"importer": "AAA", "exporter": "BBB", "rate": 0.5}
SUBSIDY = {"region": "AAA", "rate": 0.5}


@pytest.mark.parametrize(
    "change",
    [{kind: {**fields, **sectors}} for kind, fields in (("tariff", FLOWS), ("subsidy", SUBSIDY)) for sectors in (
        {"sector": "goods"}, {"sectors": ["goods"]}, {"sector": "goods", "sectors": "goods"}, {}, {"sector": 7},
    )],
    ids=str,
)  # fmt: skip
def test_the_schema_accepts_the_sector_of_a_change_as_the_reader_does(change: dict) -> None:
    scenario = {**SCENARIO, "changes": [change]}
    published, read = True, True
    try:
        meets(scenario, "run")
    except ValidationError:
        published = False
    try:
        Scenario.model_validate(scenario)
    except ValueError:
        read = False
    assert published == read


def test_a_record_of_provenance_has_the_fields_of_its_type() -> None:
    assert list(ProvenanceRecord.__annotations__) == list(Provenance.__dataclass_fields__)


def test_the_document_of_a_run_meets_its_schema() -> None:
    document = run(SCENARIO, draws=2).to_json()
    meets(document, "results")
    with pytest.raises(ValidationError):
        meets({**document, "unknown": 1}, "results")
    with pytest.raises(ValidationError):
        meets({name: value for name, value in document.items() if name != "provenance"}, "results")


@pytest.mark.slow
def test_the_document_of_talks_meets_its_schema() -> None:
    from detente.study.negotiation.schema import TalksFile

    document = run_talks(TalksFile.model_validate(TALKS), draws=2).to_json()
    assert document["agreement"] and document["rounds"]
    meets(document, "agreement")
    with pytest.raises(ValidationError):
        meets({**document, "threat": {}}, "agreement")


@pytest.mark.parametrize(
    "file",
    [f for f in sorted((ROOT / "examples").glob("*.yaml")) if not f.name.startswith("sweep")],
    ids=lambda file: file.stem,
)
def test_examples_meet_the_schema_of_their_files(file: Path) -> None:
    fields = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
    meets(fields, "talks" if file.name.startswith("talks") else "run")


def test_another_schema_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="run: scenario file"):
        schema("nothing")
