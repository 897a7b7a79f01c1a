"""Where a lawyer can open an act: what a record names, its citation in the Federal Register or Gazette, and an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote_plus

import yaml

from detente.law.measure import Measure

#: What in a record names a published act, most specific first. Names of repositories and private notes match none.
_PATTERNS = (
    r"(?:EO|Executive Order) (?P<eo>\d{5})",
    r"Proclamations? (?P<proclamation>\d{4,5}(?:(?:, | and |, and )\d{4,5})*)",
    r"(?P<fr>\d{2} FR \d{3,6}\b(?!-)(?:(?:, | and )\d{3,6}\b(?!-))*)",
    r"(?P<sor>S(?:OR|I)/\d{4}-\d+)",
    r"(?P<pc>P\.C\. \d{4}-\d+)",
    r"(?P<csms>CSMS #?\d{8})",
    r"(?P<docket>USTR-\d{4}-\d{4}(?:/\d{4})*)",
    r"(?P<heading>99\d{2}\.\d{2}\.\d{2})",
    r"\bnotes? (?P<note>\d+(?:\([a-z]+\))+)",
    r"(?P<case>\b[AC]-\d{3}-\d{3}\b)",
    r"(?P<court>Nos?\. \d{2}-\d{3,5})",
    r"(?P<eu>Regulation \(EU\) (?P<year>20\d{2})/(?P<number>\d+))",
    r"(?P<url>https?://[^\s;,)]*(?:\.gov|\.gc\.ca|justice\.gc\.ca|\.eu|\.gov\.cn|\.gob\.mx)/[^\s;,)]*)",
)
_SEARCH = "https://www.federalregister.gov/documents/search?conditions%5Bterm%5D="
_ACT = re.compile("|".join(_PATTERNS))


@dataclass(frozen=True)
class Citation:
    """An act: its name, where it was published (empty where that is not held), and an address that opens or finds it.

    `one_source`: the page was read in one public document only, not in two that are independent of each other.
    """

    act: str
    published: str
    url: str
    one_source: bool = False

    def __str__(self) -> str:
        page = f"{self.published} (page from one source)" if self.one_source else self.published
        return f"{self.act}, {page}" if page else self.act


def citations(*texts: str | None) -> list[Citation]:
    """The published acts that texts name, in order, each once."""
    found: dict[str, Citation] = {}
    for text in texts:
        for match in _ACT.finditer(text or ""):
            for citation in _read(match):
                found.setdefault(citation.act, citation)
    named = {page for citation in found.values() for page in [citation.published] if page}
    return [citation for citation in found.values() if citation.act not in named]


def of_measure(measure: Measure) -> list[Citation]:
    """The published acts that a record names; where it names none, its instrument and where its government publishes.

    Empty for a record that says that no act was found, and for users' own records that name none.
    """
    found = citations(_published().get(measure.id), measure.instrument, measure.source)
    journals = _file()["journals"].items()
    return found or [
        Citation(measure.instrument, name, one["url"]) for name, one in journals if measure.id in one["records"]
    ]


@cache
def _file() -> dict[str, Any]:
    text = (resources.files("detente.law") / "ledger" / "citations.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def _published() -> dict[str, str]:
    return {str(act): str(page) for act, page in _file()["pages"].items()}


def _read(match: re.Match[str]) -> list[Citation]:
    kind, value = match.lastgroup or "", match.group(match.lastgroup or 0)
    if kind == "eo":
        return [_presidential(f"EO {value}", f"Executive Order {value}")]
    if kind == "proclamation":
        return [
            _presidential(f"Proclamation {number}", f"Proclamation {number}") for number in re.findall(r"\d+", value)
        ]
    if kind == "fr":
        volume, *pages = re.findall(r"\d+", value)
        return [Citation(f"{volume} FR {page}", "", _register(f"{volume} FR {page}")) for page in pages]
    if kind == "eu":
        url = f"https://eur-lex.europa.eu/eli/reg_impl/{match['year']}/{match['number']}/oj"
        return [Citation(match["eu"], "Official Journal of the European Union", url)]
    if kind == "sor":
        return [
            Citation(
                value,
                "Canada Gazette, Part II",
                f"https://laws-lois.justice.gc.ca/eng/regulations/{value.replace('/', '-')}/",
            )
        ]
    if kind == "pc":
        return [Citation(value, "Order in Council", "https://orders-in-council.canada.ca/")]
    if kind == "heading":
        return [Citation(f"HTSUS {value}", "", "https://hts.usitc.gov/search?query=" + value)]
    if kind == "note":
        return [Citation(f"HTSUS chapter 99, U.S. note {value}", "", "https://hts.usitc.gov/search?query=9903")]
    if kind == "case":
        return [Citation(f"case {value}", "", "https://access.trade.gov/")]
    if kind == "csms":
        return [Citation(value, "", "https://www.cbp.gov/trade/automated/cargo-systems-messaging-service")]
    if kind == "court":
        return [Citation(value, "", "https://www.supremecourt.gov/docket/docket.aspx")]
    if kind == "docket":
        return [Citation(f"docket {value}", "", "https://comments.ustr.gov/")]
    return [Citation(value, "", value)]


def _presidential(act: str, name: str) -> Citation:
    page = _published().get(act, "")
    url = _register(page) if page else _SEARCH + quote_plus(f'"{name}"')
    return Citation(name, page, url, act in _file()["one_source"])


def _register(page: str) -> str:
    return "https://www.federalregister.gov/citation/" + page.replace(" ", "-")
