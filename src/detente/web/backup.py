"""A copy of the negotiations that a running server keeps, whole and checked."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from detente.errors import InputError
from detente.files import cannot_write, clear_unfinished, settle
from detente.text import named
from detente.web.store import database_address


def back_up(database: str, copy: Path) -> int:
    """Copy a SQLite database that may be in use to `copy`, whole or not at all; the number of negotiations in it.

    Changes that are made meanwhile are in it or not, each as a whole. Raises `InputError` where there is no database, it is
    damaged, it is PostgreSQL, which makes its own copies, or `copy` cannot be written.
    """
    address = database_address(database)
    if address.get_backend_name() == "postgresql":
        name = address.set(drivername="postgresql", password=None).render_as_string()
        raise InputError(
            f"PostgreSQL copies itself while it runs: pg_dump --format=custom --file={named(copy)} '{name}' "
            "(and pg_restore brings it back)."
        )
    kept = Path(address.database or "")
    if not kept.is_file():
        raise InputError(f"There is no database {named(kept)} to copy; give the server's --database.")
    if copy.exists() and copy.samefile(kept):
        raise InputError(f"{named(copy)} is the database itself; give another file for its copy.")
    unfinished = copy.with_name(f".{copy.name[:100]}.{os.getpid()}.part")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        clear_unfinished(copy.parent)
        count = _copy(kept, unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(copy)
        settle(copy.parent)
    except sqlite3.Error as error:
        raise InputError(f"{named(kept)} could not be copied to {named(copy)} ({error}).") from None
    except (OSError, ValueError) as error:
        raise cannot_write(copy, error) from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _copy(kept: Path, to: Path) -> int:
    with (
        closing(sqlite3.connect(f"{kept.resolve().as_uri()}?mode=rw", uri=True)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        (found,) = target.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(f"it is damaged: {found}")
        (count,) = target.execute("SELECT count(*) FROM negotiation").fetchone()
    return int(count)
