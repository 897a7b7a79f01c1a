"""Negotiations that are kept: SQLite or PostgreSQL through SQLAlchemy, migrated by Alembic, optimistic locking."""

from __future__ import annotations

import datetime
import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from detente.errors import InputError
from detente.files import cannot_write
from detente.text import control_character, plain, shown

LOG = logging.getLogger("detente.web")
#: Seconds for which a write waits for others', and a query for its end.
PATIENCE = 5.0
NOT_ANSWERED = "The database does not answer now; read the negotiation again before you send a change once more."
MIGRATIONS = Path(__file__).with_name("migrations")
READING = "detente_reading"
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps its state in the module


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Base(DeclarativeBase):
    """Tables of the store."""


class NegotiationRow(Base):
    """A negotiation: what is on the table (`setup`) and the `version` that every change raises by one."""

    __tablename__ = "negotiation"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    setup: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=_now)
    changed: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=_now)


class OfferRow(Base):
    """An offer: the terms' `values`, its `scores` for both sides and a note. Offers are added and never removed."""

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("negotiation", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    negotiation: Mapped[str] = mapped_column(ForeignKey("negotiation.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    round: Mapped[int] = mapped_column(Integer)
    side: Mapped[str] = mapped_column(String(3))
    values: Mapped[list[float | None]] = mapped_column("terms", JSON)
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=_now)


class AnalysisRow(Base):
    """The frontier and what goes with it, for one negotiation; made once, since what is on the table does not change."""

    __tablename__ = "analysis"

    negotiation: Mapped[str] = mapped_column(ForeignKey("negotiation.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=_now)


class HeartbeatRow(Base):
    """One row, written to know that the database can be written."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    beat: Mapped[int] = mapped_column(Integer)


class UnavailableError(Exception):
    """The database did not answer; whether a change was kept must be read again."""


class ConflictError(Exception):
    """Somebody else changed the negotiation first; nothing was written."""


class NotFoundError(Exception):
    """There is no such negotiation or offer."""


class Store:
    """The database. Every change names the version that it was made from; a stale one raises `ConflictError`.

    Everything raises `UnavailableError` when the database cannot be reached, read or written within `PATIENCE` seconds.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._reading = self.engine.execution_options(**{READING: True})
        migrate(self.engine)

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[Session]:
        """A transaction that is kept as a whole when it ends well."""
        try:
            with Session(self.engine if writes else self._reading) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            LOG.error("The database failed: %s", _reason(error))
            raise UnavailableError(NOT_ANSWERED) from error

    def create(self, title: str, setup: dict[str, Any], most: int) -> dict[str, Any]:
        """Keep a new negotiation; raises `InputError` when `most` are kept already."""
        with self._session(writes=True) as session:
            if session.scalar(select(func.count()).select_from(NegotiationRow)) >= most:  # type: ignore[operator]
                raise InputError(f"The server already keeps {most} negotiations; ask its owner to make room.")
            row = NegotiationRow(id=secrets.token_urlsafe(12), title=title, setup=setup, version=1)
            session.add(row)
            session.flush()
            return _negotiation(row, [], None)

    def read(self, name: str) -> dict[str, Any]:
        """A negotiation with its offers and, where it was made, its analysis."""
        with self._session(writes=False) as session:
            return _whole(session, name)

    def add_offer(
        self,
        name: str,
        version: int,
        side: str,
        values: list[float | None],
        scores: dict[str, Any],
        note: str,
        most: int,
    ) -> dict[str, Any]:
        """Add an offer made from `version`; its round is one more than the offers that the side has made."""

        def change(session: Session) -> None:
            rows = session.scalars(select(OfferRow).where(OfferRow.negotiation == name)).all()
            if len(rows) >= most:
                raise InputError(f"A negotiation holds at most {most} offers.")
            session.add(
                OfferRow(
                    negotiation=name,
                    number=len(rows) + 1,
                    round=1 + sum(row.side == side for row in rows),
                    side=side,
                    values=values,
                    scores=scores,
                    note=note,
                )
            )

        return self._change(name, version, change)

    def annotate(self, name: str, version: int, number: int, note: str) -> dict[str, Any]:
        """Replace the note of an offer."""

        def change(session: Session) -> None:
            query = select(OfferRow).where(OfferRow.negotiation == name, OfferRow.number == number)
            row = session.scalars(query).one_or_none()
            if row is None:
                raise NotFoundError(f"The negotiation has no offer {number}.")
            row.note = note

        return self._change(name, version, change)

    def keep_analysis(self, name: str, body: dict[str, Any]) -> None:
        """Keep the analysis of a negotiation."""
        with self._session(writes=True) as session:
            if session.get(NegotiationRow, name) is not None and session.get(AnalysisRow, name) is None:
                session.add(AnalysisRow(negotiation=name, body=body))

    def _change(self, name: str, version: int, change: Callable[[Session], None]) -> dict[str, Any]:
        """Claim the next version first: of two writers from the same one, the database lets a single row through."""
        with self._session(writes=True) as session:
            claimed = session.execute(
                update(NegotiationRow)
                .where(NegotiationRow.id == name, NegotiationRow.version == version)
                .values(version=version + 1, changed=_now())
            )
            if claimed.rowcount != 1:  # type: ignore[attr-defined]
                if session.get(NegotiationRow, name) is None:
                    raise NotFoundError("There is no negotiation under this link.")
                raise ConflictError("Somebody else changed this negotiation while you were writing.")
            change(session)
            session.flush()
            return _whole(session, name)

    def beat(self) -> None:
        """Write to the database and read it back, as a change would. Raises `UnavailableError`."""
        with self._session(writes=True) as session:
            row = session.get(HeartbeatRow, 1) or HeartbeatRow(id=1, beat=0)
            row.beat = (row.beat + 1) % 2**31
            session.merge(row)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _whole(session: Session, name: str) -> dict[str, Any]:
    row = session.get(NegotiationRow, name)
    if row is None:
        raise NotFoundError("There is no negotiation under this link.")
    session.refresh(row)
    offers = session.scalars(select(OfferRow).where(OfferRow.negotiation == name).order_by(OfferRow.number)).all()
    analysis = session.get(AnalysisRow, name)
    return _negotiation(row, list(offers), analysis.body if analysis else None)


def _negotiation(row: NegotiationRow, offers: list[OfferRow], analysis: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "version": row.version,
        "setup": row.setup,
        "created": _iso(row.created),
        "changed": _iso(row.changed),
        "offers": [
            {
                "number": offer.number,
                "round": offer.round,
                "side": offer.side,
                "values": offer.values,
                "scores": offer.scores,
                "note": offer.note,
                "created": _iso(offer.created),
            }
            for offer in offers
        ],
        "analysis": analysis,
    }


def _iso(when: datetime.datetime) -> str:
    aware = when if when.tzinfo else when.replace(tzinfo=datetime.UTC)  # SQLite keeps no zone
    return aware.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _reason(error: Exception) -> str:
    """The first line of what the database said, without the statement and its values."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]


def _engine(url: str) -> Engine:
    parsed = database_address(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    limits = f"-c lock_timeout={int(1000 * PATIENCE)} -c statement_timeout={int(2000 * PATIENCE)}"
    given = {"timeout": PATIENCE} if sqlite else {"connect_timeout": max(2, round(PATIENCE)), "options": limits}
    try:
        engine = create_engine(parsed, pool_pre_ping=True, pool_timeout=PATIENCE, connect_args=given)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise InputError("PostgreSQL needs its driver: install detente with the extra [postgres].") from None
    if sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def database_address(url: str) -> URL:
    """The address of a database on which negotiations can be kept. Raises `InputError`."""
    expected = "give sqlite:///FILE or postgresql://USER@HOST/NAME"
    try:
        if control_character(url):
            raise ValueError
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # no URL; a port that is no number
        raise InputError(f"--database {shown(url)} is not a database; {expected}.") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise InputError(
            f"Negotiations are kept in SQLite or PostgreSQL; {shown(parsed.drivername)} is neither: {expected}."
        )
    if parsed.get_backend_name() == "postgresql":
        return parsed
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise InputError(f"--database {shown(url)} names no file, and what is kept in memory is lost; {expected}.")
    folder = Path(parsed.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise cannot_write(folder, error) from None
    return parsed


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """WAL, so that readers do not wait for writers; FULL, so that what was acknowledged survives a power cut."""
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={int(1000 * PATIENCE)}", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at the start, since a reader that begins to write late cannot wait."""
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the database to the present schema; raises `InputError` when it cannot be used."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with _ONE_AT_A_TIME, engine.connect() as connection:
            if engine.dialect.name == "postgresql":  # another server may be starting on the same database
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261006)")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except CommandError:
        raise InputError(
            "The database was made by a newer version of Détente; use that version, or another --database."
        ) from None
    except (SQLAlchemyError, UnicodeError) as error:
        raise InputError(f"The database cannot be used ({plain(_reason(error))}); check --database.") from None
