"""Compartments lie where cell biology puts them."""

import numpy as np
import pytest

from deepyeast.core import COMPARTMENTS, TRANSFER_COMPARTMENTS
from deepyeast.simulate.anatomy import draw_anatomy
from deepyeast.simulate.compartments import PATTERNS


def anatomies(n, budded=0.0, seed=0):
    rng = np.random.default_rng(seed)
    return [draw_anatomy(rng, np.zeros(2), 16.0, budded=budded) for _ in range(n)]


def share_inside(density, region):
    return float(density[region].sum() / density.sum())


def mean_share(name, region, n=20, budded=0.0, traits=0.5):
    rng = np.random.default_rng(1)
    shares = []
    for cell in anatomies(n, budded):
        density = PATTERNS[name].density(cell, np.full(4, traits), rng)
        if density.sum() > 0:
            shares.append(share_inside(density, region(cell)))
    return np.mean(shares)


def test_every_compartment_has_a_pattern():
    assert set(PATTERNS) == {*COMPARTMENTS.names, *TRANSFER_COMPARTMENTS.names}


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_densities_are_finite_nonnegative_and_within_the_cell(name):
    rng = np.random.default_rng(2)
    for cell in anatomies(12, budded=PATTERNS[name].budded):
        density = PATTERNS[name].density(cell, rng.random(4), rng)
        assert density.shape == cell.box.shape
        assert np.isfinite(density).all()
        assert density.min() > -1e-4
        assert share_inside(density, cell.cell < 3.5) > 0.9


def test_nucleus_and_nucleolus_are_in_the_nucleus():
    assert mean_share("nucleus", lambda c: c.nucleus < 1.0) > 0.95
    assert mean_share("nucleolus", lambda c: c.nucleus < 1.0) > 0.95


def test_nuclear_periphery_is_a_shell_around_the_nucleus():
    assert mean_share("nuclear periphery", lambda c: np.abs(c.nucleus) < 2.2) > 0.8


def test_periphery_is_at_the_surface_and_cytoplasm_is_not():
    assert mean_share("cell periphery", lambda c: np.abs(c.cell) < 3) > 0.95
    assert mean_share("cytoplasm", lambda c: np.abs(c.cell) < 3) < 0.7


def test_cytoplasm_keeps_out_of_the_vacuole_and_vacuole_stays_in():
    def deep(cell):
        return cell.vacuole < -1.5

    assert mean_share("cytoplasm", deep) < 0.05
    assert mean_share("vacuole", lambda c: c.vacuole < 1.0, traits=0.3) > 0.85


def test_spindle_poles_are_on_the_nuclear_envelope():
    assert mean_share("spindle pole", lambda c: np.abs(c.nucleus) < 3.5) > 0.8


def test_bud_neck_lies_between_mother_and_bud():
    rng = np.random.default_rng(3)
    for cell in anatomies(10, budded=1.0):
        density = PATTERNS["bud neck"].density(cell, np.full(4, 0.5), rng)
        z, y, x = np.meshgrid(*(np.ravel(a) for a in cell.box.coordinates()), indexing="ij")
        centre = [float((density * axis).sum() / density.sum()) for axis in (z, y, x)]
        assert np.linalg.norm(np.array(centre) - cell.neck) < 2.0
