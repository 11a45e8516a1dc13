"""Optimisers: formulas by hand, defaults, ranges of arguments, steps on arrays and on Values, and one of one's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
import pytest

import nn
import viz
from autograd import ShapeError, Value, grad, topological
from nn import MLP, SGD, Adam, ModelError
from nn.optimizers import OPTIMIZERS, Optimizer, State, rules
from viz.descent import update

G = [0.5, -2.0, 1.5, 0.25]  # gradients of four steps


def refused(kind, call, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


def walk(optimizer, p=1.0):
    """The parameter after each step along G."""
    state, x, path = optimizer.start(p), np.array(p), []
    for g in G:
        state, x = optimizer.update(state, g, x)
        path.append(float(x))
    assert state.steps == len(G)
    return path


# ── formulas, word by word ────────────────────────────────────────────────────────────────────────

E = 0.5  # an epsilon that shows where it stands


def sgd(eta, mu=0.0, nesterov=False, slopes=None):
    v, p = 0.0, 1.0
    for g in G if slopes is None else slopes:
        v = mu * v - eta * g
        p += mu * v - eta * g if nesterov else v
        yield p


def averaged(eta, beta):
    v, p = 0.0, 1.0
    for g in G:
        v = beta * v + (1 - beta) * g
        p -= eta * v
        yield p


def adagrad(eta, a):
    p = 1.0
    for g in G:
        a += g * g
        p -= eta * g / math.sqrt(a + E)
        yield p


def adadelta(eta, rho):
    a, d, p = 0.0, 0.0, 1.0
    for g in G:
        a = rho * a + (1 - rho) * g * g
        delta = math.sqrt((d + E) / (a + E)) * g
        d = rho * d + (1 - rho) * delta * delta
        p -= eta * delta
        yield p


def rmsprop(eta, rho, mu=0.0, centred=False):
    a, s, m, p = 0.0, 0.0, 0.0, 1.0
    for g in G:
        a, s = rho * a + (1 - rho) * g * g, rho * s + (1 - rho) * g
        m = mu * m + eta * g / math.sqrt(a - s * s * centred + E)
        p -= m
        yield p


def adam(eta, b1, b2, decay=0.0, top=False, epsilon=E):
    m, v, p, seen = 0.0, 0.0, 1.0, []
    for t, g in enumerate(G, 1):
        p -= eta * decay * p
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        seen.append(v)
        p -= eta * math.sqrt(1 - b2**t) / (1 - b1**t) * m / (math.sqrt(max(seen) if top else v) + epsilon)
        yield p


def adamax(eta, b1, b2):
    p = 1.0
    for t, _ in enumerate(G, 1):
        m = sum((1 - b1) * b1 ** (t - k) * G[k - 1] for k in range(1, t + 1))
        p -= eta / (1 - b1**t) * m / (max(b2 ** (t - k) * abs(G[k - 1]) for k in range(1, t + 1)) + E)
        yield p


def nadam(eta, b1, b2):
    m, v, p = 0.0, 0.0, 1.0
    mu = [b1 * (1 - 0.5 * 0.96**t) for t in range(1, len(G) + 2)]
    for t, g in enumerate(G, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        ahead = mu[t] * m / (1 - math.prod(mu[: t + 1])) + (1 - mu[t - 1]) * g / (1 - math.prod(mu[:t]))
        p -= eta * ahead / (math.sqrt(v / (1 - b2**t)) + E)
        yield p


def lion(eta, b1, b2):
    m, p = 0.0, 1.0
    for g in G:
        p -= eta * np.sign(b1 * m + (1 - b1) * g)
        m = b2 * m + (1 - b2) * g
        yield p


def qhm(eta, beta, nu):
    m, p = 0.0, 1.0
    for g in G:
        m = beta * m + (1 - beta) * g
        p -= eta * ((1 - nu) * g + nu * m)
        yield p


def qhadam(eta, b1, b2, n1, n2):
    """With the averages as sums, corrected by what their weights add up to."""
    p = 1.0
    for t, g in enumerate(G, 1):
        ages = [t - k for k in range(1, t + 1)]
        m = sum(b1**age * x for age, x in zip(ages, G, strict=False)) / sum(b1**age for age in ages)
        v = sum(b2**age * x * x for age, x in zip(ages, G, strict=False)) / sum(b2**age for age in ages)
        p -= eta * ((1 - n1) * g + n1 * m) / (math.sqrt((1 - n2) * g * g + n2 * v) + E)
        yield p


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (SGD(0.1), sgd(0.1)),
        (SGD(0.1, momentum=0.75), sgd(0.1, 0.75)),
        (SGD(0.1, nesterov=True), sgd(0.1)),
        (nn.Nesterov(0.1, momentum=0.75), sgd(0.1, 0.75, True)),
        (nn.Momentum(0.1, beta=0.75), averaged(0.1, 0.75)),
        (nn.Adagrad(0.1, 0.3, E), adagrad(0.1, 0.3)),
        (nn.Adadelta(0.1, 0.75, E), adadelta(0.1, 0.75)),
        (nn.RMSprop(0.1, 0.75, 0.0, E), rmsprop(0.1, 0.75)),
        (nn.RMSprop(0.1, 0.75, 0.5, E), rmsprop(0.1, 0.75, 0.5)),
        (nn.RMSprop(0.1, 0.75, 0.5, E, centered=True), rmsprop(0.1, 0.75, 0.5, True)),
        (Adam(0.1, 0.75, 0.9, E), adam(0.1, 0.75, 0.9)),
        (Adam(0.1, 0.75, 0.9, E, amsgrad=True), adam(0.1, 0.75, 0.9, top=True)),
        (nn.AdamW(0.1, 0.25, 0.75, 0.9, E), adam(0.1, 0.75, 0.9, 0.25)),  # Keras' order of arguments
        (Adam(0.1, 0.75, 0.9, E, weight_decay=0.25), adam(0.1, 0.75, 0.9, 0.25)),
        (SGD(0.1, clipvalue=0.5), sgd(0.1, slopes=np.clip(G, -0.5, 0.5))),
        (SGD(0.1, clipnorm=0.5), sgd(0.1, slopes=np.clip(G, -0.5, 0.5))),  # of one number
        (nn.Adamax(0.1, 0.75, 0.5, E), adamax(0.1, 0.75, 0.5)),
        (nn.Nadam(0.1, 0.75, 0.9, E), nadam(0.1, 0.75, 0.9)),
        (nn.Lion(0.1, 0.75, 0.5), lion(0.1, 0.75, 0.5)),
        (nn.QHM(0.1, 0.75, 0.4), qhm(0.1, 0.75, 0.4)),
        (nn.QHM(0.1, 0.75, 0.0), sgd(0.1)),
        (nn.QHM(0.1, 0.75, 1.0), averaged(0.1, 0.75)),
        (nn.QHM(0.1 / (1 - 0.75), 0.75, 0.75), sgd(0.1, 0.75, True)),  # Nesterov's is ν = β: the paper's section 4
        (nn.QHAdam(0.1, 0.75, 0.9, 0.4, 0.6, E), qhadam(0.1, 0.75, 0.9, 0.4, 0.6)),
        (nn.QHAdam(0.1, 0.75, 0.9, 1.0, 1.0, 0.0), adam(0.1, 0.75, 0.9, epsilon=0.0)),
    ],
    ids=lambda x: repr(x) if isinstance(x, Optimizer) else "formula",
)
def test_a_walk_is_the_formula(optimizer, expected):
    assert walk(optimizer) == pytest.approx(list(expected), rel=1e-13)


DEFAULTS = {  # Keras 3; of QHM and QHAdam, which it has not, the paper's
    "qhm": {"learning_rate": 0.01, "beta": 0.999, "nu": 0.7},
    "sgd": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "momentum": {"learning_rate": 0.01, "beta": 0.9},
    "nesterov": {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
    "adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
    "adadelta": {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7},
    "rmsprop": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
    "adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "adamw": {"learning_rate": 0.001, "weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "adamax": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "nadam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "lion": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99},
    "qhadam": {"learning_rate": 0.001, "beta_1": 0.995, "beta_2": 0.999, "nu_1": 0.7, "nu_2": 1.0, "epsilon": 1e-8},
}
OTHERS = dict.fromkeys(("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "parameters"))
OTHERS |= {"use_ema": False}


def test_defaults():
    assert OPTIMIZERS.keys() == DEFAULTS.keys()
    for name, expected in DEFAULTS.items():
        optimizer = nn.optimizers.get(name.upper())
        assert type(optimizer) is OPTIMIZERS[name]
        found = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
        found.pop("amsgrad", None)
        assert found == OTHERS | expected
        assert repr(optimizer) == f"{type(optimizer).__name__}({', '.join(f'{k}={v!r}' for k, v in expected.items())})"
    mine = Adam(0.5)
    assert nn.optimizers.get(mine) is mine
    assert Optimizer().learning_rate == 0.001


@pytest.mark.parametrize("kind", [Optimizer, *OPTIMIZERS.values()])
def test_optimisers_are_compared_by_identity(kind):
    assert kind() != kind() and len({kind(), kind()}) == 2


# ── ranges ────────────────────────────────────────────────────────────────────────────────────────

SHARE, POSITIVE = (0, 1), (0, math.inf)
RANGES = {
    "learning_rate": POSITIVE, "momentum": SHARE, "beta": SHARE, "rho": SHARE, "beta_1": SHARE, "beta_2": SHARE,
    "nu": POSITIVE, "nu_1": POSITIVE, "nu_2": POSITIVE,
    "epsilon": POSITIVE, "initial_accumulator_value": POSITIVE, "weight_decay": POSITIVE,
}  # fmt: skip
ARGUMENTS = [(kind, name) for kind, known in DEFAULTS.items() for name in known if name not in ("nesterov", "centered")]


@pytest.mark.parametrize(("kind", "name"), ARGUMENTS)
def test_the_range_of_an_argument(kind, name):
    """At the limits, just inside and just outside; and what is not a number of that range at all."""
    least, below = RANGES[name]
    inside = [least, 5e-324] + ([math.nextafter(1, 0)] if below == 1 else [1, 1e300])
    outside = [-5e-324, -1, below, math.inf, math.nan, True, "0.1", None, 0.1 + 0j]
    for number in inside:
        assert getattr(OPTIMIZERS[kind](**{name: number}), name) == number
    limits = f"0 ≤ {name} < 1" if below == 1 else f"{name} ≥ 0"
    for number in outside:
        message = f"{OPTIMIZERS[kind].__name__} needs {limits}, got {number!r}. Give a number in that range."
        refused(ModelError, lambda number=number: OPTIMIZERS[kind](**{name: number}), message)
    if name != "learning_rate":
        with pytest.raises(ModelError, match="Give a number in that range"):
            OPTIMIZERS[kind](**{name: lambda k: 0.1})


def test_a_schedule_is_asked_with_the_steps_taken_so_far():
    asked = []
    optimizer = SGD(lambda k: asked.append(k) or 0.1 / (k + 1))
    assert walk(optimizer) == pytest.approx(np.subtract(1, np.cumsum(np.multiply(G, [0.1, 0.05, 0.1 / 3, 0.025]))))
    assert asked == [0, 1, 2, 3]


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimisers_step_arrays_and_values_alike(name):
    a = nn.optimizers.get(name)
    x, y = Value(1.0), Value(-2.0)
    b = type(a)(parameters=[x, y])
    p = np.array([1.0, -2.0])
    state = a.start(p)
    for _ in range(5):
        before = p.copy()
        state, new = a.update(state, np.array([2 * p[0], 6 * p[1]]), p)
        assert (p == before).all()
        p = new
        (x * x + 3 * y * y).backward()
        b.step()
        b.zero_grad()
        assert [x.data, y.data] == pytest.approx(p.tolist(), rel=1e-14)
        assert x.grad is None
    assert state.steps == 5
    assert (abs(p) < [1.0, 2.0]).all()


def test_first_steps_by_hand():
    g, p = np.array([0.5]), np.array([1.0])

    def steps(optimizer, number=2):
        state, x = optimizer.start(p), p
        for _ in range(number):
            state, x = optimizer.update(state, g, x)
        return x[0]

    assert steps(nn.Momentum(0.1, beta=0.9)) == pytest.approx(1 - 0.1 * 0.05 - 0.1 * (0.9 * 0.05 + 0.05))
    assert steps(nn.Momentum(0.1, beta=0.9), 9) == pytest.approx(steps(SGD(0.01, momentum=0.9), 9))
    assert steps(nn.Nesterov(0.1), 1) == pytest.approx(1 - 0.05 * 1.9)
    assert steps(nn.Adagrad(0.1), 1) == pytest.approx(1 - 0.05 / math.sqrt(0.1 + 0.25 + 1e-7))
    assert steps(Adam(0.1), 1) == pytest.approx(1 - 0.1, rel=1e-6)  # the first step has the length η
    assert steps(nn.AdamW(0.1, weight_decay=0.5), 1) == pytest.approx(0.95 - 0.1, rel=1e-6)
    assert steps(SGD(lambda k: 0.1 / (k + 1))) == pytest.approx(1 - 0.05 - 0.025)


def test_mistakes():
    refused(
        ModelError, lambda: SGD().step(), "SGD has no parameters to step. Write SGD(…, parameters=model.parameters())."
    )
    refused(
        ModelError,
        lambda: SGD(parameters=[Value(1.0)]).step(),
        "No parameter has a gradient. Call loss.backward() before optimizer.step().",
    )
    for name in ("adamm", 3):
        message = f"Unknown optimizer {name!r}. Choose one of {', '.join(OPTIMIZERS)}."
        refused(ModelError, lambda name=name: nn.optimizers.get(name), message)
    for poor in (3, [], [1.0], [Value(1.0), 2.0]):
        message = f"parameters must be a model or a list of Values, got {poor!r}. Give model.parameters()."
        refused(ModelError, lambda poor=poor: SGD(parameters=poor), message)
    refused(
        ShapeError,
        lambda: SGD().update(SGD().start([1.0]), [1.0, 2.0], [1.0]),
        "The gradient has shape (2,), the parameters (1,). Give arrays of one shape.",
    )


def test_an_update_leaves_its_arguments():
    optimizer = Adam(0.1)
    first, p = optimizer.start([1.0, 2.0]), [1.0, 2.0]
    state, new = optimizer.update(first, [1, 1], p)
    assert (first.steps, state.steps) == (0, 1)
    assert not any(array.any() for array in first.slots.values()) and state.slots["m"].all()
    assert p == [1.0, 2.0] and new.shape == (2,)


def test_averages_start_in_the_parameters_shape():
    for kind in OPTIMIZERS.values():
        state = kind().start(np.ones((2, 3)))
        assert list(state.slots) == list(kind.slots)
        assert all(array.shape == (2, 3) for array in state.slots.values())
    assert nn.Adagrad(initial_accumulator_value=0.25).start([0.0]).slots["a"].tolist() == [0.25]


def test_the_centred_average_is_the_mean_of_gradients():
    optimizer = nn.RMSprop(rho=0.75, centered=True)
    state, p = optimizer.update(optimizer.start([1.0]), [2.0], [1.0])
    assert state.slots["s"] == 0.5
    assert optimizer.update(state, [-2.0], p)[0].slots["s"] == 0.75 * 0.5 - 0.25 * 2


def test_values_without_a_gradient_count_as_0_and_gradients_are_forgotten_on_demand():
    x, y = Value(1.0), Value(2.0)
    optimizer = SGD(0.5, parameters=(x, y))
    (x * x).backward()
    optimizer.step()
    assert (x.data, y.data) == (0.0, 2.0)
    assert (x.grad, y.grad) == (2.0, None)
    optimizer.zero_grad()
    assert x.grad is None
    SGD().zero_grad()  # nothing to forget


def test_frozen_layers_are_left_alone():
    model = MLP(1, [1, 1], activation="linear", rng=0)
    model.layers[0].trainable = False
    before = [x.data for x in model.parameters()]
    optimizer = SGD(0.1, parameters=model)
    model([1.0])[0].backward()
    optimizer.step()
    assert [a != x.data for a, x in zip(before, model.parameters(), strict=True)] == [False, False, True, True]


def test_what_pictures_call_momentum():
    g = np.array([2.0])
    for optimizer, expected in [
        (SGD(0.5), None),
        (SGD(0.5, momentum=0.9), 2.0),
        (SGD(0.0, momentum=0.9), None),
        (nn.Momentum(0.5, beta=0.75), 0.5),
        (nn.Adagrad(), None),
        (nn.RMSprop(0.5, rho=0.0, epsilon=0.0), None),
        (nn.RMSprop(0.5, rho=0.0, momentum=0.9, epsilon=0.0), 1.0),
        (nn.RMSprop(0.0, momentum=0.9), None),
        (Adam(0.5, beta_1=0.75), 0.5),
    ]:
        state, _ = optimizer.update(optimizer.start(g), g, g)
        found = optimizer.averaged_gradient(state, optimizer.learning_rate)
        assert found is None if expected is None else found == pytest.approx([expected])


def test_what_pictures_call_the_squared_gradient():
    g = np.array([2.0])
    found = {}
    for name, kind in OPTIMIZERS.items():
        optimizer = kind(0.5)
        state, _ = optimizer.update(optimizer.start(g), g, g)
        square = optimizer.averaged_square(state)
        found[name] = None if square is None else round(float(square[0]), 9)
    mean = round(0.001 * 4, 9)
    kept = {"adagrad": 4.1, "adadelta": 0.2, "rmsprop": 0.4, "adam": mean, "adamw": mean, "nadam": mean, "qhadam": mean}
    assert found == dict.fromkeys(OPTIMIZERS) | kept


# ── one's own ─────────────────────────────────────────────────────────────────────────────────────


class Signs(Optimizer):
    """No slots."""

    def rule(self, state, rate, g, p):
        p -= rate * g * (1 + state.steps)


@dataclass(eq=False)
class Own(Optimizer):
    """One slot, and arguments with the names of Adam's."""

    beta_1: float = 0.5
    slots: ClassVar = {"m": 0.0}

    def rule(self, state, rate, g, p):
        m = state.slots["m"]
        m *= self.beta_1
        m += g
        p -= rate * m

    def averaged_gradient(self, state, rate):
        return state.slots["m"]


