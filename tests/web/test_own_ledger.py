"""A server with a ledger file of its own: its law views, questions and tables start from that law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from serving import Server, table_of, tariff_term

pytestmark = pytest.mark.slow  # the server compiles the model first

DAIRY = """
- id: DAIRY-10
  imposing: USA
  affected: [CAN]
  authority: Dairy bill
  charges: [{products: {prefixes: ["0401", "0402", "0403", "0404", "0405", "0406"]}, rate_pct: 10}]
  from: 2026-12-01
  source: a bill before the House
"""
AFTER = "2026-12-02"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "dairy.yaml").write_text(DAIRY, encoding="utf-8")
    running = Server(folder, "--ledger", str(folder / "dairy.yaml"))
    try:
        with httpx.Client(base_url=running.wait().url, timeout=120) as client:
            yield client
    finally:
        running.stop()


def dairy(day: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in day["sectors"] if row["sector"] == "dairy")


def test_the_law_shown_is_the_servers(api: httpx.Client) -> None:
    assert [act["id"] for act in api.get("/api/vocabulary").json()["ledger"]] == ["DAIRY-10"]
    before, after = (api.get("/api/law/day", params={"on": day}).json() for day in ("2026-11-30", AFTER))
    assert dairy(after)["rate_pct"][1] - dairy(before)["rate_pct"][1] == pytest.approx(
        8.9, abs=0.1
    )  # a tenth may not enter
    assert "DAIRY-10" in [act["id"] for act in after["by_measure"]]
    found = api.get("/api/law/product", params={"product": "0406.10.95", "on": AFTER}).json()
    assert "DAIRY-10" in [layer["measure"] for layer in found["applied"]]
    acts = api.get("/api/law/measures", params={"on": AFTER}).json()["measures"]
    assert next(act for act in acts if act["id"] == "DAIRY-10")["live"]


def test_both_rates_stand_side_by_side(api: httpx.Client) -> None:
    day = api.get("/api/law/day", params={"on": AFTER}).json()
    stated, paid = day["over_2024_pct"]["statutory"], day["over_2024_pct"]["collected"]
    assert stated[0] <= stated[1] <= stated[2] and paid[0] <= paid[1] <= paid[2] and 0 < paid[1] < stated[1]
    assert 0 < dairy(day)["collected_over_2024_pct"][1] < dairy(day)["statutory_over_2024_pct"][1]
    other = api.get("/api/law/day", params={"importer": "CHN", "exporter": "USA"}).json()
    assert other["over_2024_pct"]["collected"] is None
    step = api.get("/api/law/history").json()["steps"][-1]
    assert 0 < step["over_2024_pct"]["collected"] < step["over_2024_pct"]["statutory"]


def test_a_question_asks_what_the_bill_does_and_which_rates(api: httpx.Client) -> None:
    question = {"law": AFTER, "against": "law"}
    stated = api.post("/api/whatif", json=question).json()
    paid = api.post("/api/whatif", json={**question, "rates": "collected"}).json()
    loss = [found["regions"]["CAN"]["welfare_pct"] for found in (stated, paid)]
    assert loss[0] < loss[1] < 0
    refused = api.post("/api/whatif", json={**question, "rates": "guessed"})
    assert refused.status_code == 422 and "rates" in refused.json()["error"]


def test_a_table_starts_from_the_bill(api: httpx.Client) -> None:
    term = tariff_term("USA", "CAN", ["dairy"])
    made, bare = (api.post("/api/talks", json=table_of(term, law=day)).json() for day in (AFTER, "2026-11-30"))
    assert made["terms"][0]["today"] - bare["terms"][0]["today"] == pytest.approx(0.089, abs=0.005)
