"""Answer the ten questions of the page's gallery: ``python docs/make_gallery.py`` writes them for the page and the docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detente.errors import SolveError
from detente.web.api.whatif import WhatIfQuestion
from detente.web.app import data_hash
from detente.web.outcomes import outcome, spread
from detente.web.solver import DRAWS, Solver
from detente.web.tracks import tracks

ROOT = Path(__file__).resolve().parents[1]
DAY = "2026-10-06"
SURTAXES = ("CA-2026-09-08-surtax2026", "CA-2026-09-08-metals", "CA-2025-04-09-autos", "CA-DERIV-25")
SECTION_338 = ("US-S338-CA-AUT", "US-S338-CA-ALC", "US-S338-CA-DAI")
BOTH = (("USA", "CAN"), ("CAN", "USA"))


def rates(*flows: tuple[tuple[str, str], str, int]) -> dict[str, Any]:
    """Groups of products at a rate (percent), as the link of the page and as changes of a scenario."""
    link = ",".join(f"{importer}-{exporter}.{track}:{rate}" for (importer, exporter), track, rate in flows)
    changes = [
        {"tariff": {"importer": a, "exporter": b, "sectors": list(tracks()[track]), "rate": rate / 100}}
        for (a, b), track, rate in flows
    ]
    return {"link": {"set": link, "against": "law"}, "asked": {"changes": changes, "against": "law"}}


def without(*measures: str) -> dict[str, Any]:
    """The law without some measures."""
    changes = [{"measure": name, "action": "drop"} for name in measures]
    return {
        "link": {"drop": ",".join(measures), "against": "law"},
        "asked": {"changes": changes, "against": "law"},
    }


QUESTIONS: dict[str, dict[str, Any]] = {
    "all": {"link": {}, "asked": {}},
    "between": {"link": {"with": "pair"}, "asked": {"only_pair": True}},
    "first_year": {"link": {"horizon": "short"}, "asked": {"horizon": "short"}},
    "metals_free": rates(*((flow, track, 0) for flow in BOTH for track in ("steel", "aluminum"))),
    "autos_free": rates(*((flow, track, 0) for flow in BOTH for track in ("autos", "parts"))),
    "no_338": without(*SECTION_338),
    "no_surtax": without(*SURTAXES),
    "energy_10": rates((("USA", "CAN"), "energy", 10)),
    "rest_25": rates(*((flow, "rest", 25) for flow in BOTH)),
    "china": {"link": {"pair": "USA-CHN", "with": "pair"}, "asked": {"pair": ["USA", "CHN"], "only_pair": True}},
}


def answer(solver: Solver, asked: dict[str, Any]) -> dict[str, Any]:
    """Headline numbers of a question for its two sides, with the range of the page's first draws."""
    question = WhatIfQuestion.model_validate({"law": DAY, **asked})
    scenario, pair = question.scenario(solver), (question.pair[0], question.pair[1])
    shown, answers = outcome(solver, solver.answer(scenario), pair), []
    for draw in range(DRAWS):
        try:
            answers.append(solver.answer(scenario, draw))
        except SolveError:
            continue
    ranges = spread(solver, answers, pair)
    return {
        "pair": list(pair),
        "draws": len(answers),
        "sides": {
            code: {
                "welfare_pct": shown["regions"][code]["welfare_pct"],
                "range_pct": list(ranges["welfare_pct"][code]),
                "household_usd": shown["households"].get(code, {}).get("real_income_usd"),
                "jobs_lost_k": shown["regions"][code]["jobs_lost_k"],
            }
            for code in pair
        },
    }


def main() -> None:
    """Write ``gallery.json`` of the page."""
    solver, found = Solver(), []
    for name, asked in QUESTIONS.items():
        found.append({"name": name, "link": {"law": DAY, **asked["link"]}, **answer(solver, asked["asked"])})
        print(name, {code: side["welfare_pct"] for code, side in found[-1]["sides"].items()}, flush=True)
    target = ROOT / "src" / "detente" / "web" / "static" / "gallery.json"
    target.write_text(json.dumps({"data": data_hash(), "day": DAY, "questions": found}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
