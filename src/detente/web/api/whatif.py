"""What if: a scenario in, the world economy re-solved out."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from detente.errors import InputError, SolveError
from detente.study.scenario import Change, Scenario
from detente.web.api.common import PROBLEMS, AtDesk
from detente.web.outcomes import outcome, spread
from detente.web.solver import DRAWS, Answer, Solver

router = APIRouter(prefix="/api/whatif", tags=["what if"], responses=PROBLEMS)

MOST_CHANGES = 40


class Question(BaseModel):
    """A scenario on `world-2024`, the two regions it is shown for, and what it is compared with.

    `law`: a day, `latest`, or `none` for the tariffs of 2024. `changes`: as in a scenario file, rates as fractions.
    """

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200)] = "What if"
    law: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}|latest|none)$")] = "latest"
    horizon: Literal["short", "medium", "long"] = "long"
    against: Literal["2024", "law"] = "2024"
    pair: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{3}$")]], Field(min_length=2, max_length=2)] = [
        "USA",
        "CAN",
    ]
    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []

    @field_validator("changes")
    @classmethod
    def _quick(cls, changes: list[Change]) -> list[Change]:
        if any(change.kind == "quota" for change in changes):
            raise ValueError("quotas are solved by the command `detente run`, not on the page")
        return changes

    def scenario(self, solver: Solver) -> Scenario:
        """The scenario asked for. Raises `InputError`."""
        for code in self.pair:
            solver.baseline.index("region", code)
        if self.pair[0] == self.pair[1]:
            raise InputError("The pair names one region twice; give two different ones.")
        data = {"title": self.title, "law": self.law, "horizon": self.horizon, "changes": self.changes}
        try:
            scenario = Scenario.model_validate(data)
        except ValueError as error:
            raise InputError(f"law {self.law!r}: {first_line(error)}") from None
        if self.law == "none" and any(change.kind == "measure" for change in self.changes):
            raise InputError("A change of a measure needs the law of a day to start from; give law a date.")
        return scenario


def first_line(error: ValueError) -> str:
    """The sentence of a validation error."""
    problems: list[dict[str, str]] = getattr(error, "errors", list)()
    return re.sub(r"^Value error, ", "", problems[0]["msg"]) if problems else str(error)


@router.post("")
async def whatif(question: Question, desk: AtDesk) -> dict[str, Any]:
    """What the scenario does: welfare by region, output and jobs by sector, income and jobs by state and province."""
    solver = desk.tools.solver
    pair = (question.pair[0], question.pair[1])

    def work() -> dict[str, Any]:
        return outcome(solver, solver.answer(question.scenario(solver), question.against), pair)

    return await desk.run(work)


@router.post("/range")
async def whatif_range(question: Question, desk: AtDesk) -> dict[str, Any]:
    """Lowest and highest outcome over draws of trade elasticities and of what is uncertain in the law."""
    solver = desk.tools.solver
    pair = (question.pair[0], question.pair[1])
    scenario = await desk.run(lambda: question.scenario(solver))
    answers: list[Answer] = []
    for draw in range(DRAWS):  # one place at a time, so that others' sliders move in between
        with suppress(SolveError):  # how many draws were solved is part of the answer
            answers.append(await desk.run(partial(solver.answer, scenario, question.against, draw)))
    if 2 * len(answers) < DRAWS:
        raise SolveError(f"Only {len(answers)} of {DRAWS} draws have an equilibrium; no range is given.")
    return await desk.run(lambda: spread(solver, answers, pair))


@router.post("/file")
async def scenario_file(question: Question, desk: AtDesk) -> Response:
    """The scenario as the YAML file that `detente run` reads."""
    import yaml

    scenario = question.scenario(desk.tools.solver)
    data = scenario.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    data["law"] = question.law
    return Response(
        yaml.safe_dump(data, sort_keys=False, allow_unicode=True),
        media_type="application/yaml",
        headers={"Content-Disposition": 'attachment; filename="scenario.yaml"'},
    )


@router.post("/report")
async def report(question: Question, desk: AtDesk) -> Response:
    """The self-contained HTML report of the scenario, the same that `detente run --out` writes."""
    from detente.report.html import render
    from detente.study.run import run

    scenario = question.scenario(desk.tools.solver)
    page = await desk.run(lambda: render(run(scenario)))
    return Response(page, media_type="text/html", headers={"Content-Disposition": 'attachment; filename="report.html"'})
