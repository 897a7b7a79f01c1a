"""The questions of other programs: typed, bounded as on the page, and refused where a field is unknown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.study.negotiation.schema import PartyFile, TermFile
from detente.study.scenario.schema import Change

MOST_CHANGES, MOST_DRAWS, MOST_PARTIES, MOST_TERMS = 40, 64, 4, 12

Country = Annotated[
    str, Field(pattern="^[A-Z]{3}$", description="ISO 3166 alpha-3, such as CAN; EUR, ROW for the rest")
]
Sectors = Annotated[list[str], Field(max_length=50, description="sectors of world-2024; none: all goods")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="day of the law, YYYY-MM-DD")]
LawDay = Annotated[
    str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}|latest|none)$", description="day of the law to start from, latest or none")
]


class StrictQuestion(BaseModel):
    """What every question has in common: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class DutyQuestion(StrictQuestion):
    """The statutory duty on one consignment."""

    product: Annotated[str, Field(pattern=r"^[\d.]{4,13}$", description="HS or HTS code, 4 to 10 digits")]
    exporter: Country
    importer: Country
    on: Day
    claim: Literal["usmca"] | None = None
    facts: Annotated[dict[str, float | bool], Field(max_length=30, description="such as us_content: 0.4")] = {}


class RatesQuestion(StrictQuestion):
    """Average added duty by sector of one importer on one exporter."""

    importer: Country
    exporter: Country
    on: Day


class ScenarioQuestion(StrictQuestion):
    """A scenario on `world-2024`: changes as in a scenario file, rates as fractions (0.25 is 25 percent)."""

    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []
    law: LawDay = "latest"
    horizon: Literal["short", "medium", "long"] = "long"
    against: Literal["law", "baseline"] | None = None
    draws: Annotated[int, Field(ge=0, le=MOST_DRAWS, description="0: no ranges; 2 or more: ranges")] = 16

    def fields(self) -> dict[str, Any]:
        """The fields of the scenario."""
        asked = {"title": "asked by a program", "law": self.law, "horizon": self.horizon, "against": self.against}
        return {**asked, "changes": self.changes}


class JobsQuestion(ScenarioQuestion):
    """The same scenario, by state or province of a country."""

    country: Literal["USA", "CAN"]


class OptimumQuestion(StrictQuestion):
    """The tariffs that are best for one country alone."""

    party: Country
    partners: Annotated[list[Country], Field(max_length=30)] = []
    sectors: Sectors = []
    mfn: bool = False
    uniform: bool = False
    ceiling: Annotated[float, Field(gt=0, le=5, description="highest tariff, a fraction")] = 2.0
    law: LawDay = "latest"
    horizon: Literal["short", "medium", "long"] = "long"


class DealQuestion(StrictQuestion):
    """A negotiation on `world-2024`: parties and terms as in a talks file, against today's law or a war over the terms."""

    parties: Annotated[dict[Country, PartyFile], Field(min_length=2, max_length=MOST_PARTIES)]
    terms: Annotated[list[TermFile], Field(min_length=1, max_length=MOST_TERMS)]
    threat: Literal["status_quo", "war"] = "status_quo"
    solution: Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"] = "nash"
    law: LawDay = "latest"
    horizon: Literal["short", "medium", "long"] = "long"
