"""A drawing as a file of its own: title, scenario, range, source and licence written around it."""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple
from xml.sax.saxutils import escape

import vl_convert

from detente.report import palette
from detente.report.figure import Figure
from detente.report.language import ENGLISH, Language

EDGE = 20  # pixels
#: Width of a letter, in parts of the size of the type: of the widest of the usual fonts.
LETTER = 0.52
NARROWEST = 640
#: How much a drawing may be enlarged to fill its file.
ENLARGED = 1.35


class About(NamedTuple):
    """What a figure says of itself wherever it goes: `slug` is the part of its files' names that tells the scenario."""

    scenario: str
    range: str
    source: str
    licence: str
    slug: str
    link: str = ""

    def rows(self, language: Language) -> list[tuple[str, str]]:
        """What stands under a drawing, each with its name."""
        keys = ("range", "source", "licence", "link")
        return [(language.t(f"about.{key}"), getattr(self, key)) for key in keys if getattr(self, key)]


def framed(figure: Figure, about: About, language: Language = ENGLISH) -> str:
    """A figure as one SVG that says what it shows, on white."""
    inner = re.search(r'<svg[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"', figure.svg)
    assert inner is not None
    wide, high = (float(size) for size in inner.groups())
    whole = max(NARROWEST, wide + 2 * EDGE)
    scale = min(ENLARGED, (whole - 2 * EDGE) / wide)
    wide, high = scale * wide, scale * high
    lines: list[str] = []
    y = float(EDGE)

    def say(text: str, size: float, weight: int, fill: str) -> None:
        nonlocal y
        for line in textwrap.wrap(text, int((whole - 2 * EDGE) / (LETTER * size * (1.08 if weight > 400 else 1)))):
            y += 1.32 * size
            style = f'font-family="{palette.FONT}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
            lines.append(f'<text x="{EDGE}" y="{y:.1f}" {style}>{escape(line)}</text>')

    say(figure.title, 17, 700, palette.INK)
    y += 4
    say(about.scenario, 13, 400, palette.QUIET)
    say(figure.unit, 12, 400, palette.QUIET)
    y += 12
    placed = f'x="{(whole - wide) / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    drawing = re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', rf"\1 {placed}", figure.svg, count=1)
    y += high + 10
    lines.append(f'<path d="M{EDGE} {y:.1f}H{whole - EDGE:.1f}" stroke="{palette.GRID}"/>')
    for name, text in about.rows(language):
        say(f"{name}{language.t('about.colon')}{text}", 10.5, 400, palette.QUIET)
    y += EDGE
    size = f'width="{whole:.0f}" height="{y:.0f}" viewBox="0 0 {whole:.0f} {y:.0f}"'
    told = "\n".join([about.scenario, *(f"{name}: {text}" for name, text in about.rows(ENGLISH))])
    head = f"<title>{escape(figure.title)}</title><desc>{escape(told)}</desc>"
    paper = f'<rect width="100%" height="100%" fill="{palette.PAPER}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{head}{paper}{"".join(lines)}{drawing}</svg>'


def png(svg: str) -> bytes:
    """A picture of an SVG, two pixels to one."""
    picture: bytes = vl_convert.svg_to_png(svg, scale=2)
    return picture
