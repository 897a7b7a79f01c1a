from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

import httpx
from serving import Server

from tests.postgres import MissingError, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=120) as client:
        yield client


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty PostgreSQL database: `DETENTE_TEST_POSTGRES`, or a server started for these tests."""
    if given := os.environ.get("DETENTE_TEST_POSTGRES"):
        yield given
        return
    pytest.importorskip("psycopg", reason="PostgreSQL needs the extra [postgres]")
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(running(tmp_path_factory.mktemp("postgres")))
        except MissingError as missing:
            pytest.skip(str(missing))
        yield url
