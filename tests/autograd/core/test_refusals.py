"""What a Value refuses while a function is recorded, and how rows name themselves."""

from __future__ import annotations

import math
import operator

import pytest

from autograd import OperandError, ShapeError, TracingError, Value
from autograd.core.notation import ATOM, POWER, PRODUCT, SUM
from autograd.core.op import OPS
from autograd.core.value import number, tracing

ON_VALUES = "Use this package's functions on the Value itself."
CHOOSE = "Use where(gt(x, y), a, b), maximum or minimum."
REFUSED = [
    (float, "Making a float of a Value", ON_VALUES, 2.0),
    (int, "Making an int of a Value", ON_VALUES, 2),
    (math.trunc, "Making an int of a Value", ON_VALUES, 2),
    (bool, "Asking whether a Value is true", "Use where(x, a, b).", True),
    (round, "Rounding a Value", ON_VALUES, 2),
    (math.floor, "Rounding a Value", ON_VALUES, 2),
    (math.ceil, "Rounding a Value", ON_VALUES, 2),
    *((lambda x, f=f: f(x, 2.0), "Comparing Values", CHOOSE, f(2.0, 2.0)) for f in (
        operator.lt, operator.le, operator.gt, operator.ge, operator.eq
    )),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::autograd.GraphCutWarning")
@pytest.mark.parametrize(("read", "what", "remedy", "answer"), REFUSED)
def test_what_would_freeze_is_refused_while_recording_and_answered_otherwise(read, what, remedy, answer):
    x = Value(2.0)
    assert read(x) == answer and type(read(x)) is type(answer)
    token = tracing.set(True)
    try:
        with pytest.raises(TracingError) as caught:
            read(x)
    finally:
        tracing.reset(token)
    assert str(caught.value) == f"{what} in a function that is compiled would freeze the outcome. {remedy}"


def test_rows_name_themselves():
    assert OPS["leaky_relu"].signature == "leaky_relu(x, a=0.01)"
    assert OPS["dot"].signature == "dot([x, …], [y, …])"
    assert OPS["dot"].short("unicode", {"x": "w", "y": "v"}) == ("w·v", SUM)
    assert OPS["logsumexp"].short("unicode", {"x": "z"}) == ("logsumexp(z)", ATOM)
    assert repr(OPS["log"]) == "<operation log(x)>"


@pytest.mark.parametrize(
    ("name", "dialect", "terms", "text"),
    [
        ("abs", "latex", [("a + b", SUM)], "|a + b|"),
        ("gt", "latex", [("a", ATOM), ("b", ATOM)], "[a > b]"),
        # in Python −x binds more tightly than a product
        ("neg", "python", [("a * b", PRODUCT)], "-(a * b)"),
        ("neg", "python", [("a ** b", POWER)], "-a ** b"),
        ("sub", "python", [("a - b", SUM), ("c - d", SUM)], "a - b - (c - d)"),
    ],
)
def test_how_rows_are_written(name, dialect, terms, text):
    assert OPS[name].write(dialect, terms)[0] == text


def test_a_vector_may_be_given_as_its_entries():
    assert OPS["sum"]([5.0]) == OPS["sum"](5.0) == OPS["sum"](2.0, 3.0) == OPS["sum"](Value(5.0)).data == 5.0
    with pytest.raises(ShapeError) as caught:
        OPS["sum"]()
    assert str(caught.value) == "sum needs vectors of one length, at least 1, got length 0."


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: OPS["leaky_relu"](), "The call is leaky_relu(x, a=0.01), got 0 operands."),
        (lambda: OPS["leaky_relu"](1.0, 2.0, 3.0), "The call is leaky_relu(x, a=0.01), got 3 operands."),
        (lambda: OPS["dot"]([1.0]), "The call is dot([x, …], [y, …])."),
        (lambda: Value(1.0, name=3), "A name must be text, got 3. Give it in quotes."),
        (lambda: OPS["dot"](1.0, 2.0), "The call is dot([x, …], [y, …])."),
        (lambda: number(Value(1.0)), "An operand is a Value already: Value(1.0). Take its .data for a new leaf."),
    ],
)
def test_calls_that_are_not_the_rows(call, message):
    with pytest.raises(OperandError) as caught:
        call()
    assert str(caught.value) == message


def test_an_error_inside_a_users_vector_is_the_users():
    with pytest.raises(TypeError, match="unsupported operand"):
        OPS["sum"](x + "1" for x in (1, 2))
