"""From a talks file to the objects of `detente.talks`: parties, table, clauses, and the instruments of a war."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.accounts.customs_unions import states
from detente.accounts.places import load as load_places
from detente.economy import Economy, Policy
from detente.study.negotiation.schema import ClauseFile, QuotaRange, RatificationFile, TalksFile, TermFile, WarThreat
from detente.study.scenario.policy import resolve
from detente.study.scenario.schema import to_exporter
from detente.talks.clauses import Floor, Ratification
from detente.talks.instruments import QUOTA, Instrument, Instruments, Licence, raised_from, tariff_instruments
from detente.talks.party import Party, jobs_in_place, positions
from detente.talks.patience import impatience, power_of_patience
from detente.talks.table import Table, Term, make_term

Location = list[str | int]

#: What the places of a country are called in a ratification rule.
PLACES_OF = {"USA": "states", "CAN": "provinces"}


def parties_of(file: TalksFile, economy: Economy) -> list[Party]:
    """The parties with their objectives; raises `InputError` naming the line of an unknown region or sector."""
    found = []
    for region, given in file.parties.items():
        where: Location = ["parties", region]
        mine = [economy.regions[n] for n in resolve(file, economy.regions, [region], "region", where)]
        if foreign := [code for code in given.members if code not in mine]:
            raise file.complain([*where, "members", foreign[0]], f"{foreign[0]} is no member; {', '.join(mine)} are.")
        for field in ("sector_weights", "jobs"):
            for sector in getattr(given, field):
                resolve(file, economy.sectors, [sector], "sector", [*where, field, sector])
        pledges = {}
        for k, pledge in enumerate(given.pledges):
            resolve(file, economy.regions, [pledge.exporter], "region", [*where, "pledges", k, "exporter"])
            for sector in _sectors(file, economy, pledge.sectors, [*where, "pledges", k, "sectors"]):
                pledges[pledge.exporter, sector] = (pledge.rate, pledge.cost)
        jobs = dict(given.jobs)
        for sector, weight in _jobs_in_places(file, economy, region).items():
            jobs[sector] = jobs.get(sector, 0.0) + weight
        found.append(Party(region, given.sector_weights, given.revenue_weight, jobs, pledges, given.members))
    return found


def power_of(file: TalksFile) -> dict[str, float]:
    """Bargaining power of each party: as given, or from how impatient each is where the file says that."""
    given = {name: party.discount_rate for name, party in file.parties.items()}
    rates = {name: rate for name, rate in given.items() if rate is not None}
    if not rates:
        return {name: party.power for name, party in file.parties.items()}
    elections = {name: file.parties[name].election for name in rates}
    return power_of_patience(
        {
            name: rate if (vote := elections[name]) is None else impatience(rate, vote.years, vote.chance_of_staying)
            for name, rate in rates.items()
        }
    )


def _jobs_in_places(file: TalksFile, economy: Economy, region: str) -> dict[str, float]:
    """Weights by sector of the jobs in a party's chosen places."""
    wanted, places = file.parties[region].jobs_in_places, load_places()
    inside = [code for code, country in zip(places.places, places.country, strict=True) if country == region]
    weights: dict[str, float] = {}
    for place, weight in wanted.items():
        where: Location = ["parties", region, "jobs_in_places", place]
        if places.sectors != economy.sectors or not inside:
            raise file.complain(where, f"places are known for {' and '.join(places.countries)} in world-2024 only.")
        resolve(file, inside, [place], "place", where)
        k, n = places.places.index(place), economy.regions.index(region)
        jobs = places.employment_share[k] * economy.baseline.employment[n]
        for sector, share in jobs_in_place(dict(zip(places.sectors, jobs.tolist(), strict=True)), weight).items():
            weights[sector] = weights.get(sector, 0.0) + share
    return weights


def table_of(file: TalksFile, economy: Economy, today: Policy) -> Table:
    """The table; raises `InputError` naming the line when two terms move the same rate or a name is unknown."""
    terms: list[Term] = []
    owner: dict[tuple[str, int], int] = {}
    for k, given in enumerate(file.terms):
        for term in _terms(file, economy, today, given, k):
            for rate in _rates(term.instrument, len(economy.uses)):
                if (first := owner.setdefault(rate, k)) != k:
                    line = file.line(["terms", first])
                    raise file.complain(["terms", k], f"moves a rate that the term on {line} moves already; keep one.")
            terms.append(term)
    return Table(terms)


