"""What holds of core's values whatever they contain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deepyeast.core import COMPARTMENTS, InputError, Scores, hash_config

K = len(COMPARTMENTS)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
configs = st.dictionaries(st.text(), json_values, max_size=6)
weights = arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.just(K)),
    elements=st.floats(0, 1).map(lambda x: x + 1e-6),
)


def scores(weight: np.ndarray) -> Scores:
    n = len(weight)
    return Scores(
        probabilities=(weight / weight.sum(1, keepdims=True)).astype(np.float32),
        embeddings=np.arange(n * 2, dtype=np.float32).reshape(n, 2),
        quality=np.ones(n, dtype=np.float32),
        novelty=np.zeros(n, dtype=np.float32),
    )


@given(configs, st.randoms(use_true_random=False))
def test_hash_config_does_not_depend_on_the_order_of_keys(config, random) -> None:
    items = list(config.items())
    random.shuffle(items)
    assert hash_config(dict(items)) == hash_config(config)


@given(configs, st.text(), st.integers(), st.integers())
def test_hash_config_depends_on_every_value(config, key, one, other) -> None:
    same = hash_config(config | {key: one}) == hash_config(config | {key: other})
    assert same == (one == other)


@given(st.sampled_from(COMPARTMENTS.names), st.data())
def test_index_finds_a_class_by_any_spelling(name, data) -> None:
    spelled = "".join(
        data.draw(st.sampled_from([c.lower(), c.upper(), "_" if c == " " else c])) for c in name
    )
    assert COMPARTMENTS.names[COMPARTMENTS.index(spelled)] == name


@given(weights)
def test_entropy_lies_between_zero_and_that_of_knowing_nothing(weight) -> None:
    entropy = scores(weight).entropy
    assert (entropy > -1e-5).all()
    assert (entropy < np.log(K) + 1e-5).all()


@given(weights)
def test_labels_name_a_class_of_greatest_probability(weight) -> None:
    value = scores(weight)
    chosen = [COMPARTMENTS.index(label) for label in value.labels]
    p = value.probabilities
    np.testing.assert_array_equal(p[np.arange(len(p)), chosen], p.max(1))


@given(weights, st.data())
def test_concatenate_undoes_any_cut(weight, data) -> None:
    whole = scores(weight)
    cut = data.draw(st.integers(0, len(weight)))
    parts = [
        Scores(
            probabilities=whole.probabilities[part],
            embeddings=whole.embeddings[part],
            quality=whole.quality[part],
            novelty=whole.novelty[part],
        )
        for part in (slice(cut), slice(cut, None))
    ]
    joined = Scores.concatenate(parts)
    np.testing.assert_array_equal(joined.probabilities, whole.probabilities)
    np.testing.assert_array_equal(joined.embeddings, whole.embeddings)


@given(st.text(), st.text(), st.text())
def test_input_error_begins_with_the_path_and_ends_with_the_message(path, kind, message) -> None:
    assert str(InputError(path, kind, message)) == f"{path}: {message}"
