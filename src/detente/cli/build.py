"""`detente data build` and `detente data provenance`: how the embedded world is made, and from what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.data import AsJson, Out, data
from detente.report.terminal import show

if TYPE_CHECKING:
    from detente.accounts.build.world import Build

#: How many of the largest adjustments are printed.
SHOWN = 15


@data.command()
def build(
    sources: Annotated[Path, typer.Option(help="Folder of the source data, one sub-folder each (see docs).")],
    out: Out = Path("world-2024.nc"),
    as_json: AsJson = False,
) -> None:
    """Make `world-2024` from its sources, printing every target against the result; exit 1 when one is missed."""
    from detente.accounts.build.world import build as build_world
    from detente.errors import InputError

    if not sources.is_dir():
        raise InputError(f"There is no folder of sources at {sources}; give --sources the folder that holds them.")
    made = build_world(sources)
    made.world.save(out)
    if as_json:
        print(json.dumps(_as_dict(made, out), indent=2))
        return
    _print_targets(made)
    _print_checks(made)
    _print_adjustments(made)
    size = out.stat().st_size / 1e6
    print(f"{out}: {len(made.world.regions)} regions, {len(made.world.sectors)} sectors, {size:.1f} MB")


@data.command()
def provenance() -> None:
    """Where `world-2024` comes from: sources, licences, transformations, assumptions, known weaknesses."""
    from detente.accounts.library import embedded_file

    print(embedded_file("world-2024").with_name("PROVENANCE.md").read_text(encoding="utf-8"))


def _print_targets(made: Build) -> None:
    from detente.accounts.build.targets import TOLERANCE

    show(
        f"Targets (million USD; those marked hard must hold to {TOLERANCE:.0%})",
        ["target", "published", "world", "gap %", "hard"],
        [
            [t.name, f"{t.target:,.1f}", f"{t.result:,.1f}", f"{100 * t.gap:+.3f}", "yes" if t.hard else ""]
            for t in made.targets
        ],
    )
    print("Published by")
    for source in dict.fromkeys(t.source for t in made.targets):
        names = [t.name for t in made.targets if t.source == source]
        print(f"  {source}: {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else ""))
    print()


def _print_checks(made: Build) -> None:
    from detente.accounts.build.outside import EXPLAINED_FROM, KINDS, checks

    found = checks(made.world)
    for kind, (meaning, unit, _) in KINDS.items():
        show(
            f"Outside the build: {meaning} ({unit}; *: a figure that the build uses)",
            ["", "published", "world", "gap %", "source", "why"],
            [
                [
                    c.cell + ("*" if c.used else ""),
                    f"{c.published:,.1f}",
                    f"{c.ours:,.1f}",
                    f"{100 * c.gap:+.1f}",
                    c.source,
                    c.explanation if abs(c.gap) > EXPLAINED_FROM else "",
                ]
                for c in found
                if c.kind == kind
            ],
        )


def _print_adjustments(made: Build) -> None:
    show(
        f"Output raised so that pinned exports fit, the {SHOWN} largest of {len(made.raised)} (million USD)",
        ["region", "sector", "output", "raised by"],
        [[cell.region, cell.sector, f"{cell.value:,.0f}", f"{cell.moved:,.0f}"] for cell in made.raised[:SHOWN]],
    )
    show(
        f"Input use moved most by balancing, the {SHOWN} largest factors",
        ["region", "product", "input use (million USD)", "over technology"],
        [[cell.region, cell.sector, f"{cell.value:,.0f}", f"{cell.moved:.2f}"] for cell in made.reweighted[:SHOWN]],
    )


def _as_dict(made: Build, out: Path) -> dict[str, object]:
    from dataclasses import asdict

    from detente.accounts.build.outside import checks

    return {
        "file": str(out),
        "targets": [
            {"name": t.name, "source": t.source, "target": t.target, "result": t.result, "gap": t.gap, "hard": t.hard}
            for t in made.targets
        ],
        "outside": [{**asdict(c), "gap": c.gap} for c in checks(made.world)],
        "raised": [cell._asdict() for cell in made.raised],
        "reweighted": [cell._asdict() for cell in made.reweighted],
    }
