"""One question, one answer: every front end gives the same numbers, and none assembles a policy itself."""

from __future__ import annotations

import ast
import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

import detente
from detente.economy import HORIZONS
from detente.errors import InputError
from detente.study import path as path_module
from detente.study.counterfactual import ECONOMY_FIELDS, Counterfactual
from detente.study.negotiation import study as negotiation
from detente.study.negotiation.schema import TalksFile
from detente.study.run import Study, run
from detente.study.scenario import Scenario
from detente.study.uncertainty.sampling import Sample

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FLOW = {"importer": "USA", "exporter": "CAN"}
STEEL = {**FLOW, "sectors": ["steel"]}
CARS = {**FLOW, "sectors": ["motor_vehicles", "motor_vehicle_parts"]}
TARIFF = {"tariff": {**STEEL, "rate": 0.1}}
MEASURE = {"measure": "US-232-ANNEX-IA", "action": "set", "rate": 0.25}
CONTENT = {"tariff": {**CARS, "rate": 0.25, "except_content_of": "USA"}}
LAW = "2026-09-30"

#: Every kind of change: a name, the law it starts from, the changes.
KINDS: dict[str, tuple[str, list[dict]]] = {
    "tariff": ("none", [TARIFF]),
    "tariff, law": (LAW, [TARIFF]),
    "tariff on one use, law": (LAW, [{"tariff": {**STEEL, "add": 0.1, "uses": ["intermediate"]}}]),
    "export tax, law": (LAW, [{"export_tax": {**FLOW, "sectors": ["oil_gas"], "rate": 0.1}}]),
    "trade cost": ("none", [{"trade_cost": {"between": ["USA", "CAN"], "sectors": ["electricity"], "change": -0.03}}]),
    "subsidy, law": (LAW, [{"subsidy": {"region": "CAN", "sectors": ["steel"], "rate": 0.05}}]),
    "quota": ("none", [{"quota": {**STEEL, "share_of_baseline": 0.8, "over_quota": 0.5}}]),
    "quota and ban, law": (
        LAW,
        [
            {"quota": {**STEEL, "share_of_baseline": 0.5, "over_quota": 0.5, "rents": "exporter"}},
            {"quota": {**FLOW, "sectors": ["lumber"], "limit_musd": 0}},
        ],
    ),
    "content rule": ("none", [CONTENT]),
    "content rule of the equilibrium, law": (LAW, [{"tariff": {**CONTENT["tariff"], "content": "equilibrium"}}]),
    "measure": (LAW, [MEASURE]),
    "measure, tariff, quota and content": (
        LAW,
        [
            {"measure": "US-232-ANNEX-IA", "action": "drop"},
            {"tariff": {"importer": "CAN", "exporter": "USA", "sectors": ["steel"], "rate": 0.05}},
            {"quota": {**STEEL, "share_of_baseline": 0.9, "over_quota": 0.5}},
            CONTENT,
        ],
    ),
    "from, law": (LAW, [{**TARIFF, "from": 2027}, {**MEASURE, "from": 2029}]),
    "until": ("none", [{**TARIFF, "until": 2026}, {"tariff": {**CARS, "rate": 0.1}, "from": 2030}]),
    "until, law": (LAW, [{**MEASURE, "until": 2026}, {**TARIFF, "from": 2027}, {**CONTENT, "until": 2028}]),
    "law of an earlier day": ("2025-08-01", [TARIFF]),
    "law alone": (LAW, []),
}
#: Every way of asking for another economy or another end of the law.
ECONOMIES: dict[str, dict] = {
    "pooled deficits, short run": {"closure": "pooled", "horizon": "short"},
    "balanced trade": {"closure": "balanced"},
    "rigid wages": {"wages": "rigid", "law": "none"},
    "own elasticities": {"labour_supply": 0.3, "trade_elasticities": {"steel": 4.0}},
    "products that complement each other": {"demand_elasticity": 0.5, "input_elasticity": 0.2},
    "elasticities of the evidence": {"elasticities": "evidence", "horizon": "short"},
    "high end of the law": {"law_bound": "high"},
    "collected rates": {"rates": "collected"},
    "law between two": {"law_between": ["USA", "CAN"]},
}


