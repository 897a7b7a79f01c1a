"""A figure that goes out alone carries its source: a line under it, and the whole record of its provenance in the file."""

from __future__ import annotations

import json
import re
import struct
import textwrap
import zlib
from collections.abc import Mapping
from html import escape

from detente.report import palette
from detente.study.provenance import Provenance

#: Height of a line of the source and width of a letter, pixels.
LINE, LETTER = 11, 4.4
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_FIRST_CHUNK = 33  # bytes of a PNG before what follows its header


def sourced(svg: str, rests_on: Provenance) -> str:
    """An SVG with what it rests on written under it and in its metadata."""
    size = _VIEW.search(svg)
    assert size is not None
    width, height = map(float, size.groups())
    lines = textwrap.wrap(rests_on.line, int(width / LETTER))
    taller = height + LINE * len(lines) + 4
    text = "".join(
        f'<text x="4" y="{height + LINE * (k + 1):g}" font-family="sans-serif" font-size="8.5" fill="{palette.QUIET}">'
        f"{escape(line)}</text>"
        for k, line in enumerate(lines)
    )
    head = svg[: svg.index(">", svg.index("<svg")) + 1]
    grown = _VIEW.sub(f'viewBox="0 0 {width:g} {taller:g}"', head)
    grown = re.sub(rf'\bheight="{height:g}"', f'height="{taller:g}"', grown)
    body = svg[len(head) :].rpartition("</svg>")[0]
    return f"{grown}{svg_metadata(rests_on.record())}{body}{text}</svg>"


def svg_metadata(record: Mapping[str, object]) -> str:
    """A record as the metadata element of an SVG."""
    return f"<metadata>{escape(json.dumps(record, ensure_ascii=False), quote=False)}</metadata>"


def png_with(data: bytes, record: Mapping[str, object]) -> bytes:
    """A PNG with a record in it, as international text under the keyword provenance."""
    content = b"provenance\0\0\0\0\0" + json.dumps(record, ensure_ascii=False).encode()
    chunk = b"iTXt" + content
    whole = struct.pack(">I", len(content)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:_FIRST_CHUNK] + whole + data[_FIRST_CHUNK:]
