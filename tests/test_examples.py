"""The examples run, print what they saw, and assert the numbers they print."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SEEN = {
    "moons": "step 99   loss 0.010978   accuracy 100%",
    "exam": "accuracy on students it has not seen",
    "xor": "perceptron, XOR: never learned",
    "all_zeros": "weights zeros           tanh     loss 0.6931  different neurons 1",
}


@pytest.mark.parametrize("name", SEEN)
def test_example(name, capsys):
    path = EXAMPLES / f"{name}.py"
    runpy.run_path(str(path), run_name="__main__")
    assert SEEN[name] in capsys.readouterr().out
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)).endswith("?") and "\n# Seen: " in text
    assert sum(bool(line.strip()) and not line.startswith(("#", '"')) for line in text.splitlines()) <= 60
