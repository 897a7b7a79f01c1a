"""The table: negotiations, offers and their scores, the frontier, the next step."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from detente.errors import InputError
from detente.text import cell
from detente.web.api.common import MISSING, PROBLEMS, AtDesk, Desk, Problem
from detente.web.jobs import Job
from detente.web.negotiation_service import Case, Setup
from detente.web.store import UnavailableError

STALE: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "Somebody else changed it first; read it again and send your change again."}
}

router = APIRouter(prefix="/api/talks", tags=["the table"], responses={**PROBLEMS, **MISSING})

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,24}$")]
Values = Annotated[list[Annotated[float, Field(ge=-0.5, le=3)] | None], Field(min_length=1, max_length=24)]
Note = Annotated[str, Field(max_length=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Offer(_Strict):
    """An offer of `side`: one value for each term (null: left as it is today), made from `version` of the negotiation."""

    version: Annotated[int, Field(ge=1, le=2**31 - 2)]
    side: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    values: Values
    note: Note = ""


class NewNote(_Strict):
    """Another note for an offer, made from `version` of the negotiation."""

    version: Annotated[int, Field(ge=1, le=2**31 - 2)]
    note: Note


class Try(_Strict):
    """Values of the terms to be scored, not kept."""

    values: Values


async def _open(desk: Desk, name: str) -> tuple[dict[str, Any], Case]:
    tools = desk.tools
    kept = await desk.stored(lambda: tools.store.read(name))
    return kept, await desk.run(lambda: tools.room.case(Setup.model_validate(kept["setup"])))


def _shown(desk: Desk, kept: dict[str, Any], case: Case) -> dict[str, Any]:
    room = desk.tools.room
    return {**kept, "terms": room.terms(case)}


@router.post("", status_code=201)
async def create(setup: Setup, desk: AtDesk) -> dict[str, Any]:
    """Keep a new negotiation."""
    tools = desk.tools
    case = await desk.run(lambda: tools.room.case(setup))
    settings = setup.model_dump(mode="json")
    kept = await desk.stored(lambda: tools.store.create(setup.title, settings, tools.settings.negotiations))
    return _shown(desk, kept, case)


@router.get("/{name}")
async def read(name: Name, desk: AtDesk) -> dict[str, Any]:
    """A negotiation: terms with their values today and under the threat, offers, analysis where it was made."""
    kept, case = await _open(desk, name)
    return _shown(desk, kept, case)


@router.post("/{name}/score")
async def score(name: Name, trial: Try, desk: AtDesk) -> dict[str, Any]:
    """What some values would bring each side, against today and against the threat; nothing is kept."""
    _, case = await _open(desk, name)
    return await desk.run(lambda: desk.tools.room.score(case, trial.values))


@router.post("/{name}/offers", status_code=201, responses=STALE)
async def make_offer(name: Name, offer: Offer, desk: AtDesk) -> dict[str, Any]:
    """Put an offer on the table. Refused with 409 when somebody else changed the negotiation since `version`."""
    tools = desk.tools
    _, case = await _open(desk, name)
    if offer.side not in case.setup.parties:
        raise InputError(f"{offer.side} is not at this table; the sides are {' and '.join(case.setup.parties)}.")
    scores = await desk.run(lambda: tools.room.score(case, offer.values))
    most = tools.settings.entries
    kept = await desk.stored(
        lambda: tools.store.add_offer(name, offer.version, offer.side, offer.values, scores, offer.note, most)
    )
    return _shown(desk, kept, case)


@router.patch("/{name}/offers/{number}", responses=STALE)
async def annotate(
    name: Name, number: Annotated[int, Path(ge=1, le=100_000)], new: NewNote, desk: AtDesk
) -> dict[str, Any]:
    """Replace the note of an offer."""
    _, case = await _open(desk, name)
    kept = await desk.stored(lambda: desk.tools.store.annotate(name, new.version, number, new.note))
    return _shown(desk, kept, case)


@router.post("/{name}/analysis")
async def analysis(name: Name, desk: AtDesk) -> dict[str, Any]:
    """The agreement, the frontier, the worth of concessions and red lines: begun when first asked for, then `done`.

    `/api/jobs/{job}` says how far it is, and stops it.
    """
    kept, case = await _open(desk, name)
    if kept["analysis"]:
        return {"state": "done", "result": kept["analysis"]}
    tools = desk.tools

    def work(job: Job) -> dict[str, Any]:
        body = tools.room.analyse(name, case, job)
        with suppress(UnavailableError):  # it is shown all the same, and worked out again when it is asked for again
            tools.store.keep_analysis(name, body)
        return body

    return tools.jobs.ask(desk.visitor, "talks", (name, "analysis"), work)


@router.post("/{name}/suggestion")
async def suggestion(name: Name, trial: Try, desk: AtDesk) -> dict[str, Any]:
    """The changes to some values that help both sides most: begun when first asked for, then `done`."""
    _, case = await _open(desk, name)
    await desk.run(lambda: desk.tools.room.score(case, trial.values))  # refuses what is outside the table
    key = (name, "suggestion", repr(trial.values))
    return desk.tools.jobs.ask(
        desk.visitor, "talks", key, lambda job: {"steps": desk.tools.room.suggest(name, case, trial.values, job)}
    )


@router.get("/{name}/offers.csv", response_class=Response)
async def offers_csv(name: Name, desk: AtDesk) -> Response:
    """The history of offers as CSV."""
    import csv
    import io

    kept, case = await _open(desk, name)
    out = io.StringIO()
    writer = csv.writer(out)
    sides = case.setup.parties
    heads = [f"{side} vs {what} (percent)" for side in sides for what in ("today", "threat")]
    writer.writerow(["number", "round", "side", "created", *[t.label for t in case.table.terms], *heads, "note"])
    for offer in kept["offers"]:
        scores = [offer["scores"]["sides"][s][f"vs_{w}_pct"] for s in sides for w in ("today", "threat")]
        note = cell(offer["note"])
        writer.writerow(
            [offer["number"], offer["round"], offer["side"], offer["created"], *offer["values"], *scores, note]
        )
    return Response(
        out.getvalue(), media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="offers.csv"'}
    )
