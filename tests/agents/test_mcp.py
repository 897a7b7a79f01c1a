"""`detente mcp` as a program meets it: the SDK's own client, typed answers, sentences for mistakes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest

pytest.importorskip("mcp")

from mcp import Client, StdioServerParameters

from detente.agents.server import create_server
from detente.law import statutory
from detente.law.applied import pair_rates
from detente.study.run import run

STEEL = {"tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["steel"], "rate": 0.25}}


def asked(*calls: tuple[str, dict[str, Any]], server: Any = None) -> list[Any]:
    """The results of calls of tools, over one connection."""

    async def talk() -> list[Any]:
        async with Client(create_server() if server is None else server) as client:
            return [await client.call_tool(name, {"question": question}) for name, question in calls]

    return asyncio.run(talk())


def test_every_tool_is_typed_and_says_what_it_answers() -> None:
    async def listed() -> Any:
        async with Client(create_server()) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert set(tools) == {"duty", "rates", "what_if", "jobs_by_place", "optimum", "deal"}
    for tool in tools.values():
        assert tool.description and tool.output_schema and "concept" in tool.output_schema["properties"]


def test_the_law_answers_as_the_library_does_with_citations() -> None:
    consignment = {"product": "7208.10", "exporter": "CAN", "importer": "USA", "on": "2025-06-15"}
    duty, rates = asked(("duty", consignment), ("rates", {"importer": "USA", "exporter": "CAN", "on": "2025-06-15"}))
    ours = statutory("7208.10", "CAN", "USA", "2025-06-15")
    assert duty.structured_content["added_pct"] == ours.added_pct == 50.0
    assert [layer["citation"] for layer in duty.structured_content["layers"]] == [one.citation for one in ours.applied]
    average = rates.structured_content["average_pct"]
    assert average["central"] == pair_rates("USA", "CAN", "2025-06-15").as_dict()["average_pct"]
    assert average["low"] <= average["central"] <= average["high"]


def test_what_if_answers_as_a_run_does_with_ranges_and_what_it_rests_on() -> None:
    question = {"law": "none", "changes": [STEEL], "draws": 4}
    (found,) = asked(("what_if", question))
    study = run({"title": "t", "law": "none", "changes": [STEEL]}, draws=4)
    canada = next(one for one in found.structured_content["regions"] if one["region"] == "CAN")
    assert canada["welfare_pct"]["central"] == pytest.approx(study.welfare.sel(region="CAN").item(), abs=1e-9)
    low = study.ranges.welfare.sel(region="CAN", bound="low").item()
    assert canada["welfare_pct"]["low"] == pytest.approx(low, abs=1e-9)
    assert (
        found.structured_content["rests_on"]["baseline_sha256"] and found.structured_content["rests_on"]["draws"] == 4
    )


def test_mistakes_come_back_as_sentences() -> None:
    steel = {"product": "7208.10", "exporter": "CAN", "importer": "USA", "on": "2025-06-15"}
    wrong = (
        ("duty", {**steel, "tarif": 1}, "Extra inputs are not permitted"),
        ("duty", {**steel, "exporter": "XXX"}, "XXX"),
        ("rates", {"importer": "USA", "exporter": "QQQ", "on": "2025-06-15"}, "is not a region"),
        ("what_if", {"law": "none", "changes": [{"tariff": {**STEEL["tariff"], "sectors": ["stele"]}}]}, "stele"),
        ("what_if", {"law": "none", "changes": [{"tariff": {**STEEL["tariff"], "rate": 25}}]}, "2,500 percent"),
        ("what_if", {"law": "none", "draws": 10_000}, "less than or equal to 64"),
        ("what_if", {"law": "none", "baseline": "/etc/passwd"}, "Extra inputs are not permitted"),
        ("optimum", {"party": "ZZZ", "law": "none"}, "Unknown region"),
    )
    for (_, _, said), result in zip(wrong, asked(*((name, question) for name, question, _ in wrong)), strict=True):
        text = result.content[0].text
        assert result.is_error and said in text and "Traceback" not in text, text


def test_it_speaks_over_standard_output_and_nothing_else_does() -> None:
    server = StdioServerParameters(command=sys.executable, args=["-m", "detente", "mcp"], env=dict(os.environ))
    (found,) = asked(
        ("duty", {"product": "7208.10", "exporter": "CAN", "importer": "USA", "on": "2025-06-15"}), server=server
    )
    assert found.structured_content["added_pct"] == 50.0


def test_over_http_it_answers_this_computer_alone() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/mcp"
    server = subprocess.Popen([sys.executable, "-m", "detente", "mcp", "--http", "--port", str(port)])
    try:
        for _ in range(240):
            with contextlib.suppress(httpx.TransportError):
                strange = httpx.post(address, json={}, headers={"Host": "example.org"})
                break
            time.sleep(0.25)
        assert strange.status_code == 421
        assert httpx.post(address, json={}, headers={"Origin": "http://example.org"}).status_code == 403
        (found,) = asked(("rates", {"importer": "USA", "exporter": "CAN", "on": "2025-06-15"}), server=address)
        assert found.structured_content["average_pct"]["central"] > 0
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_without_the_extra_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from detente.cli import app
    from detente.errors import InputError

    monkeypatch.delitem(sys.modules, "detente.agents.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    ran = CliRunner().invoke(app, ["mcp"])
    assert isinstance(ran.exception, InputError) and "extra [mcp]" in str(ran.exception)


@pytest.mark.slow
def test_best_tariffs_jobs_and_a_deal() -> None:
    tariff = {"sectors": ["steel"], "range": [0, 0.5]}
    terms = [
        {"track": "steel", "tariff": {"importer": a, "exporter": b, **tariff}}
        for a, b in (("USA", "CAN"), ("CAN", "USA"))
    ]
    best, jobs, agreed = asked(
        ("optimum", {"party": "CAN", "partners": ["USA"], "sectors": ["steel"], "law": "none"}),
        ("jobs_by_place", {"law": "none", "changes": [STEEL], "draws": 0, "country": "CAN"}),
        ("deal", {"parties": {"USA": {}, "CAN": {}}, "terms": terms, "law": "2025-06-15"}),
    )
    assert best.structured_content["gain_pct"] > 0 and best.structured_content["tariffs"][0]["name"] == "CAN<USA:steel"
    assert len(jobs.structured_content["places"]) == 13
    assert agreed.structured_content["agreement"] and min(agreed.structured_content["gain_vs_threat_pct"].values()) > 0
