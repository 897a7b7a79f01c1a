"""The table: negotiations, offers and their scores, the frontier, the next step."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from detente.csv_sidecar import ENDING, sidecar
from detente.errors import InputError
from detente.study.negotiation.schema import OfferFile
from detente.study.scenario.written import Strict
from detente.text import cell
from detente.web.api.common import MISSING, PROBLEMS, AtDesk, Desk, Problem
from detente.web.jobs import Job
from detente.web.negotiation_service import OpenTable
from detente.web.store import UnavailableError
from detente.web.table_file import Pinned, TableFile

STALE: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "Somebody else changed it first; read it again and send your change again."}
}

router = APIRouter(prefix="/api/talks", tags=["the table"], responses={**PROBLEMS, **MISSING})

Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,24}$")]
Values = Annotated[list[Annotated[float, Field(ge=-0.5, le=3)] | None], Field(min_length=1, max_length=24)]
Note = Annotated[str, Field(max_length=2000)]


class Offer(Strict):
    """An offer of `side`: one value for each term (null: left as it is today), made from `version` of the negotiation."""

    version: Annotated[int, Field(ge=1, le=2**31 - 2)]
    side: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    values: Values
    note: Note = ""


class NewNote(Strict):
    """Another note for an offer, made from `version` of the negotiation."""

    version: Annotated[int, Field(ge=1, le=2**31 - 2)]
    note: Note


class Try(Strict):
    """Values of the terms to be scored, not kept."""

    values: Values


async def _open(desk: Desk, name: str) -> tuple[dict[str, Any], Pinned, OpenTable]:
    tools = desk.tools
    kept = await desk.stored(lambda: tools.store.read(name))
    pinned = Pinned.read(kept["setup"])
    return kept, pinned, await desk.run(lambda: tools.room.case(pinned.file))


def _shown(desk: Desk, kept: dict[str, Any], pinned: Pinned, case: OpenTable) -> dict[str, Any]:
    """What is kept, what it was opened with and rests on now, and which of its numbers are of other data."""
    room, key = desk.tools.room, case.rests_on.data_key
    analysis = kept["analysis"]
    return {
        **{name: value for name, value in kept.items() if name != "setup"},
        "parties": case.parties,
        "law": case.rests_on.law,
        "horizon": case.file.horizon,
        "terms": room.terms(case),
        "red_lines": room.red_lines(case),
        "offers": [{**offer, "same_data": _same_data(offer["scores"], key)} for offer in kept["offers"]],
        "analysis": analysis if analysis and _same_data(analysis, key) else None,
        "provenance": case.rests_on.record(),
        "opened_with": pinned.opened_with,
        "differs": [] if pinned.opened_with is None else case.rests_on.differences(pinned.opened_with),
        "data_warning": pinned.warning(case.rests_on),
    }


def _same_data(numbers: dict[str, Any], key: str) -> bool | None:
    """Whether stored numbers rest on the data installed now; None where that is not known."""
    return numbers["data_key"] == key if "data_key" in numbers else None


@router.post("", status_code=201)
async def create(file: TableFile, desk: AtDesk) -> dict[str, Any]:
    """Keep a new negotiation, from a talks file; it is pinned to the law of the day and to the data of now."""
    tools = desk.tools
    pinned = await desk.run(lambda: tools.room.pinned(file))
    case = await desk.run(lambda: tools.room.case(pinned.file))
    kept = await desk.stored(lambda: tools.store.create(file.title, pinned.to_keep(), tools.settings.negotiations))
    return _shown(desk, kept, pinned, case)


@router.get("/{name}")
async def read(name: Name, desk: AtDesk) -> dict[str, Any]:
    """A negotiation: terms with their values today and under the threat, offers, analysis where it was made."""
    return _shown(desk, *await _open(desk, name))


@router.post("/{name}/score")
async def score(name: Name, trial: Try, desk: AtDesk) -> dict[str, Any]:
    """What some values would bring each side, against today and against the threat; nothing is kept."""
    _, _, case = await _open(desk, name)
    return await desk.run(lambda: desk.tools.room.score(case, trial.values))


@router.post("/{name}/offers", status_code=201, responses=STALE)
async def make_offer(name: Name, offer: Offer, desk: AtDesk) -> dict[str, Any]:
    """Put an offer on the table. Refused with 409 when somebody else changed the negotiation since `version`."""
    tools = desk.tools
    _, pinned, case = await _open(desk, name)
    if offer.side not in case.parties:
        raise InputError(f"{offer.side} is not at this table; the sides are {' and '.join(case.parties)}.")
    scores = await desk.run(lambda: tools.room.score(case, offer.values))
    most = tools.settings.entries
    kept = await desk.stored(
        lambda: tools.store.add_offer(name, offer.version, offer.side, offer.values, scores, offer.note, most)
    )
    return _shown(desk, kept, pinned, case)


@router.patch("/{name}/offers/{number}", responses=STALE)
async def annotate(
    name: Name, number: Annotated[int, Path(ge=1, le=100_000)], new: NewNote, desk: AtDesk
) -> dict[str, Any]:
    """Replace the note of an offer."""
    _, pinned, case = await _open(desk, name)
    kept = await desk.stored(lambda: desk.tools.store.annotate(name, new.version, number, new.note))
    return _shown(desk, kept, pinned, case)


@router.post("/{name}/analysis")
async def analysis(name: Name, desk: AtDesk) -> dict[str, Any]:
    """The agreement, the frontier, the worth of concessions and red lines: begun when first asked for, then `done`.

    `/api/jobs/{job}` says how far it is, and stops it.
    """
    kept, _, case = await _open(desk, name)
    if kept["analysis"] and _same_data(kept["analysis"], case.rests_on.data_key):
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
    _, _, case = await _open(desk, name)
    await desk.run(lambda: desk.tools.room.score(case, trial.values))  # refuses what is outside the table
    key = (name, "suggestion", repr(trial.values))
    return desk.tools.jobs.ask(
        desk.visitor, "talks", key, lambda job: {"steps": desk.tools.room.suggest(name, case, trial.values, job)}
    )


@router.get("/{name}/file", response_class=Response)
async def talks_file(name: Name, desk: AtDesk) -> Response:
    """The negotiation with its offers, as the YAML file that `detente talks` reads."""
    kept, _, case = await _open(desk, name)
    rounds = [OfferFile(side=one["side"], values=one["values"], note=one["note"]) for one in kept["offers"]]
    own = "# This server's law includes measures of its own, which this file does not name.\n"
    first = f"# {case.rests_on.line}\n{own if desk.tools.room.solver.ledger_files else ''}"
    text = f"{first}{case.file.model_copy(update={'rounds': rounds}).text}"
    return _file(text, "application/yaml", "table.yaml")


#: Columns of the history of offers that are the same for every table, and what they hold.
OFFER_COLUMNS = {
    "number": "number of the offer",
    "round": "offers that the side has made, this one included",
    "side": "who made it",
    "created": "when it was made (UTC)",
}


def _offer_columns(case: OpenTable) -> dict[str, str]:
    """The columns of the history of offers, and what they hold."""
    rate = "value offered (a rate as a fraction); empty: left as it is today"
    gains = {
        f"{side}_vs_{what}_pct": f"change of real income of {side} against {what}, percent"
        for side in case.parties
        for what in ("today", "threat")
    }
    return {**OFFER_COLUMNS, **{term.label: rate for term in case.table.terms}, **gains, "note": "note of the side"}


@router.get("/{name}/offers.csv", response_class=Response)
async def offers_csv(name: Name, desk: AtDesk) -> Response:
    """The history of offers as CSV; `offers.csv-metadata.json` says what its columns are and rest on."""
    import csv
    import io

    kept, _, case = await _open(desk, name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_offer_columns(case))
    for offer in kept["offers"]:
        scores = [offer["scores"]["sides"][s][f"vs_{w}_pct"] for s in case.parties for w in ("today", "threat")]
        first = [offer[column] for column in OFFER_COLUMNS]
        writer.writerow([*first, *offer["values"], *scores, cell(offer["note"])])
    return _file(out.getvalue(), "text/csv", "offers.csv", Link=f'<offers.csv{ENDING}>; rel="describedby"')


@router.get(f"/{{name}}/offers.csv{ENDING}", response_class=Response)
async def offers_csv_metadata(name: Name, desk: AtDesk) -> Response:
    """What the columns of `offers.csv` hold and rest on (CSV on the Web)."""
    _, pinned, case = await _open(desk, name)
    record = {**case.rests_on.record(), "opened_with": pinned.opened_with}
    return _file(sidecar("offers.csv", _offer_columns(case), record), "application/csvm+json", f"offers.csv{ENDING}")


def _file(text: str, kind: str, name: str, **headers: str) -> Response:
    saved = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    return Response(text, media_type=kind, headers=saved)
