"""The command line: one short file a command, errors as one line, exit status 0, 2 or 3.

Contract: parses, calls one function of a layer below, prints. Status 3 means that some
inputs could not be used and the rest is complete; 2 that nothing could.
"""

from __future__ import annotations

import sys

from rich.markup import escape

from deepyeast.cli import (
    check,
    classify,
    data,
    dataset,
    demo,
    doctor,
    evaluate,
    models,
    screen,
    segment,
    simulate,
    train,
)
from deepyeast.cli.app import NOTHING_USABLE, app, messages
from deepyeast.core import DeepYeastError

__all__ = ["app", "main"]

COMMANDS = (
    check,
    classify,
    data,
    dataset,
    demo,
    doctor,
    evaluate,
    models,
    screen,
    segment,
    simulate,
    train,
)
"""The modules of the commands: importing one registers its commands."""


def main() -> None:
    """Run the command line; an expected error becomes one line and status 2."""
    try:
        app()
    except (DeepYeastError, OSError) as error:
        told = escape(str(error))  # else [brackets] in it would be taken for markup
        messages.print(f"[bold red]error:[/] {told}", highlight=False, soft_wrap=True)
        sys.exit(NOTHING_USABLE)
