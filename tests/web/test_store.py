"""Negotiations that are kept: nothing is lost when two write at once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect, text

from detente.errors import InputError
from detente.web.store import ConflictError, NotFoundError, Store

MANY = 1000


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'kept.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def offer(store: Store, name: str, version: int, side: str = "CAN", note: str = "") -> dict:
    return store.add_offer(name, version, side, [0.1], {"sides": {}}, note, MANY)


def test_a_negotiation_comes_back_as_it_was_kept(store: Store):
    kept = store.create("Métaux", {"terms": [{"lower": 0.0}]}, MANY)
    assert kept["version"] == 1
    after = offer(store, kept["id"], 1, note="première offre")
    found = store.read(kept["id"])
    assert found == after
    assert found["version"] == 2
    assert found["setup"] == {"terms": [{"lower": 0.0}]}
    assert [(o["number"], o["round"], o["side"], o["note"]) for o in found["offers"]] == [
        (1, 1, "CAN", "première offre")
    ]


def test_rounds_count_the_offers_of_a_side(store: Store):
    name = store.create("x", {}, MANY)["id"]
    for version, side in enumerate(["CAN", "USA", "CAN"], start=1):
        kept = offer(store, name, version, side)
    assert [(o["side"], o["round"]) for o in kept["offers"]] == [("CAN", 1), ("USA", 1), ("CAN", 2)]


def test_a_stale_version_writes_nothing(store: Store):
    name = store.create("x", {}, MANY)["id"]
    offer(store, name, 1)
    with pytest.raises(ConflictError):
        offer(store, name, 1, "USA")
    with pytest.raises(ConflictError):
        store.annotate(name, 1, 1, "late")
    kept = store.read(name)
    assert (kept["version"], len(kept["offers"]), kept["offers"][0]["note"]) == (2, 1, "")


def test_what_is_not_there_is_said_and_changes_nothing(store: Store):
    name = store.create("x", {}, MANY)["id"]
    with pytest.raises(NotFoundError):
        store.read("nothing")
    with pytest.raises(NotFoundError):
        offer(store, "nothing", 1)
    with pytest.raises(NotFoundError):
        store.annotate(name, 1, 7, "no such offer")
    assert store.read(name)["version"] == 1


def test_the_limits_on_what_is_kept(store: Store):
    name = store.create("x", {}, MANY)["id"]
    store.add_offer(name, 1, "CAN", [0.1], {}, "", 1)
    with pytest.raises(InputError, match="at most 1"):
        store.add_offer(name, 2, "CAN", [0.1], {}, "", 1)
    assert store.read(name)["version"] == 2
    with pytest.raises(InputError, match="already keeps"):
        store.create("y", {}, 0)


def test_of_two_offers_from_one_version_exactly_one_is_kept_and_the_other_is_told(url: str):
    """Two analysts on connections of their own, released by a barrier, 20 times."""
    stores = [Store(url), Store(url)]
    name = stores[0].create("x", {}, MANY)["id"]
    barrier = threading.Barrier(2)

    def write(k: int, version: int) -> str:
        barrier.wait()
        try:
            offer(stores[k], name, version, ("CAN", "USA")[k], note=f"{k} from {version}")
        except ConflictError:
            return "told"
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        for version in range(1, 21):
            outcomes = list(pool.map(write, (0, 1), (version, version)))
            assert sorted(outcomes) == ["kept", "told"]
    kept = stores[0].read(name)
    assert kept["version"] == 21
    assert [o["number"] for o in kept["offers"]] == list(range(1, 21))
    for one in stores:
        one.close()


def test_writers_who_read_again_and_retry_lose_no_offer(url: str):
    """Eight writers, five offers each, every one with a store of its own."""
    writers, each = 8, 5
    first = Store(url)
    name = first.create("x", {}, MANY)["id"]

    def write(k: int) -> None:
        mine = Store(url)
        for number in range(each):
            while True:
                try:
                    offer(mine, name, mine.read(name)["version"], note=f"{k}/{number}")
                    break
                except ConflictError:
                    continue
        mine.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    kept = first.read(name)
    assert sorted(o["note"] for o in kept["offers"]) == sorted(f"{k}/{n}" for k in range(writers) for n in range(each))
    assert [o["number"] for o in kept["offers"]] == list(range(1, writers * each + 1))
    assert kept["version"] == writers * each + 1
    first.close()


def test_migrations_make_the_schema_that_the_code_expects_and_run_again_without_harm(url: str):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from detente.web.store import Base, migrate

    opened = Store(url)
    name = opened.create("kept", {}, MANY)["id"]
    migrate(opened.engine)
    assert opened.read(name)["title"] == "kept"
    with opened.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        if opened.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert set(inspect(opened.engine).get_table_names()) >= {"negotiation", "offer", "analysis"}
    opened.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not a database"),
        ("", "not a database"),
        ("x" * 5000, "5,000 characters"),
        ("sqlite:///a\0b", "not a database"),
        ("postgresql://u@h:port/x", "not a database"),
        ("mysql://x/y", "SQLite or PostgreSQL"),
        ("sqlite+aiosqlite:///x.db", "SQLite or PostgreSQL"),
        ("postgresql+asyncpg://u@h/x", "SQLite or PostgreSQL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file::memory:?uri=true", "names no file"),
        ("sqlite:////proc/nothing/kept.db", "Cannot write to"),
        ("sqlite:////proc", "cannot be used"),
        ("postgresql://u@127.0.0.1:1/x", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(url: str, said: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said) as caught:
        Store(url)
    assert len(str(caught.value)) < 400


def test_what_is_no_database_or_a_damaged_one_is_said_in_a_sentence(tmp_path):
    file = tmp_path / "kept.db"
    kept = Store(f"sqlite:///{file}")
    for _ in range(50):
        kept.create("x", {"padding": "y" * 2000}, MANY)
    kept.close()
    whole = file.read_bytes()
    for damaged in (
        b"not a database at all" * 100,
        b"\0" * 100 + whole[100:],
        whole[:4096] + b"\xff" * (len(whole) - 4096),
    ):
        for beside in tmp_path.glob("kept.db*"):
            beside.unlink()
        file.write_bytes(damaged)
        with pytest.raises(InputError, match="cannot be used"):
            Store(f"sqlite:///{file}")
        assert file.read_bytes() == damaged  # for whoever can save something of it


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    kept = Store(url)
    with kept.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    kept.close()
    with pytest.raises(InputError, match="newer version"):
        Store(url)
