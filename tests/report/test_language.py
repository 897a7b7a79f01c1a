from __future__ import annotations

import datetime
import html
import json
import re
import string
from importlib import resources

import pytest

from detente.accounts.library import load
from detente.accounts.places import load as load_places
from detente.accounts.schema import VARIABLES
from detente.economy import HORIZONS
from detente.errors import InputError
from detente.law.ledger import coverage_warning
from detente.report.html import render
from detente.report.language import LANGUAGES, Language, speak
from detente.report.path_report import path_figure
from detente.study.negotiation.schema import KINDS
from detente.study.run import Study, run
from detente.study.scenario import Scenario
from detente.study.uncertainty import sampling

FRENCH = speak("fr")
NBSP = "\u00a0"
VERY_LATE = datetime.date(2030, 1, 1)
NAMES = ("region.", "sector.", "place.", "the.", "of.", "in.")
#: What a report says in the words of its reader is in the scenario, in code, or in the provenance, which is quoted.
WRITTEN = re.compile(
    r"<style>.*?</style>|<pre.*?</pre>|<code>.*?</code>|<h1>.*?</h1>|<title>.*?</title>|href=\"data:[^\"]*\"", re.S
)
LONG = 12
COMMON = r"\b(?:the|and|with|percent|jobs|billion USD|million USD|of|year|by)\b"
CHANGES = [
    {"tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["steel", "motor_vehicles"], "rate": 0.25}},
    {"tariff": {"importer": "CAN", "exporter": "USA", "sectors": ["aluminum"], "rate": 0.25}},
]


def texts(file: str) -> dict[str, str]:
    pairs = json.loads(
        (resources.files("detente.report") / "text" / file).read_text(encoding="utf-8"), object_pairs_hook=list
    )
    assert len(dict(pairs)) == len(pairs), f"{file} has a key twice"
    return dict(pairs)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def words(page: str) -> str:
    """What a page shows, its figures and their words for who cannot see them included."""
    shown = WRITTEN.sub(" ", page)
    labels = " ".join(re.findall(r'aria-label="([^"]*)"', shown))
    return re.sub(r"\s+", " ", html.unescape(labels + " " + re.sub(r"<[^>]+>", " ", shown)))


@pytest.fixture(scope="module")
def studies() -> list[Study]:
    """Short runs that between them show every figure and table: with ranges, over years, and a law taken apart."""
    ask = Scenario.model_validate
    return [
        run(ask({"title": "A", "law": "none", "changes": CHANGES}), draws=4),
        run(ask({"title": "B", "law": "2026-09-30", "horizon": "short", "wages": "rigid"})),
        run(ask({"title": "C", "law": "none", "changes": CHANGES, "horizon": "medium", "closure": "balanced"})),
    ]


def test_both_languages_have_every_text_of_the_report_with_the_same_fields() -> None:
    english, french = (texts(f"report.{code}.json") for code in LANGUAGES)
    assert english.keys() == french.keys()
    assert {key: fields(text) for key, text in english.items()} == {key: fields(text) for key, text in french.items()}


def test_both_languages_have_every_text_of_the_page_but_names_that_english_has_elsewhere() -> None:
    english, french = ({key for key in texts(f"{code}.json") if not key.startswith(NAMES)} for code in LANGUAGES)
    assert english == french


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_term_that_a_table_may_hold_has_words(language: str) -> None:
    assert [kind for kind in KINDS if f"term.{kind}" not in texts(f"{language}.json")] == []


def test_every_region_and_sector_has_a_french_name_with_its_articles() -> None:
    world = load()
    for region in world.regions:
        for form in ("region", "the", "of", "in"):
            assert f"{form}.{region}" in FRENCH.texts
    for sector in world.sectors:
        assert f"sector.{sector}" in FRENCH.texts
    places = load_places()
    named = dict(zip(places.places, places.names, strict=True))
    assert FRENCH.place("US-CA", named["US-CA"]) == "Californie"
    assert FRENCH.place("CA-NL", named["CA-NL"]) == "Terre-Neuve-et-Labrador"


def test_what_the_accounts_and_the_law_say_in_english_is_said_in_french() -> None:
    world = load()
    said = [*world.sources.values(), *map(str, world.attributes.values()), *(h.source for h in HORIZONS.values())]
    said += [name.replace("_", " ") for name in [*VARIABLES, *world.attributes]]
    said += [variable.units for variable in VARIABLES.values()]
    said += [sampling.STUDY, sampling.LAW, sampling.CLOSURE, sampling.FACTORS]
    said += [f"trade elasticities of {group}" for group in [*sampling._GROUPS, "other goods", "services"]]
    said += coverage_warning(VERY_LATE)
    assert [text for text in said if FRENCH.quoted(text) is None] == []
    assert FRENCH.quoted("a sentence that nobody has seen") is None


def english_in(shown: str) -> list[str]:
    """What is English in the words of a page: parts of texts, names, common words, and a decimal point."""
    english, french = texts("report.en.json"), texts("report.fr.json")
    parts = {
        part.strip(" ;:,.()")
        for key, text in english.items()
        if text != french[key]
        for part, *_ in string.Formatter().parse(text)
    }
    found = [part for part in parts | set(_english_names()) if len(part) > LONG and part in shown]
    versions = re.sub(r"Détente [0-9.]+|AER [0-9()]+|REStud [0-9()]+|CC BY 4\.0|Etalab 2\.0", "", shown)
    return [*found, *re.findall(COMMON, shown), *re.findall(r"[0-9]\.[0-9]", versions)]


def test_a_french_report_says_nothing_in_english(studies: list[Study]) -> None:
    assert len(english_in(words(render(studies[0])))) > 100  # the test can fail
    for study in studies:
        assert english_in(words(render(study, FRENCH))) == []


def test_an_english_report_says_nothing_in_french(studies: list[Study]) -> None:
    shown = words(render(studies[0]))
    assert not re.search(r"\b(les|des|aux|pour cent|emplois|milliards)\b", shown)


def _english_names() -> list[str]:
    english = speak("en")
    world, places = load(), load_places()
    pairs = [(english.region(code), FRENCH.region(code)) for code in world.regions]
    pairs += [(english.sector(code), FRENCH.sector(code)) for code in world.sectors]
    pairs += [(name, FRENCH.place(code, name)) for code, name in zip(places.places, places.names, strict=True)]
    return [name for name, other in pairs if name != other]


def test_the_page_names_its_language_and_how_to_make_it_again(studies: list[Study]) -> None:
    page = render(studies[0], FRENCH)
    assert '<html lang="fr">' in page
    assert "--out results --lang fr" in page
    assert "--lang" not in render(studies[0])


def test_a_note_that_nobody_has_translated_is_marked_as_english(studies: list[Study]) -> None:
    from dataclasses import replace

    study = replace(studies[0])
    study.__dict__["notes"] = ["Something <new> is known."]
    page = render(study, FRENCH)
    assert '<span lang="en">Something &lt;new&gt; is known.</span>' in page


def test_years_are_told_in_french() -> None:
    scenario = Scenario.model_validate({"title": "P", "law": "none", "baseline": "toy", "changes": TOY})
    study = run(scenario.with_path("2025-2027"))
    figure = path_figure(study, FRENCH)
    assert re.match(
        r"(Perte|Gain) de [0-9,]+\u00a0% du revenu de (AAA|BBB) en 2027, de [0-9,]+\u00a0% en 2025\.", figure.title
    )
    assert figure.unit == f"Bien-être{NBSP}: pour cent du revenu, année par année"


TOY = [{"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.3}}]


@pytest.mark.parametrize(
    ("form", "code", "expected"),
    [
        ("the", "USA", "les États-Unis"),
        ("of", "USA", "des États-Unis"),
        ("in", "USA", "aux États-Unis"),
        ("in", "CAN", "au Canada"),
        ("in", "CHN", "en Chine"),
        ("in", "TWN", "à Taïwan"),
        ("in", "ROW", "dans le reste du monde"),
        ("of", "IND", "de l’Inde"),
        ("of", "AAA", "de AAA"),
    ],
)
def test_regions_have_their_articles_and_prepositions(form: str, code: str, expected: str) -> None:
    assert FRENCH.the(code, form) == expected
    assert format(FRENCH.name(code), form) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (FRENCH.money(459), "460~millions~$~US"),
        (FRENCH.money(1_500), "1,5~milliard~$~US"),
        (FRENCH.money(2_371), "2,4~milliards~$~US"),
        (FRENCH.money(2_400_000), "2,4~billions~$~US"),
        (FRENCH.money_range(3_400, 8_000), "3,4 à 8,0~milliards"),
        (FRENCH.percent(0.0204), "0,020~%"),
        (FRENCH.cell(-1234.5, 1), "−1~234,5"),
        (FRENCH.cell(0.0001, 3), "0,000"),
        (FRENCH.jobs(6.0), "6~000~emplois"),
        (FRENCH.spread(-0.018, 0.02), "perte de 0,018 à gain de 0,020"),
        (FRENCH.jobs_range(0.88, 2.7), "880 à 2~700"),
        (FRENCH.short_money(-459), "−460~M$"),
        (FRENCH.listed(["a", "b", "c"]), "a, b et c"),
    ],
)
def test_numbers_are_written_as_the_french_do(shown: str, expected: str) -> None:
    assert shown.replace(NBSP, "~") == expected


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="no language 'de'; give one of en, fr"):
        speak("de")
    assert isinstance(speak("fr"), Language)
