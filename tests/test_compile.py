"""Compiled programs against the eager engine: every backend, every row, batches, shapes of graphs, errors."""

from __future__ import annotations

import math
import random
import shutil
import threading
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import (
    ChalkgradError,
    DomainError,
    OperandError,
    ShapeError,
    TracingError,
    Value,
    compile,
    dot,
    grad,
    hessian,
    logsumexp,
    maximum,
    relu,
    softmax,
    tanh,
    where,
)
from autograd import sum as total
from autograd.replay.arrays import Arrays
from autograd.replay.floats import Floats
from autograd.replay.program import Program, Stage
from autograd.replay.recorded import Recorded
from autograd.replay.rolled import regular, reshaped
from autograd.row import OPS
from tests.oracle import ROWS, call, grid, points
from tests.strategies import programs

needs_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
BACKENDS = ["numpy", pytest.param("native", marks=needs_compiler), "jax"]
every_backend = pytest.mark.parametrize("backend", BACKENDS)
FEW = settings.default.max_examples // 10


def usable(backend):
    """Skip where JAX is not installed."""
    if backend == "jax":
        pytest.importorskip("jax")
    return backend


def close(expected, scale=1.0, rel=1e-12):
    """Equal up to roundings: sums are taken in another order, so relative to their largest terms."""
    return pytest.approx(expected, rel=rel, abs=rel * scale, nan_ok=True)


def scale(output, inputs):
    """The largest number on the way: what roundings are relative to."""
    from autograd import topological

    nodes = topological(output)
    found = [abs(x.data) for x in nodes] + [abs(g) for g in grad(output, nodes)]
    found += [abs(s) for z in nodes for s in z.partials]
    return max([1.0, *found]) * len(nodes)


# ── random graphs ─────────────────────────────────────────────────────────────────────────────────


@given(programs())
def test_numpy_agrees_with_the_eager_engine(program):
    output, inputs = program.values()
    values, gradients = compile(output, wrt=inputs)()
    size = scale(output, inputs)
    assert values == close(output.data, size)
    assert gradients.tolist() == close(grad(output, inputs), size)


@needs_compiler
@settings(max_examples=FEW)
@given(programs())
def test_native_agrees_with_the_eager_engine(program):
    output, inputs = program.values()
    values, gradients = compile(output, wrt=inputs, backend="native")()
    size = scale(output, inputs)
    assert values == close(output.data, size)
    assert gradients.tolist() == close(grad(output, inputs), size)


@settings(max_examples=FEW, deadline=None)
@given(programs(most_lines=6))
def test_jax_agrees_with_the_eager_engine(program):
    usable("jax")
    output, inputs = program.values()
    values, gradients = compile(output, wrt=inputs, backend="jax")()
    size = scale(output, inputs)
    assert values == close(output.data, size)
    assert gradients.tolist() == close(grad(output, inputs), size)


def agree_on_a_batch(program, data, samples, backend):
    """Each sample as its own eager graph; gradients are their sum."""
    output, inputs = program.values()
    cut = data.draw(st.integers(1, len(inputs)))
    compiled = compile(output, inputs=inputs[:cut], wrt=inputs, backend=backend)
    rng = random.Random(samples)
    batch = [[x + rng.choice((0, 1 / 64)) for x in program.leaves[:cut]] for _ in range(samples)]
    try:
        eager = [program.values([*sample, *program.leaves[cut:]]) for sample in batch[:20]]
    except ChalkgradError:
        assume(False)
    batch = [batch[i % 20] for i in range(samples)]
    size = max([1.0, *(scale(y, xs) for y, xs in eager)]) * max(1, samples)
    values, gradients = compiled(*np.reshape(batch, (samples, cut)).T)
    assert values.shape == (samples,)
    assert values.tolist() == close([eager[i % 20][0].data for i in range(samples)], size)
    slopes = [grad(y, xs) for y, xs in eager]
    expected = [sum(slopes[i % 20][k] for i in range(samples)) for k in range(len(inputs))]
    assert gradients.tolist() == close(expected, size)


