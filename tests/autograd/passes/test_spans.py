"""Spans: what a line of several nodes stands for, and the routes through it."""

import pytest

from autograd import Value, sign, steps, topological
from autograd.language.formula import Formula
from autograd.language.names import Labels
from autograd.passes.spans import LONGEST_ROUTE, Spans, Words, width


def leaf(name, number=2.0):
    return Value(number, name)


def spans(output, hidden=(), part=None):
    """Spans in which nameless results have no line."""
    graph = topological(output)
    shown = {id(z) for z in graph if not z.op or z.name or z is output} - set(map(id, hidden))
    return Spans(shown, part)


def told(output, dialect="unicode", **options):
    own, words = spans(output, **options), Words(Labels(topological(output)), dialect)
    formulas = [text(own.formula((output, k), words)) for k in range(len(own.links(output)))]
    return [(x.name, (slope, formula)) for (x, slope), formula in zip(own.links(output), formulas, strict=True)]


def text(formula):
    return formula and formula.term[0]


@pytest.mark.parametrize("n", [LONGEST_ROUTE, LONGEST_ROUTE + 1])
@pytest.mark.parametrize("dialect", ["unicode", "latex"])
def test_a_route_is_a_formula_while_it_is_short_in_both_dialects(n, dialect):
    long = leaf("n" * (n - len("x · ") - (dialect == "latex")))  # \text counts as one
    y = ((leaf("w") * leaf("x")) * long).named("y")
    number, formula = dict(told(y, dialect=dialect))["w"]
    assert number == 4.0 and (formula is None) == (n > LONGEST_ROUTE)


def test_width_is_what_a_reader_sees():
    latex = r"\frac{\partial J}{\partial w_{12}} \cdot \tanh(x)^{2}"
    assert width(Formula(latex, dialect="latex")) == len("xx Jx w12 x x(x)2")
    assert width(Formula("a_1")) == 3


@pytest.mark.parametrize("swapped", [False, True])
def test_a_span_is_its_nameless_nodes_and_leads_to_what_has_a_line(swapped):
    w, x, b = leaf("w"), leaf("x", 3.0), leaf("b", 5.0)
    product = w * x
    z = (b + product if swapped else product + b).named("z")
    assert spans(z).inside(z) == [product, z]
    assert told(z) == [("b", (1, "1")), ("w", (3.0, "x")), ("x", (2.0, "w"))]


def test_a_link_for_each_node_however_often_it_is_used():
    a, b = leaf("a"), leaf("b")
    assert told((a * a).named("b")) == [("a", (4.0, "2 · a"))]
    assert told((a + a).named("b")) == [("a", (2, "2"))]
    assert told((a - a).named("b")) == [("a", (0, "0"))]
    assert told((a * a + 1.0).named("b")) == [("a", (4.0, "2 · a"))]
    assert told((a * a + a).named("b")) == [("a", (5.0, "2 · a + 1"))]
    assert told((-(a * b) - b * a).named("c")) == [("b", (-4.0, "−2 · a")), ("a", (-4.0, "−2 · b"))]


def test_a_route_is_one_fraction_with_its_sign_in_front():
    y, p = leaf("y", 1.0), leaf("p", 0.5)
    loss = (-(y * p.log() + (1 - y) * (1 - p).log())).named("L")
    assert dict(told(loss))["p"] == (-2.0, "−y / p + (1 − y) / (1 − p)")
    assert dict(told(loss, "latex"))["p"][1] == r"-\frac{y}{p} + \frac{1 - y}{1 - p}"
    other = (-y * p.log() - (1 - y) * (1 - p).log()).named("L")
    assert dict(told(other))["p"][1] == "−y / p + (1 − y) / (1 − p)"


def test_places_say_where_a_node_stands_inside():
    a, b = leaf("a"), leaf("b")
    product = a * b
    z = (product + a).named("z")
    assert [x.name for x, _ in spans(z).links(z)] == ["a", "b"]
    assert [spans(z).places((z, k)) for k in range(2)] == [[(z, 1), (product, 0)], [(product, 1)]]
    y = (3.0 * (a * a)).named("y")
    assert [spans(y).places((y, 0)), spans(y, part={id(y)}).links(y)] == [[(y.operands[1], 0), (y.operands[1], 1)], []]
    square = (a * a).named("square")
    assert spans(square).places((square, 0)) == [(square, 0), (square, 1)]


def test_no_gradient_goes_through_a_flat_node():
    x, w = leaf("x"), leaf("w")
    y = (sign(x * w) * w).named("y")
    assert told(y) == [("w", (1.0, "sign(x · w)")), ("x", (None, None))]
    assert told((sign(x) * 1.0).named("y")) == [("x", (None, None))]
    constant = (x * 3.0).named("y")
    assert told(constant) == [("x", (3.0, "3"))]


def test_the_chain_rule_through_several_nodes():
    x = leaf("x", 0.5)
    y = ((x * x).tanh() * x).named("y")
    [(_, (number, formula))] = told(y)
    assert formula is None  # it has 63 characters
    t = (x * x).tanh().data
    assert number == pytest.approx(t + 0.5 * (1 - t * t) * 2 * 0.5)


def test_only_a_part_may_be_inside():
    a, b = leaf("a"), leaf("b")
    product = a * b
    z = (product + a).named("z")
    assert spans(z, part={id(z)}).inside(z) == [z]
    assert [name for name, _ in told(z, part={id(z)})] == ["a"]


def test_a_formula_longer_than_any_line_leaves_numbers():
    y = leaf("x", 0.5)
    for _ in range(14):
        y = y * y
    y = (y + 1.0).named("y")
    assert Words(Labels(topological(y))).written(topological(y)[1:]) is None
    [(_, (number, formula))] = told(y)
    assert formula is None and number == pytest.approx(2**14 * 0.5 ** (2**14 - 1))


def test_terms_known_beforehand_stand_for_their_nodes_alone():
    a, b = leaf("a"), leaf("b")
    p = a * b
    q = (p + a).named("q")
    words = Words(Labels([a, b, p, q]), known={id(p): ("P", 4)})
    assert words.written([p, q])[id(q)] == ("P + a", 1)
    assert words.written([q])[id(q)] == ("v₁ + a", 1)  # p has a line of its own there
    assert words.written([q], {id(p): ("7", 4)})[id(q)] == ("7 + a", 1)


@pytest.mark.parametrize("level", ["value", "named", "scalar"])
def test_the_latex_of_a_step_says_what_its_text_says(level):
    """As many sides, so that a formula is shown in both or in none."""
    w, x, y = leaf("w"), leaf("x", 0.5), leaf("y")
    p = (w * x).sigmoid().named("p")
    loss = (-(y * p.log() + (1 - y) * (1 - p).log())).named("L")
    for step in steps(loss, level=level):
        counts = [(step.unicode.count(a), step.latex.count(b)) for a, b in ((" = ", " = "), (" ≈ ", r" \approx "))]
        assert all(text == latex for text, latex in counts), step.unicode
