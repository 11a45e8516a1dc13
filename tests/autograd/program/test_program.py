"""What a program shows and does beside its numbers: listing, descent, checks, costs, JAX; and who is missing."""

from __future__ import annotations

import errno
import math
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from autograd import (
    DomainError,
    FileError,
    LengthError,
    MissingExtra,
    OperandError,
    ShapeError,
    Value,
    c_compiler,
    compile,
    dot,
    grad,
    log,
    logsumexp,
    relu,
    sigmoid,
    sqrt,
    sum,
    tanh,
    topological,
)
from autograd.core.op import OPS
from autograd.program.backends import BACKENDS
from autograd.program.backends import c as native
from autograd.program.backends.base import Backend
from autograd.program.backends.c_source import Source
from autograd.program.backends.numpy import OWN, NumPy
from autograd.program.ir import Node
from autograd.program.tape import as_float
from autograd.program.views import regular, reshaped

needs_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
every_backend = pytest.mark.parametrize("backend", ["numpy", pytest.param("native", marks=needs_compiler), "jax"])


def usable(backend):
    """Skip where JAX is not installed."""
    if backend == "jax":
        pytest.importorskip("jax")
    return backend


def close(expected):
    return pytest.approx(expected, rel=1e-12)


def test_the_listing_shows_the_matrices():
    w, b = [[Value(i + j / 8) for j in range(3)] for i in range(5)], [Value(i / 4) for i in range(5)]
    points = [[math.sin(i + j) for j in range(3)] for i in range(20)]
    output = sum(relu(dot(row, x) + c) for x in points for row, c in zip(w, b, strict=True)).named("J")
    assert str(compile(output, wrt=[*(x for row in w for x in row), *b])).splitlines() == [
        "Z1[20,5] = C1[20,3] @ W1[3,5] + b1[5]",
        "J = Σ₁₀₀(max(Z1, 0))",
        "∂Z1[20,5] = [Z1 > 0]",
        "∂b1[5] = Σ₂₀(∂Z1)",
        "∂W1[3,5] = C2ᵀ[3,20] @ ∂Z1[20,5]",
        "gradient[20] = (∂W1, ∂b1)",
    ]


def test_the_listing_takes_the_users_names():
    a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
    assert str(compile((3 * (a + b * c)).named("J"), wrt=[a])) == "J = 3 · (a + b · c)\ngradient = 3"


def test_views_are_found():
    node = Node("inputs", 8)
    assert regular(node, np.array([7])) == (node, 7, (1,), (1,))
    assert regular(node, np.array([0, 1, 0, 1])) == (node, 0, (2, 2), (0, 1))
    assert regular(node, np.array([0, 1, 3, 4])) == (node, 0, (2, 2), (3, 1))
    assert regular(node, np.array([0, 1, 3])) is None
    assert reshaped((6,), (2,), (3, 2)) == (4, 2)
    assert reshaped((2, 3), (5, 1), (6,)) is None


@every_backend
def test_descent(backend):
    x, y = Value(0.0), Value(1.0)
    program = compile((x - 3) ** 2 + (y + 1) ** 2, wrt=[x, y], backend=usable(backend))
    assert program.descend(program.read(), rate=0.1, steps=60).tolist() == pytest.approx([3, -1], abs=1e-4)
    a = Value(0.0)
    fit = compile((a * x - y) ** 2, inputs=[x, y], wrt=[a], backend=backend)
    assert fit.descend([0.0], [1.0, 2.0], [2.0, 4.0], rate=0.05, steps=50).tolist() == pytest.approx([2.0])


@every_backend
def test_descent_along_a_constant_gradient(backend):
    x = Value(1.0)
    program = compile(x * 2, wrt=[x], backend=usable(backend))
    assert program.descend([1.0], rate=0.25, steps=4).tolist() == [-1.0]


def test_a_back_end_is_a_class_and_a_row(monkeypatch):
    """It is made, run, bound and descended as its base says, and named in messages."""

    class Plain(Backend):
        def __init__(self, program):
            self.arrays = NumPy(program)

        def bound(self, sources, results, samples):
            return self.arrays.bound(sources, results, samples)

    monkeypatch.setitem(sys.modules, "autograd.program.backends.plain", SimpleNamespace(Plain=Plain))
    monkeypatch.setitem(BACKENDS, "plain", ("plain", "Plain"))
    w, x = Value(3.0), Value(2.0)
    program = compile((w * x - 1) ** 2, inputs=[x], wrt=[w], backend="plain")
    assert program([2.0, 0.0])[0].tolist() == [25.0, 1.0]
    assert program.descend([3.0], 2.0, rate=0.125, steps=20)[0] == pytest.approx(0.5)
    bound = program.bound(2)
    bound.inputs[...], bound.parameters[...] = [[1.0], [2.0]], [1.0]
    assert [part.tolist() for part in (bound.run()[0][0], bound.run()[1])] == [[0.0, 1.0], [4.0]]
    with pytest.raises(OperandError, match=r"Choose one of numpy, native, jax, plain\.$"):
        compile(w, backend="other")