class Two(Own):
    """Two slots with names of their own."""

    slots: ClassVar = {"m": 0.0, "speed": "beta_1"}

    def rule(self, state, rate, g, p):
        super().rule(state, rate, g, p)
        speed = state.slots["speed"]
        speed += g * g
        p -= rate * speed


def by_hand(kind, gradients, p, rate):
    m, speed = 0.0, 0.5
    for k, g in enumerate(gradients):
        m, speed = 0.5 * m + g, speed + g * g
        p -= {Signs: rate * g * (1 + k), Own: rate * m, Two: rate * (m + speed)}[kind]
    return p


@pytest.mark.parametrize("kind", [Signs, Own, Two])
def test_an_optimiser_of_one_s_own_works_everywhere(kind):
    """In `viz.descend`, in the graph of its update, in `fit` and on Values."""
    path = viz.descend("x**2 + 3*y**2", (1.0, -1.0), kind(0.01), steps=3, tolerance=None).paths[0]
    assert path.name == kind.__name__ and np.isfinite(path.momenta).all() == (kind is not Signs)
    assert path.points[3].tolist() == pytest.approx(
        [by_hand(kind, path.gradients[:3, i], start, 0.01) for i, start in enumerate((1.0, -1.0))]
    )
    p = update(kind(0.01), path.gradients[:3, 1], -1.0)
    assert p.data == pytest.approx(path.points[3, 1])
    assert grad(p, [x for x in topological(p) if x.name == "p_0"]) == [1.0]
    slots = {f"{name}_{t}" for name in kind.slots for t in (0, 1, 2, 3)}
    assert {x.name for x in topological(p)} >= {"p_0", "p_1", "p_2", "p_3", "g_1", "g_2", "g_3", "η", *slots}
    model = nn.LinearRegression(1, rng=0)
    model.set_weights([[[1.0]], [0.0]])
    model.compile(kind(0.01), "mse")
    model.fit([[1.0]], [3.0])
    assert model.get_weights()[0] == pytest.approx(by_hand(kind, [-4.0], 1.0, 0.01))
    x = Value(1.0)
    optimizer, slopes, points = kind(0.01, parameters=[x]), [], []
    for _ in range(3):
        (x * x).backward()
        slopes.append(x.grad)
        optimizer.step()
        optimizer.zero_grad()
        points.append(x.data)
    assert points[-1] == pytest.approx(by_hand(kind, slopes, 1.0, 0.01))


