"""The API fuzzed from its own OpenAPI document: no failure of the server, no traceback, whatever is sent."""

from __future__ import annotations

import pytest
from serving import table_of, tariff_term

schemathesis = pytest.importorskip("schemathesis", reason="fuzzing needs schemathesis")
from hypothesis import HealthCheck, given, settings

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

OPERATIONS = {
    "/health": ["GET"],
    "/api/vocabulary": ["GET"],
    "/api/law/day": ["GET"],
    "/api/law/history": ["GET"],
    "/api/law/sector": ["GET"],
    "/api/law/product": ["GET"],
    "/api/law/measures": ["GET"],
    "/api/whatif": ["POST"],
    "/api/whatif/why": ["POST"],
    "/api/whatif/range": ["POST"],
    "/api/figures/{name}.{form}": ["GET"],
    "/api/whatif/range/full": ["POST"],
    "/api/whatif/file": ["POST"],
    "/api/whatif/report": ["POST"],
    "/api/whatif/report/ranges": ["POST"],
    "/api/jobs/{name}": ["GET", "DELETE"],
    "/api/talks": ["POST"],
    "/api/talks/{name}": ["GET"],
    "/api/talks/{name}/score": ["POST"],
    "/api/talks/{name}/offers": ["POST"],
    "/api/talks/{name}/offers/{number}": ["PATCH"],
    "/api/talks/{name}/analysis": ["POST"],
    "/api/talks/{name}/suggestion": ["POST"],
    "/api/talks/{name}/offers.csv": ["GET"],
    "/api/talks/{name}/offers.csv-metadata.json": ["GET"],
    "/api/talks/{name}/file": ["GET"],
}
HEAVY = (
    "/api/whatif/why",
    "/api/figures/{name}.{form}",
    "/api/whatif/range",
    "/api/whatif/range/full",
    "/api/whatif/report",
    "/api/whatif/report/ranges",
)
LONG = ("/analysis", "/suggestion")  # minutes each; fuzzed with names that do not exist


@pytest.fixture(scope="module")
def document(server):
    return schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")


def test_every_operation_of_the_document_is_fuzzed(document):
    listed = {(path, method) for path, methods in OPERATIONS.items() for method in methods}
    assert {(one.ok().path, one.ok().method.upper()) for one in document.get_all_operations()} == listed


@pytest.fixture(scope="module")
def negotiation(server) -> str:
    """One that is there, so that the fuzzer gets past its name."""
    import httpx

    body = table_of(tariff_term("USA", "CAN", ["steel"]))
    return httpx.post(f"{server.url}/api/talks", json=body, timeout=120).json()["id"]


CASES = [(path, method, "positive") for path, methods in OPERATIONS.items() for method in methods]
CASES += [(path, method, "negative") for path, method, _ in CASES if path not in ("/health", "/api/vocabulary")]


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_nothing_that_is_sent_breaks_the_server(document, negotiation, path: str, method: str, mode: str):
    strategy = document[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))

    @settings(
        max_examples=4 if path in HEAVY else 25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case):
        if path.startswith("/api/talks/") and not path.endswith(LONG):
            case.path_parameters["name"] = negotiation
        reply = case.call(timeout=120)
        assert reply.status_code < 500, (reply.status_code, reply.text[:300], case.as_curl_command())
        assert "Traceback" not in reply.text

    send()