def test_descent_needs_one_output_and_leaves():
    x = Value(1.0)
    for inputs, wrt in (([x], [x]), ([x], []), ([], [])):
        program = compile(x * 2, inputs, wrt)
        with pytest.raises(OperandError) as caught:
            program.descend(program.read(), *[1.0] * len(inputs), rate=0.1)
    assert str(caught.value) == (
        "Descent needs one output, and in wrt leaves outside of the inputs. Compile such a program."
    )


def test_a_compiler_that_fails_is_named(monkeypatch, tmp_path):
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho no such flag >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    x = Value(1.0)
    with pytest.raises(MissingExtra, match=r"cc could not compile a program: no such flag\. Set CC\.$"):
        compile(x * 2, wrt=[x], backend="native")


@pytest.mark.parametrize("status", [0, 1])
def test_a_compiler_that_writes_nothing_is_named(status, monkeypatch, tmp_path):
    silent = tmp_path / "cc"
    silent.write_text(f"#!/bin/sh\nexit {status}\n")
    silent.chmod(0o755)
    monkeypatch.setenv("CC", str(silent))
    x = Value(1.0)
    with pytest.raises(MissingExtra) as caught:
        compile(x * 2, wrt=[x], backend="native")
    assert str(caught.value) == (
        f"{silent} could not compile a program: it wrote no library, and ended with status {status}. Set CC."
    )
    silent.write_text("not a program")
    with pytest.raises(MissingExtra, match=rf"^{silent} could not compile a program: .*format error.*\. Set CC\.$"):
        compile(x * 2, wrt=[x], backend="native")


@needs_compiler
def test_a_cc_of_blanks_is_none(monkeypatch):
    monkeypatch.setenv("CC", " ")
    assert c_compiler.compiler() == ["cc"]


EVERYWHERE = [sign * 10 ** (k / 50) for k in range(-500, 500) for sign in (1, -1)]  # of a batch, several at once
EDGES = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 5e-324, 1e-310, 709.78, 710.5, -745.2, -708.4, 1e300]


@needs_compiler
def test_functions_of_a_batch_agree_with_those_of_a_number():
    rows = [op for op in OPS.values() if not op.variadic and len(op.operands) == 1]
    x, points = Value(0.5, "x"), [*EVERYWHERE, *EDGES]
    found = compile([op(x) for op in rows], [x], [x], "native").values(points)
    for op, column in zip(rows, np.asarray(found).T, strict=True):
        for at, number in zip(points, column.tolist(), strict=True):
            right = float(op.limit([at]))
            error = abs(number - right) if math.isfinite(right) else math.nan
            same = error <= 4 * math.ulp(right) or number == right or (math.isnan(number) and math.isnan(right))
            assert same, (op.name, at, number, right)


IN_C = {  # in functions.c: what they are, and within how many units in the last place
    "tanh": (lambda mp, x: mp.tanh(x), 2.5),
    "sigmoid": (lambda mp, x: 1 / (1 + mp.exp(-x)), 2.5),
    "sigmoid_slope": (lambda mp, x: mp.exp(-abs(x)) / (1 + mp.exp(-abs(x))) ** 2, 4),
}


