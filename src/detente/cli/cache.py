"""`detente cache`: how much is kept to be quick, how much may be, and clearing it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from detente.cli import app
from detente.errors import InputError

cache = typer.Typer(
    help="What is kept to be quick (draws, compiled programs): its size, its cap, clearing it.", no_args_is_help=True
)
app.add_typer(cache, name="cache")


@cache.command()
def size(as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False) -> None:
    """How much is kept, by kind, and where."""
    from detente._runtime import cache_directory
    from detente.cache_folder import cap, held, size_text
    from detente.report.terminal import show

    sizes = held()
    total = sum(sizes.values())
    if as_json:
        print(json.dumps({"folder": str(cache_directory()), "bytes": sizes, "total": total, "cap": cap()}))
        return
    rows = [[kind, size_text(count)] for kind, count in sizes.items()]
    show(
        f"Kept in {cache_directory()}", ["kind", "size"], [*rows, ["all", size_text(total)], ["cap", size_text(cap())]]
    )


@cache.command()
def clear() -> None:
    """Remove everything that is kept; it is computed again when it is needed."""
    from detente.cache_folder import clear as remove
    from detente.cache_folder import size_text

    print(f"Removed {size_text(remove())}")


@cache.command("cap")
def set_cap(
    size: Annotated[str, typer.Argument(help="How much may be kept, such as 500 MB or 2 GB.")],
) -> None:
    """Keep no more than a size; what was not used for longest goes first."""
    from detente import cache_folder

    most = cache_folder.parse_size(size)
    try:
        cache_folder.set_cap(most)
    except OSError as error:
        raise InputError(
            f"The cache folder cannot be written ({error.strerror}); set DETENTE_CACHE to another."
        ) from None
    print(f"The cache holds at most {cache_folder.size_text(most)}")