@settings(max_examples=settings.default.max_examples // 2)
@given(programs(), st.data(), st.sampled_from([0, 1, 7, 1000, 2500]))
def test_a_batch_in_numpy_is_so_many_graphs(program, data, samples):
    agree_on_a_batch(program, data, samples, "numpy")


@needs_compiler
@settings(max_examples=FEW, deadline=None)
@given(programs(), st.data(), st.sampled_from([0, 1, 7, 128, 1000]))
def test_a_batch_in_c_is_so_many_graphs(program, data, samples):
    agree_on_a_batch(program, data, samples, "native")


@settings(max_examples=FEW, deadline=None)
@given(programs(most_lines=6), st.data(), st.sampled_from([0, 1, 7]))
def test_a_batch_in_jax_is_so_many_graphs(program, data, samples):
    agree_on_a_batch(program, data, samples, usable("jax"))


@given(programs())
def test_other_groupings_and_backends_of_one_form_agree(program):
    """Grouped by depth, on floats, on arrays: flattening, folding and expanding change no more than roundings."""
    output, inputs = program.values()
    whole = Program(output, (), inputs, "numpy")
    size, expected = scale(output, inputs), [output.data, *grad(output, inputs)]
    parameters = whole.read()
    for regular_ in (True, False):
        stage = whole._lowered(Recorded([output], inputs, [], regular_), False, True)
        sources = {"parameters": parameters, "leaves": np.zeros(0), "inputs": np.zeros(0)}
        for run in (on_floats(stage), lambda sources: Arrays(stage.rolled, 1)(sources, 1)):
            try:
                values, gradients = run(sources)
            except (ArithmeticError, ValueError):
                continue  # floats refuse a slope that is inf
            found = [np.ravel(values)[0], *np.broadcast_to(gradients, len(inputs))]
            assert found == close(expected, size)


def on_floats(stage: Stage):
    floats = Floats(stage.form, stage.roots, stage.sizes)
    return lambda sources: floats({kind: numbers.tolist() for kind, numbers in sources.items()})


@given(programs(), st.data())
def test_gradients_by_inner_nodes_and_several_outputs(program, data):
    from autograd import topological

    output, inputs = program.values()
    nodes = topological(output)
    outputs = [output, data.draw(st.sampled_from(nodes))]
    values, jacobian = compile(outputs, wrt=nodes)()
    size = scale(output, nodes)
    assert values.tolist() == close([y.data for y in outputs], size)
    for found, y in zip(jacobian.tolist(), outputs, strict=True):
        assert found == close(grad(y, nodes), size)


@settings(max_examples=settings.default.max_examples // 2)
@given(programs(most_lines=6, rows=tuple(op for op in ROWS if not op.kink)))
def test_second_derivatives(program):
    output, inputs = program.values()
    values, jacobian = compile(grad(output, inputs, create_graph=True), wrt=inputs)()
    assert values.tolist() == close(grad(output, inputs), scale(output, inputs), rel=1e-10)
    for found, expected in zip(jacobian.tolist(), hessian(output, inputs), strict=True):
        assert found == pytest.approx(expected, rel=1e-8, abs=1e-8)


# ── every row ─────────────────────────────────────────────────────────────────────────────────────


def slopes_of(op, numbers):
    """The row's value and slopes at numbers, by the eager engine; IEEE 754's where Python's floats refuse."""
    z = op.limit(numbers)
    return z, [0 if op.is_flat(i, numbers) else op.float_slope(i, numbers, z) for i in range(len(numbers))]


@every_backend
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_a_row_at_points_kinks_ties_and_edges(op, backend):
    sample = [*points(op, 5, 2), *grid(op, 2)]
    rng = random.Random(0)
    sample = sample if len(sample) < 80 else rng.sample(sample, 80)
    leaves = [Value(x) for x in sample[0]]
    compiled = compile(call(op, leaves), inputs=leaves, wrt=leaves, backend=usable(backend))
    values = compiled.values(*np.array(sample).T)
    for numbers, found in zip(sample, values.tolist(), strict=True):
        expected = op.limit(numbers)
        assert found == close(expected, abs(expected) if math.isfinite(expected) else 1, 1e-11), numbers
    for numbers in sample[:: 1 if backend == "numpy" else 9]:
        value, slopes = slopes_of(op, numbers)
        found = compiled(*numbers)[1].tolist()
        if math.isfinite(value) and all(map(math.isfinite, slopes)):
            assert found == close(slopes, max(1, *map(abs, slopes)), 1e-11), numbers


# ── structured graphs ─────────────────────────────────────────────────────────────────────────────

rng = random.Random(1)


def leaves(*shape):
    return Value(rng.uniform(-1, 1)) if not shape else [leaves(*shape[1:]) for _ in range(shape[0])]


def flat(nested):
    return [nested] if isinstance(nested, Value) else [x for part in nested for x in flat(part)]


DATA = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(20)]
LAYERS = {
    "sum of products": lambda w, b, x: [
        sum((a * v for a, v in zip(r, x, strict=True)), c) for r, c in zip(w, b, strict=True)
    ],
    "swapped": lambda w, b, x: [sum(v * a for a, v in zip(r, x, strict=True)) + c for r, c in zip(w, b, strict=True)],
    "dot": lambda w, b, x: [dot(r, x) + c for r, c in zip(w, b, strict=True)],
    "one vector": lambda w, b, x: [dot([*r, c], [*x, 1.0]) for r, c in zip(w, b, strict=True)],
    "numpy": lambda w, b, x: list(np.array(w) @ np.array(x) + np.array(b)),
}


def mlp(layer, points=DATA, make=lambda x: x):
    w1, b1, w2, b2 = leaves(5, 3), leaves(5), leaves(1, 5), leaves(1)
    scores = [layer(w2, b2, [relu(z) for z in layer(w1, b1, list(map(make, x)))])[0] for x in points]
    return total([(z - 0.5) ** 2 for z in scores]), flat([w1, b1, w2, b2])


def classifier():
    w, b = leaves(4, 3), leaves(4)
    scores = [[dot(r, x) + c for r, c in zip(w, b, strict=True)] for x in DATA]
    return total([logsumexp(z) - z[i % 4] for i, z in enumerate(scores)]), flat([w, b])


def recurrent():
    w, u, b = leaves(4), leaves(4, 4), leaves(4)
    h = [0.0] * 4
    loss = 0
    for t in range(10):
        h = [tanh(w[i] * DATA[t][0] + sum((u[i][j] * h[j] for j in range(4)), b[i])) for i in range(4)]
        loss = loss + (h[0] - 0.1) ** 2
    return loss, flat([w, u, b])


def convolution():
    kernels, image = leaves(2, 3, 3), [[rng.uniform(-1, 1) for _ in range(8)] for _ in range(8)]
    windows = [[(i, j) for i in range(r, r + 3) for j in range(c, c + 3)] for r in range(6) for c in range(6)]
    maps = [
        tanh(sum(k[i % 3][j % 3] * image[y][x] for (i, j), (y, x) in zip(np.ndindex(3, 3), window, strict=True)))
        for k in kernels
        for window in windows
    ]
    return total([z * z for z in maps]), flat(kernels)


def attention():
    q, k, v = leaves(3, 2), leaves(4, 2), leaves(4, 2)
    weights = [softmax([dot(a, b) for b in k]) for a in q]
    mixed = [sum(w * row[d] for w, row in zip(ws, v, strict=True)) for ws in weights for d in range(2)]
    return total([x * x for x in mixed]), flat([q, k, v])


def sparse():
    w, hidden = leaves(6, 6), leaves(6)
    some = [[j for j in range(6) if (i * j + i) % 3] for i in range(6)]
    return total([relu(sum(w[i][j] * hidden[j] for j in js)) for i, js in enumerate(some) if js]), flat([w, hidden])


def two_networks():
    one, first = mlp(LAYERS["dot"])
    two, second = mlp(LAYERS["dot"])
    return one * two, first + second


STRUCTURED = {
    **{f"mlp, {name}": partial(mlp, layer) for name, layer in LAYERS.items()},
    "mlp, data as leaves": partial(mlp, LAYERS["sum of products"], make=Value),
    "mlp, whole numbers": partial(mlp, LAYERS["dot"], [[i % 2, i // 2 % 2, 1] for i in range(8)]),
    "classifier": classifier,
    "recurrent": recurrent,
    "convolution": convolution,
    "attention": attention,
    "sparse": sparse,
    "two networks": two_networks,
}


@every_backend
@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_graphs(name, backend):
    output, parameters = STRUCTURED[name]()
    random.Random(2).shuffle(parameters)
    values, gradients = compile(output, wrt=parameters, backend=usable(backend))()
    assert values == close(output.data)
    assert gradients.tolist() == close(grad(output, parameters))


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_graphs_grouped_by_depth(name):
    output, parameters = STRUCTURED[name]()
    program = compile(output, wrt=parameters)
    stage = program._lowered(Recorded([output], parameters, [], False), False, True)
    sources = {"parameters": program.read()[: len(parameters)], "leaves": program.read()[len(parameters) :]}
    value, gradients = Arrays(stage.rolled, 1)(sources, 1)
    assert value[0] == close(output.data)
    assert gradients.tolist() == close(grad(output, parameters))


@pytest.mark.parametrize(
    ("name", "products", "most"),
    [
        *((f"mlp, {layer}", 3, 40) for layer in LAYERS),
        ("classifier", 2, 30),
        ("convolution", 2, 20),
        ("recurrent", 12, 200),
    ],
)
def test_matrices_are_found(name, products, most):
    """As many matrix products as somebody would write, forward and back."""
    output, parameters = STRUCTURED[name]()
    statements = compile(output, wrt=parameters)._stage(False, True).rolled.statements
    assert sum(s.kind == "product" for s in statements) >= products
    assert len(statements) <= most


def test_the_listing_shows_the_matrices():
    output, parameters = mlp(LAYERS["sum of products"])
    first, *_, last = str(compile(output, wrt=parameters)).splitlines()
    assert first == "Z1[20,5] = C1[20,3] @ W1[3,5] + b1[5]"
    assert last.startswith("gradient[26] = ")


def test_a_batch_recorded_whole_is_the_batch_axis():
    layer = LAYERS["dot"]
    w, b, x = leaves(4, 3), leaves(4), leaves(3)
    one = total([tanh(z) for z in layer(w, b, x)])
    whole = total([total([tanh(z) for z in layer(w, b, point)]) for point in DATA])
    parameters = flat([w, b])
    values, gradients = compile(one, inputs=[x], wrt=parameters)(DATA)
    value, expected = compile(whole, wrt=parameters)()
    assert values.sum() == close(value)
    assert gradients.tolist() == close(expected.tolist())


def test_views_are_found():
    assert regular(np.array([7])) == (7, (1,), (1,))
    assert regular(np.array([0, 1, 0, 1])) == (0, (2, 2), (0, 1))
    assert regular(np.array([0, 1, 3, 4])) == (0, (2, 2), (3, 1))
    assert regular(np.array([0, 1, 3])) is None
    assert reshaped((6,), (2,), (3, 2)) == (4, 2)
    assert reshaped((2, 3), (5, 1), (6,)) is None


# ── deep and large ────────────────────────────────────────────────────────────────────────────────


def test_a_chain_of_ten_thousand():
    w = Value(0.99)
    y = x = Value(0.5)
    for i in range(10_000):
        y = tanh(y) if i % 2 else y * w + x
    values, gradients = compile(y, wrt=[w, x])()
    assert values == close(y.data)
    assert gradients.tolist() == close(grad(y, [w, x]), rel=1e-11)


def test_a_sum_of_many():
    xs = leaves(20_000)
    y = total([x * x for x in xs])
    values, gradients = compile(y, wrt=xs)()
    assert values == close(y.data)
    assert gradients.tolist() == [2 * x.data for x in xs]


# ── freshness and safety ──────────────────────────────────────────────────────────────────────────


@every_backend
def test_leaves_are_read_at_the_call_and_results_are_fresh(backend):
    w, x = Value(2.0), Value(3.0)
    program = compile(w * x * x, inputs=[x], wrt=[w], backend=usable(backend))
    first, slope = program(5.0)
    kept = first.copy(), slope.copy()
    w.data = 4.0
    assert program(5.0)[0] == 100.0
    assert (first, slope) == kept == (50.0, [25.0])
    batch, _ = program([1.0, 2.0])
    program([3.0, 4.0])
    assert batch.tolist() == [4.0, 16.0]
    program.write([1.0])
    assert w.data == 1.0 and program.read().tolist() == [1.0]
    batch[0] = 0.0  # it is the caller's own


def test_results_follow_numpy_where_floats_refuse():
    from autograd import exp, log

    x = Value(1.0)
    values, gradients = compile(log(x), inputs=[x], wrt=[x])(0.0)
    assert (values, gradients.tolist()) == (-math.inf, [math.inf])
    assert compile(exp(x), inputs=[x])(1000.0)[0] == math.inf


@every_backend
def test_descent(backend):
    x, y = Value(0.0), Value(1.0)
    program = compile((x - 3) ** 2 + (y + 1) ** 2, wrt=[x, y], backend=usable(backend))
    assert program.descend(program.read(), rate=0.1, steps=60).tolist() == pytest.approx([3, -1], abs=1e-4)
    a = Value(0.0)
    fit = compile((a * x - y) ** 2, inputs=[x, y], wrt=[a], backend=backend)
    assert fit.descend([0.0], [1.0, 2.0], [2.0, 4.0], rate=0.05, steps=50).tolist() == pytest.approx([2.0])


def test_threads_share_a_program():
    x, w = Value(0.0), Value(2.0)
    program = compile(tanh(x * w), inputs=[x], wrt=[w])
    found = {}

    def work(n):
        found[n] = [program(np.full(n, n / 10))[0].tolist() for _ in range(50)]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[n] == [[pytest.approx(math.tanh(n / 5))] * n] * 50 for n in range(1, 5))


def test_a_function_is_recorded_once():
    a = Value(2.0)
    calls = []

    def f(x, y, power=2):
        calls.append(x)
        return a * x**power + where(y, y, 1.0)

    program = compile(f)
    assert [tuple(map(np.ndarray.tolist, map(np.asarray, program(x, 5.0)))) for x in (3.0, 4.0)] == [
        (23.0, [12.0, 1.0]),
        (37.0, [16.0, 1.0]),
    ]
    assert len(calls) == 1
    assert compile(f, wrt=[a])(3.0, 5.0)[1].tolist() == [9.0]
    assert compile(lambda xs: dot(xs, xs), inputs=[[0.0, 0.0]])([3.0, 4.0])[0] == 25.0
    matrix = compile(lambda m: (m @ m)[0][0], inputs=[np.zeros((2, 2))])
    assert matrix([[1.0, 2.0], [3.0, 4.0]])[0] == 7.0


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x if x > 0 else -x, "Comparing Values in a function that is compiled would freeze the outcome. Use where(gt(x, y), a, b), maximum or minimum."),
        (lambda x: max(x, 0 * x), "Comparing Values in a function that is compiled would freeze the outcome. Use where(gt(x, y), a, b), maximum or minimum."),
        (lambda x: x or 1.0, "Asking whether a Value is true in a function that is compiled would freeze the outcome. Use where(x, a, b)."),
        (lambda x: math.exp(x) + x, "Making a float of a Value in a function that is compiled would freeze the outcome. Use this package's functions on the Value itself."),
        (lambda x: round(x) * x, "Rounding a Value in a function that is compiled would freeze the outcome. Use this package's functions on the Value itself."),
    ],
)  # fmt: skip
def test_what_would_be_frozen_is_refused(function, message):
    with pytest.raises(TracingError) as caught:
        compile(function)
    assert str(caught.value) == message
    assert maximum(Value(2.0), 1.0) > 0  # outside, Values compare again