@needs_compiler
@pytest.mark.parametrize("name", IN_C)
@pytest.mark.parametrize("flag", ["", " -mno-fma -mno-avx512f"])
def test_own_functions_in_c_are_right_everywhere(name, flag, monkeypatch):
    if flag and platform.machine() != "x86_64":
        pytest.skip("an option of x86-64")
    monkeypatch.setenv("CC", " ".join(c_compiler.compiler()) + flag)
    mp, (exact, units) = pytest.importorskip("mpmath"), IN_C[name]
    x = Value(0.5, "x")
    thirds = [sign * k * math.log(2) / 4 for k in range(130) for sign in (1, -1)]  # where another power of 2 is taken
    points = [*EVERYWHERE, *EDGES, *thirds, *(k / 64 for k in range(-1300, 1300)), 2.0**-1040, -(2.0**-1074), 1e308]
    points += [-650 - k / 8 for k in range(820)]  # where exp(x) falls below the least normal number
    program = compile(OPS[name](x), [x], [x], "native")
    batch = program.values(points).tolist()
    alone = [program.values(at).item() for at in points[::7]]
    for at, number in [*zip(points, batch, strict=True), *zip(points[::7], alone, strict=True)]:
        if math.isnan(at):
            assert math.isnan(number)
        else:
            with mp.workprec(120):
                right = exact(mp, mp.mpf(at))
                assert abs(mp.mpf(number) - right) <= units * math.ulp(float(right)), (at, number)
            assert math.copysign(1, number) == math.copysign(1, at if name == "tanh" else 1)


@pytest.mark.parametrize("name, made", [
    ("tanh", lambda x: tanh(x)),
    ("sigmoid", lambda x: sigmoid(x)),
    ("tanh", lambda x: tanh(x) + 2 * x),  # whose 2 · x others read too
    ("tanh", lambda x: sigmoid(2 * x) + tanh(x)),
])  # fmt: skip
def test_a_slope_stands_beside_its_function(name, made):
    ws, xs = [Value(0.5), Value(-0.3)], [Value(0.1), Value(0.2)]
    hidden = [made(w * x) for w, x in zip(ws, xs, strict=True)]
    program = compile(dot(hidden, ws) ** 2, xs, ws, "native")
    text = Source(program._lower(True).with_biases, True).text
    (line,) = [line for line in text.splitlines() if f" {name}(" in line and "for (long l" in line]
    assert "sigmoid_slope(" in line and text.count("= sigmoid_slope(") == 1


BACKWARDS = {  # vectors x and y, of which x is read from its end
    "one sum": lambda xs, ys: sum([x for row in xs for x in row[::-1]]),
    "one of two": lambda xs, ys: sum([dot(x[::-1], y) ** 2 for x, y in zip(xs, ys, strict=True)]),
    "both": lambda xs, ys: sum([dot(x[::-1], y[::-1]) ** 2 for x, y in zip(xs, ys, strict=True)]),
    "products": lambda xs, ys: sum([dot(x[::-1], y) ** 2 for x in xs for y in ys]),
    "an outer axis": lambda xs, ys: sum([x * x for row in xs[::-1] for x in row]),
    "maximum": lambda xs, ys: sum([logsumexp(x[::-1]) for x in xs]),
}


@needs_compiler
@pytest.mark.parametrize("n, m", [(5, 5), (3, 8), (10, 4), (8, 3)])
@pytest.mark.parametrize("case", BACKWARDS)
def test_sums_over_what_runs_backwards(case, n, m):
    """GCC 12 adds up other numbers in such nests of loops."""
    us, vs = ([[Value(math.sin(i * m + j + k)) for j in range(m)] for i in range(n)] for k in (0, 50))
    xs, ys = ([[tanh(u) for u in row] for row in rows] for rows in (us, vs))
    output = BACKWARDS[case](xs, ys)
    leaves = [u for u in topological(output) if not u.op]
    value, gradient = compile(output, wrt=leaves, backend="native")()
    assert value == close(output.data) and gradient.tolist() == close(grad(output, leaves))


def test_what_is_the_same_for_all_samples_is_read_before_the_loop_over_them():
    x, w = Value(0.5, "x"), Value(-0.7, "w")
    program = compile(relu(w * x + 1), [x], [w], "native" if shutil.which("cc") else "numpy")
    text = Source(program._lower(True).vectorized, True).text
    lines = [line for line in text.split("\n") if "> 0.0 ?" in line]  # a choice, in which gcc would read it again
    assert lines and all("= u[" not in line.partition("l < m")[2] for line in lines)
    assert any("const double s0 = u[" in line.partition("l < m")[0] for line in text.split("\n"))


TEMPORARY = """
import sys
from autograd import FileError, Value, compile
x = Value(3.0)
try:
    print(compile(x * x, wrt=[x], backend="native")()[1][0])
except FileError as error:
    print(error)
"""
FOLDER = (
    'backend="native" cannot use its temporary folder {folder}: {why}. Set TMPDIR, before Python starts, '
    'to a folder with room from which programs may be loaded, or choose backend="numpy".'
)


