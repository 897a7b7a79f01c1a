"""Small files in the layouts of the official tables, written from one made-up world."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd


@dataclass(frozen=True)
class World:
    """`flows` [region*sector, region*sector], `demand` [region*sector, region, category], at basic prices."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: np.ndarray
    demand: np.ndarray

    @property
    def output(self) -> np.ndarray:
        return self.flows.sum(axis=1) + self.demand.sum(axis=(1, 2))

    @property
    def taxes(self) -> np.ndarray:
        return 0.01 * self.output

    @property
    def value_added(self) -> np.ndarray:
        return self.output - self.flows.sum(axis=0) - self.taxes


def world(regions: Sequence[str], sectors: Sequence[str], categories: int, seed: int = 1) -> World:
    random = np.random.default_rng(seed)
    size = len(regions) * len(sectors)
    flows = random.uniform(1, 10, (size, size))
    demand = random.uniform(5, 50, (size, len(regions), categories))
    demand[..., -1] = random.uniform(-4, 4, (size, len(regions)))  # inventories: some are drawn down
    return World(tuple(regions), tuple(sectors), flows, demand)


def write_icio(
    path: Path,
    made: World,
    categories: Sequence[str],
    split: dict[str, tuple[str, ...]] | None = None,
    with_zero_rows: bool = True,
) -> None:
    """OECD's CSV: rows REG_SEC, then TLS, VA and OUT; columns REG_SEC, REG_CATEGORY and OUT.

    `split`: economies whose industries appear in equal parts (CN1, CN2), beside rows of zeros under their own name.
    """
    split = split or {}
    parts = [(part, region) for region in made.regions for part in (region, *split.get(region, ()))]
    parts = [(part, region) for part, region in parts if with_zero_rows or part not in split]
    labels = [f"{part}_{sector}" for part, _ in parts for sector in made.sectors]
    share = [0.0 if part in split else 1 / len(split.get(region, "1")) for part, region in parts]
    weight = np.repeat(share, len(made.sectors))
    first = np.array([made.regions.index(region) * len(made.sectors) for _, region in parts])
    at = (first[:, None] + np.arange(len(made.sectors))).ravel()
    flows = made.flows[np.ix_(at, at)] * weight[:, None] * weight
    demand = made.demand[at].reshape(len(at), -1) * weight[:, None]
    columns = [*labels, *(f"{region}_{category}" for region in made.regions for category in categories), "OUT"]
    final = [0.0] * demand.shape[1]
    rows = [[*row, *extra, total] for row, extra, total in zip(flows, demand, made.output[at] * weight, strict=True)]
    rows += [[*(values[at] * weight), *final, 0.0] for values in (made.taxes, made.value_added, made.output)]
    pd.DataFrame(rows, index=[*labels, "TLS", "VA", "OUT"], columns=columns).to_csv(path, index_label="V1")


def grid(made: World, titles: Sequence[str], names: Sequence[str], wiod: bool) -> list[list[object]]:
    """The sheet of ADB (codes c1 and F1) or of WIOD 2016 (sellers r1, buyers c1, final demand after the industries)."""
    industries, economies, categories = len(made.sectors), len(made.regions), made.demand.shape[2]
    code = [f"c{k + 1}" for k in range(industries)]
    final = [f"c{industries + k + 1}" if wiod else f"F{k + 1}" for k in range(categories)]
    buyers = [(r, c) for r in made.regions for c in code] + [(r, c) for r in made.regions for c in final]
    width = len(buyers)
    blank: list[object] = [None] * 4
    total = ("TOT", f"c{industries + categories + 1}") if wiod else ("ToT", None)
    sheet: list[list[object]] = [[title, *[None] * (3 + width + 1)] for title in titles]
    head = [list(names) * economies + ["final"] * (economies * categories) + ["GO"]]
    if wiod:
        head = [[*list(made.sectors) * economies, *["FD"] * (economies * categories), "GO"], *head]
    sheet += [[*blank, *row] for row in head]
    sheet += [[*blank, *(r for r, _ in buyers), total[0]], [*blank, *(c for _, c in buyers), total[1]]]
    cells = np.hstack([made.flows, made.demand.reshape(len(made.flows), -1), made.output[:, None]])
    for k, row in enumerate(cells):
        region, industry = divmod(k, industries)
        lead = [made.sectors[industry] if wiod else None, names[industry], made.regions[region]]
        sheet.append([*lead, f"{'r' if wiod else 'c'}{industry + 1}", *map(float, row)])
    below = [("II_fob", "r60", made.flows.sum(axis=0)), ("TXSP", "r99", made.taxes), ("VA", "r64", made.value_added)]
    for name, label, values in [*below, ("GO", "r69", made.output)]:
        lead = [name if wiod else None, name, "TOT", label]
        sheet.append([*lead, *map(float, values), *[0.0] * (width - len(values)), None])
    return sheet


def write_xlsx(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def write_xlsb(path: Path, name: str, rows: list[list[object]]) -> None:
    """A workbook in Excel's binary format (MS-XLSB) with one sheet of numbers and inline text."""

    def record(kind: int, data: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size, length = len(data), b""
        while True:
            length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
            size >>= 7
            if not size:
                return head + length + data

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(name))
    book += record(144) + record(132)
    width = max(map(len, rows))
    sheet = bytearray(record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + record(145))
    for k, row in enumerate(rows):
        sheet += record(0, struct.pack("<IIHBHI", k, 0, 300, 0, 0, 0))
        for column, value in enumerate(row):
            cell = struct.pack("<II", column, 0)
            if isinstance(value, str):
                sheet += record(6, cell + wide(value))
            elif value is not None:
                sheet += record(5, cell + struct.pack("<d", value))
    sheet += record(146) + record(130)
    rels = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        archive.writestr(
            "_rels/.rels",
            f'{rels}<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'{rels}<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", bytes(sheet))
