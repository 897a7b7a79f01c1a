"""A language of the report and the page: its texts, the names of regions, sectors and places, and how it writes numbers."""

from __future__ import annotations

import csv
import datetime
import json
import math
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from detente.errors import InputError

LANGUAGES = ("en", "fr")
_SCALES = ((1e6, "trillion"), (1e3, "billion"), (1.0, "million"))
_FORMS = ("the", "of", "in")
_NO_BREAK = "\u00a0"


class Language:
    """Texts in one language; `t` fills in their fields.

    A field that names a region has its form after a colon: `{region:the}` is `les États-Unis`, `{region:of}` `des
    États-Unis`, `{region:in}` `aux États-Unis`; of a sector, `{sector:product}` is `fer et acier`, `{sector:code}` `steel`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        texts = {**_read(f"{code}.json"), **_read(f"report.{code}.json")}
        french = code == "fr"
        self.texts = {key: _spaced(text) for key, text in texts.items()} if french else texts
        self._marks = str.maketrans({",": _NO_BREAK, ".": ","}) if french else {}
        #: How Vega writes numbers; None is its own way, which is English.
        self.axis_numbers = (
            {"decimal": ",", "thousands": _NO_BREAK, "grouping": [3], "currency": ["", ""]} if french else None
        )
        self._quotes = (
            [] if code == "en" else [(_pattern(k), _spaced(v)) for k, v in _read(f"quoted.{code}.json").items()]
        )

    def t(self, key: str, count: float | None = None, **fields: Any) -> str:
        """The text of a key with its fields; with a `count` that the language has in the singular, the text for one."""
        if count is not None and abs(count) < 2:
            key = f"{key}.one"
        return self.texts[key].format(**fields)

    def markup(self, key: str, **fields: Any) -> Markup:
        """The same as HTML: what is filled in is escaped unless it is `Markup`."""
        return Markup(self.texts[key]).format(**fields)

    def quoted(self, text: str) -> str | None:
        """What the accounts, the law or the solver say in English, in this language; None where nobody has translated it."""
        if self.code == "en" or not any(letter.isalpha() for letter in text):
            return text
        for pattern, words in self._quotes:
            if found := pattern.fullmatch(text):
                return words.format(**{name: self.or_as_written(value) for name, value in found.groupdict().items()})
        return None

    def or_as_written(self, text: str) -> str:
        """The same inside a sentence: in this language or, where nobody has translated it, as it was written."""
        return self.quoted(text) or text

    def region(self, code: str) -> str:
        """`Canada` for `CAN`; a code that Détente does not know stays as it is."""
        return self.texts.get(f"region.{code}") or _names("regions.csv", "region").get(code, code)

    def the(self, code: str, form: str = "the") -> str:
        """The name inside a sentence: `the United States`, `le Canada`; `form`: `the`, `of` or `in`."""
        return self.texts.get(f"{form}.{code}") or self.t(f"form.{form}", name=self.region(code))

    def sector(self, code: str) -> str:
        """`Iron and steel` for `steel`; an unknown code without its underscores."""
        return self.texts.get(f"sector.{code}") or _names("sectors.csv", "sector").get(code, code.replace("_", " "))

    def product(self, code: str) -> str:
        """A sector inside a sentence: `iron and steel`, `motor vehicles`."""
        return self.sector(code).lower()

    def place(self, code: str, name: str) -> str:
        """A state or province, called `name` in English."""
        return self.texts.get(f"place.{code}", name)

    def number(self, text: str) -> str:
        """A number written in English, as this language writes it."""
        return text.translate(self._marks)

    def cell(self, value: float, digits: int) -> str:
        """A cell of a table of the page: `+1.59`, `−28.20`."""
        return minus(self.number(signed(float(value), digits)))

    def rounded(self, value: float, figures: int = 2) -> str:
        """The size of a number to some significant figures, without an exponent: 459 is 460, 0.0204 is 0.02."""
        return self.number(rounded(value, figures))

    def day(self, day: datetime.date) -> str:
        """`October 6, 2026`; `6 octobre 2026`."""
        month = self.t("months").split(",")[day.month - 1]
        first = day.day == 1 and self.code == "fr"
        return self.t("day", day=self.t("day.first") if first else day.day, month=month, year=day.year)

    def percent(self, value: float) -> str:
        """`0.020 percent`, without its sign."""
        return self.t("said.percent", n=self.rounded(value))

    def share(self, part: float) -> str:
        """`90%` of 0.9."""
        return self.t("said.share", n=f"{100 * part:.0f}")

    def span(self, low: str, high: str) -> str:
        """`0.012 to 0.031`."""
        return self.t("range", low=low, high=high)

    def spread(self, low: float, high: float) -> str:
        """The range of a change in percent: `0.012 to 0.031`; `a loss of 0.018 to no change` where its sign may differ."""
        digits = max(1 - math.floor(math.log10(max(abs(low), abs(high)))), 0)
        ends = [round(end, digits) for end in (low, high)]
        sizes = [self.number(f"{abs(end):,.{digits}f}") for end in ends]
        if ends[0] * ends[1] > 0:
            return self.span(*[size for _, size in sorted(zip(map(abs, ends), sizes, strict=True))])
        return self._ends(ends, sizes)

    def jobs_range(self, low: float, high: float) -> str:
        """The range of a change in thousand jobs: `880 to 2,700`; `a loss of 20 to a gain of 850` where its sign may differ."""
        if low * high > 0:
            return self.span(*[self.rounded(1000 * end) for end in sorted((abs(low), abs(high)))])
        return self._ends([low, high], [self.rounded(1000 * end) for end in (low, high)])

    def _ends(self, ends: Sequence[float], sizes: Sequence[str]) -> str:
        words = [
            self.t("said.loss" if end < 0 else "said.gain", n=size) if end else self.t("said.still")
            for end, size in zip(ends, sizes, strict=True)
        ]
        return self.span(*words)

    def money(self, million: float) -> str:
        """`460 million USD`, `2.4 billion USD`: two significant figures, without a sign."""
        size = float(rounded(million).replace(",", ""))
        if size < 1:
            return self.t("money.little")
        scale, word = next((scale for scale in _SCALES if size >= scale[0]), _SCALES[-1])
        return self.t(f"money.{word}", count=size / scale, n=self.rounded(size / scale))

    def money_range(self, low: float, high: float) -> str:
        """`3.4 to 8.0 billion` of two amounts of million USD above zero, in the scale of the larger, without the currency."""
        scale, word = next((scale for scale in _SCALES if high >= scale[0]), _SCALES[-1])
        digits = max(1 - math.floor(math.log10(max(high / scale, 1e-9))), 0)
        ends = [self.number(f"{end / scale:,.{digits}f}") for end in (low, high)]
        return self.t(f"money.range.{word}", count=high / scale, low=ends[0], high=ends[1])

    def short_money(self, million: float) -> str:
        """`+1.3 bn`, `−460 m`: two significant figures."""
        size = float(rounded(million).replace(",", ""))
        if size < 0.5:
            return self.t("money.short.million", n="0")
        word, value = ("billion", size / 1000) if size >= 1000 else ("million", size)
        sign = "+" if million > 0 else "\N{MINUS SIGN}"
        return sign + self.t(f"money.short.{word}", n=self.rounded(value))

    def jobs(self, thousand: float) -> str:
        """`6,000 jobs`, without a sign."""
        if abs(thousand) < 0.05:
            return self.t("said.jobs.few")
        return self.t("said.jobs", count=1000 * thousand, n=self.rounded(1000 * thousand))

    def listed(self, items: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return self.t("said.list", first=", ".join(items[:-1]), last=items[-1])

    def name(self, code: str) -> Region:
        """A region for a field of a text."""
        return Region(self, code)

    def goods(self, code: str) -> Goods:
        """A sector for a field of a text."""
        return Goods(self, code)


class Region:
    """A region in a field: `{region}`, `{region:the}`, `{region:of}`, `{region:in}`."""

    def __init__(self, language: Language, code: str) -> None:
        self.language, self.code = language, code

    def __format__(self, form: str) -> str:
        return self.language.the(self.code, form) if form in _FORMS else self.language.region(self.code)


class Goods:
    """A sector in a field: `{sector}`, `{sector:product}`, `{sector:code}`."""

    def __init__(self, language: Language, code: str) -> None:
        self.language, self.code = language, code

    def __format__(self, form: str) -> str:
        if form == "code":
            return self.code.replace("_", " ")
        return self.language.product(self.code) if form == "product" else self.language.sector(self.code)


@cache
def speak(code: str) -> Language:
    """The language with a code, `en` or `fr`; raises `InputError` for any other."""
    if code not in LANGUAGES:
        raise InputError(f"There is no language {code!r}; give one of {', '.join(LANGUAGES)}.")
    return Language(code)


def rounded(value: float, figures: int = 2) -> str:
    """The size of a number to some significant figures, as English and data write it."""
    if value == 0 or not math.isfinite(value):
        return f"{abs(value):.0f}"
    size = float(f"{abs(value):.{figures - 1}e}")
    return f"{size:,.{max(figures - 1 - math.floor(math.log10(size)), 0)}f}"


def signed(value: float, digits: int) -> str:
    """A cell of a table: `+1.59`, `-28.20`; no sign on what rounds to zero, `-` where there is nothing to report."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:+,.{digits}f}"
    return text if any(figure in text for figure in "123456789") else text[1:]


