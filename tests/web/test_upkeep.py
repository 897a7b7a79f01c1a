"""Keeping a server: copies while it runs, databases of older versions, two servers on one database, a clock that jumps."""

from __future__ import annotations

import datetime
import sqlite3
import threading
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the page needs the extra [web]")

from detente.errors import InputError
from detente.web import store
from detente.web.backup import back_up
from detente.web.store import ConflictError, Store

OLD = Path(__file__).with_name("database_0001.sql")
MANY = 1000


def offer(kept: Store, name: str, version: int) -> dict:
    return kept.add_offer(name, version, "CAN", [0.1], {"sides": {}}, f"from {version}", MANY)


@pytest.fixture
def old(tmp_path) -> Path:
    """A database as the first version of the schema left it, with a negotiation, two offers and an analysis."""
    file = tmp_path / "old.db"
    connection = sqlite3.connect(file)
    connection.executescript(OLD.read_text(encoding="utf-8"))
    connection.close()
    return file


def test_a_database_of_an_older_version_opens_with_all_that_it_holds(old: Path):
    kept = Store(f"sqlite:///{old}")
    found = kept.read("kept-in-0001")
    assert (found["title"], found["version"], found["analysis"]) == ("Métaux", 3, {"points": [1, 2]})
    assert [(one["side"], one["values"], one["note"]) for one in found["offers"]] == [
        ("CAN", [0.1], "première offre"),
        ("USA", [None], ""),
    ]
    assert len(offer(kept, "kept-in-0001", 3)["offers"]) == 3
    kept.beat()
    kept.close()


def test_what_an_older_version_kept_is_still_a_negotiation(old: Path):
    from detente.web.table_file import Pinned

    kept = Store(f"sqlite:///{old}")
    pinned = Pinned.read(kept.read("kept-in-0001")["setup"])
    assert list(pinned.file.parties) == ["USA", "CAN"]
    assert (pinned.file.terms[0].threat, pinned.file.terms[0].tariff.range) == (0.5, (0.0, 0.6))
    assert pinned.opened_with is None
    kept.close()


def test_a_copy_of_a_database_in_use_is_whole(tmp_path):
    """Copies made while offers are added: each holds the offers up to some version, all of them."""
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    kept = Store(url)
    name = kept.create("x", {}, MANY)["id"]
    ended = threading.Event()

    def write() -> None:
        for version in range(1, 200):
            offer(kept, name, version)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    while not ended.is_set():
        assert back_up(url, tmp_path / "copies" / "copy.db") == 1
        copy = Store(f"sqlite:///{tmp_path / 'copies' / 'copy.db'}")
        found = copy.read(name)
        copy.close()
        assert len(found["offers"]) == found["version"] - 1
        counts.append(len(found["offers"]))
    writer.join()
    assert counts == sorted(counts)
    back_up(url, tmp_path / "copies" / "last.db")
    assert sorted(one.name for one in (tmp_path / "copies").iterdir() if "-" not in one.name) == ["copy.db", "last.db"]
    kept.close()


@pytest.mark.parametrize(
    ("database", "copy", "said"),
    [
        ("sqlite:///{0}/none.db", "copy.db", "There is no database"),
        ("sqlite:///{0}/kept.db", "kept.db", "is the database itself"),
        ("sqlite:///{0}/kept.db", "kept.db/copy.db", "Cannot write to"),
        ("sqlite:///{0}/text.db", "copy.db", "could not be copied"),
        ("postgresql://me:secret@host/name", "copy.db", "pg_dump"),
    ],
)
def test_a_copy_that_cannot_be_made_is_a_sentence_and_leaves_nothing(tmp_path, database: str, copy: str, said: str):
    Store(f"sqlite:///{tmp_path / 'kept.db'}").close()
    (tmp_path / "text.db").write_text("not a database " * 100)
    before = sorted(one.name for one in tmp_path.iterdir())
    with pytest.raises(InputError, match=said) as caught:
        back_up(database.format(tmp_path), tmp_path / copy)
    assert "secret" not in str(caught.value)
    assert sorted(one.name for one in tmp_path.iterdir()) == before


def test_a_damaged_database_is_not_copied_as_if_it_were_whole(tmp_path):
    file = tmp_path / "kept.db"
    kept = Store(f"sqlite:///{file}")
    for _ in range(50):
        kept.create("x", {"padding": "y" * 2000}, MANY)
    kept.close()
    whole = bytearray(file.read_bytes())
    whole[3 * 4096 : 12 * 4096] = bytes(9 * 4096)
    file.write_bytes(whole)
    good = tmp_path / "copy.db"
    good.write_text("the copy of yesterday")
    with pytest.raises(InputError, match="could not be copied"):
        back_up(f"sqlite:///{file}", good)
    assert good.read_text() == "the copy of yesterday"


def test_two_servers_on_one_database_see_what_the_other_keeps(tmp_path):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    first, second = Store(url), Store(url)
    name = first.create("x", {}, MANY)["id"]
    offer(second, name, 1)
    with pytest.raises(ConflictError):
        offer(first, name, 1)
    offer(first, name, 2)
    assert second.read(name)["version"] == 3
    for one in (first, second):
        one.beat()
        one.close()


def test_a_clock_that_jumps_back_changes_no_order(tmp_path, monkeypatch):
    """Offers are in the order in which they were made, whatever the clock said."""
    kept = Store(f"sqlite:///{tmp_path / 'kept.db'}")
    name = kept.create("x", {}, MANY)["id"]
    for version, year in enumerate([2026, 1999, 2038, 1970], start=1):
        when = datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)
        monkeypatch.setattr(store, "_now", lambda when=when: when)
        offer(kept, name, version)
    found = kept.read(name)["offers"]
    assert [one["note"] for one in found] == [f"from {version}" for version in range(1, 5)]
    assert [one["number"] for one in found] == [1, 2, 3, 4]
    kept.close()