def test_an_optimiser_is_public_where_its_class_stands():
    """Whoever adds a class to `rules` adds its name to `rules.__all__`, and touches no other file."""
    classes = {name for name, kind in vars(rules).items() if isinstance(kind, type) and issubclass(kind, Optimizer)}
    assert classes - {"Optimizer"} == set(rules.__all__)
    for name in rules.__all__:
        assert getattr(nn, name) is getattr(nn.optimizers, name) is OPTIMIZERS[name.lower()]
        assert name in nn.__all__ and name in nn.optimizers.__all__
    with pytest.raises(NotImplementedError):
        Optimizer().update(State(0, {}), [1.0], [1.0])


def test_clipnorm_takes_each_array_of_weights_as_a_whole():
    """Through `fit`, through `step` with a model, and of a plain list all as one array."""
    g = np.array([3.0, 4.0, 0.1, 6.0, 8.0, 0.2])  # of two neurons: two weights and a bias each

    def moved(optimizer, model):
        for x, slope in zip(model.parameters(), g.tolist(), strict=True):
            x.data, x.grad = 0.0, slope
        optimizer.step()
        return [-x.data for x in model.parameters()]

    model = nn.MLP(2, [2])
    share = 1 / np.sqrt(125)
    by_array = [3 * share, 4 * share, 0.1, 6 * share, 8 * share, 0.2]
    assert moved(SGD(1.0, clipnorm=1.0, parameters=model), model) == pytest.approx(by_array)
    whole = (g / np.sqrt(125.05)).tolist()
    assert moved(SGD(1.0, global_clipnorm=1.0, parameters=model), model) == pytest.approx(whole)
    assert moved(SGD(1.0, clipnorm=1.0, parameters=model.parameters()), model) == pytest.approx(whole)
    assert moved(SGD(1.0, clipnorm=100.0, parameters=model), model) == g.tolist()
    model = nn.MLP(2, [1], rng=0)
    model.set_weights([np.zeros((2, 1)), np.zeros(1)])
    model.compile(SGD(1.0, clipnorm=1.0), "mse")
    model.fit([[3.0, 4.0]], [-5.0])  # slopes 30, 40 and 10
    assert [-x.data for x in model.parameters()] == pytest.approx([0.6, 0.8, 1.0])


@pytest.mark.parametrize("options, message", [
    ({"clipnorm": 1.0, "clipvalue": 1.0}, "SGD clips one way, got clipnorm and clipvalue. Leave all but one out."),
    ({"clipnorm": -1}, "SGD needs clipnorm ≥ 0, got -1. Give a number in that range."),
    ({"weight_decay": "much"}, "SGD needs weight_decay ≥ 0, got 'much'. Give a number in that range."),
    ({"use_ema": True}, "use_ema would train with averages of the weights, which are not kept here. Leave it out, "
                        "or average model.get_weights() in a callback."),
])  # fmt: skip
def test_what_all_optimisers_refuse(options, message):
    with pytest.raises(ModelError) as caught:
        SGD(**options)
    assert str(caught.value) == message
