"""Values in C do what Values in Python do, bit by bit; the tests run on whichever there are, and one runs them in C."""

import copy
import gc
import math
import operator
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from fractions import Fraction
from pathlib import Path
from sysconfig import get_path

import pytest

import autograd
from autograd import Value, grad, relu, tanh
from autograd.core import node
from autograd.core.op import OPS
from tests import ROOT

NATIVE = node.native is not None
needs_c = pytest.mark.skipif(
    not Path(get_path("include"), "Python.h").exists() or not (shutil.which("cc") or shutil.which("gcc")),
    reason="no C compiler, or no Python.h",
)


def run(script, values, **environment):
    environment = os.environ | {"CHALKGRAD_VALUES": values, "PYTHONPATH": str(ROOT)} | environment
    return subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True)


# ── the same numbers ──────────────────────────────────────────────────────────────────────────────


TINY, HUGE = (1e-310, 5e-324), (1e200, -1e308, math.inf, -math.inf, math.nan)
EDGES = [0.0, -0.0, 0.3, -1.7, 1.0, -1.0, 2.5, 40.0, 800.0, *TINY, *HUGE]
EXACT = [0, 1, -1, 2, 3, -7, 300, 2**53, 2**53 + 1, 10**30, True, Fraction(1, 3)]


def shown(thing):
    """Every bit of a number, and its kind; not the sign of a nan, which Python itself does not keep."""
    if isinstance(thing, tuple):
        return tuple(map(shown, thing))
    if isinstance(thing, float):
        return thing.hex()
    return type(thing).__name__, thing if thing is None else (hex(thing.numerator), hex(thing.denominator))


def outcomes():
    """What the table's rows make of all kinds of numbers, of Values and of constants, and the passes back."""
    rng = random.Random(3)
    numbers = EDGES + EXACT
    for op in OPS.values():
        n = len(op.operands)
        points = [[rng.gauss(0, rng.choice([0.1, 1, 30])) for _ in op.operands] for _ in range(100)]
        points += [[x, y, rng.choice(numbers)][:n] for x in numbers for y in (numbers if n > 1 else [0])]
        for point in points:
            live = rng.randrange(1, 2**n)
            operands = [Value(x) if live >> i & 1 else x for i, x in enumerate(point)]
            try:
                z = op(*[operands] * n) if op.variadic else (vars(operator)[op.dunder] if op.infix else op)(*operands)
                z.backward()
            except Exception as error:
                yield op.name, live, type(error).__name__, str(error)
            else:
                grads = [x.grad for x in operands if isinstance(x, Value)]
                yield op.name, live, *map(shown, (z.data, z.dx, z.dy, z.grad, *grads))


def graphs():
    """Gradients of random graphs, in which results of relu are ints, gates are closed and grads are added to."""
    rng = random.Random(4)
    rules = [operator.mul, operator.add, lambda x, y: x - y * 0.5, lambda x, y: relu(x) * 1, lambda x, y: 3 - tanh(y)]
    rules += [lambda x, y: autograd.dot([x, y, x], [y, x, 0.1]) * 0.3]
    for _ in range(60):
        nodes = [Value(rng.gauss(0, 1)) for _ in range(4)] + [Value(rng.choice([0, 2, Fraction(1, 3)]))]
        leaves = nodes[:]
        for _ in range(60):
            nodes.append(rng.choice(rules)(rng.choice(nodes), rng.choice(nodes)))
        for z in rng.sample(nodes[5:], 3):
            yield [shown(g) for g in grad(z, leaves)]
            z.backward(rng.choice([1.0, 2, 0.5]))
            yield [shown(x.grad) for x in nodes]


REPORT = """
from tests.autograd.core import test_native_values as t
for line in (*t.outcomes(), *t.graphs()):
    print(line)
print(t.NATIVE)
"""


@needs_c
def test_in_c_every_row_gives_the_same_bits_and_errors():
    python, native = (run(REPORT, values) for values in ("", "c"))
    *lines, of_python = python.stdout.splitlines()
    *others, of_c = native.stdout.splitlines()
    assert (of_python, of_c) == ("False", "True"), native.stderr
    assert len(lines) == len(others) > 10_000
    assert [pair for pair in zip(lines, others, strict=True) if pair[0] != pair[1]][:5] == []


@needs_c
def test_in_c_this_file_passes():
    words = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-k", "not in_c and not process", __file__]
    done = run(f"import pytest, sys; sys.exit(pytest.main({words}))", "c")
    assert done.returncode == 0, done.stdout[-3000:]


# ── the same objects ──────────────────────────────────────────────────────────────────────────────


class Noted(Value):
    """A Value with an attribute of its own."""

    def __init__(self, data, note=None):
        super().__init__(data)
        self.note = note


def test_nodes_are_copied_pickled_and_shown():
    a = Value(2.0, "a")
    z = (a * 3 + 1).named("z")
    z.backward()
    for twin in (copy.copy(z), copy.deepcopy(z), pickle.loads(pickle.dumps(z))):
        assert repr(twin) == repr(z) == "Value(7.0, z = a · 3 + 1, grad = 1.0)"
        assert (twin.order > z.order, twin.partials, twin.operands[0].partials) == (True, (1, 0), (3, 0))
    assert pickle.loads(pickle.dumps(Value.relu)) is Value.relu
    assert Value.relu.__name__ == "relu"
    assert isinstance(a.relu(), Value) and next(map(Value.relu, [a])).data == 2.0