def _rates(instrument: Instrument, uses: int) -> set[tuple[str, int]]:
    """What a instrument decides: a quota takes the place of the tariffs on its flow."""
    at_import = {"tariff": uses, QUOTA: 1}.get(instrument.kind)
    if at_import is None:
        return {(instrument.kind, int(cell)) for cell in instrument.cells}
    return {("charge on imports", int(cell) // at_import) for cell in instrument.cells}


def _terms(file: TalksFile, economy: Economy, today: Policy, given: TermFile, k: int) -> list[Term]:
    kind = given.kind
    edit = getattr(given, kind)
    where: Location = ["terms", k, kind]
    sectors = _sectors(file, economy, edit.sectors, [*where, "sectors"])
    for field in ("importer", "exporter", "region"):
        if hasattr(edit, field):
            resolve(file, economy.regions, [getattr(edit, field)], "region", [*where, field])
    if kind != "subsidy" and kind != "trade_cost" and edit.importer == edit.exporter:
        raise file.complain(where, f"importer and exporter are both {edit.importer}; a term needs two regions.")
    if kind == "trade_cost":
        resolve(file, economy.regions, edit.between, "region", [*where, "between"])
    giving = edit.between if kind == "trade_cost" else edit.regions[:1]
    if absent := [region for region in giving if region not in file.parties]:
        raise file.complain(
            where, f"{absent[0]} is not a party and cannot concede anything; the parties are {', '.join(file.parties)}."
        )
    if kind == "quota":
        _check_in_quota(file, economy, today, edit, sectors, where)
    options: dict[str, Any] = {"today": today, "track": given.track, "years": given.years, "draft": given.draft}
    options["lower"], options["upper"] = edit.range
    if kind == "quota":
        baseline = economy.baseline
        options["trade"] = (baseline.border_value if edit.by == "value" else baseline.trade).sum(axis=3)
        options["licence"] = Licence(edit.in_quota, edit.over_quota, to_exporter(edit.rents), edit.by == "value")
    groups = [[sector] for sector in sectors] if given.each_sector else [sectors]
    return [
        make_term(economy, kind, edit.regions, group, label=_label(given, group, len(groups)), **options)
        for group in groups
    ]


def threat_of_terms(file: TalksFile, economy: Economy, table: Table, today: Policy) -> Policy:
    """The policy without an agreement where each term says its own: at its `threat`, as today where it has none."""
    values: list[float] = []
    for k, given in enumerate(file.terms):
        sectors = _sectors(file, economy, getattr(given, given.kind).sectors, ["terms", k, given.kind, "sectors"])
        values += [np.nan if given.threat is None else given.threat] * (len(sectors) if given.each_sector else 1)
    return table.instruments.apply(today, np.array(values))


def _check_in_quota(
    file: TalksFile, economy: Economy, today: Policy, edit: QuotaRange, sectors: list[str], where: Location
) -> None:
    """Refuse a rate within a quota that is above the one in force, which is charged above it where no other is given."""
    if edit.over_quota is None:
        n, i = economy.regions.index(edit.importer), economy.regions.index(edit.exporter)
        duty = {s: float(np.asarray(today.tariff)[n, i, economy.sectors.index(s)].mean()) for s in sectors}
        lowest = min(duty, key=duty.__getitem__)
        if edit.in_quota > duty[lowest] + 1e-12:
            raise file.complain(
                [*where, "in_quota"],
                f"{edit.in_quota:g} is above the duty in force on {lowest}, {duty[lowest]:.4g}; give over_quota, or a lower "
                "in_quota.",
            )


def _label(given: TermFile, group: list[str], groups: int) -> str | None:
    return given.label and (f"{given.label}: {group[0]}" if groups > 1 else given.label)


def clauses_of(file: TalksFile, economy: Economy) -> list[Floor | Ratification]:
    """The clauses, with constituencies and votes from the accounts."""
    found: list[Floor | Ratification] = []
    for k, given in enumerate(file.clauses):
        if given.floor is not None:
            floor = given.floor
            where: Location = ["clauses", k, "floor"]
            if len(resolve(file, economy.regions, [floor.region], "region", [*where, "region"])) > 1:
                raise file.complain(
                    [*where, "region"], f"{floor.region} is a union; a floor is for one of its members."
                )
            sectors = tuple(_sectors(file, economy, floor.sectors, [*where, "sectors"]))
            label = given.label or f"{floor.region} {floor.measure} in {', '.join(sectors)}"
            found.append(Floor(label, floor.region, sectors, floor.change, floor.measure, floor.reference))
        else:
            found.append(_ratification(file, economy, given, k))
    return found


def _ratification(file: TalksFile, economy: Economy, given: ClauseFile, k: int) -> Ratification:
    rule = given.ratification
    assert isinstance(rule, RatificationFile)
    where: Location = ["clauses", k, "ratification"]
    home = resolve(file, economy.regions, [rule.region], "region", [*where, "region"])
    if (rule.by == "members") != (len(home) > 1):
        told = "a union ratifies by: members" if len(home) > 1 else "only a union ratifies by its members"
        raise file.complain([*where, "by"], f"{rule.region}: {told}.")
    if rule.by == "members":
        return _of_members(given, rule, tuple(economy.regions[n] for n in home), len(economy.sectors))
    [n] = home
    baseline = economy.baseline
    known = not np.isnan(baseline.employment[n]).any()
    names, shares, other = economy.sectors, np.eye(len(economy.sectors)), None
    jobs = np.diag(baseline.employment[n]) if known else None
    if rule.by == "sectors":
        votes = (baseline.value_added[n] > 0).astype(float)
    elif rule.by == "workers":
        if not known:
            raise file.complain([*where, "by"], f"the baseline has no employment for {rule.region}; use by: sectors.")
        votes = baseline.employment[n].copy()
    else:
        places = load_places()
        if rule.region not in places.countries or places.sectors != economy.sectors or not known:
            raise file.complain([*where, "by"], f"places are known for {' and '.join(places.countries)} only.")
        if rule.by != "places" and rule.by != PLACES_OF[rule.region]:
            raise file.complain([*where, "by"], f"{rule.region} has {PLACES_OF[rule.region]}, not {rule.by}.")
        inside = places.inside(rule.region)
        names = tuple(name for name, here in zip(places.names, inside, strict=True) if here)
        shares, jobs = places.income_share[inside], places.employment_share[inside] * baseline.employment[n]
        other = shares @ baseline.value_added[n] / baseline.value_added[n].sum()
        votes = np.ones(len(names)) if rule.votes == "equal" else jobs.sum(axis=1)
    return Ratification(
        given.label or f"{rule.region}: {rule.threshold:.0%} of {rule.by} gain",
        rule.region,
        names,
        shares,
        votes / votes.sum(),
        rule.threshold,
        rule.measure,
        rule.reference,
        jobs,
        other,
    )


def _of_members(given: ClauseFile, rule: RatificationFile, members: tuple[str, ...], sectors: int) -> Ratification:
    """The members of a union as constituencies, a vote for each state (a region may stand for several), on their real income."""
    votes = np.array([states(member) for member in members], dtype=float)
    label = given.label or f"{rule.region}: {rule.threshold:.0%} of members gain"
    everything, all_of_it = np.ones((len(members), sectors)), np.ones(len(members))
    return Ratification(
        label,
        rule.region,
        members,
        everything,
        votes / votes.sum(),
        rule.threshold,
        rule.measure,
        rule.reference,
        other=all_of_it,
        regions=members,
    )


def war_instruments(
    file: TalksFile, economy: Economy, today: Policy, table: Table, terms: WarThreat
) -> dict[str, Instruments]:
    """What each party moves in a war: its tariffs on the table, and with `sectors` all on the other parties' products named."""
    uses, size = len(economy.uses), (len(economy.regions), len(economy.regions), len(economy.sectors))
    flows = set()
    for term in table.terms:
        charged = {"tariff": term.instrument.cells // uses, QUOTA: term.instrument.cells}.get(term.instrument.kind, ())
        flows |= {tuple(int(x) for x in np.unravel_index(flow, size)) for flow in charged}
    named = _sectors(file, economy, terms.sectors, ["threats"])
    weapons: dict[str, Instruments] = {}
    for importer in file.parties:
        [n, *_] = positions(importer, economy.regions)  # of a union any member, since one tariff is all of theirs
        mine: list[Instrument] = []
        for exporter in (e for e in file.parties if e != importer):
            [i, *_] = positions(exporter, economy.regions)
            goods = [s for j, s in enumerate(economy.sectors) if s in named or (n, i, j) in flows]
            if goods:
                mine += tariff_instruments(economy, importer, exporters=[exporter], sectors=goods, upper=terms.ceiling)
        if mine:
            weapons[importer] = Instruments(mine) if terms.below_today else raised_from(Instruments(mine), today)
    if not weapons:
        raise file.complain(
            ["threats"],
            "a war is fought with tariffs, and none is on the table; name the sectors it would be fought over.",
        )
    return weapons


def _sectors(file: TalksFile, economy: Economy, given: list[str], where: Location) -> list[str]:
    return [economy.sectors[j] for j in resolve(file, economy.sectors, given, "sector", where)]
