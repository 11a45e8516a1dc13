"""The outputs for one sample: a list, and of one unit the number that it holds."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from autograd import ShapeError, Value, leaves
from nn import MLP, Dense, Layer, Neuron, Sequential
from nn.outputs import Outputs


def one(x=3.0):
    return Outputs([Value(x)])


@pytest.mark.parametrize(
    ("calculate", "number"),
    [
        (lambda y: y + 1, 4.0),
        (lambda y: 1 + y, 4.0),
        (lambda y: y - 1, 2.0),
        (lambda y: 1 - y, -2.0),
        (lambda y: y * 2, 6.0),
        (lambda y: 2 * y, 6.0),
        (lambda y: y / 2, 1.5),
        (lambda y: 6 / y, 2.0),
        (lambda y: y**2, 9.0),
        (lambda y: 2**y, 8.0),
        (lambda y: -y, -3.0),
        (lambda y: abs(-y), 3.0),
        (lambda y: y.relu(), 3.0),
        (lambda y: (1 + -2 * y).relu(), 0.0),
        (lambda y: np.float64(2.0) * y, 6.0),
        (lambda y: y * np.float64(2.0), 6.0),
        (lambda y: 1 + -np.float64(2.0) * y, -5.0),
        (lambda y: np.int64(1) - y, -2.0),
        (lambda y: Value(2.0) * y, 6.0),
        (lambda y: y - Value(2.0), 1.0),
        (lambda y: y - y, 0.0),
        (lambda y: sum([y, y]), 6.0),
    ],
)
def test_one_output_is_used_as_the_number_that_it_holds(calculate, number):
    y = one()
    z = calculate(y)
    assert type(z) is Value and z.data == number
    assert any(x is y[0] for x in leaves(z))


def test_what_a_value_has_is_read_and_set():
    y = one()
    assert (y.data, y.grad, y.op) == (3.0, None, "")
    (y**2).backward()
    assert y.grad == 6.0
    y.grad = 0.0
    y.label = "y"
    assert y[0].grad == 0.0 and y[0].name == "y"
    z = y
    z += 1
    assert z.data == 4.0
    y *= 2
    assert y.data == 6.0


@pytest.mark.filterwarnings("ignore::autograd.GraphCutWarning")
def test_float():
    assert float(one()) == 3.0


SEVERAL = "There are 2 outputs where one number is needed. Choose one, as in outputs[0]."


@pytest.mark.parametrize(
    "calculate", [lambda y: y - 1, lambda y: 1 - y, lambda y: y * 2, lambda y: y**2, lambda y: -y, lambda y: 1 + y]
)
def test_several_outputs_are_no_number(calculate):
    with pytest.raises(ShapeError) as caught:
        calculate(Outputs([Value(1.0), Value(2.0)]))
    assert str(caught.value) == SEVERAL


def test_several_outputs_have_no_data():
    y = Outputs([Value(1.0), Value(2.0)])
    with pytest.raises(AttributeError) as caught:
        y.data
    assert str(caught.value) == "There are 2 outputs. Choose one, as in outputs[0].data."
    with pytest.raises(ShapeError):
        y.grad = 0.0
    with pytest.raises(AttributeError, match=r"^'Outputs' object has no attribute 'shape'$"):
        y.shape
    assert not hasattr(one(), "shape") and not hasattr(one(), "no_such_name")


def test_it_is_a_list_in_every_other_respect():
    a, b = Value(1.0), Value(2.0)
    y = Outputs([a, b])
    assert isinstance(y, list) and y == [a, b] and y[1] is b and len(y) == 2 and list(y) == [a, b]
    rest = [b]
    assert y + rest == [a, b, b] and one() + rest == [3.0, 2.0]
    y += [a]
    assert len(y) == 3
    assert np.array(y).shape == (3,) and np.exp(y).shape == (3,) and (np.float64(2.0) * y).shape == (3,)
    assert (np.ones(3) * y).shape == (3,) and np.exp(one()).shape == (1,) and (np.ones(3) * one()).shape == (3,)
    for twin in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert type(twin) is Outputs and [x.data for x in twin] == [1.0, 2.0, 1.0]


def test_layers_and_models_give_them():
    row = [1.0, -1.0]
    for model in (MLP(2, [3, 1], rng=0), Layer(2, 1, rng=0), Dense(1, 2, rng=0), Sequential([Dense(1, 2)], rng=0)):
        y = model(row)
        assert type(y) is Outputs and type((y - 1.0) ** 2) is Value
    assert type(MLP(2, [3, 2], activation="tanh", output="softmax", rng=0)(row)) is Outputs


def test_micrograds_names_of_a_neuron():
    neuron = Neuron(2, rng=0)
    assert neuron.w is neuron.weights and neuron.b is neuron.bias
