"""Making rows: a name stands for one thing, whoever takes it first."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from autograd.core.op import COMPOSED, OPS
from autograd.core.row_makers import composed, named, refuse_taken
from autograd.errors import ChalkgradError, TableError
from tests import ROOT

ROW = '{0} = named("{0}", lambda x: x / (1 + abs(x)), dx=lambda x, z: (1 - abs(z)) ** 2)\n'


@pytest.mark.parametrize(
    ("name", "aliases", "taken"),
    [("tanh", (), "tanh"), ("ln", (), "ln"), ("mine", ("mul",), "mul"), ("mul", (), "mul")],
)
def test_a_second_row_of_a_name_is_refused(name, aliases, taken):
    before = dict(OPS)
    with pytest.raises(TableError) as caught:
        named(name, lambda x: x, dx=1, aliases=aliases)
    assert str(caught.value) == f"'{taken}' is a row of the table of operations already. Choose another name."
    assert isinstance(caught.value, ChalkgradError)
    assert isinstance(caught.value, ValueError)
    assert before == OPS


def test_a_row_and_a_composed_function_cannot_share_a_name():
    before = dict(COMPOSED)
    assert set(COMPOSED) == {"softmax", "gelu"}
    with pytest.raises(TableError, match=r"^'gelu' is composed of rows already\. Choose another name\.$"):
        named("gelu", lambda x: x, dx=1)

    def relu(x):
        return x

    with pytest.raises(TableError, match=r"^'relu' is a row of the table of operations already\."):
        composed(relu)
    assert before == COMPOSED
    refuse_taken("a_new_name")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("softsign", "'softsign' is a row of the table of operations already. Choose another name."),
        ("swish", "'swish' is a row of the table of operations already. Choose another name."),
        ("softmax", "'softmax' is a row of the table of operations already. Choose another name."),
        ("square", ""),
    ],
)
def test_a_row_whose_name_something_else_has_is_refused_at_import(tmp_path, name, message):
    """In a copy: a row of that name is added, as anybody would."""
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "autograd" / "ops.py"
    text = table.read_text("utf-8")
    table.write_text(text.replace("# fmt: on\n", ROW.format(name) + "\n# fmt: on\n"), "utf-8")
    script = f"import nn; from nn.activations import get; print(get({name!r})([1.0]))"
    run = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, env={})
    assert (run.stderr.splitlines() or [""])[-1] == (f"autograd.errors.TableError: {message}" if message else "")
    assert run.stdout == ("" if message else "[0.5]\n")
