"""What if: a scenario in, the world economy re-solved out."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from detente import study
from detente.errors import InputError, SolveError
from detente.study.scenario.schema import Change, Scenario
from detente.web.api.common import PROBLEMS, AtDesk
from detente.web.jobs import Job
from detente.web.outcomes import full_spread, outcome, spread, why
from detente.web.solver import DRAWS, Answer, Solver

router = APIRouter(prefix="/api/whatif", tags=["what if"], responses=PROBLEMS)

MOST_CHANGES = 40


class WhatIfQuestion(BaseModel):
    """A scenario on `world-2024`, the two regions it is shown for, and what it is compared with.

    `law`: a day, `latest`, or `none` for the tariffs of 2024; `only_pair`: on trade between the two alone.
    `rates`: what the law states, or what is collected of it. `changes`: as in a scenario file, rates as fractions.
    """

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200)] = "What if"
    law: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}|latest|none)$")] = "latest"
    horizon: Literal["short", "medium", "long"] = "long"
    against: Literal["2024", "law"] = "2024"
    only_pair: bool = False
    rates: Literal["statutory", "collected"] = "statutory"
    pair: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{3}$")]], Field(min_length=2, max_length=2)] = [
        "USA",
        "CAN",
    ]
    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []

    def scenario(self, solver: Solver) -> Scenario:
        """The scenario asked for. Raises `InputError`."""
        for code in self.pair:
            solver.baseline.index("region", code)
        if self.pair[0] == self.pair[1]:
            raise InputError("The pair names one region twice; give two different ones.")
        data = {
            "title": self.title,
            "law": self.law,
            "against": "law" if self.against == "law" else "baseline",
            "horizon": self.horizon,
            "rates": self.rates if self.law != "none" else "statutory",
            "law_between": self.pair if self.only_pair and self.law != "none" else None,
            "changes": self.changes,
        }
        try:
            return solver.scenario(data)
        except ValueError as error:
            raise InputError(f"law {self.law!r}: {first_line(error)}") from None


def first_line(error: ValueError) -> str:
    """The sentence of a validation error."""
    problems: list[dict[str, str]] = getattr(error, "errors", list)()
    return re.sub(r"^Value error, ", "", problems[0]["msg"]) if problems else str(error)


@router.post("", response_model=dict[str, Any])
async def whatif(question: WhatIfQuestion, desk: AtDesk) -> Response:
    """What the scenario does: welfare by region, output and jobs by sector, income and jobs by state and province."""
    solver = desk.tools.solver
    pair = (question.pair[0], question.pair[1])

    def work() -> dict[str, Any]:
        began = time.perf_counter()
        answer = solver.answer(question.scenario(solver))
        solved = time.perf_counter()
        shown = outcome(solver, answer, pair)
        now = time.perf_counter()
        spent = {"outcomes_ms": 1000 * (now - solved), "server_ms": 1000 * (now - began)}
        shown["diagnostics"] |= {name: round(value, 2) for name, value in spent.items()}
        return shown

    return JSONResponse(await desk.run(work))  # numbers and names alone: nothing to be encoded first


class Mover(WhatIfQuestion):
    """A scenario, and the sector of a region whose change is to be taken apart."""

    region: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    sector: Annotated[str, Field(pattern="^[a-z_]{2,40}$")]


@router.post("/why")
async def why_it_moves(question: Mover, desk: AtDesk) -> dict[str, Any]:
    """Why output, price and jobs of a sector move: parts that add up, percentage points (`Result.explain`)."""
    solver = desk.tools.solver
    scenario = await desk.run(lambda: question.scenario(solver))
    solver.baseline.index("region", question.region)
    solver.baseline.index("sector", question.sector)
    return await desk.run(lambda: why(solver.answer(scenario), question.region, question.sector), long=True)


@router.post("/range")
async def whatif_range(question: WhatIfQuestion, desk: AtDesk) -> dict[str, Any]:
    """Lowest and highest outcome over draws of trade elasticities and of what is uncertain in the law."""
    solver = desk.tools.solver
    pair = (question.pair[0], question.pair[1])
    scenario = await desk.run(lambda: question.scenario(solver))
    answers: list[Answer] = []
    for draw in range(DRAWS):  # one place at a time, so that others' sliders move in between
        if await desk.left():  # the slider has moved on
            raise SolveError("Nobody waits for this range any more.")
        with suppress(SolveError):  # how many draws were solved is part of the answer
            answers.append(await desk.run(partial(solver.answer, scenario, draw)))
    if 2 * len(answers) < DRAWS:
        raise SolveError(f"Only {len(answers)} of {DRAWS} draws have an equilibrium; no range is given.")
    return await desk.run(lambda: spread(solver, answers, pair))


@router.post("/range/full")
async def full_range(question: WhatIfQuestion, desk: AtDesk) -> dict[str, Any]:
    """The same over as many draws as a report has: begun when first asked for, then `done`.

    `/api/jobs/{job}` says how far it is.
    """
    from detente.study.run import run

    scenario = question.scenario(desk.tools.solver)
    pair = (question.pair[0], question.pair[1])

    def work(job: Job) -> dict[str, Any]:
        told = run(scenario, draws=study.DRAWS, progress=lambda done, count: job.tell("draws", done / count))
        assert told.draws is not None
        return full_spread(told.draws, pair)

    return desk.tools.jobs.ask(desk.visitor, "reports", ("range", question.model_dump_json()), work)


@router.post("/file")
async def scenario_file(question: WhatIfQuestion, desk: AtDesk) -> Response:
    """The scenario as the YAML file that `detente run` reads."""
    return Response(
        question.scenario(desk.tools.solver).text,
        media_type="application/yaml",
        headers={"Content-Disposition": 'attachment; filename="scenario.yaml"'},
    )


class ReportQuestion(WhatIfQuestion):
    """A scenario, and the language of its report."""

    lang: Literal["en", "fr"] = "en"


@router.post("/report")
async def report(question: ReportQuestion, desk: AtDesk) -> Response:
    """The self-contained HTML report of the scenario at once, without ranges (`detente run --draws 0 --out`)."""
    from detente.report.html import render
    from detente.report.language import speak
    from detente.study.run import run

    scenario = question.scenario(desk.tools.solver)
    page = await desk.run(lambda: render(run(scenario), speak(question.lang)), long=True)
    return Response(page, media_type="text/html", headers={"Content-Disposition": 'attachment; filename="report.html"'})


@router.post("/report/ranges")
async def report_with_ranges(question: ReportQuestion, desk: AtDesk) -> dict[str, Any]:
    """The same report with ranges, as `detente run --out` writes it: begun when first asked for, then `done` with its `html`.

    `/api/jobs/{job}` says how far it is.
    """
    from detente.report.html import render
    from detente.report.language import speak
    from detente.study.run import run

    scenario = question.scenario(desk.tools.solver)

    def work(job: Job) -> dict[str, str]:
        told = run(scenario, draws=study.DRAWS, progress=lambda done, count: job.tell("draws", 0.9 * done / count))
        job.tell("writing", 0.9)
        return {"html": render(told, speak(question.lang))}

    return desk.tools.jobs.ask(desk.visitor, "reports", ("report", question.model_dump_json()), work)