def questions() -> dict[str, Scenario]:
    """The examples (of talks, where they start) and every kind of change."""
    found = {}
    for file in sorted(file for file in EXAMPLES.glob("*.yaml") if not file.name.startswith("sweep")):
        scenario = (TalksFile if file.name.startswith("talks") else Scenario).from_file(file)
        fields = scenario.model_dump(include=set(Scenario.model_fields), by_alias=True, exclude_none=True)
        found[file.stem] = Scenario.model_validate({**fields, "law": scenario.law or "none"})
    for name, (law, changes) in KINDS.items():
        found[name] = Scenario.model_validate({"title": name, "law": law, "changes": changes})
    for name, fields in ECONOMIES.items():
        found[name] = Scenario.model_validate({"title": name, "law": LAW, "changes": [TARIFF], **fields})
    return found


QUESTIONS = questions()


@pytest.fixture(scope="module")
def solver():
    pytest.importorskip("fastapi", reason="the page needs the extra [web]")
    from detente.web.solver import Solver

    return Solver()


@pytest.fixture(scope="module", params=QUESTIONS)
def study(request: pytest.FixtureRequest) -> Study:
    return run(QUESTIONS[request.param])


def assert_same_levels(found, expected) -> None:
    """Money within 1e-9 of the world's largest entry, ratios within 1e-9."""
    for name in ("welfare", "price_index", "income", "border_value", "output", "tariff_revenue"):
        a, b = (np.asarray(getattr(levels, name)) for levels in (found, expected))
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(b).max(), err_msg=name)


def assert_same_answer(found, expected) -> None:
    assert_same_levels(found.reference, expected.reference)
    assert_same_levels(found.found, expected.found)


@pytest.mark.slow
def test_the_page_answers_as_run_does(study: Study, solver):
    for against in ("law", "baseline"):
        asked = study.scenario.model_copy(update={"against": against})
        expected = run(asked).result if against != study.scenario.against else study.result
        assert_same_answer(solver.answer(asked).result, expected)


@pytest.mark.slow
def test_talks_start_from_what_run_arrives_at(study: Study, monkeypatch):
    class OpenedError(Exception):
        pass

    def opened(economy, parties, today):
        raise OpenedError(economy.levels(today)[0], today)

    monkeypatch.setattr(negotiation, "PayoffModel", opened)
    fields = study.scenario.model_dump(by_alias=True, exclude_none=True)
    term = {"track": "steel", "tariff": {**STEEL, "range": [0, 0.5]}}
    given = {**fields, "law": study.scenario.law or "none", "parties": {"USA": {}, "CAN": {}}, "terms": [term]}
    with pytest.raises(OpenedError) as caught:
        negotiation.run_talks(TalksFile.model_validate(given))
    assert_same_levels(caught.value.args[0], study.result.found)


def central(counterfactual: Counterfactual, count: int, **_) -> Sample:
    """A sample in which every draw is the central case."""
    parameters = counterfactual.economy().calibration
    same = {name: np.full(count, float(getattr(parameters, name))) for name in ("rigidity", "labour_supply")}
    return Sample(
        np.tile(np.asarray(parameters.theta), (count, 1)),
        **same,
        law=np.full(count, 0.5),
        scores=np.zeros((count, 0)),
        group=(),
        study=np.zeros(count, int),
        studies=("central",),
        world=np.zeros(count, int),
    )


@pytest.mark.slow
def test_the_central_draw_is_the_answer(study: Study, monkeypatch, tmp_path):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    monkeypatch.setattr(Counterfactual, "sample", central)
    draws = run(study.scenario, draws=2).draws
    for name in ("welfare", "real_income", "output", "value_added", "tariff_revenue_musd"):
        expected = study.result.arrays[name]
        scale = np.nanmax(np.abs(expected)) if name.endswith("musd") else 100
        for drawn in draws.outcomes[name]:
            np.testing.assert_allclose(drawn, expected, rtol=1e-9, atol=1e-9 * scale, err_msg=name)


