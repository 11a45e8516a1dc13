"""The bug museum.

Which bugs do backpropagation engines have, and what gives them away? Four wrong engines are marked as a student's
answers are.

Each engine below is right except for one idea. The checker gives it small graphs, and an exercise marks its
gradients: the marking names the first wrong step of the pass, and what is wrong there.

    python examples/bug_museum.py
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

from autograd import Value, exercise, parse, topological

Gradients = dict[Value, float]
Engine = Callable[[Value], Gradients]


def overwriting(J: Value) -> Gradients:
    """Assigns with = where += belongs, so that the last use of a node wins."""
    gradient = {J: 1.0}
    for z in reversed(topological(J)):
        for x, slope in zip(z.operands, z.partials, strict=True):
            gradient[x] = gradient[z] * slope
    return gradient


def unordered(J: Value) -> Gradients:
    """Passes a node's gradient on when the node is first reached, before its other uses are done."""
    gradient = defaultdict(float, {J: 1.0})
    waiting, reached = deque([J]), {J}
    while waiting:
        z = waiting.popleft()
        for x, slope in zip(z.operands, z.partials, strict=True):
            gradient[x] += gradient[z] * slope
            if x not in reached:
                reached.add(x)
                waiting.append(x)
    return gradient


def uncleared(J: Value) -> Gradients:
    """Accumulates on leaves over two passes, as it should, but lets inner nodes keep the first pass's gradients."""
    gradient: Gradients = defaultdict(float)
    for _ in range(2):
        before = dict(gradient)
        gradient[J] = 1.0
        for z in reversed(topological(J)):
            for x, slope in zip(z.operands, z.partials, strict=True):
                gradient[x] += gradient[z] * slope
    return {x: g - (before.get(x, 0.0) if not x.op else 0.0) for x, g in gradient.items()}  # what pass 2 added


def overflowing(J: Value) -> Gradients:
    """Takes the logistic function as the textbook writes it, 1 / (1 + e⁻ˣ), and so e⁸⁰⁰ at x = −800."""
    for z in topological(J):
        if z.op == "sigmoid":
            1 / (1 + math.exp(-z.operands[0].data))
    J.backward()
    return {z: z.grad for z in topological(J) if z.grad is not None}


MUSEUM: tuple[Engine, ...] = (overwriting, unordered, uncleared, overflowing)
GRAPHS = (
    "a = 5; b = 3; c = 2; u = b*c; v = a + u; J = 3*v",  # every node used once
    "a = 5; J = a + a",  # a node used twice
    "a = 3; u = 2*a; v = 5*u; J = u + v",  # a node used early and late
    "w = 0.5; x = -1600; z = w*x; J = sigmoid(z)",  # large numbers
)


def first_slip(engine: Engine) -> tuple[str, str, str] | None:
    """The first graph on which an engine is wrong, the kind of slip, and a sentence about it."""
    for graph in GRAPHS:
        *_, J = parse(graph).values()
        sheet = exercise(J)
        try:
            gradients = engine(J)
        except ArithmeticError as error:
            return graph, type(error).__name__, f"No gradient: {error}, though J = {J.data:g}."
        marking = sheet.check({step.node: gradients[step.node] for step in sheet.hidden if step.node in gradients})
        if not marking:
            return graph, marking.kind, marking.text
    return None


def right(J: Value) -> Gradients:
    """This package's engine, for comparison."""
    J.backward()
    return {z: z.grad for z in topological(J)}


def main() -> None:
    for engine in (right, *MUSEUM):
        print(f"{engine.__name__}: {(engine.__doc__ or '').strip()}")
        slip = first_slip(engine)
        print("  right on all graphs\n" if slip is None else f"  {slip[0]}\n  {slip[1]}: {slip[2]}\n")
    assert first_slip(right) is None
    kinds = [slip and slip[1] for slip in map(first_slip, MUSEUM)]
    assert kinds == ["missing use", "unfinished gradient", "counted twice", "OverflowError"], kinds


if __name__ == "__main__":
    main()
