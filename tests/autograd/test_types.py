"""What type checkers see: the stubs are those of the table, and a user's first program is understood."""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests import ROOT
from tests.stubs import STUBS

NUMBER = "int | float | fractions.Fraction"
VALUE = "autograd.core.value.Value"
# What a program says, and what mypy must reveal of it.
REVEALED = {
    "x * w": VALUE,
    "2 * x": VALUE,
    "Fraction(1, 2) / x": VALUE,
    "-x ** 0.5": VALUE,
    "abs(x) + x.tanh()": VALUE,
    "x.leaky_relu(0.1).relu()": VALUE,
    "tanh(x)": VALUE,
    "tanh(0.5)": "float",
    "tanh(Fraction(1, 2))": NUMBER,
    "tanh(np.ones(3))": "numpy.ndarray[tuple[Any, ...], numpy.dtype[Any]]",
    "maximum(0, x)": VALUE,
    "maximum(1.0, 2)": "float",
    "where(1, 0, x)": VALUE,
    "clip(x, 0, w)": VALUE,
    "gelu(x)": VALUE,
    "softmax([x, w])": f"list[{VALUE}]",
    "softmax([1.0, 2.0])": "list[float]",
    "sum([x, w])": VALUE,
    "sum([x, 2])": VALUE,
    "sum([1, 2.0])": "float",
    "sum(x, w)": VALUE,
    "dot([x, 1], [w, 2.0])": VALUE,
    "grad(x, [w])": f"list[{NUMBER}]",
    "grad(x, [w], create_graph=True)": f"list[{VALUE}]",
    "jacobian([x], [w])": f"list[list[{NUMBER}]]",
    "hessian(x, [w])": f"list[list[{NUMBER}]]",
    "hessian(x, [w], create_graph=True)": f"list[list[{VALUE}]]",
    "value_and_grad(lambda a: a * a)(2.0)": "tuple[Any, Any]",
    "grad(lambda a: a * a)(2.0)": "Any",
    "grad(grad(lambda a: a * a))(2.0)": "Any",
    'parse("y = a", a=1)["y"]': VALUE,
    "steps(x)": "autograd.passes.steps.Steps",
    "compile(x)": "autograd.program.program.Program",
    "certificate(x)": "autograd.verify.certificate.Certificate",
    "exercise(x)": "autograd.passes.exercises.Exercise",
    "x.data": NUMBER,
    "x.grad": f"{NUMBER} | None",
    "x.partials": f"tuple[{NUMBER}, ...]",
    "x.operands": f"tuple[{VALUE}, ...]",
    "x.forward().named('y')": VALUE,
    "x < 2": "bool",
    "round(x)": "int",
    "round(x, 2)": NUMBER,
    "autograd.__version__": "str",
}
REFUSED = [
    "x + 'one'",
    "x < 'one'",
    "record(OPS['mul'], [x, 'one'])",
    "x.tahn()",
    "tanh('one')",
    "dot([x])",
    "Value('one')",
    "from autograd import tahn",
]
PROGRAM = """\
from fractions import Fraction
import numpy as np
import autograd
from autograd.core.op import OPS
from autograd.core.value import record
from autograd import (
    Value, certificate, clip, compile, dot, exercise, gelu, grad, hessian, jacobian, maximum, parse, softmax, steps,
    sum, tanh, value_and_grad, where,
)

x, w = Value(2.0, "x"), Value(3, "w")
"""


@pytest.mark.parametrize("path", STUBS)
def test_the_stubs_are_those_of_the_table(path):
    """Where this fails: python -m tests.stubs."""
    assert (ROOT / path).read_text("utf-8") == STUBS[path]()


@pytest.mark.slow
def test_mypy_understands_a_first_program(tmp_path):
    lines = [*(f"reveal_type({line})" for line in REVEALED), *REFUSED]
    program = tmp_path / "program.py"
    program.write_text(PROGRAM + "\n".join(lines) + "\n", "utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", str(program)],
        cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    first = len(PROGRAM.splitlines()) + 1
    notes = re.findall(r"program\.py:(\d+): note: Revealed type is \"(.*)\"", checked.stdout)
    revealed = {lines[int(row) - first]: kind for row, kind in notes}
    assert revealed == {f"reveal_type({line})": kind for line, kind in REVEALED.items()}
    # A library without types is silent where chalkgrad is installed, and told of where it is only a folder.
    errors = re.findall(r"^(.*?):(\d+): error:.*(?<!\[import-untyped\])$", checked.stdout, re.MULTILINE)
    assert {Path(path).name for path, _ in errors} == {"program.py"}
    assert {lines[int(row) - first] for _, row in errors} == set(REFUSED)
    assert checked.stderr == ""


def test_the_stubs_are_installed_too():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    patterns = setup["options.package_data"]["autograd"].split()
    files = {path for pattern in patterns for path in (ROOT / "autograd").glob(pattern)}
    assert {ROOT / path for path in STUBS} | {ROOT / "autograd" / "py.typed"} <= files
    assert set((ROOT / "autograd").rglob("*.pyi")) == {ROOT / path for path in STUBS}