@pytest.mark.slow
def test_a_year_at_the_scenarios_horizon_is_the_answer(study: Study, monkeypatch):
    monkeypatch.setattr(path_module, "horizon_after", lambda _: HORIZONS[study.scenario.horizon])
    year = max(study.scenario.last_year or 0, 2027)
    [last] = run(study.scenario.with_path(f"{year}-{year}")).path
    assert_same_answer(last.result, study.result)


@pytest.fixture
def ask(solver):
    """Calls an endpoint of the page as the server does."""
    from detente.web.api import whatif

    class Desk:
        tools = SimpleNamespace(solver=solver)

        async def run(self, work, **how):
            return work()

    def asked(endpoint: str, **question) -> bytes:
        kind = whatif.ReportQuestion if endpoint == "report" else whatif.WhatIfQuestion
        return asyncio.run(getattr(whatif, endpoint)(kind.model_validate(question), Desk())).body

    return asked


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tariff, law", "until, law", "law alone"])
@pytest.mark.parametrize("against", ["2024", "law"])
def test_the_what_if_and_its_report_give_one_answer(name: str, against: str, ask, monkeypatch):
    from detente.report import html

    reported: list[Study] = []
    monkeypatch.setattr(html, "render", lambda study, _: reported.append(study) or "page")
    law, changes = KINDS[name]
    shown = json.loads(ask("whatif", law=law, changes=changes, against=against))["regions"]
    ask("report", law=law, changes=changes, against=against)
    welfare = reported[0].result.welfare
    for code in ("USA", "CAN", "MEX", "CHN"):  # the page rounds to six digits
        assert shown[code]["welfare_pct"] == pytest.approx(float(welfare.sel(region=code)), rel=1e-5, abs=1e-8)


@pytest.mark.slow
def test_a_group_of_products_has_one_average_rate_on_every_screen(solver, ask):
    from detente.web.negotiation_service import NegotiationService
    from detente.web.table_file import TableFile
    from detente.web.tracks import tracks

    pairs = (("USA", "CAN"), ("CAN", "USA"))
    terms = [
        {
            "track": track,
            "tariff": {"importer": importer, "exporter": exporter, "sectors": list(sectors), "range": [0, 3]},
        }
        for track, sectors in tracks().items()
        for importer, exporter in pairs
    ]
    service = NegotiationService(solver)
    file = {"title": "t", "law": LAW, "parties": {"USA": {}, "CAN": {}}, "terms": terms}
    table = service.terms(service.case(TableFile.model_validate(file)))
    rates = json.loads(ask("whatif", law=LAW))["rates"]
    for term, shown in zip(terms, table, strict=True):
        expected = rates[f"{term['tariff']['importer']}<{term['tariff']['exporter']}"][term["track"]]
        assert 100 * shown["today"] == pytest.approx(expected, rel=1e-4), term
    rest = next(shown for term, shown in zip(terms, table, strict=True) if term["track"] == "rest")
    low, high = rest["today_range"]
    assert low < rest["today"] < high


@pytest.mark.slow
def test_a_file_from_the_page_is_the_same_question(tmp_path, ask):
    ban = {"tariff": {**STEEL, "rate": "prohibitive"}}
    for law, changes in (*KINDS.values(), ("none", [ban])):
        (tmp_path / "s.yaml").write_bytes(ask("scenario_file", law=law, changes=changes, against="law"))
        read = Scenario.from_file(tmp_path / "s.yaml")
        asked = Scenario.model_validate({"title": "What if", "law": law, "changes": changes, "against": "law"})
        assert (read.law, read.against, read.changes) == (asked.law, asked.against, asked.changes)


# -- what talks dropped ------------------------------------------------------------------------------------------------


