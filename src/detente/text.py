"""Text that others wrote: what of it may be shown, and how much."""

from __future__ import annotations

import math
import re

#: Control characters, which a terminal obeys and a database may refuse, and those that turn the direction of writing
#: around, which make a line say what it does not. Tabs and line ends are text.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
MOST_SHOWN = 80
LONGEST_PATH = 200
_NUMBER = re.compile(r"[-+]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,4})?", re.ASCII)
#: What a spreadsheet takes for the beginning of a formula, in the first cell it comes to.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def control_character(text: str) -> str | None:
    """The first character of `text` that no text needs, by its number (U+001B); None where there is none."""
    found = CONTROL.search(text)
    return None if found is None else f"U+{ord(found.group()):04X}"


def plain(text: str) -> str:
    """`text` with every character that a terminal would obey written out."""
    return CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def shown(value: object, most: int = MOST_SHOWN) -> str:
    """A value as an error quotes it: written out, and cut where it is long."""
    whole = plain(repr(value[: 4 * most] if isinstance(value, str) else value))
    return whole if len(whole) <= most else f"{whole[:most]}... ({len(str(value)):,} characters)"


def named(path: object) -> str:
    """A path as a sentence names it."""
    text = plain(str(path))
    return text if len(text) <= LONGEST_PATH else f"{text[:LONGEST_PATH]}..."


def number(text: str) -> float:
    """The finite decimal number that a text is, such as 0.25 or 1e-3. Raises `ValueError` for anything else."""
    if not _NUMBER.fullmatch(text.strip()) or not math.isfinite(value := float(text)):
        raise ValueError(f"{shown(text)} is not a number")
    return value


def cell(text: str) -> str:
    """`text` as a cell of a CSV file that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n") else text
