"""The episode file: which months are compared with which, under which law, and what is left out and why."""

from __future__ import annotations

import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from detente.errors import InputError
from detente.study.scenario.messages import first_complaint
from detente.study.scenario.yaml_document import load

FIRST, LAST = "2013-01", "2025-08"

#: What the prediction is fed with: the duty that customs collected, or the law of the days in `law`, as it states its rates or
#: as they are paid.
Rates = Literal["paid", "statutory", "collected"]


def _month(value: Any) -> Any:
    text = str(value)[:7]
    if not (
        len(text) == 7 and text[:4].isdigit() and text[4] == "-" and text[5:] in {f"{m:02d}" for m in range(1, 13)}
    ):
        raise ValueError(f"must be a month such as 2025-06 (given: {value!r})")
    return text


Month = Annotated[str, BeforeValidator(_month)]


class LeftOut(BaseModel):
    """Cells that are shown and not scored: a sector of some `partners` (none given: of all), and `why`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sector: str
    partners: list[str] = []
    why: Annotated[str, Field(min_length=1)]

    def holds(self, partner: str, sectors: tuple[str, ...]) -> bool:
        """Whether it is about a partner's cell of these sectors."""
        return self.sector in sectors and (not self.partners or partner in self.partners)


class Episode(BaseModel):
    """A past dispute to hold the model against: US imports in months `before` it and in the same months `after`.

    `before`, `after`: first and last month. `law`: days whose law is averaged, where a prediction is made
    from the law, against that of the day `law_before`.
    `left_out`: what trade policy cannot explain, and why.
    `smallest`: imports before, million USD at a yearly rate, below which a cell is too noisy to be scored.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    window: str = ""
    before: tuple[Month, Month]
    after: tuple[Month, Month]
    law: Annotated[list[datetime.date], Field(min_length=1)]
    law_before: datetime.date
    left_out: list[LeftOut] = []
    smallest: Annotated[float, Field(ge=0)] = 300.0

    @model_validator(mode="after")
    def _same_months(self, info: ValidationInfo) -> Episode:
        held = (info.context or {}).get("last", LAST)
        for name in ("before", "after"):
            first, last = getattr(self, name)
            if not FIRST <= first <= last <= held:
                raise ValueError(f"{name} must run from a first to a last month between {FIRST} and {held}")
        if [m[5:] for m in self.before] != [m[5:] for m in self.after] or self.years < 1:
            raise ValueError(
                "after must be the same months as before, of a later year: seasons would be compared with others"
            )
        return self

    def why_left_out(self, partner: str, sectors: tuple[str, ...]) -> str:
        """Why a cell is not scored; empty for one that is."""
        return next((one.why for one in self.left_out if one.holds(partner, sectors)), "")

    @property
    def years(self) -> int:
        """How many years lie between the two windows."""
        return int(self.after[0][:4]) - int(self.before[0][:4])

    @property
    def months(self) -> int:
        """How many months a window has."""
        first, last = (12 * int(m[:4]) + int(m[5:]) for m in self.after)
        return last - first + 1


def episode(name: str | Path) -> Episode:
    """The shipped episode called `name` (2018, 2025, 2025-year), or that of a file. Raises `InputError` naming the line."""
    shipped = resources.files("detente.study.backtest") / "episodes" / f"{name}.yaml"
    document = load(Path(str(shipped)) if shipped.is_file() else Path(name))
    try:
        return Episode.model_validate(document.data)
    except ValidationError as error:
        raise first_complaint(document, error, Episode) from None


def shipped() -> list[str]:
    """Names of the episodes that come with the package."""
    folder = resources.files("detente.study.backtest") / "episodes"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def known(name: str) -> None:
    """Raises `InputError` where `name` is neither a shipped episode nor a file."""
    if name not in shipped() and not Path(name).exists():
        raise InputError(f"There is no episode or file {name!r}; the episodes are {', '.join(shipped())}.")
