"""Figures at an address of their own: a drawing, a picture or its numbers, to be shown on other sites."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from detente.errors import InputError
from detente.report.figures import figures
from detente.report.frame import framed, png
from detente.report.html import about_study
from detente.report.language import speak
from detente.study.run import Study, run
from detente.web.api.common import PROBLEMS, AtDesk
from detente.web.api.whatif import WhatIfQuestion
from detente.web.solver import DRAWS

router = APIRouter(prefix="/api/figures", tags=["figures"], responses=PROBLEMS)

LONGEST = 4000  # letters of a question in an address
#: A figure may be shown on any site: it holds no secret and runs no script.
ANYWHERE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Frame-Options": "ALLOWALL",
}
KINDS = {"svg": "image/svg+xml", "png": "image/png", "json": "application/json"}


@router.get("/{name}.{form}", response_class=Response)
async def figure(
    name: Annotated[str, Path(pattern=r"^[A-Za-z_-]{3,60}$")],
    form: Literal["svg", "png", "json"],
    q: Annotated[str, Query(max_length=LONGEST, description="The question, as POST /api/whatif takes it, as JSON.")],
    desk: AtDesk,
    lang: Literal["en", "fr"] = "en",
) -> Response:
    """A figure of a scenario's report: `welfare`, `places`, `trade`, `prices`, `sectors-CAN`, ...

    The first time without ranges, which are worked out meanwhile; with them from then on.
    """
    try:
        question = WhatIfQuestion.model_validate_json(q)
    except ValueError:
        raise InputError("q is not a question: give the JSON that POST /api/whatif takes.") from None
    scenario = question.scenario(desk.tools.solver)

    key, jobs = ("figure", question.model_dump_json()), desk.tools.jobs
    ranged: Study | None = jobs.result(key)

    def draw() -> bytes:
        study, language = ranged or run(scenario), speak(lang)
        for found in figures(study, language):
            if found.name == name:
                break
        else:
            raise InputError(f"This scenario has no figure {name!r}.")
        about = about_study(study, language)
        if form == "json":
            rows = json.loads(found.data.to_json(orient="records"))
            return json.dumps({"title": found.title, "unit": found.unit, **about._asdict(), "rows": rows}).encode()
        drawn = framed(found, about, language)
        return drawn.encode() if form == "svg" else png(drawn)

    drawn = await desk.run(draw, long=True)
    if ranged is None:
        jobs.ask(desk.visitor, "reports", key, lambda job: run(scenario, draws=DRAWS))
    kept = {"Cache-Control": "public, max-age=3600" if ranged else "no-store"}
    return Response(drawn, media_type=KINDS[form], headers={**ANYWHERE, **kept})
