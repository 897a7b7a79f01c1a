"""Work under way: how far it is, and stopping it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from detente.web.api.common import MISSING, PROBLEMS, AtDesk
from detente.web.store import NotFoundError

router = APIRouter(prefix="/api/jobs", tags=["work under way"], responses={**PROBLEMS, **MISSING})

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,24}$")]


@router.get("/{name}")
async def status(name: Name, desk: AtDesk) -> dict[str, Any]:
    """How far a piece of work is, with an estimate of the seconds left; its result when it is done."""
    job = desk.tools.jobs.find(name)
    if job is None:
        raise NotFoundError("There is no such work; ask for it again.")
    return job.status()


@router.delete("/{name}")
async def stop(name: Name, desk: AtDesk) -> dict[str, Any]:
    """Stop a piece of work, for everybody who waits for it."""
    found = desk.tools.jobs.stop(name)
    if found is None:
        raise NotFoundError("There is no such work; it may have ended.")
    return found
