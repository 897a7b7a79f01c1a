"""What every part of the API needs: the server's tools, who is asking, and the shared request types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from detente.web.gate import BusyError, Gate
from detente.web.store import NOT_ANSWERED, UnavailableError
from detente.web.visitors import Visitor

if TYPE_CHECKING:
    from detente.web.jobs import Jobs
    from detente.web.negotiation_service import NegotiationService
    from detente.web.settings import Settings
    from detente.web.solver import Solver
    from detente.web.store import Store

T = TypeVar("T")

Code = Annotated[str, Query(pattern=r"^[A-Z]{3}$", description="ISO 3166 alpha-3, or EUR, ROW")]
Day = Annotated[
    str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Such as 2026-02-01; default: the last day covered.")
]


class Problem(BaseModel):
    """What went wrong, in a sentence, and what to do."""

    error: str


PROBLEMS: dict[int | str, dict[str, object]] = {
    401: {"model": Problem, "description": "The token is missing or wrong."},
    403: {"model": Problem, "description": "The request comes from another site."},
    413: {"model": Problem, "description": "The request is too large."},
    422: {"model": Problem, "description": "The request cannot be answered; the sentence says why."},
    429: {"model": Problem, "description": "The server is busy, or you have too many computations under way."},
    503: {"model": Problem, "description": "The database does not answer now."},
}
MISSING: dict[int | str, dict[str, object]] = {404: {"model": Problem, "description": "There is no such thing here."}}


@dataclass(frozen=True)
class Tools:
    """What the server holds."""

    settings: Settings
    solver: Solver
    gate: Gate
    database: Gate
    store: Store
    room: NegotiationService
    jobs: Jobs


class Desk:
    """The server's tools, for one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.tools: Tools = request.app.state.tools
        self.visitor = Visitor.of(request.scope)

    async def run(self, work: Callable[[], T], *, long: bool = False) -> T:
        """A computation in its turn, in a thread; `long` ones leave a place to the others."""
        return await self.tools.gate.run(self.visitor, work, long=long, gone=self.left)

    async def stored(self, work: Callable[[], T]) -> T:
        """`work` on the database, in a thread, apart from the computations. Raises `UnavailableError`."""
        try:
            return await self.tools.database.run(self.visitor, work)
        except BusyError:
            raise UnavailableError(NOT_ANSWERED) from None

    async def left(self) -> bool:
        """Whether the client no longer waits for the answer."""
        return await self._request.is_disconnected()


AtDesk = Annotated[Desk, Depends(Desk)]
