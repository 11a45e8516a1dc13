"""Every row in JavaScript is what it is in Python: values and slopes, at kinks, ties and edges too."""

import json
import shutil
import subprocess

import pytest

from autograd import Value
from autograd.core.value import slopes
from autograd.language.javascript import table
from tests.oracle import LENGTHS, ROWS, admits, arity, call, grid, points

CHECK = """(() => {
const rows = %s;
const close = (a, b) => a === b || (Number.isNaN(a) && Number.isNaN(b))
  || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)) + 1e-15;
return %s.filter(([name, given, value, slopes]) => {
  const row = rows[name], numbers = given.map(Number), n = numbers.length / row.slopes.length;
  const z = row.value[numbers.length](...numbers), seen = [z, ...(row.common?.[numbers.length](...numbers) ?? [])];
  return !close(z, Number(value)) || slopes.some((right, i) => {
    const slope = row.slopes[Math.floor(i / n)];
    if (slope === null || right === null) return slope !== right;
    return !close(slope(...numbers.filter((_, k) => k %% n === i %% n), ...seen), Number(right));
  });
});
})()"""


def cases():
    """Each row's name, operands, value and slopes, as Python has them."""
    for op in ROWS:
        for entries in LENGTHS if op.variadic else (1,):
            near = [*points(op, 10, entries), *grid(op, min(entries, 2))]
            for numbers in near:
                if len(numbers) == arity(op, entries) and admits(op, numbers):
                    z = call(op, [Value(x) for x in numbers])
                    yield (
                        op.name,
                        *([d if d is None else spelled(d) for d in part] for part in (numbers, slopes(z))),
                        z.data,
                    )


def spelled(x):
    """A float as JavaScript's Number reads it."""
    return repr(float(x)).replace("inf", "Infinity").replace("nan", "NaN")


def script():
    """An expression for the cases in which JavaScript differs from Python."""
    found = [(name, numbers, spelled(z), slopes) for name, numbers, slopes, z in cases()]
    assert {name for name, *_ in found} == {op.name for op in ROWS}
    return CHECK % (table((name, len(numbers)) for name, numbers, *_ in found), json.dumps(found))


def in_node(expression):
    """What node makes of an expression."""
    if not shutil.which("node"):
        pytest.skip("no node here; Chromium runs the same check")
    program = f"console.log(JSON.stringify({expression}))"
    done = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, encoding="utf-8")
    assert not done.stderr
    return json.loads(done.stdout)


def test_every_row_is_pythons_in_node():
    assert in_node(script()) == []


def test_the_check_finds_a_wrong_row():
    assert in_node(script().replace("Math.tanh(x)", "Math.sinh(x)")) != []
