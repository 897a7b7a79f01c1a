from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

import httpx
from serving import Server


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
    found = shutil.which("initdb") or next(iter(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if found is None:
        pytest.skip("there is no PostgreSQL here")
    programs, folder = Path(found).resolve().parent, tmp_path_factory.mktemp("postgres")
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if account:
        shutil.chown(folder, "postgres")
        for parent in folder.parents:  # the other account has to get there
            if parent == Path(tempfile.gettempdir()):
                break
            parent.chmod(0o755)
    data, options = str(folder / "data"), f"-c listen_addresses='' -k {folder}"
    control = [*account, str(programs / "pg_ctl"), "-D", data, "-w"]
    try:
        subprocess.run(
            [*account, str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        subprocess.run(
            [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True, cwd="/"
        )
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"PostgreSQL does not start here: {getattr(error, 'stderr', error)!r:.300}")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
