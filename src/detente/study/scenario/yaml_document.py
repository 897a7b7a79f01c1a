"""A YAML file that somebody wrote, kept so that every complaint can name the line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente import yaml_text
from detente.errors import InputError
from detente.files import read_text
from detente.text import named, shown


class Document:
    """A YAML file: its `text`, its `data`, and the line of any part of it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.data: Any = yaml_text.read(text, self._name)

    @property
    def _name(self) -> str:
        return named(self.path)

    def line(self, location: Sequence[str | int]) -> int:
        """Line (from 1) of the part at `location`, a path of keys and positions; of its nearest parent if it is absent."""
        return yaml_text.nearest(yaml_text.lines(self.text, self._name), location)

    def complain(self, location: Sequence[str | int], problem: str) -> InputError:
        """The error that names file, line, field and problem."""
        return InputError(f"{self._name}, line {self.line(location)}, {field_name(location) or 'the file'}: {problem}")


class Fields:
    """Fields that were given in Python, without a file: complaints name the field alone."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def complain(self, location: Sequence[str | int], problem: str) -> InputError:
        """The error that names field and problem."""
        return InputError(f"{field_name(location) or 'the scenario'}: {problem}")


def field_name(location: Sequence[str | int]) -> str:
    """A path of keys and positions as people write it: ``changes[0].tariff.rate``."""
    field = ""
    for step in location:
        name = shown(str(step))[1:-1]
        field += f"[{step}]" if isinstance(step, int) else f".{name}" if field else name
    return field


def load(path: str | Path) -> Document:
    """Read a YAML file; raises `InputError` when it is absent or not YAML."""
    return Document(Path(path), read_text(path, "a scenario file (.yaml)"))
