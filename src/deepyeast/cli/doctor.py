"""`deepyeast doctor`: whether the installation can do the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from deepyeast.cli.app import NOTHING_USABLE, Json, app, console, print_json
from deepyeast.pipeline import check_installation

MARKS = {
    "ok": "[green]OK     [/]",
    "warning": "[yellow]warning[/]",
    "problem": "[bold red]problem[/]",
}


@app.command()
def doctor(
    path: Annotated[Path, typer.Option(help="Where you would write results.")] = Path(),
    json: Json = False,
) -> None:
    """Check the installation: libraries, processor, GPU, memory, disk, and the networks.

    Exit status 0: it can work, whatever the warnings; 2: it cannot.

    Example: deepyeast doctor --path /data/screens
    """
    checks = []
    for check in check_installation(path):
        checks.append(check)
        if json:
            continue
        console.print(
            f"{MARKS[check.mark]} [bold]{check.name}[/] {escape(check.found)}",
            highlight=False,
            soft_wrap=True,
        )
        if check.advice:
            console.print(f"        {escape(check.advice)}", highlight=False, soft_wrap=True)
    works = all(check.mark != "problem" for check in checks)
    if json:
        print_json({"works": works, "checks": [check.model_dump() for check in checks]})
    if not works:
        raise typer.Exit(NOTHING_USABLE)
