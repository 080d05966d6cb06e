"""The Typer application and what every command shares: consoles, progress, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from deepyeast.core import package_version

NOTHING_USABLE = 2
SOME_UNUSABLE = 3
"""Exit statuses: nothing could be used; the rest went on without some inputs."""

app = typer.Typer(
    name="deepyeast",
    help="Where do tagged proteins live? From images of yeast cells to calls per protein.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
console = Console()
messages = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


def progress_bar() -> Progress:
    """Return a progress bar on standard error with rate of completion and time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
    )


def print_json(values: Mapping[str, Any]) -> None:
    """Print one JSON object to standard output."""
    typer.echo(json.dumps(values, indent=2, default=str))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(package_version())
        raise typer.Exit


@app.callback()
def deepyeast(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Where do tagged proteins live? From images of yeast cells to calls per protein."""
