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
from detente.cli.ledger import Files
from detente.errors import InputError
from detente.files import claimed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from detente.economy import Economy, Policy
    from detente.study.counterfactual import Counterfactual
    from detente.study.documents import OptimumDocument, ProvenanceRecord
    from detente.study.negotiation.consequences import Consequences
    from detente.talks.instruments import Instruments
    from detente.talks.payoff_model import PayoffModel

Law = Annotated[str, typer.Option(help="Day whose tariffs are the starting point, latest, or none (the baseline's).")]
Horizon = Annotated[str, typer.Option(help="short, medium or long.")]
Baseline = Annotated[str, typer.Option(help="World: a name or a file.")]
Sectors = Annotated[str, typer.Option(help="Sectors, separated by commas, or all; default: goods.")]
Uniform = Annotated[bool, typer.Option("--uniform", help="The same tariff on every sector.")]
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
    uniform: Uniform = False,
    ceiling: Ceiling = 2.0,
    starts: Annotated[int, typer.Option(help="Starting points to climb from (1 to 3).")] = 1,
    infer: Annotated[
        bool,
        typer.Option("--infer", help="Instead, the political weights that explain the tariffs in force, and how well."),
    ] = False,
    law: Law = "latest",
    ledger: Files = None,
    horizon: Horizon = "long",
    baseline: Baseline = "world-2024",
    draws: Draws = 32,
    as_json: Json = False,
) -> None:
    """The tariffs that are best for one country alone, everybody else's as they are."""
    if not 1 <= starts <= 3:
        raise InputError(f"--starts {starts} is not understood: expected 1, 2 or 3.")
    start, among, products = _start(law, ledger, horizon, baseline), _listed(partners), _sectors(sectors)
    from detente.study.negotiation import noncooperative

    if infer:
        payoff_model = noncooperative.payoffs(start, [party])
        instruments = noncooperative.tariffs(
            payoff_model, party, among, products, mfn=mfn, uniform=uniform, ceiling=ceiling
        )
        _show_weights(payoff_model, party, instruments, _rests_on(start, context) if as_json else None)
        return
    economy = start.economy()
    today = start.charged(economy)
    from detente.report.progress import waiting

    with waiting(f"Searching for the best tariffs of {party} ..."):
        found = noncooperative.optimum(
            economy,
            party,
            today=today,
            partners=among,
            sectors=products,
            mfn=mfn,
            uniform=uniform,
            ceiling=ceiling,
            starts=starts,
        )
    touched = _consequences(start, economy, today, [party], found.policy, draws)
    if as_json:
        tariffs = dict(zip(found.instruments.labels, found.values.tolist(), strict=True))
        certificate = {"steepest_pct": found.steepest_pct, "starts_gain_pct": found.starts_gain_pct}
        answer: OptimumDocument = {
            "party": party,
            "provenance": _rests_on(start, context),
            "gain_pct": found.gain_pct,
            "tariffs": tariffs,
            "at_ceiling": list(found.at_ceiling),
            "consequences": touched.document(),
            "diagnostics": {**certificate, "evaluations": found.evaluations},
        }
        print(json.dumps(answer))
        return
    from detente.report.terminal import say
    from detente.report.wording import sentence, signed, the_region

    say(sentence(f"{the_region(party)} would gain {signed(found.gain_pct, 3)} percent of real income alone"))
    _show_tariffs(found.to_frame())
    _say_ceiling(found.at_ceiling, len(found.instruments), ceiling)
    _show_consequences(touched)
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
    uniform: Uniform = False,
    ceiling: Ceiling = 2.0,
    escalate: Annotated[bool, typer.Option("--escalate", help="No tariff below the starting point's.")] = False,
    law: Law = "latest",
    ledger: Files = None,
    horizon: Horizon = "long",
    baseline: Baseline = "world-2024",
    draws: Draws = 32,
    as_json: Json = False,
) -> None:
    """The tariffs from which no country gains by moving alone, each on the others' goods, with the proof."""
    if len(parties) < 2:
        raise InputError("A war needs two countries or more; give for instance: detente war USA CAN.")
    start, products = _start(law, ledger, horizon, baseline), _sectors(sectors)
    from detente.report.progress import stages
    from detente.study.negotiation import noncooperative

    economy = start.economy()
    today = start.charged(economy)
    with stages() as told:
        found = noncooperative.war(
            economy,
            parties,
            today=today,
            sectors=products,
            uniform=uniform,
            ceiling=ceiling,
            escalate=escalate,
            progress=told,
        )
    touched = _consequences(start, economy, today, parties, found.policy, draws)
    if as_json:
        from detente.study.negotiation.document import war_document

        rests_on, everybody = _rests_on(start, context), touched.document()
        print(json.dumps({"provenance": rests_on, **war_document(found), "consequences": everybody}))
        return
    from detente.report.terminal import say
    from detente.report.wording import sentence, signed, the_region

    for name, gain in found.gain_pct.items():
        say(sentence(f"{the_region(name)}: {signed(gain, 3)} percent of real income against today"))
    for _, tariffs in found.to_frame().groupby(level="party", sort=False):
        _show_tariffs(tariffs.droplevel("party"))
    _say_ceiling(found.at_ceiling, sum(map(len, found.instruments.values())), ceiling)
    _show_consequences(touched)
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
    ledger: Files = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0, help="Draws of what is uncertain, for ranges and probabilities; 0: the central case alone."
        ),
    ] = 100,
) -> None:
    """The agreements on a table against each threat: who gains, who concedes what, and what stands in the way."""
    from detente.study.negotiation.schema import TalksFile

    given = TalksFile.from_file(file).with_ledger(ledger or ())  # complain before the slow imports
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