def minus(text: str) -> str:
    """A cell with a true minus sign, for the page."""
    return text.replace("-", "\N{MINUS SIGN}") if len(text) > 1 else text


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def _read(file: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((resources.files("detente.report") / "text" / file).read_text(encoding="utf-8"))
    return texts


@cache
def _names(table: str, column: str) -> dict[str, str]:
    with (resources.files("detente.accounts") / table).open(encoding="utf-8") as file:
        return {row[column]: row["name"] for row in csv.DictReader(file)}


def _spaced(text: str) -> str:
    """Canadian French: a space before the colon, the percent and the dollar, none before ; ? !, as on the page."""
    text = re.sub(rf"[ {_NO_BREAK}]+([;?!])", r"\1", text)
    text = re.sub(r" ([:»%$])", rf"{_NO_BREAK}\1", text).replace("« ", f"«{_NO_BREAK}")
    return re.sub(r"(\}) (milli|billion|emploi|empl|[MG]\$)|(\$) (US)", rf"\1\3{_NO_BREAK}\2\4", text)


def _pattern(text: str) -> re.Pattern[str]:
    """A text with fields in braces, as a pattern that finds what was filled in."""
    parts = re.split(r"\{(\w+)\}", text)
    return re.compile("".join(re.escape(part) if k % 2 == 0 else f"(?P<{part}>.+?)" for k, part in enumerate(parts)))


ENGLISH = speak("en")
