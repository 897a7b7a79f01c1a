"""`detente optimum`, `detente war`, `detente talks FILE`: what governments would choose alone, against and with each
other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli import app
from detente.cli.command_line import repeated
from detente.errors import InputError
from detente.files import claimed

if TYPE_CHECKING:
    import numpy as np

    from detente.economy import Policy
    from detente.study.counterfactual import Counterfactual
    from detente.study.negotiation.consequences import Consequences
    from detente.talks.instruments import Instruments
    from detente.talks.payoff_model import PayoffModel

Law = Annotated[str, typer.Option(help="Day whose tariffs are the starting point, latest, or none (the baseline's).")]
Horizon = Annotated[str, typer.Option(help="short, medium or long.")]
Baseline = Annotated[str, typer.Option(help="World: a name or a file.")]
Sectors = Annotated[str, typer.Option(help="Sectors, separated by commas, or all; default: goods.")]
Ceiling = Annotated[float, typer.Option(help="Highest tariff, as a fraction.")]
Draws = Annotated[int, typer.Option(min=0, help="Draws of what is uncertain, for ranges; 0: the central case alone.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command()
def optimum(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="Country whose best tariffs are sought, for instance CAN.")],
    partners: Annotated[str, typer.Option(help="Partners, separated by commas; default: all.")] = "",
    sectors: Sectors = "",
    mfn: Annotated[bool, typer.Option("--mfn", help="The same tariff for every partner.")] = False,
    ceiling: Ceiling = 2.0,
    starts: Annotated[int, typer.Option(help="Starting points to climb from (1 to 3).")] = 1,
    infer: Annotated[
        bool,
        typer.Option("--infer", help="Instead, the political weights that explain the tariffs in force, and how well."),
    ] = False,
    law: Law = "latest",
    horizon: Horizon = "long",
    baseline: Baseline = "world-2024",
    draws: Draws = 32,
    as_json: Json = False,
) -> None:
    """The tariffs that are best for one country alone, everybody else's as they are."""
    start, payoff_model = _opened([party], law, horizon, baseline)
    from detente.talks.instruments import tariff_instruments, traded
    from detente.talks.optimum import optimum as best_tariffs
    from detente.talks.optimum import spread_starts

    instruments = tariff_instruments(
        payoff_model.economy,
        party,
        exporters=_listed(partners),
        sectors=_tariffed(payoff_model, sectors),
        mfn=mfn,
        upper=ceiling,
    )
    if infer:
        _show_weights(payoff_model, party, instruments, _rests_on(start, context) if as_json else None)
        return
    if not 1 <= starts <= 3:
        raise InputError(f"--starts {starts} is not understood: expected 1, 2 or 3.")
    instruments, untraded = traded(instruments, payoff_model.economy.border_value)
    found = best_tariffs(
        payoff_model, party, instruments, starts=spread_starts(instruments, payoff_model.today)[:starts]
    )
    touched = _consequences(start, payoff_model, found.policy, draws)
    if as_json:
        tariffs = dict(zip(instruments.labels, found.values.tolist(), strict=True))
        certificate = {"steepest_pct": found.steepest_pct, "starts_gain_pct": found.starts_gain_pct}
        print(
            json.dumps(
                {
                    "party": party,
                    "provenance": _rests_on(start, context),
                    "gain_pct": found.gain_pct,
                    "tariffs": tariffs,
                    "left_as_today": untraded,
                    "consequences": touched.document(),
                    "diagnostics": {**certificate, "evaluations": found.evaluations},
                }
            )
        )
        return
    from detente.report.terminal import say
    from detente.report.wording import sentence, signed, the_region

    say(sentence(f"{the_region(party)} would gain {signed(found.gain_pct, 3)} percent of real income alone"))
    _show_tariffs(payoff_model, instruments, found.values)
    _show_consequences(payoff_model, touched, untraded)
    say(
        f"First order: the most tempting tariff would still bring {found.steepest_pct:.0e} percent per 100 points. "
        f"Gains from {len(found.starts_gain_pct)} starting points: "
        f"{', '.join(f'{gain:.4f}' for gain in found.starts_gain_pct)} percent; {found.evaluations} equilibria."
    )


