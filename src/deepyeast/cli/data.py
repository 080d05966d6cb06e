"""`deepyeast data get`: the published data set, checksummed and resumable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deepyeast.cli.app import Json, app, console, print_json
from deepyeast.io import PUBLISHED_URL, DataSetName, download

data = typer.Typer(help="The published data.", no_args_is_help=True)
app.add_typer(data, name="data")


@data.command()
def get(
    name: Annotated[DataSetName, typer.Argument(help="Which data set.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path("data"),
    base_url: Annotated[str, typer.Option(help="A mirror.")] = PUBLISHED_URL,
    json: Json = False,
) -> None:
    """Download the published images and lists; a broken download goes on where it was.

    The archive is read as it is, there is no need to unpack it.

    Example: deepyeast data get deepyeast --out data/
    """
    files = download(name, out, base_url)
    if json:
        print_json({"files": [str(file) for file in files]})
    else:
        console.print(f"{len(files)} files with the published checksums in {out}")