def talks(**fields) -> TalksFile:
    term = {"track": "goods", "tariff": {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "range": [0, 0.5]}}
    toy = {"title": "t", "baseline": "toy", "uses": "one", "law": "none", "parties": {"AAA": {}, "BBB": {}}}
    return TalksFile.model_validate({**toy, "terms": [term], **fields})


def test_talks_start_from_content_rules_too():
    change = {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.25, "except_content_of": "CCC"}
    start = Counterfactual.of(talks(changes=[{"tariff": change}]))
    economy = start.economy()
    rate = float(np.asarray(start.charged(economy).tariff)[0, 1, economy.sectors.index("goods"), 0])
    assert 0.15 < rate < 0.25


def test_talks_refuse_the_change_of_a_measure_without_a_law():
    with pytest.raises(InputError, match="needs the law of a day"):
        negotiation.run_talks(talks(changes=[MEASURE]))


def test_talks_refuse_a_path():
    with pytest.raises(ValueError, match="path is for a scenario"):
        talks(path="2025-2030")


def test_talks_start_from_the_changes_in_force_in_the_last_year():
    high, low = ({"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": rate} for rate in (0.5, 0.1))
    start = Counterfactual.of(talks(changes=[{"tariff": high, "until": 2026}, {"tariff": low, "from": 2030}]))
    economy = start.economy()
    assert np.asarray(start.charged(economy).tariff)[0, 1, economy.sectors.index("goods")] == pytest.approx(0.1)


# -- what a counterfactual is ------------------------------------------------------------------------------------------


def test_before_the_first_change_a_year_has_no_answer_to_give():
    asked = Scenario.model_validate(
        {"title": "t", "law": LAW, "changes": [{**TARIFF, "from": 2028}], "path": "2027-2028"}
    )
    counterfactual = Counterfactual.of(asked).in_year(2027)
    economy = counterfactual.economy()
    same = jax.tree.map(np.array_equal, counterfactual.before(economy), counterfactual.after(economy))
    assert all(jax.tree.leaves(same))


def test_every_field_is_the_economys_the_questions_or_prose():
    # a field of the economy that is missing from ECONOMY_FIELDS would share a warm economy that is not its own
    other = {"title", "law", "law_bound", "law_between", "rates", "ledger", "against", "changes", "path", "notes"}
    assert set(Scenario.model_fields) == other | ECONOMY_FIELDS
    assert not other & ECONOMY_FIELDS


# -- nobody goes round it ----------------------------------------------------------------------------------------------

SOURCE = Path(detente.__file__).parent
#: What turns a scenario into policies and economies; `detente.study.counterfactual` alone puts it together.
PARTS = {
    "apply_changes",
    "apply_quotas",
    "calibrate",
    "changed_ledger",
    "content_rules",
    "day_of",
    "elasticities",
    "policy_of_law",
    "sample",
    "solve_content_rules",
    "status_quo",
    "with_changes",
    "with_content_rules",
}
FRONT_ENDS = ("agents", "cli", "report", "study", "web")
OWNERS = ("study/counterfactual.py", "study/scenario/")


def parts_used(source: str) -> set[str]:
    """The parts that a module imports from the package, or calls on an object."""
    used = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("detente"):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            used |= {node.func.attr} - set(vars(Counterfactual))
    return used & PARTS


def test_no_front_end_assembles_a_policy_itself():
    for room in FRONT_ENDS:
        for module in (SOURCE / room).rglob("*.py"):
            name = module.relative_to(SOURCE).as_posix()
            if not name.startswith(OWNERS):
                used = parts_used(module.read_text(encoding="utf-8"))
                assert not used, f"{name} uses {', '.join(sorted(used))}; ask detente.study.counterfactual instead"


@pytest.mark.parametrize(
    "road",
    [
        "from detente.study.scenario.policy import apply_changes",
        "from detente.study.scenario import law\nlaw.policy_of_law(economy, day, ledger)",
        "def today(economy):\n    return economy.status_quo()",
        "from detente.economy import calibrate as warm",
    ],
)
def test_a_front_end_that_goes_round_is_caught(road: str):
    assert parts_used(road)
