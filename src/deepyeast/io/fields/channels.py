"""Which channel is the cytosolic marker and which the tagged protein."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

RED_NAMES = ("rfp", "mcherry", "tdtomato", "dsred", "mkate", "mscarlet", "cy3", "txred", "texas")
GREEN_NAMES = ("gfp", "mneongreen", "yfp", "venus", "citrine", "fitc", "alexa488")
_RED = re.compile(rf"{'|'.join(RED_NAMES)}|\bred\b|(?<!\d)(?:561|568|594)(?!\d)")
_GREEN = re.compile(rf"{'|'.join(GREEN_NAMES)}|\bgreen\b|(?<!\d)(?:488)(?!\d)")


class ChannelError(ValueError):
    """Channels that cannot be told apart; ``kind`` is that of the input error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Channels(BaseModel):
    """A choice of channels, each by its name or its number from 0; None: guess.

    A guess goes by the names of common fluorophores, and without such names takes the first
    of two channels for red and the second for green.
    """

    model_config = ConfigDict(frozen=True)

    red: str | int | None = None
    green: str | int | None = None

    def choose(self, names: Sequence[str]) -> tuple[int, int]:
        """Return the indices of red and green among the channels of an image.

        Raises
        ------
        ChannelError
            If a channel is not there, or cannot be told.
        """
        if len(names) < 2:
            raise ChannelError(
                "missing-channel",
                "has one channel, but red (the marker) and green (the protein) are needed",
            )
        red = _find("red", self.red, names)
        green = _find("green", self.green, names)
        guessed_red = [i for i, name in enumerate(names) if _RED.search(name.lower())]
        guessed_green = [i for i, name in enumerate(names) if _GREEN.search(name.lower())]
        if red is None and len(guessed_red) == 1 and guessed_red[0] != green:
            red = guessed_red[0]
        if green is None and len(guessed_green) == 1 and guessed_green[0] != red:
            green = guessed_green[0]
        if len(names) == 2 and (red is None) != (green is None):
            red, green = (1 - green, green) if green is not None else (red, 1 - (red or 0))
        if len(names) == 2 and red is None and green is None:
            red, green = 0, 1
        if red is None or green is None:
            raise ChannelError(
                "which-channel",
                f"has {len(names)} channels ({_listed(names)}), of which red and green cannot be "
                "told; name them with --red and --green",
            )
        if red == green:
            raise ChannelError(
                "which-channel", f"red and green are the same channel, {names[red]!r}"
            )
        return red, green


def _find(colour: str, wanted: str | int | None, names: Sequence[str]) -> int | None:
    """Return the index of a channel that was asked for; None where none was."""
    if wanted is None:
        return None
    lower = [name.lower() for name in names]
    text = str(wanted).strip().lower()
    if text in lower:
        return lower.index(text)
    within = [i for i, name in enumerate(lower) if text in name]
    if len(within) == 1 and not text.isdigit():
        return within[0]
    if text.isdigit() and int(text) < len(names):
        return int(text)
    raise ChannelError(
        "missing-channel",
        f"has no channel {str(wanted)!r} for {colour}; its channels are {_listed(names)}",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{i}: {name}" if name else str(i) for i, name in enumerate(names))
