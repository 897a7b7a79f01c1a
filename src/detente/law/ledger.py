"""The ledger: every measure, in force, ended, scheduled or only announced, read from data files and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import yaml

from detente.errors import InputError
from detente.files import read_text
from detente.law.facts import FACTS, Fact
from detente.law.ledger_file import read_ledger_file, read_measures
from detente.law.measure import Charge, Dated, Measure, Products, Relief
from detente.law.products import ProductLists
from detente.law.slotting import add_to_groups, changed_rates, slotted
from detente.text import named

#: First and last day that the ledger's sources cover, both inclusive.
COVERAGE = (date(2018, 1, 1), date(2026, 10, 6))
#: The day whose law the accounts of 2024 hold, in their trade and in the duties the United States collected.
BASELINE_DAY = date(2024, 12, 31)
#: First day of the present dispute: where a series begins unless told otherwise.
SERIES_FROM = BASELINE_DAY + timedelta(days=1)
#: The files of the packaged ledger, in the order in which their records are listed.
RECORDS = ("us_ieepa", "us_ieepa_world", "us_232", "us_301", "us_other", "us_history", "canada", "china", "others")


@dataclass(frozen=True, eq=False, repr=False)
class Ledger:
    """A set of measures with the product lists and country groups that they name.

    `Ledger.default` is the one that ships; `with_file` adds a user's records, `with_changes` drops or re-rates some.

    Example:
        >>> import detente as dt
        >>> ledger = dt.Ledger.default()
        >>> ledger["US-232-AUTOS"].authority
        'Section 232'
    """

    measures: tuple[Measure, ...]
    lists: ProductLists
    groups: Mapping[str, tuple[str, ...]]
    title: str = "ledger of the package"
    facts: Mapping[str, Fact] = field(default_factory=lambda: FACTS)
    _index: dict[str, Measure] = field(init=False, repr=False)
    _found: dict[tuple[object, ...], Any] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        index: dict[str, Measure] = {}
        for measure in self.measures:
            if measure.id in index:
                raise InputError(f"measure {measure.id} appears twice in the ledger: give each record its own id.")
            index[measure.id] = measure
        object.__setattr__(self, "_index", index)

    @classmethod
    def default(cls) -> Ledger:
        """The ledger of the package: measures of the United States, Canada and others, 2018-01-01 to 2026-10-06."""
        return _packaged()

    def __repr__(self) -> str:
        first, last = COVERAGE
        return f"<Ledger: {self.title}, {len(self.measures)} measures, {first} to {last}>"

    def __getitem__(self, measure: str) -> Measure:
        """The measure with this id. Raises `InputError` if there is none."""
        if measure not in self._index:
            close = [known for known in self._index if measure.lower() in known.lower()][:5]
            hint = f"did you mean {', '.join(close)}?" if close else "`detente rates --measures` lists them."
            raise InputError(f"measure {measure!r} is not in the ledger: {hint}")
        return self._index[measure]

    def between(self, importer: str, exporter: str) -> tuple[Measure, ...]:
        """The measures that `importer` imposes on `exporter` (of a group such as ``EU``, on any member), whatever their dates
        and status."""
        key = ("between", importer, exporter)
        if key not in self._found:
            self._found[key] = tuple(
                m
                for m in self.measures
                if importer in self.members((m.imposing,))
                and any(self._reaches(m, one) for one in self.members((exporter,)))
            )
        return cast(tuple[Measure, ...], self._found[key])

    def _reaches(self, measure: Measure, exporter: str) -> bool:
        affected, spared = self.members(measure.affected), self.members(measure.except_)
        return (
            exporter not in self.members((measure.imposing,))
            and ("world" in affected or exporter in affected)
            and exporter not in spared
        )

    def members(self, parties: Iterable[str]) -> frozenset[str]:
        """Country codes named, groups expanded (``EU``, ``CANADA_FTA``)."""
        key = ("members", *parties)
        if key not in self._found:
            self._found[key] = frozenset(code for party in parties for code in self.groups.get(party, (party,)))
        return cast(frozenset[str], self._found[key])

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """Ids of the measures named by id or by family."""
        key = ("named", *names)
        if key not in self._found:
            self._found[key] = frozenset(m.id for m in self.measures if m.id in key[1:] or m.family in key[1:])
        return cast(frozenset[str], self._found[key])

    def authorities(self, names: Iterable[str]) -> frozenset[str]:
        """Authorities as the ledger writes them, from any spelling (``adcvd``, ``section 338``). Raises `InputError`."""
        known = {_letters(name): name for name in (measure.authority for measure in self.measures)}
        for name in names:
            if _letters(name) not in known:
                raise InputError(f"{name!r} is not an authority: expected one of {', '.join(sorted(known.values()))}.")
        return frozenset(known[_letters(name)] for name in names)

    def dates(self) -> list[date]:
        """Every day within coverage on which a measure that levies, or relieves, begins or ceases; sorted."""
        acts = [m for m in self.measures if m.levies or m.kind == "exemption"]
        return sorted(day for day in _ends_of(acts) if COVERAGE[0] < day <= COVERAGE[1])

    def changes(self, importer: str | None = None, exporter: str | None = None) -> list[date]:
        """Every day on which anything changes in the ledger, or in what one country imposes on another; sorted.

        What changes are measures, rates of partners, reliefs, precedence and lists.
        """
        key = ("changes", importer, exporter)
        if key not in self._found:
            own = self.measures if importer is None or exporter is None else self.between(importer, exporter)
            days = _ends_of(own)
            for measure in own:
                days |= _ends_of([*measure.reliefs, *measure.yields_to])
                for charge in measure.charges:
                    days |= _ends_of([*charge.partners, *charge.reliefs, *charge.rates])
            named = {name for measure in own for name in _lists_of(measure)}
            self._found[key] = sorted(days | self.lists.days_of_change({name.split("/")[0] for name in named}))
        return cast(list[date], self._found[key])

    def with_changes(self, changes: Sequence[Mapping[str, Any]]) -> Ledger:
        """A ledger with ``{measure: ID, action: drop}`` or ``{measure: ID, action: set, rate: FRACTION}`` carried out.

        `rate`, a fraction (0.25 is 25 percent), replaces every rate of the measure, also those by partner, by relief or
        by product. Raises `InputError`.
        """
        replaced: dict[str, Measure | None] = {}
        for change in changes:
            unknown = set(change) - {"measure", "action", "rate"}
            if unknown or "measure" not in change or change.get("action") not in ("drop", "set"):
                raise InputError(
                    f"change {dict(change)} is not understood: give measure, action (drop or set), and rate."
                )
            measure = self[str(change["measure"])]
            if change["action"] == "drop":
                replaced[measure.id] = None
                continue
            rate = change.get("rate")
            if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 3:
                raise InputError(
                    f"change of {measure.id}: rate is {rate!r}, expected a fraction between 0 and 3 (0.25 is 25 percent)."
                )
            if not measure.levies:
                raise InputError(
                    f"change of {measure.id}: a record of kind {measure.kind}, {measure.status}, has no rate."
                )
            replaced[measure.id] = measure.model_copy(
                update={"charges": tuple(_at(charge, 100.0 * rate) for charge in measure.charges)}
            )
        kept = (replaced.get(m.id, m) for m in self.measures)
        return replace(self, measures=tuple(m for m in kept if m is not None), title=f"{self.title}, changed")

    @property
    def ids(self) -> frozenset[str]:
        """The ids of its measures."""
        return self._remembered("ids", lambda: frozenset(self._index))

    @property
    def families(self) -> frozenset[str]:
        """The families of its measures."""
        return self._remembered("families", lambda: frozenset(m.family for m in self.measures if m.family))

    def _remembered(self, name: str, make: Callable[[], frozenset[str]]) -> frozenset[str]:
        if (name,) not in self._found:
            self._found[(name,)] = make()
        return cast(frozenset[str], self._found[(name,)])

    def with_file(self, path: str | Path, *, references: bool = True) -> Ledger:
        """A ledger with a user's YAML file added (see `detente.law.ledger_file`); same ids replace ours.

        `references` False leaves out the check that what the records name exists (`detente.law.checks` reports it).
        The same text gives the same object, so that what was worked out with it is kept. Raises `InputError` naming file,
        record and field.
        """
        return _with_text(self, read_text(path, "a YAML file of measures"), named(Path(path).name), references)


@lru_cache(maxsize=32)
def _with_text(ledger: Ledger, text: str, name: str, references: bool) -> Ledger:
    own = read_ledger_file(text, name, covered_until=COVERAGE[1])
    added = Ledger(
        changed_rates(slotted(ledger.measures, own.measures, name), own.rates, name),
        ledger.lists.plus({key: [row.model_dump() for row in rows] for key, rows in own.lists.items()}, name),
        add_to_groups(ledger.groups, own.groups, countries(), name),
        f"{ledger.title} and {name}",
        {**ledger.facts, **{key: Fact.of(key, given) for key, given in own.facts.items()}},
    )
    ids = {measure.id for measure in own.measures}
    if references:
        check_references(added, [m for m in added.measures if m.id in ids], name)
    return added


def _lists_of(measure: Measure) -> Iterable[str]:
    """The product lists that a measure names."""
    reliefs = [*measure.reliefs, *(relief for charge in measure.charges for relief in charge.reliefs)]
    selections = [charge.products for charge in measure.charges] + [r.products for r in reliefs if r.products]
    return (name for products in selections for name in (*products.lists, *products.except_lists))


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _ends_of(parts: Iterable[Dated]) -> set[date]:
    """The first day of each part, and the day after its last."""
    parts = list(parts)
    return {p.begins for p in parts if p.begins} | {p.until + timedelta(days=1) for p in parts if p.until}


def _at(charge: Charge, rate: float) -> Charge:
    """A charge with every rate, percent, replaced."""
    reliefs = tuple(r.model_copy(update={"rate_pct": rate}) if r.rate_pct else r for r in charge.reliefs)
    return charge.model_copy(update={"rate_pct": float(rate), "rates": (), "partners": (), "reliefs": reliefs})


PARTIES = "world, a group such as EU, or an ISO 3166 alpha-3 code such as CAN"


@cache
def countries() -> frozenset[str]:
    """The codes of countries that a record or a question may name: ISO 3166-1 alpha-3, and the regions EUR and ROW."""
    text = (resources.files("detente.law") / "ledger" / "countries.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text))


def parties_of(measure: Measure) -> set[str]:
    """Every party that a record names."""
    reliefs = [*measure.reliefs, *(relief for charge in measure.charges for relief in charge.reliefs)]
    named = [measure.affected, measure.except_, (measure.imposing,), *(relief.exporters for relief in reliefs)]
    named += [partner.exporters for charge in measure.charges for partner in charge.partners]
    return {party for parties in named for party in parties}


def check_references(ledger: Ledger, measures: Iterable[Measure], file: str) -> None:
    """Every list, fact, party and measure that the records name exists. Raises `InputError`."""
    for measure in measures:
        for fault in faulty_references(ledger, measure):
            raise InputError(f"{file}: measure {measure.id} {fault}.")


def faulty_references(ledger: Ledger, measure: Measure) -> Iterable[str]:
    """What a record names that the ledger does not hold, in words."""
    ids, families = ledger.ids, ledger.families
    selections = [c.products for c in measure.charges] + [measure.products or Products()]
    reliefs: list[Relief] = [*measure.reliefs, *(r for c in measure.charges for r in c.reliefs)]
    selections += [relief.products for relief in reliefs if relief.products]
    named = {name for selection in selections for name in (*selection.lists, *selection.except_lists)}
    yields = {name for rule in measure.yields_to for name in rule.to}
    for kind, missing, known in (
        ("product list", named - ledger.lists.names, "the lists of the ledger"),
        ("fact", {fact for relief in reliefs for fact in relief.when} - ledger.facts.keys(), ", ".join(ledger.facts)),
        ("measure or family", {i for relief in reliefs for i in relief.of} - ids - families, "an id or a family"),
        ("measure", set(measure.ends) - ids, "an id of the ledger"),
        ("measure or family", yields - ids - families, "an id or a family"),
        ("measure or family", set(measure.adds_to) - ids - families, "an id or a family"),
        ("party", parties_of(measure) - countries() - ledger.groups.keys() - {"world"}, PARTIES),
    ):
        if missing:
            yield f"names the unknown {kind} {min(missing)!r}: expected {known}"


@cache
def _packaged() -> Ledger:
    folder = resources.files("detente.law") / "ledger"
    groups = yaml.safe_load((folder / "parties.yaml").read_text(encoding="utf-8"))
    measures: list[Measure] = []
    for name in RECORDS:
        measures += read_measures((folder / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
    ledger = Ledger(tuple(measures), ProductLists.packaged(), {name: tuple(codes) for name, codes in groups.items()})
    check_references(ledger, ledger.measures, "ledger")
    return ledger


def as_date(day: str | date) -> date:
    """A calendar day from ISO text, within coverage or after it. Raises `InputError` for another text or an earlier day."""
    if not isinstance(day, date):
        try:
            day = date.fromisoformat(str(day))
        except ValueError:
            raise InputError(f"date {day!r} is not a day: write it as 2025-06-10.") from None
    if day < COVERAGE[0]:
        raise InputError(f"{day} is before the ledger begins: give a day from {COVERAGE[0]} on.")
    return day


def coverage_warning(day: date) -> list[str]:
    """The sentence that every result past the last covered day carries; empty within coverage."""
    if day <= COVERAGE[1]:
        return []
    return [f"{day} is past the last day that the sources cover ({COVERAGE[1]}): later changes of law are not known."]
