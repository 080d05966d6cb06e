"""`deepyeast models list|show`: the networks that can be used, and what their cards say."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from deepyeast import zoo
from deepyeast.cli.app import Json, app, console, print_json

models = typer.Typer(help="The networks: which there are, what they are.", no_args_is_help=True)
app.add_typer(models, name="models")


@models.command("list")
def list_models(json: Json = False) -> None:
    """List the packaged networks with their measured accuracies.

    Example: deepyeast models list
    """
    cards = {name: zoo.card(name) for name in zoo.available()}
    if json:
        print_json({name: card.model_dump(mode="json") for name, card in cards.items()})
        return
    for name, card in cards.items():
        default = " (default)" if name == zoo.DEFAULT_MODEL else ""
        console.print(f"[bold]{name}[/]{default}, {len(card.classes)} classes", highlight=False)
        for m in card.measured:
            line = f"  {m.value:6.1%}  {m.data}: {m.metric} ({m.n})"
            console.print(line, highlight=False, soft_wrap=True)


@models.command()
def show(
    model: Annotated[str, typer.Argument(help="A packaged name, or a weights file.")],
    json: Json = False,
) -> None:
    """Print a network's card: classes, normalisation, training data, measured accuracy.

    Example: deepyeast models show fast
    """
    card = zoo.card(model)
    if json:
        print_json(card.model_dump(mode="json"))
        return
    table = Table(show_header=False, box=None)
    for field, value in card:
        if field == "measured":
            value = "\n".join(f"{m.value:.3f}  {m.metric}, {m.data} ({m.n})" for m in card.measured)
        elif field == "classes":
            value = f"{card.classes.name} v{card.classes.version}: " + ", ".join(card.classes.names)
        table.add_row(f"[bold]{field}[/]", str(value))
    console.print(table)