@app.command()
def war(
    context: typer.Context,
    parties: Annotated[list[str], typer.Argument(help="Countries at war, for instance USA CAN.")],
    sectors: Sectors = "",
    ceiling: Ceiling = 2.0,
    escalate: Annotated[bool, typer.Option("--escalate", help="No tariff below the starting point's.")] = False,
    law: Law = "latest",
    horizon: Horizon = "long",
    baseline: Baseline = "world-2024",
    draws: Draws = 32,
    as_json: Json = False,
) -> None:
    """The tariffs from which no country gains by moving alone, each on the others' goods, with the proof."""
    if len(parties) < 2:
        raise InputError("A war needs two countries or more; give for instance: detente war USA CAN.")
    start, payoff_model = _opened(parties, law, horizon, baseline)
    from detente.report.progress import stages
    from detente.talks.instruments import raised_from, tariff_instruments, traded
    from detente.talks.war import war as fight

    instruments, untraded = {}, []
    for party in parties:
        others = [other for other in parties if other != party]
        all_of_it = tariff_instruments(
            payoff_model.economy, party, exporters=others, sectors=_tariffed(payoff_model, sectors), upper=ceiling
        )
        instruments[party], left = traded(all_of_it, payoff_model.economy.border_value)
        untraded += left
    if escalate:
        instruments = {party: raised_from(mine, payoff_model.today) for party, mine in instruments.items()}
    with stages() as told:

        def rounds(turn: int, gain: float) -> None:
            told(f"round {turn}: somebody still gained {gain:.0e} percent", min(turn / 8, 0.9))

        found = fight(payoff_model, instruments, progress=rounds)
    touched = _consequences(start, payoff_model, found.policy, draws)
    if as_json:
        from detente.study.negotiation.document import war_document

        added = {"left_as_today": untraded, "consequences": touched.document()}
        print(json.dumps({"provenance": _rests_on(start, context), **war_document(found), **added}))
        return
    from detente.report.terminal import say
    from detente.report.wording import sentence, signed, the_region

    for name in payoff_model.names:
        say(sentence(f"{the_region(name)}: {signed(found.gain_pct[name], 3)} percent of real income against today"))
    for mine, values in ((instruments[name], found.values[name]) for name in instruments):
        _show_tariffs(payoff_model, mine, values)
    _show_consequences(payoff_model, touched, untraded)
    proof = ", ".join(f"{name} {gain:.0e} or less" for name, gain in found.proof_pct.items())
    say(
        f"Proof, among {found.searched}: the best move alone would bring, percent: {proof} (three starts each, fresh solves; "
        "what is smaller than the precision of the search is given as that). "
        f"{found.rounds} rounds, {found.evaluations} equilibria."
    )


@app.command()
def talks(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Talks file (YAML); see examples/.")],
    as_json: Json = False,
    out: Annotated[Path | None, typer.Option(help="Folder for results.json and the figures.")] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0, help="Draws of what is uncertain, for ranges and probabilities; 0: the central case alone."
        ),
    ] = 100,
) -> None:
    """The agreements on a table against each threat: who gains, who concedes what, and what stands in the way."""
    from detente.study.negotiation.schema import TalksFile

    given = TalksFile.from_file(file)  # complain before the slow imports
    from detente.report.progress import stages
    from detente.study.negotiation.document import document
    from detente.study.negotiation.study import run_talks

    assert isinstance(given, TalksFile)
    if draws == 1:
        raise InputError("--draws 1 gives no range; give 2 or more, or 0 for the central case alone.")
    with claimed(out):  # complain about the folder before the work
        with stages() as told:
            study = replace(run_talks(given, told, draws=draws), command=repeated(context))
        if out is not None:
            from detente.report.talks_figure import write_figures

            write_figures(study, out, document(study))
    if as_json:
        print(json.dumps(document(study)))
        return
    from detente.report.talks_note import show_talks

    show_talks(study)


def _consequences(start: Counterfactual, payoff_model: PayoffModel, policy: Policy, draws: int) -> Consequences:
    """What the tariffs found do to everybody."""
    from detente.report.progress import progress
    from detente.study.negotiation.consequences import consequences

    if draws == 1:
        raise InputError("--draws 1 gives no range; give 2 or more, or 0 for the central case alone.")
    with progress("draws of what is uncertain") as told:
        return consequences(start, payoff_model, policy, draws, told)


def _show_consequences(payoff_model: PayoffModel, touched: Consequences, untraded: list[str]) -> None:
    """Real income of the parties and of who else is touched most, then the jobs of the parties that count them."""
    from detente.report.terminal import say, show
    from detente.report.wording import region_name, sector_name, signed, spread

    mine = tuple(payoff_model.economy.regions[n] for members in payoff_model.members for n in members)
    rows = []
    for k in touched.ordered(mine)[: len(mine) + 6]:
        ends = (
            "" if touched.range_pct is None else spread(float(touched.range_pct[0, k]), float(touched.range_pct[1, k]))
        )
        pct, musd = touched.real_income_pct[k], touched.real_income_musd[k]
        rows.append([region_name(touched.regions[k]), signed(pct, 3), ends, signed(musd / 1000, 1)])
    show(
        f"Real income against today: percent, its range in {touched.draws} draws with these tariffs held, billion USD a year",
        ["", "percent", "range", "billion USD"],
        rows,
    )
    for party, jobs in touched.jobs_kjobs.items():
        order = sorted(jobs, key=lambda sector: -abs(jobs[sector]))[:6]
        title = f"Jobs in {region_name(party)}, thousand (payroll): the sectors that change most"
        show(title, ["", "thousand jobs"], [[sector_name(s), signed(jobs[s], 1)] for s in order])
    if untraded:
        say(f"{len(untraded)} tariffs on what is not traded at all are left as today: no rate of them is best.")