@needs_compiler
@pytest.mark.parametrize("options, why", [
    ("size=12k", "[Errno 28] No space left on device"),
    ("noexec", "{library}: failed to map segment from shared object"),
    ("size=9m", None),  # as the message says
])  # fmt: skip
def test_a_temporary_folder_in_which_native_cannot_work(options, why, tmp_path):
    mount = f'mount -t tmpfs -o {options} none {tmp_path} && TMPDIR={tmp_path} exec {sys.executable} -c "$0"'
    words = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, TEMPORARY]
    if not shutil.which("unshare") or subprocess.run([*words[:3], "mount", "-t", "tmpfs", "none", tmp_path]).returncode:
        pytest.skip("no folder can be mounted here")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    library = next((word[:-1] for word in done.stdout.split() if word.endswith("program.so:")), "")
    expected = "6.0" if why is None else FOLDER.format(folder=tmp_path, why=why.format(library=library))
    assert done.stdout.strip() == expected, done.stderr


@needs_compiler
def test_a_library_that_cannot_be_written(monkeypatch, tmp_path):
    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    x = Value(1.5)
    compile(x * x, wrt=[x], backend="native")  # compiled before
    monkeypatch.setattr(c_compiler.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(c_compiler.Path, "write_bytes", full)
    with pytest.raises(FileError) as caught:
        compile(x * x, wrt=[x], backend="native")
    assert str(caught.value) == FOLDER.format(folder=tmp_path, why="[Errno 28] No space left on device")
    assert not list(tmp_path.iterdir())


@needs_compiler
def test_no_temporary_folder_at_all(monkeypatch):
    def none():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(c_compiler.tempfile, "tempdir", None)
    monkeypatch.setattr(c_compiler.tempfile, "_get_default_tempdir", none)
    x = Value(2.5)
    with pytest.raises(FileError, match=r"cannot use its temporary folder: \[Errno 2\] No usable .*Set TMPDIR, before"):
        compile(x * x, wrt=[x], backend="native")


@pytest.mark.parametrize("backend", ["numpy", pytest.param("native", marks=needs_compiler)])
@pytest.mark.parametrize("arguments, message", [
    ({"steps": -1}, "steps must be a whole number of at least 0, got -1. Try steps=100."),
    ({"steps": 2.0}, "steps must be a whole number of at least 0, got 2.0. Try steps=100."),
    ({"steps": True}, "steps must be a whole number of at least 0, got True. Try steps=100."),
    ({"steps": math.inf}, "steps must be a whole number of at least 0, got inf. Try steps=100."),
    ({"rate": math.nan}, "rate must be a finite number, got nan. Try rate=0.1."),
    ({"rate": "0.1"}, "rate must be a finite number, got '0.1'. Try rate=0.1."),
])  # fmt: skip
def test_steps_and_rate_of_a_descent_are_checked(backend, arguments, message):
    x = Value(1.0)
    program = compile(x * x, wrt=[x], backend=backend)
    with pytest.raises(OperandError) as caught:
        program.descend([1.0], **{"rate": 0.1} | arguments)
    assert str(caught.value) == message
    assert program.descend([1.0], rate=np.float32(0.25), steps=np.int64(3)).tolist() == [0.125]
    assert program.descend([1.0], rate=1, steps=0).tolist() == [1.0]


class Alarm(Exception):
    """A timer's, for Ctrl-C."""


@contextmanager
def timer(ring, interval):
    """Call `ring` between bytecodes of the main thread, as often as that is possible."""
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, interval, interval)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@needs_compiler
@pytest.mark.parametrize("samples, steps", [(10, 10**12), (10**6, 10**5)])
def test_a_native_descent_is_interrupted_and_leaves_the_program_right(samples, steps):
    def ring(*_):
        raise Alarm

    w, x = Value(0.5), Value(0.0)
    program = compile(tanh(w * x), inputs=[x], wrt=[w], backend="native")
    with pytest.raises(Alarm), timer(ring, 0.25):
        program.descend([0.5], np.broadcast_to(1.0, samples), rate=1e-9, steps=steps)
    a = math.tanh(0.5)
    values, gradients = program(np.ones(300))
    assert values.tolist() == close([a] * 300)
    assert gradients.tolist() == close([300 * (1 - a * a)]) and program.read().tolist() == [0.5]
    assert program.descend([0.5], np.ones(300), rate=1e-3, steps=1).tolist() == close([0.5 - 0.3 * (1 - a * a)])


