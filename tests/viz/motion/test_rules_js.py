"""Optimisers' rules in JavaScript take the same steps as in Python."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest

import nn
from nn.optimizers import OPTIMIZERS, SGD, Adam, Optimizer, RMSprop, words
from tests.autograd.language.test_javascript import in_node
from viz.motion.rules_js import averages, rule

SLOPES = [[0.5, -2.0, 0.0], [-1.5, 0.25, 0.0], [3.0, 1.0, 0.0], [1e-3, -1e-3, 1.0]]
KINDS = [
    *(kind() for kind in OPTIMIZERS.values()),
    *(SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.9, nesterov=True), SGD(0.1, weight_decay=0.5)),
    *(Adam(0.1, amsgrad=True), RMSprop(momentum=0.5), RMSprop(centered=True, momentum=0.5), nn.Adagrad(epsilon=0.0)),
]


def walk(optimizer):
    """Parameters, averages and what is said of them after each step, as lists."""
    p, told = np.array([1.0, -2.0, 0.5]), []
    state = optimizer.start(p)
    for g in SLOPES:
        state, p = optimizer.update(state, g, p)
        means = optimizer.averaged_gradient(state, optimizer.learning_rate), optimizer.averaged_square(state)
        told.append([p.tolist(), {k: x.tolist() for k, x in state.slots.items()},
                     *(None if x is None else x.tolist() for x in means)])  # fmt: skip
    return told


def walk_in_js(optimizer):
    state = optimizer.start(np.zeros(3)).slots
    texts = averages(optimizer)
    return f"""(() => {{
      const step = {rule(optimizer)}, gradient = {texts["gradient"]}, square = {texts["square"]};
      const h = {json.dumps(words.arguments(optimizer))}, rate = {optimizer.learning_rate}, p = [1, -2, 0.5];
      const s = {json.dumps({k: x.tolist() for k, x in state.items()})}, told = [];
      {SLOPES}.forEach((g, k) => {{
        step(k, rate, h, g, p, s);
        told.push(structuredClone([p, s, ...[gradient, square].map(f => f && p.map((_, i) => f(rate, h, s, i)))]));
      }});
      return told;
    }})()"""


def close(a, b):
    if isinstance(a, list | dict):
        keys = a.keys() if isinstance(a, dict) else range(len(a))
        assert type(a) is type(b) and len(a) == len(b)
        return all(close(a[k], b[k]) for k in keys)
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-300)


def test_all_optimisers_walk_as_in_python():
    found = in_node(f"[{', '.join(map(walk_in_js, KINDS))}]")
    for optimizer, steps in zip(KINDS, found, strict=True):
        assert close(steps, walk(optimizer)), repr(optimizer)


def test_what_does_not_depend_on_the_entry_stands_before_the_loop():
    before, inside = rule(Adam()).split("for (")
    assert "Math.pow(h.beta_1" in before and "Math.pow" not in inside
    assert "[i]" not in before


@dataclass(eq=False)
class Roots(Optimizer):
    def rule(self, state, rate, g, p):
        p -= rate * math.sqrt(state.steps + 1) * g


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (SGD(clipvalue=1.0), "SGD clips gradients, which its rule in words does not. Leave clipping out."),
        (Roots(),
         "Roots's rule does not run on words: must be real number, not Cell. Write NumPy's functions, as np.sqrt."),
    ],
)  # fmt: skip
def test_what_a_rule_in_words_refuses(optimizer, message):
    with pytest.raises(nn.ModelError) as caught:
        rule(optimizer)
    assert str(caught.value) == message
