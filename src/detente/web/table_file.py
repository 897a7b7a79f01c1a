"""What is kept of a negotiation: a talks file, and what it was opened with; read from every edition of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from detente.study.counterfactual import Counterfactual
from detente.study.negotiation.schema import ClauseFile, TalksFile, TermFile
from detente.study.provenance import DATA, Provenance
from detente.study.scenario.schema import Change

#: Fields of a talks file that the table of the page takes; the others stay as they are by default.
TAKEN = frozenset(
    {"title", "notes", "law", "law_bound", "rates", "horizon", "closure", "changes"}
    | {"parties", "threats", "terms", "clauses"}
)


class TableFile(TalksFile):
    """A talks file as the page takes it: two sides, this server's world, and nothing that reads a file or takes minutes."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    notes: Annotated[str, Field(max_length=2000)] = ""
    changes: Annotated[list[Change], Field(max_length=40)] = Field(default_factory=list)
    terms: Annotated[list[TermFile], Field(min_length=1, max_length=24)]
    clauses: Annotated[list[ClauseFile], Field(max_length=8)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _at_the_page(self) -> TableFile:
        if len(self.parties) != 2:
            raise ValueError(f"a table of the page has two sides; {len(self.parties)} were given")
        for name in sorted(self.model_fields_set - TAKEN):
            if getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True):
                raise ValueError(f"{name} is not for the table of the page; `detente talks` takes it")
        if len(self.threats) > 1 or self.threats[0].war is not None or self.threats[0].scenario is not None:
            raise ValueError(
                "the table of the page has one threat, status_quo or terms; `detente talks` takes the others"
            )
        if any(clause.floor is None for clause in self.clauses):
            raise ValueError("clauses of the page are floors; `detente talks` takes rules of ratification")
        return self

    def fields(self) -> dict[str, Any]:
        """What a file has to say: everything that is not as by default."""
        fields: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        return fields | {"law": str(self.law or "none")}


@dataclass(frozen=True)
class Pinned:
    """A negotiation as it was opened: its file, the law a date, and the record of what it rested on then.

    `opened_with` is None for negotiations that were opened before records were kept.
    """

    file: TableFile
    opened_with: Mapping[str, Any] | None

    @classmethod
    def now(cls, file: TableFile, start: Counterfactual) -> Pinned:
        """A negotiation opened today: `latest` becomes the day that it is."""
        return cls(file.model_copy(update={"law": start.day}), Provenance.of(start).record())

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Pinned:
        """From what the database holds."""
        if "file" in kept:
            return cls(TableFile.model_validate(kept["file"]), kept["opened_with"])
        return cls(TableFile.model_validate(_first_edition(kept)), None)

    def to_keep(self) -> dict[str, Any]:
        """What the database holds."""
        return {"file": self.file.fields(), "opened_with": self.opened_with}

    def warning(self, now: Provenance) -> str | None:
        """What has to be known where the installed data are not, or may not be, those that it was opened with."""
        later = "scores made before are as they were computed then, new ones rest on what is installed now."
        if self.opened_with is None:
            return f"What this negotiation was opened with is not known: {later}"
        if not (differs := now.differences(self.opened_with)):
            return None
        said = " and ".join(DATA[name] for name in differs)
        return f"This negotiation was opened with other data; not what it was: {said}. So {later}"


def _first_edition(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The talks file that says what the first edition of the database kept: flat terms, red lines, a list of sides."""
    threatened = any(term.get("threat") is not None for term in kept["terms"])
    return {
        "title": kept["title"],
        "law": kept["law"],
        "horizon": kept["horizon"],
        "parties": {code: {} for code in kept["parties"]},
        "threats": ["terms" if threatened else "status_quo"],
        "terms": [_first_edition_term(term) for term in kept["terms"]],
        "clauses": [{"floor": line} for line in kept["red_lines"]],
    }


def _first_edition_term(term: Mapping[str, Any]) -> dict[str, Any]:
    pair = {"importer": term["importer"], "exporter": term["exporter"]}
    where = {"between": list(pair.values())} if term["kind"] == "trade_cost" else pair
    instrument = {**where, "sectors": term["sectors"], "range": [term["lower"], term["upper"]]}
    return {"track": term["track"], term["kind"]: instrument, "threat": term["threat"]}


def expanded(file: TableFile, sectors: tuple[str, ...]) -> list[dict[str, Any]]:
    """Its terms one by one, as the page shows them: track, kind, the two regions, sectors and range [term]."""
    found = []
    for term in file.terms:
        edit = getattr(term, term.kind)
        regions = [*edit.regions, edit.regions[0]][:2]  # of a subsidy there is one
        if term.kind == "export_tax":
            regions = regions[::-1]
        named = list(sectors) if edit.sectors == ["all"] else list(edit.sectors)
        for goods in [[one] for one in named] if term.each_sector else [named]:
            where = {"importer": regions[0], "exporter": regions[1], "sectors": goods}
            found.append(
                {"track": term.track, "kind": term.kind, **where, "lower": edit.range[0], "upper": edit.range[1]}
            )
    return found
