"""`deepyeast dataset build`: a training set from a screen and what others know of its proteins."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from deepyeast.cli.app import Json, app, console, messages, print_json, progress_bar
from deepyeast.core import COMPARTMENTS
from deepyeast.curate import SHARES
from deepyeast.pipeline import MINIMUM_CELLS, BuiltDataset, build_dataset

dataset = typer.Typer(help="Make training sets.", no_args_is_help=True)
app.add_typer(dataset, name="dataset")

UNKNOWN_SHOWN = 10
"""Unknown names printed at most; all are in ``dropped.csv``."""


@dataset.command()
def build(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    annotations: Annotated[
        list[Path],
        typer.Option(help="CSV with protein and compartment; give several, and all must agree."),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write; must not hold anything yet.")],
    min_cells: Annotated[
        int, typer.Option(help="Good cells that a protein needs.", min=1)
    ] = MINIMUM_CELLS,
    seed: Annotated[int, typer.Option(help="Of the split: same seed, same bytes.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Make a training set of the proteins on whose one compartment all annotations agree.

    Writes the good cells in the published layout, split by protein, ready for deepyeast
    train; dropped.csv says which proteins were left out, and why.

    Example: deepyeast dataset build /tmp/run --annotations huh.csv --annotations sgd.csv
    --out /tmp/cells
    """
    with progress_bar() as bar:
        task = bar.add_task("writing cells", total=None)
        built = build_dataset(
            run,
            annotations,
            out,
            seed=seed,
            minimum_cells=min_cells,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if json:
        print_json(_document(built))
        return
    _print_classes(built)
    reasons = Counter(d.reason for d in built.curated.dropped)
    told = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
    console.print(f"left out: {told or 'none'} (dropped.csv)", highlight=False)
    _warn(built)
    proteins = built.proteins
    console.print(
        f"{proteins['n_cells'].sum()} cells of {len(proteins)} proteins in {out}", soft_wrap=True
    )


def _document(built: BuiltDataset) -> dict[str, object]:
    classes: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for label, of_class in built.proteins.groupby("label"):
        for split, n_cells in of_class.groupby("split")["n_cells"]:
            counts = {"proteins": len(n_cells), "cells": int(n_cells.sum())}
            classes[str(label)][str(split)] = counts
    return {
        "folder": built.folder,
        "cells": int(built.proteins["n_cells"].sum()),
        "proteins": len(built.proteins),
        "classes": classes,
        "dropped": dict(Counter(d.reason for d in built.curated.dropped)),
        "unknown": dict(built.curated.unknown),
    }


def _print_classes(built: BuiltDataset) -> None:
    """Print the numbers of proteins and cells by class and split."""
    table = Table("class", *(f"{split}: proteins" for split in SHARES), *SHARES)
    for name in COMPARTMENTS.names:
        of_class = built.proteins[built.proteins["label"] == name]
        splits = [of_class.loc[of_class["split"] == split, "n_cells"] for split in SHARES]
        table.add_row(name, *(str(len(s)) for s in splits), *(str(s.sum()) for s in splits))
    console.print(table)


def _warn(built: BuiltDataset) -> None:
    """Say what a network trained on this could not learn, and which names were not understood."""
    proteins = built.proteins.groupby("label").size().reindex(COMPARTMENTS.names, fill_value=0)
    absent = [name for name, n in proteins.items() if n == 0]
    thin = [f"{name} ({n})" for name, n in proteins.items() if 0 < n < len(SHARES)]
    told = []
    if absent:
        told.append(f"without any protein: {', '.join(map(str, absent))}")
    if thin:
        told.append(f"of too few proteins for all splits: {', '.join(thin)}")
    if unknown := built.curated.unknown:
        most = sorted(unknown, key=lambda name: -unknown[name])[:UNKNOWN_SHOWN]
        names = ", ".join(f"{name} ({unknown[name]} proteins)" for name in most)
        more = " and others" if len(unknown) > UNKNOWN_SHOWN else ""
        told.append(f"no compartment of {COMPARTMENTS.name}: {names}{more}")
    for line in told:
        messages.print(f"[yellow]{line}[/]", highlight=False, soft_wrap=True)
