"""The report: one HTML file that needs no network and no script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib import resources
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

import detente
from detente.accounts.library import EMBEDDED, embedded_file
from detente.accounts.schema import VARIABLES
from detente.report import palette
from detente.report.assumptions import assumptions, closure_turns, duties_said, range_of
from detente.report.figure import Figure
from detente.report.figures import figures
from detente.report.findings import headline, principals, setting, summary
from detente.report.frame import About, framed
from detente.report.language import ENGLISH, Language
from detente.report.lead import lead
from detente.report.odd_movers import odd_movers
from detente.report.scenario_words import scenario_in_words, slug
from detente.report.tables import tables
from detente.study.provenance import Provenance
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL


def render(study: Study, language: Language = ENGLISH) -> str:
    """The report of a study as one HTML page: figures, tables, assumptions, sources, how to reproduce it."""
    templates = resources.files("detente.report") / "templates"
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["Markup"] = Markup
    template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    scenario, baseline = study.scenario, study.economy.baseline
    about = about_study(study, language)
    findings = [*summary(study, language), *odd_movers(study, language)]
    embedded = scenario.baseline in EMBEDDED
    provenance = embedded_file(scenario.baseline).with_name("PROVENANCE.md").read_text("utf-8") if embedded else ""
    return template.render(
        language=language,
        t=language.t,
        version=detente.__version__,
        title=scenario.title,
        headline=headline(study, language),
        central=study.draws is None,
        level=language.share(LEVEL),
        findings=findings,
        closure_turns=closure_turns(study, language),
        duties_said=duties_said(study, language),
        notes=study.notes,
        setting=setting(study, language),
        asked=about.scenario,
        about=about,
        css=Markup((templates / "report.css").read_text(encoding="utf-8") + _dark()),
        figures=[_figure(figure, about, findings, language) for figure in figures(study, language)],
        lead=lead(study, language),
        tables=list(tables(study, language)),
        assumptions=assumptions(study, language),
        variables=[
            (name.replace("_", " "), variable.units, baseline.sources.get(name)) for name, variable in VARIABLES.items()
        ],
        attributes=[(name.replace("_", " "), str(value)) for name, value in baseline.attributes.items()],
        provenance=provenance,
        baseline=scenario.baseline,
        scenario=scenario.text.strip(),
        parties=principals(study),
        rests_on=study.provenance,
        command=_again(study.provenance),
        diagnostics=list(_diagnostics(study, language)),
    )


def _again(rests_on: Provenance) -> str:
    """The command that repeats the report from the scenario that it holds, saved as scenario.yaml."""
    words = shlex.split(rests_on.command)
    options = f"--draws {rests_on.draws} --seed {rests_on.seed} --elasticities {rests_on.elasticity_source}"
    return f"detente run scenario.yaml {shlex.join(words[3:]) if words[:2] == ['detente', 'run'] else options}"


def about_study(study: Study, language: Language = ENGLISH) -> About:
    """What every figure of a study says of itself."""
    baseline = study.economy.baseline
    told = study.provenance
    return About(
        scenario=scenario_in_words(study, language),
        range=range_of(study, language),
        source=language.t("about.source.text", version=told.detente, baseline=told.baseline, hash=told.baseline_sha256),
        licence=language.t("about.licence.text")
        if study.scenario.baseline in EMBEDDED
        else str(baseline.attributes.get("licence", language.t("page.not_stated"))),
        slug=slug(study.scenario.title),
    )


def _figure(figure: Figure, about: About, findings: list[str], language: Language) -> dict[str, Any]:
    data = figure.data.assign(scenario=about.scenario, licence=about.licence)
    csv = data.to_csv(index=False, float_format="%.6g")
    drawn = framed(figure, about, language)
    said = figure.title in findings or all(part in findings for part in figure.title.split(". "))
    kind = figure.name.split("-")[0]  # a heading does not say again what the first lines say
    return {
        **figure._asdict(),
        "heading": language.t(f"heading.{kind}") if said and f"heading.{kind}" in language.texts else figure.title,
        "svg": Markup(figure.svg),
        "file": f"detente-{figure.name.lower()}-{about.slug}",
        "csv": f"data:text/csv;charset=utf-8,{quote(csv)}",
        "drawing": f"data:image/svg+xml;charset=utf-8,{quote(drawn)}",
    }


def _diagnostics(study: Study, language: Language) -> Iterator[tuple[str, str]]:
    d, t = study.result.diagnostics, language.t
    yield t("solved.residual"), t("solved.residual.text", size=f"{d['residual']:.0e}", n=d["iterations"])
    yield t("solved.walras"), t("solved.walras.text", size=f"{d['walras']:.0e}")
    yield t("solved.adding_up"), t("solved.adding_up.text", size=f"{d['adding_up']:.0e}")


def _dark() -> str:
    rules = [
        f'figure svg [fill="{light}"] {{ fill: {dark} }} figure svg [stroke="{light}"] {{ stroke: {dark} }}'
        for light, dark in palette.DARK.items()
    ]
    rules.append('.map svg > rect[fill="white"] { fill: none }')
    variables = "--ink: #ececec; --quiet: #b5b5b5; --line: #3a3d42; --paper: #16181b; --tint: #22252a; --link: #8ab8f0"
    return (
        "@media screen and (prefers-color-scheme: dark) {\n  :root { "
        + variables
        + " }\n  "
        + "\n  ".join(rules)
        + "\n}\n"
    )
