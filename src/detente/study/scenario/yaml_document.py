"""YAML files that people write, read so that every complaint can name the line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from detente.errors import InputError


class _Loader(yaml.SafeLoader):
    """Plain YAML whose dates stay text, so that a wrong one is the schema's to refuse, with its line."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


class Document:
    """A YAML file: its `text`, its `data`, and the line of any part of it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        try:
            self._root = yaml.compose(text, Loader=_Loader)
            self.data: Any = yaml.load(text, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or "it cannot be parsed"
            raise InputError(
                f"{path}{line}: not valid YAML ({problem}); check indentation, colons and brackets."
            ) from None
        self._refuse_repeated_keys(self._root)

    def line(self, location: Sequence[str | int]) -> int:
        """Line (from 1) of the part at `location`, a path of keys and positions; of its nearest parent if it is absent."""
        node, line = self._root, 1
        for step in location:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(step)]
                if not found:
                    continue  # a level that validation adds, not the file
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
        return line

    def complain(self, location: Sequence[str | int], problem: str) -> InputError:
        """The error that names file, line, field and problem."""
        field = ""
        for step in location:
            field += f"[{step}]" if isinstance(step, int) else f".{step}" if field else step
        return InputError(f"{self.path}, line {self.line(location)}, {field or 'the file'}: {problem}")

    def _refuse_repeated_keys(self, node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in seen:
                    raise InputError(
                        f"{self.path}, line {line}, {key.value}: given twice (first on line {seen[key.value]}); keep one."
                    )
                seen[key.value] = line
                self._refuse_repeated_keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_repeated_keys(item)


def load(path: str | Path) -> Document:
    """Read a YAML file; raises `InputError` when it is absent or not YAML."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; give the path of a scenario file (.yaml).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text ({error}); expected a YAML file.") from None
    return Document(path, text)
