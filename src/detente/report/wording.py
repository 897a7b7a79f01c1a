"""Numbers and names as people read them: rounded to what the model knows, with their unit."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources

#: A smaller change of income (percent) is called no measurable change: the accounts are not known to one part in 100,000.
MEASURABLE = 0.001

_WITH_ARTICLE = {"USA", "GBR", "NLD", "EUR", "ROW"}
_SCALES = ((1e6, "trillion"), (1e3, "billion"), (1.0, "million"))


@cache
def _names(table: str, column: str) -> dict[str, str]:
    with (resources.files("detente.accounts") / table).open(encoding="utf-8") as file:
        return {row[column]: row["name"] for row in csv.DictReader(file)}


def region_name(code: str) -> str:
    """`Canada` for `CAN`; a code that Détente does not know stays as it is."""
    return _names("regions.csv", "region").get(code, code)


def the_region(code: str) -> str:
    """The name inside a sentence: `the United States`, `Canada`."""
    name = region_name(code)
    return f"the {name[0].lower() + name[1:] if code in ('EUR', 'ROW') else name}" if code in _WITH_ARTICLE else name


def sector_name(code: str) -> str:
    """`Iron and steel` for `steel`; an unknown code without its underscores."""
    return _names("sectors.csv", "sector").get(code, code.replace("_", " "))


def product(code: str) -> str:
    """A sector inside a sentence: `iron and steel`, `motor vehicles`."""
    return sector_name(code).lower()


def rounded(value: float, figures: int = 2) -> str:
    """The size of a number to some significant figures, without an exponent: 459 is 460, 0.0204 is 0.02."""
    if value == 0 or not math.isfinite(value):
        return f"{abs(value):.0f}"
    size = float(f"{abs(value):.{figures - 1}e}")
    return f"{size:,.{max(figures - 1 - math.floor(math.log10(size)), 0)}f}"


def percent(value: float) -> str:
    """`0.020 percent`, without its sign."""
    return f"{rounded(value)} percent"


def spread(low: float, high: float) -> str:
    """The range of a change in percent: `0.012 to 0.031`; `a loss of 0.018 to no change` where it does not keep its sign."""
    digits = max(1 - math.floor(math.log10(max(abs(low), abs(high)))), 0)
    ends = [round(end, digits) for end in (low, high)]
    if ends[0] * ends[1] > 0:
        return " to ".join(f"{end:,.{digits}f}" for end in sorted(map(abs, ends)))
    words = [f"a {'loss' if end < 0 else 'gain'} of {abs(end):,.{digits}f}" if end else "no change" for end in ends]
    return " to ".join(words)


def money(million: float) -> str:
    """`460 million USD`, `2.4 billion USD`: two significant figures, without a sign."""
    size = float(rounded(million).replace(",", ""))
    scale, word = next((scale for scale in _SCALES if size >= scale[0]), _SCALES[-1])
    if size < 1:
        return "less than 1 million USD"
    return f"{rounded(size / scale)} {word} USD"


def jobs_range(low: float, high: float) -> str:
    """The range of a change in thousand jobs: `880 to 2,700`; `a loss of 20 to a gain of 850` where it does not keep its sign."""
    if low * high > 0:
        return " to ".join(rounded(1000 * end) for end in sorted((abs(low), abs(high))))
    words = [
        f"a {'loss' if end < 0 else 'gain'} of {rounded(1000 * end)}" if end else "no change" for end in (low, high)
    ]
    return " to ".join(words)


def money_range(low: float, high: float) -> str:
    """`3.4 to 8.0 billion` of two amounts of million USD above zero, in the scale of the larger, without the currency."""
    scale, word = next((scale for scale in _SCALES if high >= scale[0]), _SCALES[-1])
    digits = max(1 - math.floor(math.log10(max(high / scale, 1e-9))), 0)
    return f"{low / scale:,.{digits}f} to {high / scale:,.{digits}f} {word}"


def jobs(thousand: float) -> str:
    """`6,000 jobs`, without a sign."""
    return f"{rounded(1000 * thousand)} jobs" if abs(thousand) >= 0.05 else "fewer than 50 jobs"


def signed(value: float, digits: int) -> str:
    """A cell of a table: `+1.59`, `-28.20`; no sign on what rounds to zero, `-` where there is nothing to report."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:+,.{digits}f}"
    return text if any(figure in text for figure in "123456789") else text[1:]


def minus(text: str) -> str:
    """A cell with a true minus sign, for the page."""
    return text.replace("-", "\N{MINUS SIGN}") if len(text) > 1 else text


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."