def test_a_subclass_has_its_attributes_and_its_own_operators():
    class Scaled(Noted):
        def __mul__(self, other):
            return "mine"

        def __radd__(self, other):
            return "theirs"

    a, z = Value(2.0), Scaled(3.0, "kept")
    assert (z * a, a + z, z.note) == ("mine", "theirs", "kept")
    assert type(a * z) is Value and (a * z).data == 6.0
    y = Noted(3.0) * a + 1.0
    y.backward()
    assert (type(y), a.grad) == (Value, 3.0)


def test_a_node_is_referred_to_weakly():
    gone = []
    z = Value(1.0) * 2
    ref = weakref.ref(z, gone.append)
    assert ref() is z
    del z
    assert ref() is None and gone == [ref]


def cycles():
    """Graphs in which a node holds what holds it: by a choice, and by an attribute."""
    x = Value(1.0) * 2
    z = tanh(x * 3) + 1
    assert z < x
    leaf = Noted(2.0)
    leaf.note = tanh(leaf * 3) * 2 + 1
    again = Value(3.0)
    assert (again * 2 - 1) * 1.5 > again
    return [weakref.ref(node) for node in (x, z, leaf, leaf.note, again)]


def test_cycles_are_collected():
    dead = cycles()
    gc.collect()
    assert [ref() for ref in dead] == [None] * 5


def test_what_was_compared_stays_while_it_is_needed():
    x = Value(1.0)
    y = x * 2
    z = max(x, y) * 3
    del y
    gc.collect()
    z.backward()
    assert x.grad == 6.0


def memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


THIRD = Fraction(1, 3)


def step(x, w):
    z = relu(x * w + 1) - tanh(w) ** 2 / 3 + autograd.dot([x, w], [w, 2.0])
    z.backward()
    x.data, x.data = THIRD, 1.5
    grad(z, [x, w])
    assert z < x
    pickle.loads(pickle.dumps(z))
    with pytest.raises(autograd.DomainError):
        (x * 0 - 1).log()
    x.grad = w.grad = None


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is asked of Linux")
def test_nothing_leaks():
    x, w = Value(1.5), Value(-0.5)
    constants = (None, 1, 0, 3, "mul", THIRD, Value, autograd.core.closed.CLOSED)
    for _ in range(300):
        step(x, w)
    gc.collect()
    counts, start = [sys.getrefcount(thing) for thing in constants], memory()
    for _ in range(3000):
        step(x, w)
    gc.collect()
    assert memory() - start < 3
    assert all(abs(sys.getrefcount(thing) - before) < 300 for thing, before in zip(constants, counts, strict=True))


def test_a_deep_graph_is_freed_without_recursion():
    z = x = Value(0.5)
    for _ in range(1_000_000):
        z = z + 1e-9
    z.backward()
    assert x.grad == 1.0
    gone = weakref.ref(z)
    del z
    assert gone() is None


def test_threads_have_their_own_graphs():
    found = []

    def work(i):
        for _ in range(30):
            x = Value(float(i))
            z = sum([x * k for k in range(200)])
            z.backward()
            found.append((x.grad, i * 19900.0 == z.data))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(19900.0, True)] * 180


def test_an_interrupted_pass_is_whole_or_undone():
    x = Value(1.0)
    z = sum([x * k for k in range(30_000)], start=0.0)
    interrupted = 0
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for k in range(40):
            x.grad = 0.0
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + k * 1e-4)
                z.backward()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
                assert x.grad in (0.0, 449985000.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted
    assert x.dy is None and (x * 2).partials == (2, 0)


# ── how they are switched on ─────────────────────────────────────────────────────────────────────────


def test_they_are_in_c_where_that_is_wanted():
    assert (os.environ.get("CHALKGRAD_VALUES") == "c") == NATIVE


TRIED = "import autograd; print((autograd.Value(2.0) * 3).data)"


def test_what_is_missing_is_told_and_values_are_pythons(tmp_path):
    for values, settings, why in [
        (
            "c",
            {"CC": "false", "CHALKGRAD_CACHE": "off"},
            "CHALKGRAD_VALUES=c has no effect: false ",
        ),
        ("d", {}, "CHALKGRAD_VALUES=d has no effect: Set it to c or to python."),
    ]:
        done = run(TRIED, values, **settings)
        assert done.stdout == "6.0\n" and why in done.stderr and done.stderr.count("RuntimeWarning") == 1


@needs_c
def test_a_later_process_compiles_nothing(tmp_path):
    settings = {"CHALKGRAD_CACHE": str(tmp_path)}
    assert run(TRIED, "c", **settings).stdout == "6.0\n"
    kept = {path: path.read_bytes() for path in tmp_path.iterdir()}
    count = "import autograd.c_compiler as c; c.built = None;"
    assert len(kept) == 2 and run(count + TRIED, "c", **settings).stdout == "6.0\n"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == kept
