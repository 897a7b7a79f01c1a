"""Today's law: average rates, the measures behind them, and why each does or does not apply."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from detente.web import law_views
from detente.web.api.common import PROBLEMS, AtDesk, Code, Day

router = APIRouter(prefix="/api/law", tags=["law"], responses=PROBLEMS)

Sector = Annotated[str, Query(pattern="^[a-z_]{2,40}$")]


@router.get("/day")
async def day(desk: AtDesk, importer: Code = "USA", exporter: Code = "CAN", on: Day = None) -> dict[str, Any]:
    """The average added rate on a day, its change since 2025-01-01, its parts, and the rate of every sector."""
    return await desk.run(lambda: law_views.day(desk.tools.solver.ledger, importer, exporter, on))


@router.get("/history")
async def history(desk: AtDesk, importer: Code = "USA", exporter: Code = "CAN") -> dict[str, Any]:
    """The average added rate over time by authority, and what made each jump."""
    return await desk.run(lambda: law_views.history(desk.tools.solver.ledger, importer, exporter))


@router.get("/sector")
async def sector(
    desk: AtDesk, sector: Sector, importer: Code = "USA", exporter: Code = "CAN", on: Day = None
) -> dict[str, Any]:
    """The most traded products of a sector, each with the layers that apply and those that do not, and why."""
    return await desk.run(lambda: law_views.sector(desk.tools.solver.ledger, importer, exporter, on, sector))


@router.get("/product")
async def product(
    desk: AtDesk,
    product: Annotated[str, Query(pattern=r"^[0-9. ]{4,14}$")],
    importer: Code = "USA",
    exporter: Code = "CAN",
    on: Day = None,
    usmca: bool = False,
) -> dict[str, Any]:
    """The duty on one product, with the layers that apply and those that do not, and why."""
    return await desk.run(lambda: law_views.product(desk.tools.solver.ledger, importer, exporter, on, product, usmca))


@router.get("/measures")
async def measures(desk: AtDesk, importer: Code = "USA", exporter: Code = "CAN", on: Day = None) -> dict[str, Any]:
    """The measures of one country on another: dates, status, scope, source."""
    return await desk.run(lambda: law_views.measures(desk.tools.solver.ledger, importer, exporter, on))
