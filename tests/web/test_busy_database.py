"""A database that is locked, full, read-only or gone: a sentence, and a server that answers everything else."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

import httpx
from fastapi import FastAPI
from serving import in_thread, table_of, tariff_term
from sqlalchemy import create_engine, text

from detente.web import health, store
from detente.web.api import talks
from detente.web.app import create_app
from detente.web.settings import Settings
from detente.web.store import NOT_ANSWERED, Store, UnavailableError
from detente.web.table_file import Pinned

SETUP = table_of(tariff_term("USA", "CAN", ["steel"], threat=None))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path, monkeypatch) -> str:
    monkeypatch.setattr(store, "PATIENCE", 0.4)
    monkeypatch.setattr(health, "LIMIT", 0.2)
    monkeypatch.setattr(health, "FRESH", 0.0)
    return f"sqlite:///{tmp_path / 'kept.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def app(url: str) -> FastAPI:
    return create_app(Settings(url, warm=False, refusal_seconds=0))


@pytest.fixture
def page(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A server that computes nothing: what is tested is the road to the database."""
    with in_thread(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        room = app.state.tools.room
        room.pinned, room.case = lambda file: Pinned(file, {}), lambda file: file
        monkeypatch.setattr(talks, "_shown", lambda desk, kept, pinned, case: kept)
        yield client


@contextlib.contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program in the middle of a change to everything."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in ["BEGIN IMMEDIATE"] if "sqlite" in url else ["BEGIN", "LOCK negotiation, heartbeat, offer"]:
            connection.execute(text(statement))
        try:
            yield
        finally:
            connection.execute(text("ROLLBACK"))
    engine.dispose()


def test_a_locked_database_is_a_sentence_and_everything_else_is_answered(url: str, page: httpx.Client):
    name = page.post("/api/talks", json=SETUP).json()["id"]
    assert page.get("/health").json()["database"] == "writable"
    with locked(url):
        reply = page.post("/api/talks", json=SETUP)
        assert (reply.status_code, reply.json()) == (503, {"error": NOT_ANSWERED})
        assert reply.headers["retry-after"] == "5"
        assert page.get("/health").status_code == 503
        assert page.get("/health").json()["database"] in ("slow", "unreachable")
        assert page.get("/").status_code == 200
        if "sqlite" in url:
            assert page.get(f"/api/talks/{name}").status_code == 200  # readers do not wait for writers
        else:
            assert page.get(f"/api/talks/{name}").status_code == 503  # this lock keeps readers out
    deadline = time.monotonic() + 20
    while page.get("/health").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert page.get("/health").json()["database"] == "writable"
    assert page.post("/api/talks", json=SETUP).status_code == 201


def test_the_server_answers_while_it_waits_for_the_database(url: str, app: FastAPI, page: httpx.Client, monkeypatch):
    """Every thread that waits for the database is taken; the page, and computations, pass by."""
    monkeypatch.setattr(app.state.tools.store, "read", lambda name: time.sleep(1.5))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(page.get, f"/api/talks/{k}", headers={"X-Client": str(k)}) for k in range(8)]
        time.sleep(0.3)
        assert page.get("/").status_code == 200
        assert page.get("/health").status_code == 200
        assert page.post("/api/whatif/file", json={"title": "x"}).status_code == 200
        assert not any(one.done() for one in waiting)


def test_a_database_that_goes_away_comes_back(url: str, app: FastAPI, page: httpx.Client, tmp_path):
    if "sqlite" not in url:
        pytest.skip("the server of the tests is shared")
    name = page.post("/api/talks", json=SETUP).json()["id"]
    app.state.tools.store.close()
    file, away = tmp_path / "kept.db", tmp_path / "away"
    away.mkdir()
    kept = {one.name: one for one in tmp_path.glob("kept.db*")}
    for one in kept.values():
        shutil.move(one, away / one.name)
    file.mkdir()  # where the file was, nothing can be opened
    assert page.get(f"/api/talks/{name}").status_code == 503
    assert page.get("/health").json()["database"] == "unreachable"
    app.state.tools.store.close()
    file.rmdir()
    for one in kept:
        shutil.move(away / one, tmp_path / one)
    assert page.get(f"/api/talks/{name}").status_code == 200


def test_a_full_disk_refuses_the_change_and_keeps_what_is_there(tmp_path):
    kept = Store(f"sqlite:///{tmp_path / 'kept.db'}")
    name = kept.create("x", {}, 100)["id"]
    with kept.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    kept.close()

    from sqlalchemy import event

    @event.listens_for(kept.engine, "connect")
    def full(connection, _):
        connection.execute(f"PRAGMA max_page_count={pages}")  # what SQLite says of a disk without room

    with pytest.raises(UnavailableError):
        kept.add_offer(name, 1, "CAN", [0.1], {}, "x" * 100_000, 100)
    found = kept.read(name)
    assert (found["version"], found["offers"]) == (1, [])
    kept.close()


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="accounts are those of POSIX")
def test_a_read_only_database_is_a_sentence(tmp_path):
    """Another account, as which even root's tests cannot write the file."""
    file = tmp_path / "kept.db"
    kept = Store(f"sqlite:///{file}")
    kept.create("x", {}, 100)
    kept.close()
    code = (
        "import os, sys\n"
        "from detente.web.store import Store\n"
        "if os.geteuid() == 0: Store(sys.argv[1]).close()  # all is imported that the other account may not read\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "try: Store(sys.argv[1])\n"
        "except ValueError as error: print(type(error).__name__, error)"
    )
    for parent in (tmp_path, *tmp_path.parents):  # the other account has to get there
        if os.geteuid() == 0 and parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, f"sqlite:///{file}"], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        tmp_path.chmod(0o755)
    assert done.stdout.startswith("InputError The database cannot be used ("), done.stderr