@needs_compiler
def test_a_native_call_on_many_samples_comes_back_to_python():
    rung = []
    x = Value(0.0)
    y = x
    for _ in range(100):
        y = tanh(y)
    program = compile(y, inputs=[x], wrt=[x], backend="native")
    program([1.0])
    with timer(lambda *_: rung.append(1), 0.005):
        program(np.ones(100_000))
    assert len(rung) > 3


@needs_compiler
@pytest.mark.parametrize("samples", [1, 127, 128, 129, 300, 1000])
def test_native_calls_in_parts_are_the_whole(samples, monkeypatch):
    w, x = Value(0.5), Value(0.0)
    rows = np.linspace(-1, 1, samples)
    wholes = compile(tanh(w * x) + w, inputs=[x], wrt=[w], backend="native")
    monkeypatch.setattr(native, "CALL", 1)
    parts = compile(tanh(w * x) + w, inputs=[x], wrt=[w], backend="native")
    for whole, part in zip(wholes(rows), parts(rows), strict=True):
        assert part.tolist() == whole.tolist()
    assert parts([])[1].tolist() == wholes([])[1].tolist()
    bound = parts.bound(samples)
    bound.inputs[...] = rows[:, None]
    assert bound.run()[1].tolist() == wholes(rows)[1].tolist()
    descents = [program.descend([0.5], rows, rate=0.01, steps=7).tolist() for program in (wholes, parts)]
    assert descents[0] == close(descents[1])


def test_check_names_the_first_node_that_is_not_finite():
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
    assert repr(compile(a * b)) == "<Program of 0 inputs and 2 leaves: 2 operations in 1 group>"


def test_as_jax_is_a_pure_function():
    jax = pytest.importorskip("jax")
    a, b, c = Value(2.0), Value(3.0), Value(1.0)
    program = compile(tanh(a * b) + c, inputs=[b], wrt=[a])
    with jax.enable_x64(True):
        function = jax.jit(program.as_jax())
        for arrays in [(0.5,), (np.linspace(0, 1, 7),)]:
            values, gradients = function([2.0], *arrays)
            expected, slopes = program(*arrays)
            assert gradients.shape == (1,)
            assert np.asarray(values).tolist() == close(np.asarray(expected).tolist())
            assert np.asarray(gradients).tolist() == close(slopes.tolist())


def test_as_jax_takes_what_belongs_together():
    jax = pytest.importorskip("jax")
    a, b, c = Value(2.0), Value(3.0), Value(1.0)
    function = compile(a * b + c, inputs=[b], wrt=[a]).as_jax()
    c.data = 100.0  # after it was taken
    assert float(function([2.0], 3.0)[0]) == 7.0
    assert float(function([2.0], 3.0, leaves=[5.0])[0]) == 11.0
    assert jax.grad(lambda leaves: function([2.0], 3.0, leaves=leaves)[0])(jax.numpy.array([5.0])).tolist() == [1.0]
    for refused, message in [
        (lambda: function([2.0, 1.0], 3.0),
         "The program has 1 leaf in wrt, got an array of shape (2,) as parameters. Give one of shape (1,)."),
        (lambda: function(2.0, 3.0),
         "The program has 1 leaf in wrt, got an array of shape () as parameters. Give one of shape (1,)."),
        (lambda: function([2.0], 3.0, leaves=[]),
         "The program has 1 leaf beside wrt, got an array of shape (0,) as leaves. Give one of shape (1,)."),
        (lambda: function([2.0]),
         "The program has 1 input, got 0 arrays. Give one for each input, in their order."),
    ]:  # fmt: skip
        with pytest.raises(ShapeError) as caught:
            refused()
        assert str(caught.value) == message
    assert float(compile(a * b).as_jax()([], leaves=[4.0, 5.0])[0]) == 20.0


@pytest.mark.parametrize("number", [3, 0.5, Fraction(1, 3), 10**400, -(10**400)], ids=range(5))
def test_leaves_of_every_kind_are_read(number):
    read = compile((x := Value(number)) * Value(2), wrt=[x]).read()
    assert read.dtype == float and read.tolist() == [as_float(number), 2.0]


