"""What the documentation tells users to type exists, and the command reference is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from deepyeast.cli import app

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
REFERENCE = ROOT / "docs" / "reference" / "cli.md"
EVERYWHERE = {"--help", "--json"}
"""Options of every command, described once at the top of the reference."""


def leaves(command, name: str = "") -> dict[str, set[str]]:
    """Return the options of every command that does something, by its full name."""
    if not hasattr(command, "commands"):
        return {name: {option for parameter in command.params for option in parameter.opts}}
    found: dict[str, set[str]] = {}
    for word, sub in command.commands.items():
        found |= leaves(sub, f"{name} {word}".strip())
    return found


COMMANDS = leaves(typer.main.get_command(app))


def lines_to_type(text: str) -> list[str]:
    """Return what follows ``deepyeast`` in code, inline or on a line of its own."""
    return re.findall(r"(?:`|^|-m )deepyeast ([a-z][^`\n]*)", text, re.MULTILINE)


def command_of(line: str) -> str | None:
    return next((name for name in COMMANDS if f"{line} ".startswith(f"{name} ")), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_and_option_on_a_page_exists(page: Path) -> None:
    for line in lines_to_type(page.read_text(encoding="utf-8")):
        name = command_of(line)
        assert name is not None, line
        assert set(re.findall(r"--[\w-]+", line)) <= COMMANDS[name], line


def test_the_reference_names_every_command() -> None:
    named = {command_of(line) for line in lines_to_type(REFERENCE.read_text(encoding="utf-8"))}
    assert named == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_describes_every_option(name: str) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    described = set(re.findall(r"`(--[\w-]+)`", section.group(1))) if section else set()
    wanted = {option for option in COMMANDS[name] if option.startswith("--")} - EVERYWHERE
    assert described == wanted
