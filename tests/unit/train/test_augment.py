"""Augmentation changes pose and brightness, not what the picture shows."""

import torch

from deepyeast.train.augment import augment


def disc():
    y, x = torch.meshgrid(torch.arange(64) - 31.5, torch.arange(64) - 31.5, indexing="ij")
    return torch.where(torch.hypot(y, x) < 12, 1.0, -1.0).expand(16, 2, 64, 64).contiguous()


def test_same_generator_same_result_and_another_seed_another():
    a = augment(disc(), torch.Generator().manual_seed(1))
    b = augment(disc(), torch.Generator().manual_seed(1))
    c = augment(disc(), torch.Generator().manual_seed(2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_a_disc_stays_a_disc_of_about_its_size():
    changed = augment(disc(), torch.Generator().manual_seed(0))
    area = (changed > 0).float().sum((2, 3))
    original = (disc() > 0).float().sum((2, 3))
    assert ((area / original) > 0.4).all()
    assert ((area / original) < 2.2).all()
    assert float(area.std()) > 0


def test_values_stay_within_the_normalised_range():
    changed = augment(disc(), torch.Generator().manual_seed(0))
    assert float(changed.abs().max()) <= 2.0
    assert changed.shape == disc().shape
