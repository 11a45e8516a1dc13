"""A model's plain numbers as the inputs that they are, in a graph that is only drawn.

A model that is called on numbers leaves them inside its products, 0.5 in w₀ · 0.5 + w₁ · (−0.3) + b; and targets
inside its loss. A picture shows them as leaves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from autograd import Value, topological
from autograd.core.value import operands
from autograd.language.names import indexed
from viz.graph.linear import multiplies
from viz.graph.samples import Batch

SUFFIX = r"(_[a-z]{1,2}|(_?\d+)*)$"  # behind a name's letter: w_h, w_1, w12, layer1.w0
WEIGHTS = re.compile(rf"(^|\.)((w|W|theta|θ|weights?){SUFFIX}|W[a-z]{{1,2}}$)")
BESIDE = re.compile(rf"(^|\.)(([bBUV]|bias|biases|gamma|γ|beta|β){SUFFIX}|[UV][a-z]{{1,2}}$|b[a-z]$)")


def guess_parameters(leaves: Iterable[Value]) -> list[Value]:
    """The leaves that are learned, by their names: weights (w, w_1, Wxh, layer1.w0, theta); beside them U, biases, γ.

    Example:
        >>> [x.name for x in guess_parameters([Value(1, name) for name in ("x", "Wz", "Uz", "bz", "h")])]
        ['Wz', 'Uz', 'bz']
    """
    leaves = list(leaves)
    weights, others = ([x for x in leaves if names.search(x.name or "")] for names in (WEIGHTS, BESIDE))
    return weights + others if weights else []


def with_inputs(nodes: Sequence[Value], parameters: Iterable[Value] | None) -> None:
    """Put leaves into the places of numbers that are data.

    Args:
        nodes: all of a graph's, operands first; they are changed, so give copies.
        parameters: the leaves that are learned; None for those that are called so.

    Example:
        >>> from autograd import dot, topological
        >>> z = dot([Value(2.0, "layer1.neuron1.w0"), Value(3.0, "layer1.neuron1.w1")], [0.5, -0.3])
        >>> with_inputs(topological(z), None)
        >>> [(x.name, x.data) for x in topological(z)[:2]]
        [('x_0', 0.5), ('x_1', -0.3)]
    """
    leaves = [z for z in nodes if not z.op]
    learned = set(map(id, guess_parameters(leaves) if parameters is None else parameters))
    data = _made_before(nodes, _multiplied(nodes, learned))
    _made_before(nodes, [*data, *_differing(topological(nodes[-1]), learned)])


def _made_before(nodes: Sequence[Value], leaves: Iterable[Value]) -> list[Value]:
    """The leaves with places in the order of creation before all nodes, as a leaf is made before its results."""
    leaves = list(leaves)
    for i, leaf in enumerate(leaves):
        leaf.order = nodes[0].order - len(leaves) + i
    return leaves


def _multiplied(nodes: Iterable[Value], learned: Container[int]) -> Iterator[Value]:
    """Leaves for what a model's weights are multiplied with: x_0, x_1 as the weights count; each sample has its own."""
    leaves: dict[tuple[str, float], tuple[Value, set[int]]] = {}
    for z in nodes:
        if not z.op or not multiplies(z.op):
            continue
        count = len(operands(z))
        for k, w in enumerate(operands(z)):
            other = (k + count // 2) % count
            x = operands(z)[other]
            if isinstance(x, Value) or not isinstance(w, Value) or id(w) not in learned or not _is_of_a_model(w):
                continue
            [number] = re.findall(r"\d*$", w.name or "")[:1]
            leaf, used = leaves.get((number, float(x)), (None, set()))
            if leaf is None or id(w) in used:
                leaf, used = leaves[number, float(x)] = Value(x, f"x_{number}" if number else "x"), set()
                yield leaf
            used |= {id(w)}
            _put(z, other, leaf)


def _is_of_a_model(w: Value) -> bool:
    return bool(w.name) and indexed(w.name or "") != w.name


def _differing(nodes: Sequence[Value], learned: Container[int]) -> Iterator[Value]:
    """Leaves for the numbers that differ from sample to sample: x beside a weight, else y, and 1 − y where they are."""
    places = [(_letter(*place[0], learned), place) for place in Batch(nodes, learned).numbers]
    often, used = Counter(letter for letter, _ in places), Counter[str]()
    targets: dict[tuple[float, ...], list[Value]] = {}
    for letter, place in places:
        numbers = tuple(float(operands(z)[k]) for z, k in place)
        if (others := targets.get(tuple(1 - number for number in numbers))) is not None:
            leaves = [1 - y for y in others]
        else:
            used[letter] += 1
            name = f"{letter}_{used[letter]}" if often[letter] > 1 else letter
            leaves = targets[numbers] = [Value(number, name) for number in numbers]
        for (z, k), leaf in zip(place, leaves, strict=True):
            _put(z, k, leaf)
            yield leaf


def _letter(z: Value, k: int, learned: Container[int]) -> str:
    others = [x for i, x in enumerate(operands(z)) if i != k]
    return "x" if multiplies(z.op) and any(id(x) in learned for x in others) else "y"


def _put(z: Value, k: int, leaf: Value) -> None:
    """Make a leaf the operand of a node."""
    if not isinstance(z.x, tuple):
        z.x, z.y = (leaf, z.y) if k == 0 else (z.x, leaf)
        return
    columns = [list(column) for column in z.x]
    columns[k // len(columns[0])][k % len(columns[0])] = leaf
    z.x = tuple(map(tuple, columns))
