"""The docs site: ``sphinx-build -W -b html docs site`` (needs `detente[docs]`; no network, here or for readers)."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from pathlib import Path

import click
import latex2mathml.converter
import typer
from sphinx.application import Sphinx

from detente.cli import app as commands

HERE = Path(__file__).parent
#: Pages that are made when the site is built: references, and pages of the repository that the docs link to.
MADE = HERE / "made"

project = "Détente"
author = "Détente maintainers"
copyright = "Détente maintainers"
version = release = version_of("detente")
extensions = ["myst_parser", "sphinx_copybutton"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # pages of the repository may start below their first level
html_theme = "furo"
html_title = "Détente"
html_static_path: list[str] = []


def command_reference() -> str:
    """Every command with its help, as the terminal prints it."""
    root = typer.main.get_command(commands)
    text = "# Commands\n\nAs `--help` prints them.\n\n"
    for path, command in _walk(root, ("detente",)):
        context = click.Context(command, info_name=" ".join(path)) if isinstance(command, click.Command) else None
        text += f"## {' '.join(path)}\n\n{_plain(command.help or '')}\n\n"
        rows = [_option(parameter, context) for parameter in command.params]
        if rows:
            text += "| argument or option | what it is |\n| --- | --- |\n" + "\n".join(rows) + "\n\n"
    return text


def _walk(command: object, path: tuple[str, ...]):  # type: ignore[no-untyped-def]
    found = getattr(command, "commands", None)
    if found is None:
        yield path, command
        return
    for name in sorted(found):
        yield from _walk(found[name], (*path, name))


def _option(parameter: object, context: object) -> str:
    names = ", ".join([*getattr(parameter, "opts", []), *getattr(parameter, "secondary_opts", [])])
    return f"| `{names}` | {_plain(getattr(parameter, 'help', None) or '')} |"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _copy(path: Path) -> str:
    """A page of the repository, its links to other files as plain text."""
    text = (HERE.parent / path).read_text(encoding="utf-8")
    return re.sub(r"!?\[([^\]]*)\]\((?!https?://)[^)]*\)", r"\1", text)


#: Pages whose dollar signs are those of formulas.
WITH_FORMULAS = ("accounts",)
FORMULA = re.compile(r"\$([^$\n]+)\$")
LINKED = re.compile(r"\]\(\.\./([^)#\s]+\.md)(#[^)]*)?\)")


def make(app: Sphinx) -> None:
    """Write the pages that are made."""
    MADE.mkdir(exist_ok=True)
    pages = {"commands.md": command_reference()}
    for page in HERE.glob("*.md"):
        for target, _ in LINKED.findall(page.read_text(encoding="utf-8")):
            pages[_name(target)] = "---\norphan: true\n---\n\n" + _copy(Path(target))
    for path in MADE.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = MADE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _name(target: str) -> str:
    return target.replace("/", "-").lower()


def prepare(app: Sphinx, name: str, content: list[str]) -> None:
    """Links to pages of the repository lead to their copies, to other files nowhere; formulas become MathML, without a script.

    Pages that the home page does not name are listed at its end.
    """
    if not name.startswith("made/"):
        content[0] = LINKED.sub(lambda found: f"](made/{_name(found[1])})", content[0])
        content[0] = re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", content[0])
    if name == "index":
        listed = set(content[0].split())
        others = sorted(path.stem for path in HERE.glob("*.md") if path.stem not in {*listed, "index"})
        content[0] += (
            "\n```{toctree}\n:caption: More\n:maxdepth: 1\n\n" + "\n".join(others) + "\n```\n" if others else ""
        )
    if name in WITH_FORMULAS:
        content[0] = FORMULA.sub(lambda found: latex2mathml.converter.convert(found[1]), content[0])


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("builder-inited", make)
    app.connect("source-read", prepare)
