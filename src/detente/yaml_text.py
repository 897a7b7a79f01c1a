"""The YAML that people write, and nothing more of it: plain mappings, lists, texts and numbers, each as it looks.

Read from the events of the C parser, so that a file costs what it holds. Aliases that unfold into too much or bite their
tails, tags, more than one document and great depth are refused, and so is a key given twice. Numbers are those
of YAML's core schema and finite: 010 is refused, which one reader takes for eight and another for ten; dates, NO and 12:30
are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from detente.errors import InputError
from detente.text import control_character, named, shown

DEEPEST, MOST_PARTS = 40, 500_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_UNBOUNDED = (".inf", "+.inf", "-.inf", ".nan")
#: Numbers to one reader and something else, or nothing, to another.
_DOUBTFUL = re.compile(r"[-+]?0\d[\d_]*|[-+]?0[xXoObB][0-9a-fA-F_]+|[-+]?\d[\d_]*_[\d_]*(\.\d*)?")


def read(text: str, name: str, *, numbers: bool = True) -> Any:
    """The data of one YAML text; raises `InputError` that names `name`, the line and what is wrong.

    Without `numbers`, everything but null stays text for a schema to read: the code 0406 keeps its zero.
    """
    return _Reader(text, name, numbers=numbers).data


def doubtful(text: str) -> bool:
    """Whether a text is one number to some readers and another, or none, to others: 010, 0x1F, 1_000."""
    return _DOUBTFUL.fullmatch(text) is not None


def lines(text: str, name: str) -> dict[tuple[str | int, ...], int]:
    """The line (from 1) of every part of a text that `read` accepts, by its path of keys and positions."""
    return _Reader(text, name, keep_lines=True).lines


NO_NAME = "not valid YAML (a list or a mapping stands where a name belongs); check brackets and braces"


@dataclass
class _Container:
    """A part that is being read: what it holds, what it would count and how deep it goes, written out."""

    value: Any
    began: int
    parts: int = 0
    height: int = 1
    key: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    merged: list[tuple[int, Any]] = field(default_factory=list)


class _Reader:
    """One pass over the events of a text. Containers that are open stand on a stack, with the key that waits for its value.

    An alias stands for the object that its anchor named, so that it costs nothing to read; what it would cost to write out
    is counted, since whoever walks the data pays for that.
    """

    def __init__(self, text: str, name: str, *, keep_lines: bool = False, numbers: bool = True) -> None:
        self.name, self.keep_lines, self.numbers = name, keep_lines, numbers
        self.data: Any = None
        self.lines: dict[tuple[str | int, ...], int] = {}
        self._open: list[_Container] = []
        self._path: list[str | int] = []
        self._anchors: dict[str, _Container] = {}
        self._parts = documents = 0
        for event in self._events(text):
            self._parts += 1
            if self._parts > MOST_PARTS:
                raise self._refusal(event, f"holds more than {MOST_PARTS:,} parts; split it")
            if getattr(event, "tag", None) is not None:
                raise self._refusal(event, f"the tag {shown(event.tag, 40)} is not used here; write the value alone")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refusal(event, "a second document (---) begins; a file holds one")
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end(event)

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except (yaml.YAMLError, UnicodeError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f", line {mark.line + 1}" if mark else ""
            problem = shown(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed")
            raise InputError(
                f"{self.name}{where}: not valid YAML ({problem[1:-1]}); check indentation, colons and brackets."
            ) from None

    def _refusal(self, event: Any, problem: str) -> InputError:
        return InputError(f"{self.name}, line {event.start_mark.line + 1}: {problem}.")

    def _scalar(self, event: Any) -> None:
        if found := control_character(event.value):
            raise self._refusal(event, f"holds the control character {found}; remove it")
        if self._waits_for_key():
            self._take_key(event)
            return
        value = self._value(event) if event.implicit[0] else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = _Container(value, self._parts, parts=1)
        self._add(value, event)

    def _alias(self, event: Any) -> None:
        meant = self._anchors.get(event.anchor)
        if meant is None:
            raise self._refusal(event, f"*{named(event.anchor)} names no part above; define it with &")
        if any(meant is one for one in self._open):
            raise self._refusal(event, f"*{named(event.anchor)} stands inside the part that it names")
        if self._waits_for_key():
            raise self._refusal(event, "an alias stands where a name belongs; write the name out")
        self._parts += meant.parts
        self._check_depth(event, meant.height)
        self._add(meant.value, event)

    def _check_depth(self, event: Any, height: int) -> None:
        if len(self._open) + height > DEEPEST:
            raise self._refusal(event, f"is nested more than {DEEPEST} deep")
        for level, one in enumerate(reversed(self._open), 1):
            one.height = max(one.height, height + level)

    def _value(self, event: Any) -> Any:
        """A plain scalar as what it looks like."""
        text = event.value
        if not self.numbers:
            return None if _WORDS.get(text, text) is None else text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if doubtful(text):
            raise self._refusal(
                event,
                f"{shown(text, 40)} is one number to some readers of YAML and another, or text, to others; "
                "write the number in decimal digits without a leading zero, or a code in quotes",
            )
        if _FLOAT.fullmatch(text):
            if len(text) > 400 or not math.isfinite(float(text)):
                raise self._refusal(event, f"the number {shown(text, 40)} is too large")
            return float(text)
        if text.lower() in _UNBOUNDED:
            raise self._refusal(event, f"{text} must be a finite number; a ban is written rate: prohibitive")
        return text

    def _begin(self, event: Any) -> None:
        if self._waits_for_key():
            raise self._refusal(event, NO_NAME)
        made = _Container({} if isinstance(event, yaml.MappingStartEvent) else [], self._parts)
        self._check_depth(event, 1)
        self._add(made.value, event)
        self._open.append(made)
        if event.anchor is not None:
            self._anchors[event.anchor] = made

    def _end(self, event: Any) -> None:
        made = self._open.pop()
        for line, merged in made.merged:
            for source in merged if isinstance(merged, list) else [merged]:
                if not isinstance(source, dict):
                    raise self._refusal(event, "<< takes a mapping, or a list of them")
                for key, value in source.items():
                    made.value.setdefault(key, value)
                    if self.keep_lines:
                        self.lines.setdefault((*self._path, key), line)
        made.parts = self._parts - made.began
        if self._open:
            self._path.pop()

    def _waits_for_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _take_key(self, event: Any) -> None:
        key, line, mapping = event.value, event.start_mark.line + 1, self._open[-1]
        if key in mapping.seen:
            raise InputError(
                f"{self.name}, line {line}, {named(key)}: given twice (first on line {mapping.seen[key]}); keep one."
            )
        mapping.seen[key], mapping.key = line, key

    def _add(self, value: Any, event: Any) -> None:
        """Put a value where it belongs: at the root, under the key that waits, or at the end of the list."""
        line = event.start_mark.line + 1
        parent = self._open[-1] if self._open else None
        if parent is None:
            self.data = value
            return
        step: str | int
        if parent.key is None:
            step = len(parent.value)
            parent.value.append(value)
        else:
            step, parent.key = parent.key, None
            line = parent.seen[step]
            if step == "<<":
                parent.merged.append((line, value))
            else:
                parent.value[step] = value
        if self.keep_lines:
            self.lines[(*self._path, step)] = line
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._path.append(step)


def nearest(found: dict[tuple[str | int, ...], int], location: Sequence[str | int]) -> int:
    """The line of the part at `location`, or of its nearest parent; steps that the file does not have are passed over."""
    path: tuple[str | int, ...] = ()
    line = 1
    for step in location:
        for candidate in ((*path, step), (*path, str(step))):
            if candidate in found:
                path, line = candidate, found[candidate]
                break
    return line
