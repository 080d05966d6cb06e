"""A saved model comes back the same; a file that is not one is refused in one line."""

import pickle

import numpy as np
import pytest
import torch

from deepyeast.core import TRANSFER_COMPARTMENTS, WeightsError
from deepyeast.nn import Card, Model, Network, build_network, load_model, read_card


@pytest.fixture
def model():
    torch.manual_seed(0)
    network = build_network("fast").eval()
    card = Card(name="fast", network="fast", temperature=1.7)
    return Model(card, network, torch.randn(128), torch.tensor(0.3))


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 255, (5, 2, 64, 64)).astype(np.uint16)


def test_saved_and_loaded_models_predict_the_same(model, images, tmp_path):
    model.save(tmp_path / "m.safetensors")
    again = load_model(tmp_path / "m.safetensors")
    assert again.card == model.card
    assert len(again.weights_hash) == 64
    before, after = model.predict(images), again.predict(images)
    np.testing.assert_allclose(after.probabilities, before.probabilities, atol=1e-5)
    np.testing.assert_allclose(after.quality, before.quality, atol=1e-5)


def test_half_precision_changes_little(model, images, tmp_path):
    model.save(tmp_path / "m.safetensors", half=True)
    half = load_model(tmp_path / "m.safetensors")
    difference = half.predict(images).probabilities - model.predict(images).probabilities
    assert np.abs(difference).max() < 0.01


def test_cells_do_not_depend_on_their_company(model, images):
    together = model.predict(images).probabilities
    alone = np.concatenate([model.predict(image[None]).probabilities for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_temperature_softens(model, images):
    hot = model.with_card(model.card.model_copy(update={"temperature": 10.0}))
    assert hot.predict(images).entropy.mean() > model.predict(images).entropy.mean()


def test_no_cells_give_no_scores(model):
    assert len(model.predict(np.zeros((0, 2, 64, 64)))) == 0


@pytest.mark.parametrize("shape", [(2, 64, 64), (1, 3, 64, 64), (1, 2, 32, 32)])
def test_wrong_shapes_are_refused(model, shape):
    with pytest.raises(ValueError, match="shape"):
        model.predict(np.zeros(shape))


def test_damaged_files_are_refused(model, tmp_path):
    path = tmp_path / "m.safetensors"
    model.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match="damaged"):
        load_model(path)
    path.write_bytes(whole[:5])
    with pytest.raises(WeightsError, match="not a safetensors file"):
        load_model(path)


def test_pickles_are_never_read(tmp_path):
    path = tmp_path / "evil.pt"
    path.write_bytes(pickle.dumps({"weights": [1, 2, 3]}))
    with pytest.raises(WeightsError, match="not a safetensors file"):
        load_model(path)


def test_weights_for_other_classes_are_refused(model, tmp_path):
    path = tmp_path / "m.safetensors"
    card = model.card.model_copy(update={"classes": TRANSFER_COMPARTMENTS})
    model.with_card(card).save(path)
    assert read_card(path).classes == TRANSFER_COMPARTMENTS
    with pytest.raises(WeightsError, match="do not fit the card"):
        load_model(path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(WeightsError, match="nowhere"):
        load_model(tmp_path / "nowhere.safetensors")


class Halves(Network):
    """A network that sees nothing but the green of the left and of the upper half."""

    def __init__(self):
        super().__init__()
        self.embedding_size = 2
        self.classifier = torch.nn.Linear(2, 12)

    def embed(self, images):
        green = images[:, 1]
        return torch.stack([green[:, :, :32].mean((1, 2)), green[:, :32].mean((1, 2))], dim=1)


def embeddings(model, views, images):
    card = model.card.model_copy(update={"views": views})
    halves = Halves().eval()
    return Model(card, halves, torch.zeros(2), torch.tensor(0.0)).predict(images).embeddings


def test_views_average_over_orientations(model):
    images = np.zeros((1, 2, 64, 64), dtype=np.float32)
    images[:, :, :, :20] = 1  # on the left: the upper half is as the lower one
    (left, upper), (both_left, both_upper) = (embeddings(model, n, images)[0] for n in (1, 2))
    assert left > upper
    assert both_left == pytest.approx(both_upper)  # mirrored, left and right are alike
    turned = np.ascontiguousarray(np.rot90(images, axes=(2, 3)))
    np.testing.assert_allclose(
        embeddings(model, 8, turned), embeddings(model, 8, images), atol=1e-5
    )
