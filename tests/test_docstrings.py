"""Every example in a docstring runs, and everything public has one."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import detente as dt

SOURCE = Path(str(dt.__file__)).parent
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
#: Classes of public names whose methods are for people, each with an example of its own or in its class.
PEOPLES = (
    dt.Agreement,
    dt.Baseline,
    dt.Economy,
    dt.LabelledOutcomes,
    dt.Optimum,
    dt.Policy,
    dt.Study,
    dt.TalksStudy,
    dt.War,
)


def modules_with_examples() -> list[str]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            parts = ("detente", *path.relative_to(SOURCE).with_suffix("").parts)
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_in_docstrings_run(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name), optionflags=FLAGS)
    assert tried and not failed


@pytest.mark.parametrize("name", dt.__all__)
def test_everything_public_has_an_example(name: str) -> None:
    thing = getattr(dt, name)
    assert ">>> " in (inspect.getdoc(thing) or ""), f"dt.{name} has no example in its docstring"


@pytest.mark.parametrize("kind", PEOPLES, ids=lambda kind: kind.__name__)
def test_methods_say_what_they_do(kind: type) -> None:
    for name, member in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert member.__doc__, f"{kind.__name__}.{name} says nothing"
