"""The networks are what the paper says, and what their names say."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from deepyeast.nn import NETWORKS, build_network


def weighted_layers(network):
    """Return layers with weights on the main path: shortcuts are not layers of depth."""
    return [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]


def test_the_papers_network_layer_by_layer():
    layers = weighted_layers(build_network("deepyeast-11"))
    shapes = [tuple(layer.weight.shape) for layer in layers]
    widths = [2, 64, 64, 128, 128, 256, 256, 256, 256]
    assert shapes[:8] == [(o, i, 3, 3) for i, o in pairwise(widths)]
    assert shapes[8:] == [(512, 256 * 8 * 8), (512, 512), (12, 512)]
    assert sum(p.numel() for p in build_network("deepyeast-11").parameters()) > 10_000_000


def test_batch_norm_precedes_every_activation_and_dropout_follows_two():
    modules = [m for m in build_network("deepyeast-11").modules() if not list(m.children())]
    for before, activation in pairwise(modules):
        if isinstance(activation, nn.ReLU):
            assert isinstance(before, nn.BatchNorm2d | nn.BatchNorm1d)
            assert before.eps == pytest.approx(1e-3)
    assert [m.p for m in modules if isinstance(m, nn.Dropout)] == [0.5, 0.5]


@pytest.mark.parametrize("depth", [5, 9, 11, 13])
def test_relatives_have_the_depth_of_their_name(depth):
    assert len(weighted_layers(build_network(f"deepyeast-{depth}"))) == depth


def test_fast_is_about_a_million_parameters():
    count = sum(p.numel() for p in build_network("fast").parameters())
    assert 500_000 < count < 1_200_000


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_embeds_and_classifies(name):
    network = build_network(name, classes=4).eval()
    images = torch.randn(3, 2, 64, 64)
    with torch.inference_mode():
        embedding = network.embed(images)
        assert embedding.shape == (3, network.embedding_size)
        torch.testing.assert_close(network(images), network.classifier(embedding))


def test_glorot_normal_initialisation():
    layer = weighted_layers(build_network("deepyeast-11"))[9]
    expected = (2 / (512 + 512)) ** 0.5
    assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.02)
    assert float(layer.bias.detach().abs().max()) == 0


def test_unknown_network_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match="deepyeast-11"):
        build_network("resnet50")
