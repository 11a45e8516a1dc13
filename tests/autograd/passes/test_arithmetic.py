"""Listings as a strict teacher marks them: each side that is made of numbers is calculated, and equals the next."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest

import autograd
from autograd import Value, clip, dot, exp, leaky_relu, log, maximum, parse, relu, sigmoid, steps, tanh, where
from autograd.language.numbers import NOISE

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
FUNCTIONS = {
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "cos": math.cos,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "max": max,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x, a: x if x > 0 else a * x,
    "clip": lambda x, low, high: min(max(x, low), high),
    "where": lambda c, x, y: x if c else y,
    "abs": abs,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
}
NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
NUMBERS_ALONE = re.compile(rf"(?:{'|'.join(FUNCTIONS)}|[\d⁻⁰¹²³⁴⁵⁶⁷⁸⁹.,·+−/()\[\]<>√σ|^ ])+")

NOTHING = re.compile(r"(?<![\d.⁻,])0 \+ |\+ 0(?![.\d])|(?<![\d.⁻])1 · [^\d(−]")  # added to a name, or a factor of it


# ── sides ─────────────────────────────────────────────────────────────────────────────────────────


def python_of(side: str) -> tuple[str, list[tuple[Fraction, Fraction]]]:
    """A side as Python with n[0], n[1], … for its numbers, and each number with half a unit of its last digit."""
    numbers: list[tuple[Fraction, Fraction]] = []

    def place(match: re.Match[str]) -> str:
        unit = Fraction(10) ** int((match[2] or "0").translate(RAISED))
        number, significant = Fraction(match[1]), len(match[1].replace(".", "").lstrip("0"))
        last = (
            unit / 10 ** len(match[1].partition(".")[2]) / 10 ** max(0, 6 - significant)
        )  # a last digit 0 is left out
        numbers.append((number * unit, last / 2 if significant > 3 and number % 1 else Fraction(0)))
        return f"n[{len(numbers) - 1}]"

    text = NUMBER.sub(place, side.replace("[", "(").replace("]", ")")).replace("σ", "sigmoid")
    text = re.sub(r"√\(?", lambda m: "sqrt" + m[0][1:], re.sub(r"√(n\[\d+\])", r"sqrt(\1)", text))
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**{m[0].translate(RAISED)}", text)
    for ours, theirs in ("·", "*"), ("−", "-"), ("^", "**"):
        text = text.replace(ours, theirs)
    return text, numbers


def calculated(side: str) -> tuple[float | Fraction, float]:
    """What a side comes to, and how far that may be off because its numbers are rounded."""
    text, numbers = python_of(side)

    def value(n: list[Fraction]) -> float | Fraction:
        return eval(text, {**FUNCTIONS, "n": n, "__builtins__": {}})  # the listing is our own

    exact = [number for number, _ in numbers]
    middle, off = value(exact), 0.0
    for i, (number, half) in enumerate(numbers):
        ends = [value([*exact[:i], number + shift, *exact[i + 1 :]]) for shift in (half, -half)] if half else []
        off += max([float(abs(end - middle)) for end in ends], default=0.0)
    return middle, off


def sides_of(line: str) -> list[tuple[str, str]]:
    """The sides of a line, each with the sign before it."""
    parts = re.split(r" (=|≈) ", re.sub(r"  \(.*\)$", "", line.strip()))
    return list(zip(["", *parts[1::2]], parts[::2], strict=True))


def faults(line: str) -> Iterator[str]:
    """What a teacher marks red in a line."""
    sides = sides_of(line)
    for (_, a), (sign, b) in pairwise(sides):
        if NUMBERS_ALONE.fullmatch(a) and NUMBERS_ALONE.fullmatch(b):
            (left, off), (right, own) = calculated(a), calculated(b)
            difference, noise = float(abs(left - right)), 8 * NOISE * float(abs(right))
            if sign == "=" and difference > noise:
                yield f"{a} is not {b}"
            if sign == "≈" and difference > 1.01 * (off + own) + noise:
                yield f"{a} is nowhere near {b}"
            if sign == "≈" and off == 0 == difference and isinstance(left, Fraction) and not is_rounded(a):
                yield f"{a} is exactly {b}"
    for _, side in sides:
        if NOTHING.search(side) and not NUMBERS_ALONE.fullmatch(side):
            yield f"{side} adds nothing"
        if re.search("·10-(1[4-9]|[2-9][0-9])", side.translate(RAISED)):
            yield f"{side} is noise"


def is_rounded(side: str) -> bool:
    """Whether a number in it may be, though none may count, as beside a factor 0: pages and listings write ≈ there."""
    return any(half for _, half in python_of(side)[1])


def products(sides: list[str]) -> Iterator[tuple[str, float]]:
    """Each derivative that stands in a side, with the number that stands in its place in the next side of numbers."""
    named = [side for side in sides if "∂" in side]
    numbers = [side for side in sides if NUMBERS_ALONE.fullmatch(side)]
    for terms in [side.split(" + ") for side in named]:
        for values in [_split(side, " + ") for side in numbers]:
            if len(terms) == len(values):
                for term, value in zip(terms, values, strict=True):
                    names, factors = _split(term, " · "), _split(value, " · ")
                    pairs = zip(names, factors, strict=True) if len(names) == len(factors) else ()
                    yield from ((name, float(calculated(factor)[0])) for name, factor in pairs if "∂" in name)


def _split(side: str, at: str) -> list[str]:
    """A side at its outermost signs."""
    parts, depth = [""], 0
    for piece in re.split(f"({re.escape(at)})", side):
        if piece == at and not depth:
            parts.append("")
        else:
            parts[-1] += piece
            depth += piece.count("(") - piece.count(")")
    return parts


# ── boards ────────────────────────────────────────────────────────────────────────────────────────


def of(text: str, **values: float) -> Value:
    return list(parse(text, **values).values())[-1]


def logistic_with_l2() -> Value:
    text = "z = w*x + b; a = sigmoid(z); L = -(y*log(a) + (1 - y)*log(1 - a)) + lam/2*w**2"
    return of(text, w=0.5, x=2, b=-0.3, y=1, lam=0.1)


def softmax_by_hand() -> Value:
    x = [Value(k, f"z_{i}") for i, k in enumerate((1.0, 2.0, 0.5), 1)]
    e = [exp(z).named(f"e_{i}") for i, z in enumerate(x, 1)]
    total = (e[0] + e[1] + e[2]).named("S")
    return (-log((e[1] / total).named("p_2"))).named("L")


def recurrent() -> Value:
    w, u, b, h = Value(0.5, "w"), Value(-1.2, "u"), Value(0.1, "b"), Value(0.0, "h_0")
    for t, x in enumerate((1.0, -0.5), 1):
        h = tanh((w * h + u * Value(x, f"x_{t}") + b).named(f"z_{t}")).named(f"h_{t}")
    return ((h - 0.25) ** 2).named("L")


def lstm_cell() -> Value:
    x, h, c = Value(0.5, "x"), Value(0.1, "h"), Value(-0.2, "c")
    f, i, o = (
        sigmoid(Value(w, f"w_{g}") * x + Value(u, f"u_{g}") * h).named(g)
        for g, w, u in (("f", 0.3, 0.7), ("i", -0.4, 0.2), ("o", 1.5, -1.0))
    )
    g = tanh(Value(0.8, "w_g") * x).named("g")
    return (o * tanh((f * c + i * g).named("c_1"))).named("h_1")


def batch_norm() -> Value:
    text = "mu = (a + b + c)/3; v = ((a - mu)**2 + (b - mu)**2 + (c - mu)**2)/3; n = (a - mu)/sqrt(v + eps)"
    return of(f"{text}; y = gamma*n + beta", a=1, b=2, c=6, eps=0.001, gamma=1.5, beta=-0.5)


def shared_weights() -> Value:
    w, x = Value(0.7, "w"), Value(1.5, "x")
    h = tanh((w * x).named("z_1")).named("h")
    return (w * h + w * w).named("L")


def huber() -> Value:
    e = (Value(3.0, "y") - Value(0.5, "p")).named("e")
    return where(autograd.gt(abs(e), 1), abs(e) - 0.5, e**2 / 2).named("L")


def sums_of_products() -> Value:
    w, x = (
        [Value(v, f"{n}_{i}") for i, v in enumerate(row, 1)] for n, row in (("w", (0.5, -1, 2)), ("x", (1, 0, -0.25)))
    )
    return (relu((dot(w, x) + Value(0.75, "b")).named("z")) + autograd.sum([a * a for a in w])).named("J")


def choices() -> Value:
    a, b = Value(1 / 3, "a"), Value(-2.5, "b")
    return (relu(b) * a + leaky_relu(b) + clip(a, -1, 1) * maximum(a, b) + abs(b)).named("J")


def fractions() -> Value:
    a, b = Value(Fraction(1, 3), "a"), Value(Fraction(-2, 7), "b")
    return ((a + b) / (a * b) - a**2).named("q")


BOARDS = {
    "logistic with L2": logistic_with_l2,
    "softmax": softmax_by_hand,
    "RNN of two steps": recurrent,
    "LSTM cell": lstm_cell,
    "batch norm": batch_norm,
    "polynomial": lambda: of("y = 2*x**3 - 5*x**2 + 4*x - 7", x=1.5),
    "fractions": fractions,
    "hinge at its tie": lambda: of("m = maximum(0, 1 - y*s); L = m**2 + w**2", y=1, s=1, w=0.3),
    "hinge": lambda: of("m = maximum(0, 1 - y*s); L = m**2", y=-1, s=0.3),
    "Huber": huber,
    "Newton's iteration": lambda: of("x_1 = x_0 - (x_0**2 - 2)/(2*x_0); x_2 = x_1 - (x_1**2 - 2)/(2*x_1)", x_0=1.5),
    "compound interest": lambda: of("V = P*(1 + r/12)**n", P=1000, r=0.05, n=24),
    "Greek names and indices": lambda: of(
        "eta = alpha*theta_1 + beta*theta_2; y_hat = exp(-eta)", alpha=0.1, theta_1=3, beta=-0.2, theta_2=0.7
    ),
    "shared weights": shared_weights,
    "sums of products": sums_of_products,
    "choices": choices,
    "cancelling": lambda: of("d = a + b; y = d - c; J = y*y + a*y", a=0.1, b=0.2, c=0.3),
    "dead units": lambda: of("z = w*x + b; a = relu(z); L = (a - t)**2", w=-1 / 7, x=3, b=-0.1, t=1 / 3),
    "distance": lambda: of("d = sqrt((x - a)**2 + (y - b)**2)", x=1, a=4, y=2, b=6),
    "twice": lambda: of("b = a + a; c = b*b", a=1),
}


@pytest.mark.parametrize("board", BOARDS)
def test_each_side_that_is_made_of_numbers_is_the_next_one(board):
    lines = str(steps(BOARDS[board]())).splitlines()
    assert [fault for line in lines if "∂" in line or line.startswith("  ") for fault in faults(line)] == []


@pytest.mark.parametrize("board", BOARDS)
def test_a_derivative_has_one_value_on_a_board(board):
    values: dict[str, float] = {}
    for line in str(steps(BOARDS[board]())).splitlines():
        sides = [side for _, side in sides_of(line)]
        for name, number in products(sides):
            assert number == pytest.approx(values.setdefault(name, number), rel=1e-5, abs=1e-9), (name, line)
    assert values


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("u = a · b = 0.5 · 3 = 1.6", "0.5 · 3 is not 1.6"),
        ("u = a / b = 1 / 3 = 0.333333", "1 / 3 is not 0.333333"),
        ("u = a · b ≈ 0.333333 · 3 ≈ 1.1", "0.333333 · 3 is nowhere near 1.1"),
        ("u = a · b ≈ 0.5 · 3 ≈ 1.5", "0.5 · 3 is exactly 1.5"),
        ("u = 0 + a = 3", "0 + a adds nothing"),
        ("u = 1 · a = 3", "1 · a adds nothing"),
        ("d ≈ 2.8·10⁻¹⁷", "2.8·10⁻¹⁷ is noise"),
    ],
)
def test_a_wrong_line_is_marked(line, fault):
    assert list(faults(line)) == [fault]
