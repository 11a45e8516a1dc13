"""Gradient descent on a surface f(x, y): exact gradients, any optimiser, each path a table of numbers."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from autograd import OperandError, ParseError, Value, compile, expression, parse, topological
from autograd.core.choices import recording
from autograd.language.formula import definition
from autograd.language.parser import FUNCTIONS
from autograd.program.arguments import whole
from autograd.program.program import Program
from viz.descent.space import relief as relief
from viz.descent.surfaces import SURFACES as SURFACES
from viz.descent.surfaces import Surface as Surface
from viz.descent.trajectories import Array, Descent, Path, Plan

if TYPE_CHECKING:
    from nn.optimizers import Optimizer

Start = Mapping[str, float] | Sequence[float]
WHOLE = r"(?<=\d)\.0\b"  # what a float ends with that is a whole number
FLAT = 1e-2  # gradient_descent_viz stops where both slopes are below it
FAR = 1e6  # a coordinate beyond it has diverged: no picture could show the way back


def descend(
    surface: str | Callable[..., Any],
    start: Start | None = None,
    optimizers: str | Optimizer | Iterable[str | Optimizer] = "sgd",
    *,
    rate: float = 0.01,
    steps: int = 500,
    tolerance: float | None = FLAT,
    domain: tuple[float, float, float, float] | None = None,
) -> Descent:
    """Follow f(x, y) downhill: p ← p − rate · (what the optimiser makes of ∇f), from one start for each optimiser.

    Args:
        surface: an expression of two variables as `parse` reads it, a name in SURFACES, or a
            function of two Values.
        start: the two variables' numbers, by name, or for a function in its order. Default: for one
            of SURFACES, its own.
        optimizers: names ("sgd", "momentum", "adam=0.1" with its own rate, …) or optimisers of
            `nn.optimizers`.
        rate: the learning rate of those given by name, dimensionless.
        steps: the largest number of steps, at least 0.
        tolerance: stop where |∂f/∂x| and |∂f/∂y| are both below; None goes on.
        domain: x from, to, y from, to, for pictures; default: twice the room that the paths take.

    Returns:
        A `Descent`. A path that leaves for infinity ends there, and says so.

    Raises:
        ParseError, OperandError: the text is not an expression of two variables; steps below 0.
        ModelError: an unknown optimiser.
        DomainError: f has no value at the start.
        TracingError: a function compares Values.

    Example:
        >>> descent = descend("x**2 + 4*y**2", {"x": 1.0, "y": 1.0}, "sgd", rate=0.1, steps=2)
        >>> print(descent)
        sgd: going on after 2 steps, at (0.64, 0.04), f = 0.416
        >>> descent.paths[0].gradients.round(3).tolist()
        [[2.0, 8.0], [1.6, 1.6], [1.28, 0.32]]
    """
    steps = whole(steps, "steps")
    text = None
    if isinstance(surface, str) and surface in SURFACES:
        known = SURFACES[surface]
        text = known.text
        surface, start, domain = known.text, start or known.start, domain or known.domain
    names, output, inputs = _recorded(surface, start)
    program = compile(output, inputs=inputs, wrt=inputs)
    chosen = list(optimizers) if isinstance(optimizers, Iterable) and not isinstance(optimizers, str) else [optimizers]
    walkers = [_optimizer(one, rate) for one in chosen]
    point = np.array([float(x.data) for x in inputs])
    paths = tuple(_path(program, point, *walker, steps, tolerance) for walker in walkers)
    plan = Plan(text or re.sub(WHOLE, "", _statements(output, inputs)), tuple(walkers), steps, tolerance)
    return Descent(names, expression(output), paths, domain or _view(paths), program, plan)


def _recorded(surface: str | Callable[..., Any], start: Start | None) -> tuple[tuple[str, str], Value, list[Value]]:
    """The surface as a graph of its two variables."""
    if start is None:
        raise OperandError("A descent needs a start. Give both variables' numbers, as in {'x': 1.5, 'y': 1.5}.")
    if isinstance(surface, str):
        start = start if isinstance(start, Mapping) else dict(zip("xy", start, strict=False))
        graph = parse(surface, **start)
        inputs, output = [graph[name] for name in start], list(graph.values())[-1]
    else:
        numbers = start.values() if isinstance(start, Mapping) else start
        names = start if isinstance(start, Mapping) else inspect.signature(surface).parameters
        inputs = [Value(float(x), name) for name, x in zip(names, numbers, strict=False)]
        with recording():  # an `if` on a Value would freeze the side of the start
            output = surface(*inputs)
    if len(inputs) != 2:
        count = f"{len(inputs)} variable{'s' * (len(inputs) != 1)}"
        raise ParseError(f"A surface has two variables, got {count}. Give two numbers, and write constants into f.")
    if not isinstance(output, Value):
        raise OperandError(f"A surface returns a Value, got {output!r}. Calculate with the two Values it is given.")
    return (inputs[0].name or "x", inputs[1].name or "y"), output, inputs


def _statements(output: Value, inputs: Sequence[Value]) -> str:
    """The surface in the language of `parse`, its variables as x and y or as they are called."""
    named = [z for z in topological(output) if z.op and z.name and z is not output]
    own = [z.name or "" for z in (*inputs, *named)]
    if len(set(own)) < len(own) or not all(name.isidentifier() and name not in FUNCTIONS for name in own):
        return f"f = {expression(output, 'python')}"
    result = next(name for name in ("f", "f_1", "f_2") if name not in own)
    lines = [f"{z.name} = {definition(z, 'python', len(topological(z)))}" for z in named]
    return "; ".join([*lines, f"{result} = {definition(output, 'python', len(topological(output)))}"])


def _optimizer(identifier: str | Optimizer, rate: float) -> tuple[str, Optimizer]:
    """What to call an optimiser, and the optimiser itself: an `Optimizer`, or a name such as "adam" or "adam=0.1"."""
    from nn import optimizers

    if not isinstance(identifier, str):
        return type(identifier).__name__, optimizers.get(identifier)
    name, equals, own = identifier.partition("=")
    try:
        rate = float(own) if equals else rate
    except ValueError:
        raise OperandError(f"{identifier!r} has no learning rate. Write it as in adam=0.1.") from None
    return identifier, replace(optimizers.get(name.strip()), learning_rate=rate)


def _path(program: Program, start: Array, name: str, optimizer: Optimizer, steps: int, tolerance: float | None) -> Path:
    """Walk until it is flat, the steps are used up, or something is no longer a number of a picture's size."""
    point, state = start, optimizer.start(start)
    value, gradient = program(*point)
    rows, drives = [(point, value, gradient)], []
    end: Literal["flat", "steps", "diverged"] = "steps"
    for k in range(steps):
        if tolerance is not None and (np.abs(gradient) < tolerance).all():
            end = "flat"
            break
        rate = optimizer.learning_rate(k) if callable(optimizer.learning_rate) else optimizer.learning_rate
        with np.errstate(all="ignore"):
            state, point = optimizer.update(state, gradient, point)
            value, gradient = program(*point)
        if not (np.isfinite([*point, value, *gradient]).all() and np.abs(point).max() < FAR):
            end = "diverged"
            break
        rows.append((point, value, gradient))
        drives.append((rate, optimizer.averaged_gradient(state, rate), optimizer.averaged_square(state)))
    rates = np.array([rate for rate, *_ in drives])
    momenta, squares = (
        np.array([np.full(2, np.nan) if means[i] is None else means[i] for means in drives]).reshape(-1, 2)
        for i in (1, 2)
    )
    points, values, gradients = map(np.array, zip(*rows, strict=True))
    return Path(name, points, values, gradients, momenta, squares, rates, end)