def _rests_on(start: Counterfactual, context: typer.Context) -> dict[str, str | int]:
    """The provenance of a search for tariffs, which draws nothing."""
    from detente.study.provenance import Provenance

    day = "none" if start.day is None else start.day.isoformat()
    return Provenance.of(start, command=repeated(context, law=day)).record()


def _opened(parties: list[str], law: str, horizon: str, baseline: str) -> tuple[Counterfactual, PayoffModel]:
    """Where a search for tariffs starts, and what governments want there."""
    from pydantic import ValidationError

    from detente.study.scenario import Scenario

    try:
        scenario = Scenario.model_validate(
            {"title": "command line", "law": law, "horizon": horizon, "baseline": baseline}
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise InputError(f"--{fault['loc'][0]} {fault['input']!r} is not understood: {fault['msg']}.") from None
    from detente.study.counterfactual import Counterfactual
    from detente.talks.party import Party
    from detente.talks.payoff_model import PayoffModel

    start = Counterfactual.of(scenario)
    economy = start.economy()
    return start, PayoffModel(economy, [Party(party) for party in parties], start.charged(economy))


def _show_weights(
    payoff_model: PayoffModel, party: str, instruments: Instruments, rests_on: dict[str, str | int] | None
) -> None:
    """The weights on sector incomes under which the tariffs in force come closest to the best, with their fit.

    As JSON where `rests_on` is given.
    """
    from detente.talks.weights import infer_weights

    found = infer_weights(payoff_model, party, instruments)
    if rests_on is not None:
        fit = {"r_squared": found.r_squared, "gain_left_pct": found.gain_left_pct}
        print(json.dumps({"party": party, "provenance": rests_on, "weights": dict(found.weights), **fit}))
        return
    from detente.report.terminal import say, show
    from detente.report.wording import sector_name, the_region

    if found.r_squared <= 0:
        say(
            f"No ranking: no weights on sectors explain the tariffs in force better than one tariff for all would "
            f"(R-squared {found.r_squared:.2f}); with the nearest weights {the_region(party)} would still gain "
            f"{found.gain_left_pct:.3f} percent by moving to its best tariffs. Fit: none. --json prints the weights."
        )
        return
    rows = [[sector_name(s), f"{w:.2f}"] for s, w in sorted(found.weights.items(), key=lambda item: -item[1])]
    show("Weight of a dollar earned in each sector (mean 1)", ["sector", "weight"], rows)
    say(
        f"Fit: with these weights the best tariffs explain {100 * max(found.r_squared, 0.0):.0f} percent of the variance of the "
        f"tariffs in force, and {the_region(party)} would still gain {found.gain_left_pct:.3f} percent by moving to them. "
        "Tariffs bound by agreements are lower than any such weights explain; then the fit is poor, and the weights mean little."
    )


def _tariffed(payoff_model: PayoffModel, text: str) -> list[str] | None:
    """The sectors named; none named: the goods, as services cross no customs house (all, where the world has other sectors)."""
    import csv
    from importlib import resources

    if text.strip() == "all":
        return None
    if named := _listed(text):
        return named
    with (resources.files("detente.accounts") / "sectors.csv").open(encoding="utf-8") as file:
        group = {row["sector"]: row["group"] for row in csv.DictReader(file)}
    goods = [sector for sector in payoff_model.economy.sectors if group.get(sector) == "goods"]
    return goods if all(sector in group for sector in payoff_model.economy.sectors) else None


def _listed(text: str) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] or None


def _show_tariffs(payoff_model: PayoffModel, instruments: Instruments, after: np.ndarray) -> None:
    """The forty tariffs that change most from today, in percent."""
    from detente.report.terminal import show

    before = instruments.rates(payoff_model.today, payoff_model.economy.border_value)[:, 1]
    order = sorted(range(len(instruments)), key=lambda k: -abs(after[k] - before[k]))[:40]
    rows = [[instruments.labels[k], f"{100 * before[k]:.1f}", f"{100 * after[k]:.1f}"] for k in order]
    title = f"Tariffs, percent{'' if len(instruments) <= 40 else f': the 40 of {len(instruments)} that change most'}"
    show(title, ["importer<exporter:sector", "today", "best"], rows)
