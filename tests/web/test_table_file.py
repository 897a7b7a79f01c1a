"""A table of the page is a talks file with rounds, pinned to the law and the data it was opened with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from serving import table_of, tariff_term

from detente.study.negotiation import study as study_module
from detente.study.negotiation.document import document
from detente.study.negotiation.schema import TalksFile
from detente.study.provenance import Provenance
from detente.web.api import talks
from detente.web.negotiation_service import NegotiationService
from detente.web.solver import Solver
from detente.web.store import Store
from detente.web.table_file import Pinned, TableFile

FLOOR = {"floor": {"region": "USA", "sectors": ["steel"], "change": -0.001}}
PAIR = {"importer": "USA", "exporter": "CAN"}
#: Every instrument that a talks file knows.
INSTRUMENTS = [
    tariff_term("USA", "CAN", ["steel"]),
    {"track": "metals", "tariff_cut": {**PAIR, "sectors": ["aluminum"], "range": [0, 1]}, "threat": 0},
    {"track": "energy", "export_tax": {**PAIR, "sectors": ["oil_gas"], "range": [0, 0.2]}, "threat": 0.1},
    {"track": "energy", "trade_cost": {"between": ["USA", "CAN"], "sectors": ["electricity"], "range": [-0.05, 0]}},
    {"track": "aid", "subsidy": {"region": "CAN", "sectors": ["lumber"], "range": [0, 0.1]}},
    {"track": "quotas", "quota": {**PAIR, "sectors": ["motor_vehicles"], "range": [0, 1.2], "over_quota": 0.5}},
]
OFFERS = [[0.1, 0.5, 0.05, -0.02, 0.03, 0.9], [None, 1.0, None, None, None, None]]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'kept.db'}")
    settings = SimpleNamespace(negotiations=100, entries=100)
    return SimpleNamespace(store=store, room=NegotiationService(Solver()), settings=settings)


@pytest.fixture
def ask(tools: SimpleNamespace):
    """Calls an endpoint as the server does."""
    import asyncio

    class Desk:
        def __init__(self) -> None:
            self.tools = tools

        async def run(self, work):
            return work()

        stored = run

    def asked(endpoint: str, *arguments):
        return asyncio.run(getattr(talks, endpoint)(*arguments, Desk()))

    return asked


@pytest.mark.slow
def test_a_table_of_all_instruments_runs_in_talks_and_scores_the_same(ask, tmp_path: Path, monkeypatch):
    body = table_of(*INSTRUMENTS, title="All", law="2026-09-30", clauses=[FLOOR])
    kept = ask("create", TableFile.model_validate(body))
    assert [term["kind"] for term in kept["terms"]] == [
        next(k for k in term if k not in ("track", "threat")) for term in INSTRUMENTS
    ]
    for k, values in enumerate(OFFERS):
        offer = talks.Offer(version=k + 1, side="CAN", values=values, note=f"offer {k}: ça va?")
        kept = ask("make_offer", kept["id"], offer)
    file = tmp_path / "table.yaml"
    file.write_bytes(ask("talks_file", kept["id"]).body)
    unsettled = lambda file, threat, negotiation, fought, *_: study_module.Outcome(threat, negotiation, fought)  # noqa: E731
    monkeypatch.setattr(study_module, "_settle", unsettled)  # the deal takes minutes and no offer waits for it
    study = study_module.run_talks(TalksFile.from_file(file))
    found = json.loads(json.dumps(document(study)))["rounds"]
    assert [(one["side"], one["values"], one["note"]) for one in found] == [
        (one["side"], one["values"], one["note"]) for one in kept["offers"]
    ]
    for theirs, ours in zip(found, kept["offers"], strict=True):
        for side, worth in ours["scores"]["sides"].items():
            for name, value in worth.items():
                scale = 1e-7 if name.endswith("pct") else 1e-1  # percent; million USD of incomes up to 3e7
                assert theirs["scores"][side][name] == pytest.approx(value, rel=2e-5, abs=scale), (side, name)
        assert [c["holds"] for c in theirs["clauses"]] == [line["holds"] for line in ours["scores"]["red_lines"]]


@pytest.mark.slow
def test_a_negotiation_is_pinned_and_says_when_the_installed_data_differ(ask, tools, monkeypatch):
    opened = ask("create", TableFile.model_validate(table_of(INSTRUMENTS[0], title="Pinned")))
    assert opened["law"] == opened["opened_with"]["law"] != "latest"
    assert tools.store.read(opened["id"])["setup"]["file"]["law"] == opened["law"]  # the day itself is kept
    assert opened["data_warning"] is None and opened["differs"] == []
    kept = ask("make_offer", opened["id"], talks.Offer(version=1, side="CAN", values=[0.1]))
    assert [one["same_data"] for one in kept["offers"]] == [True]
    tools.store.keep_analysis(opened["id"], {"data_key": kept["offers"][0]["scores"]["data_key"]})
    assert ask("read", opened["id"])["analysis"] is not None

    of = Provenance.of
    monkeypatch.setattr(Provenance, "of", lambda *a, **k: replace(of(*a, **k), ledger_sha256="another"))
    tools.room._cases.clear()  # another server, with another ledger
    later = ask("read", opened["id"])
    assert later["law"] == opened["law"] and later["differs"] == ["ledger_sha256"]
    assert "the ledger of the law" in later["data_warning"]
    assert [one["same_data"] for one in later["offers"]] == [False]
    assert later["offers"][0]["scores"] == kept["offers"][0]["scores"]  # as it was computed then
    assert later["analysis"] is None  # worked out again rather than mixed
    tools.room._cases.clear()


@pytest.mark.slow
def test_what_the_first_edition_kept_is_scored_as_it_was(ask, tools):
    """Its flat terms, red lines and list of sides; what it was opened with is not known, and that is said."""
    line = {"region": "USA", "sectors": ["steel"], "measure": "jobs", "change": -0.02}
    flat = {**PAIR, "sectors": ["steel"], "lower": 0.0, "upper": 0.6, "threat": 0.5, "kind": "tariff", "track": "steel"}
    cost = {**flat, "kind": "trade_cost", "lower": -0.05, "upper": 0.0, "threat": None, "sectors": ["electricity"]}
    tax = {**flat, "kind": "export_tax", "sectors": ["oil_gas"], "threat": None}
    setup = {
        "title": "old",
        "parties": ["USA", "CAN"],
        "law": "2026-02-01",
        "horizon": "short",
        "terms": [flat, cost, tax],
    }
    name = tools.store.create("old", {**setup, "red_lines": [line]}, 100)["id"]
    found = ask("read", name)
    assert [term["label"] for term in found["terms"]] == [
        "USA tariff on CAN: steel",
        "trade cost USA-CAN: electricity",
        "CAN export tax to USA: oil_gas",
    ]
    assert found["terms"][0]["threat"] == 0.5
    assert found["red_lines"][0]["measure"] == "jobs" and found["horizon"] == "short"
    assert found["opened_with"] is None and "not known" in found["data_warning"]
    assert ask("score", name, talks.Try(values=[None, None, None]))["sides"]["CAN"]["vs_today_pct"] == pytest.approx(
        0, abs=1e-9
    )


def test_what_is_kept_comes_back():
    file = TableFile.model_validate(table_of(*INSTRUMENTS, title="é", law="none", clauses=[FLOOR]))
    record = {"detente": "0"}
    again = Pinned.read(json.loads(json.dumps(Pinned(file, record).to_keep())))
    assert again.file == file and again.opened_with == record


@pytest.mark.slow
def test_the_csv_of_offers_is_plain_and_says_what_it_rests_on_beside_it(ask):
    opened = ask("create", TableFile.model_validate(table_of(INSTRUMENTS[0], title="Table")))
    ask("make_offer", opened["id"], talks.Offer(version=1, side="CAN", values=[0.1], note="=1+1"))
    table, beside = ask("offers_csv", opened["id"]), ask("offers_csv_metadata", opened["id"])
    said = json.loads(beside.body)
    head = table.body.decode().splitlines()[0]
    assert head == ",".join(column["name"] for column in said["tableSchema"]["columns"])
    assert said["detente:provenance"]["ledger_sha256"] == opened["opened_with"]["ledger_sha256"]
    assert table.headers["link"] == '<offers.csv-metadata.json>; rel="describedby"'
