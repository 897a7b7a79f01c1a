"""What governments would do without an agreement: the best tariffs of one alone, and a trade war, from any starting point."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from math import log
from pathlib import Path
from typing import Any

from detente.economy import Economy, Policy
from detente.errors import InputError
from detente.rates import as_rate
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario
from detente.talks.certificate import PROOF
from detente.talks.instruments import Instruments, raised_from, tariff_instruments, traded
from detente.talks.optimum import Optimum, spread_starts
from detente.talks.optimum import optimum as best_tariffs
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.war import War
from detente.talks.war import war as fight
from detente.text import shown

#: Where governments start from: an economy at its baseline, or a scenario, its fields or its file.
Start = Economy | Counterfactual | Scenario | Mapping[str, Any] | str | Path
Names = str | Sequence[str] | None


def optimum(
    start: Start,
    party: str,
    *,
    today: Policy | None = None,
    partners: Names = None,
    sectors: Names = None,
    mfn: bool = False,
    uniform: bool = False,
    ceiling: float = 2.0,
    starts: int = 1,
) -> Optimum:
    """The tariffs that are best for one government alone, everybody else's as they are.

    `start`: a scenario (its law and changes are what is in force) or an economy, at `today` (default: its baseline's policy).
    `partners`, `sectors`: names, lists of names, or all (`sectors`: goods unless "all"). `mfn`: one tariff for all partners;
    `uniform`: one for all sectors. `ceiling`: highest tariff, a fraction. `starts`: places to climb from, 1 to 3. Raises
    `InputError`, and `SolveError` when no equilibrium is found.

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> dt.optimum(economy, "BBB", partners="AAA", uniform=True, ceiling=0.1)
        <Optimum of BBB: +0.360 percent of payoff from 1 tariff>
    """
    if starts not in (1, 2, 3):
        raise InputError(f"starts={starts!r} is not understood: expected 1, 2 or 3.")
    payoff_model = payoffs(start, [party], today)
    mine = tariffs(payoff_model, party, partners, sectors, mfn=mfn, uniform=uniform, ceiling=ceiling)
    return best_tariffs(payoff_model, party, mine, starts=spread_starts(mine, payoff_model.today)[:starts])


def war(
    start: Start,
    parties: Sequence[str],
    *,
    today: Policy | None = None,
    sectors: Names = None,
    uniform: bool = False,
    ceiling: float = 2.0,
    escalate: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> War:
    """The tariffs from which none of `parties` gains by moving alone, each on the others' goods, with the proof.

    `start`, `today`, `sectors`, `uniform` and `ceiling` as in `optimum`. `escalate`: no tariff falls below today's. `progress`
    is told what is being done and how much of the way is behind, from 0 to 1. Raises `InputError`, and `SolveError` when the
    war does not settle.

    Example:
        >>> import detente as dt
        >>> dt.war(dt.calibrate(dt.load("toy")), ["AAA", "BBB"], uniform=True)
        <War: AAA -0.349, BBB -1.923 percent of payoff; no move alone brings more than 1e-06>
    """
    if isinstance(parties, str) or len(parties) < 2:
        raise InputError(f"A war needs two countries or more, such as ['USA', 'CAN']; {parties!r} was given.")
    payoff_model = payoffs(start, parties, today)
    instruments = {
        party: tariffs(
            payoff_model, party, [p for p in parties if p != party], sectors, uniform=uniform, ceiling=ceiling
        )
        for party in parties
    }
    if escalate:
        instruments = {party: raised_from(mine, payoff_model.today) for party, mine in instruments.items()}
    return fight(payoff_model, instruments, progress=progress and _rounds(progress))


def _rounds(progress: Callable[[str, float], None]) -> Callable[[int, float], None]:
    """Told the round and what was gained in it, percent: how much of the way to nothing is behind, in orders of magnitude."""
    first: list[float] = []

    def told(turn: int, moved: float) -> None:
        first.append(max(moved, 10 * PROOF))
        progress(
            f"round {turn}: a party gained {moved:.1e} percent",
            1 - log(max(moved, PROOF) / PROOF) / log(first[0] / PROOF),
        )

    return told


def payoffs(start: Start, parties: Sequence[str], today: Policy | None = None) -> PayoffModel:
    """The real income of `parties` in the economy of `start`, from the policy in force there. Raises `InputError`."""
    if not all(isinstance(party, str) for party in parties):
        raise InputError(f"A government is named by its region, such as 'CAN'; {parties!r} was given.")
    if isinstance(start, Economy):
        return PayoffModel(start, [Party(party) for party in parties], today)
    if today is not None:
        raise InputError("A scenario says itself what is in force; give today with an economy alone.")
    counterfactual = start if isinstance(start, Counterfactual) else Counterfactual.of(Scenario.of(start))
    economy = counterfactual.economy()
    return PayoffModel(economy, [Party(party) for party in parties], counterfactual.charged(economy))


def tariffs(
    payoff_model: PayoffModel,
    party: str,
    partners: Names,
    sectors: Names,
    *,
    mfn: bool = False,
    uniform: bool = False,
    ceiling: float = 2.0,
) -> Instruments:
    """The tariffs that a government may set: no partners named, on all; no sectors named, on `goods`.

    What is not traded at all has no best tariff and keeps today's. Raises `InputError`.
    """
    economy = payoff_model.economy
    chosen = goods(economy.sectors) if sectors is None or sectors == [] else None if sectors == "all" else sectors
    exporters, products = _names("partners", partners), _names("sectors", chosen)
    try:
        highest = float(as_rate(ceiling))
    except (TypeError, ValueError) as error:
        raise InputError(f"ceiling: {error}.") from None
    every = tariff_instruments(
        economy, party, exporters=exporters, sectors=products, mfn=mfn, uniform=uniform, upper=highest
    )
    return traded(every, economy.border_value)


def _names(what: str, given: Names) -> list[str] | None:
    """Names as a list, None for all; the names themselves are checked where the tariffs are laid out."""
    listed = [given] if isinstance(given, str) else given
    if listed is not None and (isinstance(listed, Mapping) or not all(isinstance(name, str) for name in listed)):
        raise InputError(f"{what} takes a name or a list of names; it was given {shown(given)}.")
    return list(listed) if listed else None


def goods(sectors: Sequence[str]) -> list[str] | None:
    """The goods among sectors, as services cross no customs house; None (all) for sectors that are not those of `world-2024`."""
    with (resources.files("detente.accounts") / "sectors.csv").open(encoding="utf-8") as file:
        group = {row["sector"]: row["group"] for row in csv.DictReader(file)}
    if not all(sector in group for sector in sectors):
        return None
    return [sector for sector in sectors if group[sector] == "goods"]
