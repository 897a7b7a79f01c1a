"""How the content of a ledger file takes its place among the records of the ledger.

A new act of a family does what a legislator would expect: it gives way to what its family gives way to, and on the goods
that it charges the older acts of the family give way to it, from its first day to its last. So a second steel duty
replaces the first where both apply instead of adding to it. `adds_to` and `yields_to`, where given, say otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.errors import InputError
from detente.law.ledger_file import RateChange
from detente.law.measure import Charge, DatedRate, Measure, PartnerRate, Yield


def slotted(measures: Iterable[Measure], own: Iterable[Measure], file: str) -> tuple[Measure, ...]:
    """The measures with a user's own in their places. Raises `InputError` for an id given twice or an end of nothing."""
    own = tuple(own)
    repeated = next((name for name, times in Counter(m.id for m in own).items() if times > 1), None)
    if repeated:
        raise InputError(f"{file}: measure {repeated} appears twice: give each record its own id.")
    ids = {measure.id for measure in own}
    kept = [measure for measure in measures if measure.id not in ids]
    families = _families(kept)
    mine = [m if "yields_to" in m.model_fields_set else _as_its_family(m, families.get(_family(m), ())) for m in own]
    newer = {family: _by_term(acts) for family, acts in _families(mine).items()}
    result = {m.id: _giving_way(m, newer.get(_family(m), {}), m.id in ids) for m in (*kept, *mine)}
    for measure in own:
        for ended in measure.ends:
            if ended not in result:
                raise InputError(f"{file}: measure {measure.id} ends {ended!r}, which is not in the ledger.")
            result[ended] = _ended(result[ended], measure)
    return tuple(result.values())


def _family(measure: Measure) -> tuple[str, str]:
    return measure.imposing, measure.family or ""


def _families(measures: Iterable[Measure]) -> dict[tuple[str, str], list[Measure]]:
    """The acts that levy, by government and family; those without a family are left out."""
    found: dict[tuple[str, str], list[Measure]] = {}
    for measure in measures:
        if measure.family and measure.levies:
            found.setdefault(_family(measure), []).append(measure)
    return found


def _as_its_family(measure: Measure, relatives: Sequence[Measure]) -> Measure:
    """A new act yields to whatever outside its family the latest act of its family yields to."""
    if not relatives:
        return measure
    latest = max(relatives, key=lambda m: (m.until is None, m.begins))
    inside = {measure.family, *(m.id for m in relatives)}
    rules = (
        rule.model_copy(update={"to": tuple(name for name in rule.to if name not in inside)})
        for rule in latest.yields_to
    )
    return measure.model_copy(update={"yields_to": tuple(rule for rule in rules if rule.to)})


#: Acts in force over the same days that say the same of the acts they yield or add to: (from, until, named) -> ids.
_Terms = dict[tuple[date, date | None, frozenset[str]], list[str]]


def _by_term(acts: Iterable[Measure]) -> _Terms:
    found: _Terms = {}
    for act in acts:
        named = frozenset({name for rule in act.yields_to for name in rule.to} | set(act.adds_to))
        found.setdefault((act.begins, act.until, named), []).append(act.id)
    return found


def _giving_way(older: Measure, newer: _Terms, own: bool) -> Measure:
    """An act with room made for the new acts of its family that come after it and do not declare otherwise."""
    rules = []
    for (begins, until, named), ids in newer.items():
        later = begins > older.begins or (begins == older.begins and not own)
        if later and (older.until is None or begins <= older.until) and not named & {older.id, older.family}:
            rules.append(Yield.model_validate({"to": ids, "how": "remainder", "from": begins, "until": until}))
    if not rules or not older.levies or not older.family:
        return older
    return older.model_copy(update={"yields_to": (*older.yields_to, *rules)})


def _ended(measure: Measure, act: Measure) -> Measure:
    """A measure that another ends the day before it begins; one that has not begun by then never does."""
    last = act.begins - timedelta(days=1)
    if measure.until is not None and measure.until <= last:
        return measure
    if last < measure.begins:
        return measure.model_copy(
            update={"status": "announced_not_in_force", "reason": f"ended by {act.id} before it began"}
        )
    return measure.model_copy(update={"until": last})


def changed_rates(measures: Iterable[Measure], changes: Iterable[RateChange], file: str) -> tuple[Measure, ...]:
    """The measures with new values in the histories of their rates. Raises `InputError` naming the measure."""
    result = {measure.id: measure for measure in measures}
    for change in changes:
        measure = result.get(change.measure)
        if measure is None or not measure.levies:
            raise InputError(f"{file}: rates {change.measure}: no measure of this id in the ledger levies a duty.")
        numbers = [change.charge - 1] if change.charge else list(range(len(measure.charges)))
        if numbers[-1] >= len(measure.charges):
            raise InputError(
                f"{file}: rates {change.measure}: it has {len(measure.charges)} charges, not {change.charge}."
            )
        rates = {measure.charges[number].rate_on(change.begins) for number in numbers}
        if len(rates) > 1:
            shown = ", ".join(str(rate) for rate in sorted(rates, key=str))
            raise InputError(
                f"{file}: rates {change.measure}: its charges are at {shown} percent; say which one changes (charge: 1)."
            )
        charges = list(measure.charges)
        for number in numbers:
            charges[number] = _with_value(charges[number], change)
        result[measure.id] = measure.model_copy(update={"charges": tuple(charges)})
    return tuple(result.values())


def _with_value(charge: Charge, change: RateChange) -> Charge:
    dated = {"from": change.begins, "until": change.until, "rate_pct": change.rate_pct}
    if change.exporters:
        rate = PartnerRate.model_validate({**dated, "exporters": change.exporters, "reason": change.source})
        return charge.model_copy(update={"partners": (rate, *charge.partners)})
    value = DatedRate.model_validate({**dated, "source": change.source})
    return charge.model_copy(update={"rates": (*charge.rates, value)})


def add_to_groups(
    groups: Mapping[str, tuple[str, ...]], own: Mapping[str, tuple[str, ...]], countries: Collection[str], file: str
) -> dict[str, tuple[str, ...]]:
    """The country groups with a user's. Raises `InputError` for a name that is taken and for a member that is no country."""
    for name, members in own.items():
        if name in groups or name in countries or name == "world":
            raise InputError(f"{file}: groups {name}: the name is taken; give your group another one.")
        unknown = [code for code in members if code not in countries]
        if unknown or not members:
            found = f"{unknown[0]!r} is not a country" if unknown else "it has no members"
            raise InputError(f"{file}: groups {name}: {found}; give ISO 3166 alpha-3 codes such as CAN.")
    return {**groups, **own}