x, w = Value(1.0, "x"), Value(2.0, "w")
pair = compile(x * w, inputs=[x, [w]])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: compile(3.0), OperandError, "A gradient needs a Value, got 3.0 (float). Calculate with Value(…) from the start."),
        (lambda: compile([x, 2]), OperandError, "A gradient needs a Value, got 2 (int). Calculate with Value(…) from the start."),
        (lambda: compile([]), OperandError, "A program needs an output. Give a Value, or a list of them."),
        (lambda: compile(x, wrt=x), OperandError, "wrt must be a list of Values, got one Value. Put it in brackets: wrt=[x]."),
        (lambda: compile(x, inputs=x), OperandError, "inputs must be a list of Values, got one Value. Put it in brackets: inputs=[x]."),
        (lambda: compile(x * w, [x, x]), OperandError, "Value 'x' stands twice in inputs, as 0 and 1. Give it once."),
        (lambda: compile(x * w, wrt=[w, x, w]), OperandError, "Value 'w' stands twice in wrt, as 0 and 2. Give it once."),
        (lambda: compile(x, backend="cuda"), OperandError, "There is no backend 'cuda'. Choose one of numpy, native, jax."),
        (lambda: compile(lambda *xs: xs[0]), OperandError, "How many Values 'xs' takes is not known. Give examples, as inputs=[0.0, 0.0]."),
        (lambda: compile(x, inputs=[[x, [w]]]), ShapeError, "inputs[0] is ragged: its rows have the shapes [(), (1,)]. Make them equal."),
        (lambda: pair(1.0), ShapeError, "The program has 2 inputs, got 1 array. Give one for each input, in their order."),
        (lambda: pair([1.0, 2.0], [[1.0], [2.0], [3.0]]), ShapeError, "Input 1 has a batch of 3, an input before it one of 2. Make them equal."),
        (lambda: pair(1.0, 2.0), ShapeError, "Input 1 has shape (1,), or (B, 1) with a batch; got (). Reshape it."),
        (lambda: pair([[1.0]], [2.0]), ShapeError, "Input 0 has shape (), or (B,) with a batch; got (1, 1). Reshape it."),
        (lambda: pair.at([1.0], 1.0, [2.0]), ShapeError, "The program reads 0 leaves, got an array of shape (1,). Give shape (0,), as `read` returns."),
        (lambda: pair.descend([], 1.0, [2.0], rate=0.1) if False else compile(x * w, [x], [x]).descend([2.0], 1.0, rate=0.1), OperandError, "Descent needs one output, and in wrt leaves outside of the inputs. Compile such a program."),
    ],
)  # fmt: skip
def test_errors_say_what_where_and_remedy(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_text_is_no_number():
    with pytest.raises(
        ShapeError, match=r"^Input 0 is no array of numbers: .*\. Give numbers in rows of equal length\.$"
    ):
        pair("a", [1.0])


def test_check_names_the_first_node_that_is_not_finite():
    from autograd import log, sqrt

    a, b = Value(1.0, "a"), Value(0.0, "b")
    z = log(a).named("z")
    program = compile(z * sqrt(b), inputs=[a], wrt=[a])
    with pytest.raises(DomainError) as caught:
        program.check([1.0, 0.0])
    assert str(caught.value) == (
        "log at 'z' is -inf for sample 1: log needs x > 0, got x = 0.0 at 'a'. Clip the input or use softplus."
    )
    with pytest.raises(DomainError, match=r"^The slope of sqrt is inf: sqrt needs x ≥ 0, got x = 0\.0 at 'b'\."):
        program.check([1.0, 2.0])
    with pytest.raises(DomainError, match=r"^'a' is nan for sample 0\. Give finite numbers\.$"):
        program.check([math.nan])
    b.data = 4.0
    assert program.check([1.0, 2.0]) is None


def test_cost_counts():
    a, b, c = Value(5.0), Value(3.0), Value(2.0)
    cost = compile(3 * (a + b * c), wrt=[a, b, c]).cost
    assert cost.operations > 3 and cost.groups > 0 and cost.bytes % 8 == 0
    assert repr(compile(a * b)) == "<Program of 0 inputs and 2 leaves: 2 operations in 1 groups>"


def test_as_jax_is_a_pure_function():
    jax = pytest.importorskip("jax")
    a, b, c = Value(2.0), Value(3.0), Value(1.0)
    program = compile(tanh(a * b) + c, inputs=[b], wrt=[a])
    with jax.enable_x64(True):
        function = jax.jit(program.as_jax())
        for arrays in [(0.5,), (np.linspace(0, 1, 7),)]:
            values, gradients = function(program.read(), *arrays)
            expected, slopes = program(*arrays)
            assert np.asarray(values).tolist() == close(np.asarray(expected).tolist())
            assert np.asarray(gradients).tolist() == close(slopes.tolist())


SHARDED = """
import jax, numpy as np
from jax.sharding import NamedSharding, PartitionSpec, Mesh
from autograd import Value, compile, tanh, dot
jax.config.update("jax_enable_x64", True)
assert len(jax.devices()) == 2
w, x = [Value(0.5), Value(-1.0)], [Value(0.0), Value(0.0)]
program = compile(tanh(dot(w, x)), inputs=[x], wrt=w)
data = np.linspace(-1, 1, 16).reshape(8, 2)
rows = NamedSharding(Mesh(jax.devices(), ("samples",)), PartitionSpec("samples"))
values, gradients = jax.jit(program.as_jax())(program.read(), jax.device_put(data, rows))
expected, slopes = program(data)
np.testing.assert_allclose(values, expected, rtol=1e-12)
np.testing.assert_allclose(gradients, slopes, rtol=1e-12)
print("sharded")
"""


def test_as_jax_sharded_over_two_devices():
    pytest.importorskip("jax")
    import os
    import subprocess
    import sys

    settings = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run([sys.executable, "-c", SHARDED], env=settings, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "sharded", done.stderr


def test_a_missing_compiler_and_a_missing_jax_name_the_extra(monkeypatch):
    from autograd import MissingExtra
    from autograd.replay import native

    monkeypatch.setattr(native.shutil, "which", lambda name: None)
    monkeypatch.setattr(native.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'Install gcc or clang, or: pip install "chalkgrad\[native\]"$'):
        compile(x * w, wrt=[w], backend="native")
    monkeypatch.setitem(__import__("sys").modules, "jax", None)
    with pytest.raises(MissingExtra, match=r'^backend="jax" needs JAX: pip install "chalkgrad\[jax\]"$'):
        compile(x * w, wrt=[w], backend="jax")


def test_every_primitive_row_has_words_in_c_and_numpy():
    """What is not composed is a ufunc, or NumPy's choice."""
    assert {op.name for op in OPS.values() if not op.is_composed and not hasattr(np, op.ufunc or op.name)} == set()