def _consequences(
    start: Counterfactual, economy: Economy, today: Policy, parties: list[str], policy: Policy, draws: int
) -> Consequences:
    """What the tariffs found do to everybody."""
    from detente.report.progress import progress
    from detente.study.negotiation.consequences import consequences
    from detente.talks.party import Party
    from detente.talks.payoff_model import PayoffModel

    if draws == 1:
        raise InputError("--draws 1 gives no range; give 2 or more, or 0 for the central case alone.")
    with progress("draws of what is uncertain") as told:
        model = PayoffModel(economy, [Party(party) for party in parties], today)
        return consequences(start, model, policy, draws, told)


def _show_consequences(touched: Consequences) -> None:
    """Real income of the parties and of who else is touched most, then the jobs of the parties that count them."""
    from detente.report.terminal import show
    from detente.report.wording import region_name, sector_name, signed, spread

    rows = []
    for k in touched.ordered()[: len(touched.parties) + 6]:
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


def _rests_on(start: Counterfactual, context: typer.Context) -> ProvenanceRecord:
    """The provenance of a search for tariffs and of its ranges."""
    from detente.study.provenance import Provenance

    day = "none" if start.day is None else start.day.isoformat()
    drawn = 0 if context.params.get("infer") else context.params["draws"]
    return Provenance.of(start, draws=drawn, command=repeated(context, law=day)).record()


def _start(law: str, ledger: Sequence[Path] | None, horizon: str, baseline: str) -> Counterfactual:
    """Where a search for tariffs starts; raises `InputError` naming the option that is wrong."""
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

    return Counterfactual.of(scenario.with_ledger(ledger or ()))


def _show_weights(
    payoff_model: PayoffModel, party: str, instruments: Instruments, rests_on: ProvenanceRecord | None
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


def _sectors(text: str) -> list[str] | str | None:
    return "all" if text.strip() == "all" else _listed(text)


def _listed(text: str) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] or None


def _show_tariffs(tariffs: pd.DataFrame) -> None:
    """The forty tariffs that change most from today, in percent."""
    from detente.report.terminal import show

    change = (tariffs["found"] - tariffs["today"]).abs().sort_values(ascending=False, kind="stable")
    most = tariffs.loc[change.index[:40]]
    rows = [[str(label), f"{100 * one.today:.1f}", f"{100 * one.found:.1f}"] for label, one in most.iterrows()]
    title = f"Tariffs, percent{'' if len(tariffs) <= 40 else f': the 40 of {len(tariffs)} that change most'}"
    show(title, ["importer<exporter:sector", "today", "best"], rows)


def _say_ceiling(held: Sequence[str], tariffs: int, ceiling: float) -> None:
    """That the highest tariff allowed holds some back, so that what is best is best up to there only."""
    from detente.report.terminal import say

    if held:
        say(
            f"The highest tariff allowed, {100 * ceiling:g} percent, holds back {len(held)} of {tariffs} tariffs: what is shown "
            "is the best up to there, and more may be gained above it; --ceiling sets it."
        )