def update(optimizer: str | Optimizer, gradients: Sequence[float], parameter: float = 0.0, rate: float = 0.01) -> Value:
    """An optimiser's own steps as a graph: the new parameter, made of gradients, averages and the learning rate.

    Args:
        optimizer: as for `descend`.
        gradients: one for each step, dimensionless.
        parameter: where the first step starts from.
        rate: the learning rate of an optimiser given by name.

    Returns:
        The parameter after the last step. Its leaves are called p_0, g_1, g_2, …, η, and m_0, v_0 as in
        the optimiser's formula; m_1, v_1, p_1, … are named too, so `viz.draw` can draw them.

    Example:
        >>> p = update("momentum", [3.0], parameter=1.5, rate=0.1)
        >>> p
        Value(1.47, p_1 = p₀ − η · v₁)
    """
    from nn.optimizers import State
    from nn.optimizers.words import Cell

    _, optimizer = _optimizer(optimizer, rate)
    start = optimizer.start(0.0).slots
    state = State(0, {name: cast(Any, Cell(Value(float(x), f"{name}_0"))) for name, x in start.items()})
    p: Any = Cell(Value(float(parameter), "p_0"))
    step_size = optimizer.learning_rate
    for t, g in enumerate(gradients, 1):
        eta = Value(float(step_size(t - 1)), f"η_{t}") if callable(step_size) else Value(float(step_size), "η")
        optimizer.change(state, cast(Any, Cell(eta)), cast(Any, Cell(Value(float(g), f"g_{t}"))), p)
        state.steps += 1
        for name, cell in (*state.slots.items(), ("p", p)):
            if cell.word.op:  # one that the formula does not use stays a leaf
                cell.word.named(f"{name}_{t}")
    result: Value = p.word
    return result


def _view(paths: Sequence[Path]) -> tuple[float, float, float, float]:
    """A square with the paths in its middle half; of a diverged one, no more than the others need or its first step."""
    kept = [path.points if path.end != "diverged" else path.points[:2] for path in paths]
    low, high = np.concatenate(kept).min(axis=0), np.concatenate(kept).max(axis=0)
    half = max(float((high - low).max()), 1e-3)
    (x, y) = (low + high) / 2
    return x - half, x + half, y - half, y + half
