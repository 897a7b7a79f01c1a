"""The application: routes, errors as sentences, start and clean end."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from detente import __version__
from detente.errors import DetenteError
from detente.law.ledger import COVERAGE, SERIES_FROM, Ledger
from detente.web import law_views
from detente.web.api import figures, jobs, law, talks, whatif
from detente.web.api.common import PROBLEMS, AtDesk, Tools
from detente.web.gate import BusyError, Gate
from detente.web.health import Heartbeat
from detente.web.jobs import Jobs
from detente.web.negotiation_service import NegotiationService
from detente.web.outcomes import places
from detente.web.security import Guard
from detente.web.settings import Settings
from detente.web.solver import Solver
from detente.web.store import ConflictError, NotFoundError, Store, UnavailableError
from detente.web.tracks import tracks, vocabulary

STATIC = Path(__file__).with_name("static")
TEXT = Path(str(resources.files("detente.report") / "text"))
WARM_UP = "warm-up"
#: Threads that wait for the database, and how many requests of one client may.
DATABASE_THREADS, DATABASE_EACH = 4, 8
STATUSES: dict[type[Exception], int] = {
    DetenteError: 422,
    BusyError: 429,
    ConflictError: 409,
    NotFoundError: 404,
    UnavailableError: 503,
}

meta = APIRouter(tags=["server"])


@meta.get("/health")
async def health(request: Request) -> JSONResponse:
    """Whether the server can answer: the model compiled, the database written and read. 503 where something is wrong."""
    tools: Tools = request.app.state.tools
    trouble: str = request.app.state.trouble
    database = await request.app.state.heartbeat.database()
    state = "ready" if tools.solver.ready.is_set() else trouble or "warming up"
    body = {"status": state, "version": __version__, "database": database}
    return JSONResponse(body, 503 if trouble or database != "writable" else 200)


@meta.get("/api/vocabulary", responses=PROBLEMS)
async def words(desk: AtDesk) -> dict[str, Any]:
    """Regions, sectors, tracks and places by code, with their English names, and what the numbers rest on."""
    table, baseline = places(), desk.tools.solver.baseline
    return {
        "version": __version__,
        "baseline": {
            "title": str(baseline.attributes.get("title", "world-2024")),
            "hash": data_hash(desk.tools.settings.ledger),
            "year": str(baseline.attributes.get("year", "")),
        },
        "regions": {code: vocabulary("regions.csv", "region")[code]["name"] for code in baseline.regions},
        "sectors": {code: vocabulary("sectors.csv", "sector")[code]["name"] for code in baseline.sectors},
        "ledger": own_law(desk.tools.solver),
        "coverage": [SERIES_FROM.isoformat(), COVERAGE[1].isoformat()],
        "tracks": tracks(),
        "places": [
            {"code": code, "name": name, "country": country, "row": int(tile[0]), "column": int(tile[1])}
            for code, name, country, tile in zip(table.places, table.names, table.country, table.tile, strict=True)
        ],
        "place_sources": table.sources,
    }


def own_law(solver: Solver) -> list[dict[str, str]]:
    """The measures that the server's own ledger files add or change."""
    ours = set(map(id, Ledger.default().measures))
    added = [measure for measure in solver.ledger.measures if id(measure) not in ours]
    return [{"id": m.id, "authority": m.authority, "scope": m.scope, "from": m.begins.isoformat()} for m in added]


@cache
def data_hash(ledger: tuple[Path, ...] = ()) -> str:
    """First digits of the hash of the data, the accounts and the law with the server's own files, which links carry."""
    law = Path(str(resources.files("detente.law")))
    files = [Path(str(resources.files("detente.accounts"))) / "worlds" / "world-2024.nc"]
    files += sorted(file for folder in ("ledger", "data") for file in (law / folder).rglob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in [*files, *ledger]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def create_app(settings: Settings) -> FastAPI:
    """The server as an ASGI application. Raises `InputError` when the database cannot be used."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        solver = Solver(settings.ledger)
        gate = Gate(settings.solves, settings.waiting, settings.per_client, settings.seconds)
        database = Gate(DATABASE_THREADS, settings.waiting, DATABASE_EACH, settings.database_seconds)
        work = Jobs("talks", "reports")
        app.state.tools = Tools(settings, solver, gate, database, store, NegotiationService(solver), work)
        app.state.heartbeat = Heartbeat(store.beat)
        if settings.warm:
            threading.Thread(target=_warm_up, args=(app,), name=WARM_UP, daemon=True).start()
        yield
        for one in (gate, database, work, app.state.heartbeat):
            one.close()
        store.close()

    store = Store(settings.database)
    app = FastAPI(
        title="Détente",
        version=__version__,
        description="Tariffs in force, the world economy in equilibrium, and the deal that leaves both sides better off.",
        lifespan=life,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.trouble = ""
    for router in (meta, law.router, whatif.router, figures.router, talks.router, jobs.router):
        app.include_router(router)
    for kind, status in STATUSES.items():
        app.add_exception_handler(kind, _sentence(status, settings.refusal_seconds if status == 429 else 0))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)
    app.mount("/text", StaticFiles(directory=TEXT), name="text")
    app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
    app.add_middleware(Guard, settings=settings)
    return app


def _warm_up(app: FastAPI) -> None:
    tools: Tools = app.state.tools
    try:
        tools.solver.warm_up()
        law_views.warm_up(tools.solver.ledger)
    except Exception as error:  # said by /health; requests that need it will say it again
        app.state.trouble = f"failed: {error}"


def _sentence(status: int, after: float) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    """An error as its sentence; `after` seconds, so that whoever asks again at once does not keep the server busy."""

    async def answer(_: Request, error: Exception) -> JSONResponse:
        await asyncio.sleep(after)
        headers = {"Retry-After": "5"} if status in (429, 503) else None
        return JSONResponse({"error": str(error)}, status, headers)

    return answer


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    problem = str(first["msg"]).removeprefix("Value error, ")
    return JSONResponse({"error": f"{where}: {problem}." if where else f"{problem}."}, 422)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


async def _unforeseen(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": "Something went wrong on the server; its log says what."}, 500)
