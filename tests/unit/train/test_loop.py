"""Training learns, and a killed run ends with the weights of an unbroken one."""

import numpy as np
import pytest
import torch

from deepyeast.core import TRANSFER_COMPARTMENTS, DatasetError, WeightsError
from deepyeast.nn import build_network
from deepyeast.train import RECIPES, LabelledImages, Recipe, Trainer


def dots(n, seed):
    """Four easy classes: a bright square in one of four corners of the green channel."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    images = rng.integers(0, 40, (n, 2, 64, 64)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        y, x = divmod(int(label), 2)
        image[1, 12 + 32 * y : 20 + 32 * y, 12 + 32 * x : 20 + 32 * x] = 220
    good = np.ones(n, dtype=bool)
    good[::8] = False
    images[::8, 0] = 200
    return LabelledImages(images, labels.astype(np.int64), good)


def recipe(**changes) -> Recipe:
    defaults = {"iterations": 24, "batch": 16, "validate_every": 8, "augment": False, "views": 1}
    return RECIPES["fast"].model_copy(update={**defaults, **changes})


def trainer(path, seed=0, **changes):
    return Trainer(
        recipe(**changes), seed, TRANSFER_COMPARTMENTS, dots(128, 0), dots(48, 1), path / "c.st"
    )


class Killed(Exception):
    pass


def kill_after(n):
    def on_step(iteration, _loss):
        if iteration == n:
            raise Killed

    return on_step


def state(trained):
    return trained.model.network.state_dict()


def test_it_learns_what_can_be_learned(tmp_path):
    trained = trainer(tmp_path, iterations=40).run()
    assert trained.history[-1].validation_accuracy > 0.9
    assert trained.history[-1].training_loss < trained.history[0].training_loss
    scores = trained.model.predict(dots(64, 2).images)
    assert (scores.probabilities.argmax(1) == dots(64, 2).labels)[dots(64, 2).good].mean() > 0.9
    assert scores.quality[dots(64, 2).good].mean() > scores.quality[~dots(64, 2).good].mean() + 0.3


@pytest.mark.parametrize("kill", [3, 8, 19])
@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
def test_a_killed_run_resumes_to_the_same_weights(tmp_path, kill, optimiser):
    (tmp_path / "whole").mkdir()
    (tmp_path / "broken").mkdir()
    whole = trainer(tmp_path / "whole", augment=True, optimiser=optimiser).run()
    with pytest.raises(Killed):
        trainer(tmp_path / "broken", augment=True, optimiser=optimiser).run(kill_after(kill))
    resumed = trainer(tmp_path / "broken", augment=True, optimiser=optimiser).run()
    for name, tensor in state(whole).items():
        torch.testing.assert_close(state(resumed)[name], tensor, rtol=0, atol=0)
    assert resumed.history == whole.history
    assert resumed.model.card == whole.model.card


def test_training_can_start_from_weights(tmp_path):
    first = trainer(tmp_path, iterations=40).run()
    (tmp_path / "more").mkdir()
    arguments = (TRANSFER_COMPARTMENTS, dots(128, 0), dots(48, 1), tmp_path / "more" / "c.st")
    short = recipe(iterations=2, validate_every=1, learning_rate=1e-6)
    more = Trainer(short, 1, *arguments, initial=first.model.network).run()
    assert more.history[0].validation_accuracy > 0.9


def test_weights_of_another_network_cannot_be_a_start(tmp_path):
    other = build_network("fast", classes=12)
    arguments = (TRANSFER_COMPARTMENTS, dots(128, 0), dots(48, 1), tmp_path / "c.st")
    with pytest.raises(WeightsError, match="fast"):
        Trainer(recipe(), 0, *arguments, initial=other)


def test_seeds_matter(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    a = trainer(tmp_path / "a", seed=1, iterations=8).run()
    b = trainer(tmp_path / "b", seed=2, iterations=8).run()
    assert not torch.equal(a.model.network.classifier.weight, b.model.network.classifier.weight)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    trainer(tmp_path, iterations=8).run()
    with pytest.raises(DatasetError, match="another recipe"):
        trainer(tmp_path, seed=9, iterations=8).run()


def test_a_damaged_checkpoint_is_refused(tmp_path):
    trainer(tmp_path, iterations=8).run()
    path = tmp_path / "c.st"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DatasetError, match="damaged"):
        trainer(tmp_path, iterations=8).run()


def test_the_papers_normalisation_travels_with_the_weights(tmp_path):
    normalisation = RECIPES["paper"].normalisation
    trained = trainer(tmp_path, normalisation=normalisation, iterations=16).run()
    assert trained.model.mean_image is not None
    trained.model.save(tmp_path / "m.safetensors")
    assert trained.model.mean_image.shape == (2, 64, 64)


def test_the_paper_recipe_is_the_papers():
    paper = RECIPES["paper"]
    assert paper.iterations == 195_000
    assert paper.batch == 100
    assert paper.momentum == 0.9
    assert paper.weight_decay == 5e-4
    assert [paper.learning_rate_at(i) for i in (0, 16_249, 16_250, 32_500)] == [
        0.1,
        0.1,
        0.05,
        0.025,
    ]


def test_one_cycle_rises_then_falls_to_nothing():
    rates = [recipe(iterations=100).learning_rate_at(i) for i in range(100)]
    peak = int(np.argmax(rates))
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] < 0.01 * rates[peak]