def test_a_graph_that_jax_would_compile_for_minutes_is_refused_at_once(monkeypatch):
    """On each step another one of the rows, on another one of the nodes before: few operations are alike."""
    pytest.importorskip("jax")
    monkeypatch.setattr("autograd.program.backends.jax.MANY", 300)
    x = [Value(0.3), Value(-0.7)]
    nodes = list(x)
    for k in range(250):
        a, b = nodes[-1 - k * k % min(len(nodes), 30)], nodes[-1 - k % 2]
        nodes.append([tanh(a + b), tanh(a) * b, a / (2 + b * b), relu(a) - b][k * k % 7 % 4])
    with pytest.raises(LengthError) as caught:
        compile(nodes[-1], inputs=[x], wrt=x, backend="jax")
    assert re.fullmatch(
        r'backend="jax" would compile for minutes: \d{4} groups of operations are not alike, 300 is the most\. '
        r'Choose backend="numpy" or "native"\.',
        str(caught.value),
    )
    values, gradients = compile(nodes[-1], inputs=[x], wrt=x, backend="native")([[0.3, -0.7]])
    assert values.tolist() == close([nodes[-1].data]) and gradients.tolist() == close(grad(nodes[-1], x))


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
values, gradients = jax.jit(program.as_jax())(program.read()[:2], jax.device_put(data, rows))
expected, slopes = program(data)
np.testing.assert_allclose(values, expected, rtol=1e-12)
np.testing.assert_allclose(gradients, slopes, rtol=1e-12)
print("sharded")
"""


def test_as_jax_sharded_over_two_devices():
    pytest.importorskip("jax")
    settings = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run([sys.executable, "-c", SHARDED], env=settings, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "sharded", done.stderr


def test_a_missing_compiler_and_a_missing_jax_name_the_extra(monkeypatch):
    x, w = Value(1.0), Value(2.0)
    monkeypatch.setattr(c_compiler.shutil, "which", lambda name: None)
    monkeypatch.setattr(c_compiler.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'Install gcc or clang, or: pip install "chalkgrad\[native\]"$'):
        compile(x * w, wrt=[w], backend="native")
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(MissingExtra, match=r'^backend="jax" needs JAX: pip install "chalkgrad\[jax\]"$'):
        compile(x * w, wrt=[w], backend="jax")


def test_every_primitive_row_has_words_in_c_and_numpy():
    """What is not composed is NumPy's, a function of the back end's own, or Python's, entry by entry."""
    primitive = {op.ufunc or op.name for op in OPS.values() if not op.is_composed}
    assert {name for name in primitive if not hasattr(np, name)} == {*OWN, "erf", "erfc"}


@every_backend
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("rows", [1.0, [1.0, 2.0, 3.0]])
def test_results_are_arrays_that_no_later_call_changes(backend, several, rows):
    w, x = Value(0.5), Value(1.0)
    outputs = [tanh(w * x), w * w] if several else tanh(w * x)
    program = compile(outputs, inputs=[x], wrt=[w], backend=usable(backend))
    first = program.at([0.5], rows)
    kept = [part.copy() for part in first]
    second = program.at([1.0], rows)
    for part, copy, other in zip(first, kept, second, strict=True):
        assert part.tolist() == copy.tolist() != other.tolist()
        assert not np.shares_memory(part, other)


@every_backend
def test_memory_stays_for_two_batches_that_are_not_large(backend, monkeypatch):
    w, x = Value(0.5), Value(1.0)
    program = compile(w * x, inputs=[x], wrt=[w], backend=usable(backend))
    for samples in (5, 2, 3, 2):
        assert program(np.ones(samples))[1].tolist() == [samples]
    assert [samples for samples, _ in program._bounds if samples] == [2, 3]
    program.descend([0.5], np.ones(2), rate=0.1)
    monkeypatch.setattr("autograd.program.program.KEPT", 7)
    assert program(np.ones(4))[1].tolist() == [4.0]
    assert [samples for samples, _ in program._bounds if samples] == [2, 3]


@every_backend
@pytest.mark.parametrize("samples", [None, 3])
def test_a_bound_program_is_the_program_with_its_memory_open(backend, samples):
    w, b, c, x = Value(0.5), Value(-1.0), Value(2.0), [Value(1.0), Value(2.0)]
    p = tanh(w * x[0] + b * x[1]).named("p")
    program = compile(c * p * p, inputs=[x], wrt=[w, b], backend=usable(backend), also=[p])
    rows = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]])
    bound = program.bound(samples)
    for parameters in ([0.5, -1.0], [0.1, 0.2]):
        bound.inputs[...] = rows if samples else rows[0]
        bound.parameters[...] = parameters
        (cost, also), gradient = bound.run()
        values, expected = program.at([*parameters, 2.0], rows if samples else rows[0])
        assert np.stack([cost, also], -1) == close(values.reshape(-1, 2))
        assert gradient == close(expected)
    assert program.values(rows).shape == (3, 2)
