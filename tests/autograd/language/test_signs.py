"""The signs of operations: what stands in a circuit's circles, in both dialects."""

from __future__ import annotations

import pytest

from autograd import Value, topological
from autograd.core.op import OPS
from autograd.language.names import Labels
from autograd.language.signs import commutes, operation_sign

A, B = Value(2.0, "a"), Value(3.0, "b")
W, X = [Value(1.0, "w_1"), Value(2.0, "w_2")], [Value(3.0, "x_1"), Value(4.0, "x_2")]
SIGNS = [
    (A + B, "+", "+"),
    (A - B, "−", "-"),
    (A * B, "×", r"\times"),
    (A / B, "÷", r"\div"),
    (A**B, "x^y", "{x}^{y}"),
    (-A, "−x", "-x"),
    (A + 3, "+3", "+3"),
    (3 + A, "+3", "+3"),
    (3 * A, "×3", r"\times 3"),
    (A * -3, "×(−3)", r"\times (-3)"),
    (A - 1, "−1", "-1"),
    (1 - A, "1 − x", "1 - x"),
    (1 / A, "1 / x", "1 / x"),
    (A / 4, "÷4", r"\div 4"),
    (A**2, "x²", "{x}^{2}"),
    (2**A, "2^x", "{2}^{x}"),
    (OPS["gated"](A, B), "×", r"\times"),
    (A.exp(), "exp", "e^{x}"),
    (A.sqrt(), "√x", r"\sqrt{x}"),
    (A.sigmoid(), "σ", r"\sigma"),
    (A.tanh(), "tanh", r"\tanh"),
    (abs(A), "|x|", "|x|"),
    (OPS["gt"](A, B), "[x > y]", "[x > y]"),
    (OPS["gt"](0, B), "[0 > x]", "[0 > x]"),
    (OPS["maximum"](A, B), "max", r"\max"),
    (OPS["maximum"](A, 0), "max(x, 0)", r"\max(x, 0)"),
    (OPS["where"](A, B, 0), "where(c, x, 0)", r"\operatorname{where}(c, x, 0)"),
    (OPS["leaky_relu"](A), "leaky_relu", r"\operatorname{leaky\_relu}"),
    (OPS["leaky_relu"](A, 0.2), "leaky_relu(x, 0.2)", r"\operatorname{leaky\_relu}(x, 0.2)"),
    (OPS["leaky_relu"](0.01, A), "leaky_relu(0.01, x)", r"\operatorname{leaky\_relu}(0.01, x)"),
    (OPS["share"](A, B), "share", r"\operatorname{share}"),
    (OPS["sum"]([A, B]), "Σ", r"\sum"),
    (OPS["sum"]([A, 3]), "a + 3", "a + 3"),
    (OPS["dot"](W, X), "w·x", r"w \cdot x"),
    (OPS["dot"]([A, B], [B, A]), "x·y", r"x \cdot y"),
    (OPS["logsumexp"]([A, B]), "logsumexp", r"\operatorname{logsumexp}"),
    (OPS["cross_entropy"]([A, B], [B, A]), "cross_entropy", r"\operatorname{cross\_entropy}"),
]


@pytest.mark.parametrize(("z", "text", "latex"), SIGNS, ids=[text for _, text, _ in SIGNS])
def test_a_sign_is_what_the_row_writes_without_its_operands(z, text, latex):
    labels = Labels(topological(z))
    assert operation_sign(z, labels) == text
    assert operation_sign(z, labels, "latex") == latex


def test_operands_may_change_places_where_a_number_leaves_the_other_one_on_either_side():
    binary = [op.name for op in OPS.values() if not op.variadic and len(op.operands) == 2 and commutes(op)]
    assert binary == ["add", "mul", "gated"]
    assert all(commutes(op) == op.variadic for op in OPS.values() if len(op.operands) != 2 or op.variadic)
