"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real cells, which lies beside the repository and never in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real cells are not at {SHARED_DATA}")
    return SHARED_DATA
