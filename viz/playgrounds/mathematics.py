"""The page's mathematics, all of it derived: activations, losses, penalties, optimisers and inputs as JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd import parse, softmax, topological
from autograd.core.op import OPS
from autograd.language.formula import Formula
from autograd.language.javascript import Name
from nn.activations import COMPOSED, DEFAULTS, ROWS
from nn.export.registry import ACTIVATIONS as ELSEWHERE
from nn.losses import LOSSES
from nn.optimizers import OPTIMIZERS
from nn.optimizers.words import arguments
from viz.motion import rules_js
from viz.playgrounds import derived

MOST_CLASSES, MOST_LAYERS, MOST_NEURONS = 5, 12, 64  # that a link may ask for
USUAL = ("relu", "tanh", "sigmoid", "linear")  # have loops of their own, which a browser compiles best
EVERYWHERE = ("", "−∞ < x < ∞")  # domains of what can follow any sum
INPUTS = {
    "x": "x",
    "y": "y",
    "xSquared": "x*x",
    "ySquared": "y*y",
    "xTimesY": "x*y",
    "sinX": "sin(x)",
    "sinY": "sin(y)",
}
PENALTIES: Mapping[str, Callable[[Any], Any]] = {"L1": abs, "L2": lambda w: 0.5 * w * w}


def script() -> str:
    """Constants of a script, each an object of rows by name."""
    tables = {
        "ACTIVATIONS": {name: _activation(name, words) for name, words in activations().items()},
        "LOSSES": {"square": _square()} | {str(k): _classes(k) for k in range(3, MOST_CLASSES + 1)},
        "PENALTIES": {name: _penalty(words, name == "L1") for name, words in PENALTIES.items()},
        "OPTIMIZERS": {name: _optimizer(name) for name in OPTIMIZERS if name != "sgd"},
        "CALLED": {name: _called(row) for name, row in ROWS.items() if row.where not in EVERYWHERE and row.takes_one},
        "INPUTS": {name: _input(formula) for name, formula in INPUTS.items()},
    }
    written = [f"const {name} = {_object(rows)};" for name, rows in tables.items()]
    limits = f"const [MOST_CLASSES, MOST_LAYERS, MOST_NEURONS] = [{MOST_CLASSES}, {MOST_LAYERS}, {MOST_NEURONS}];"
    return "\n".join([limits, *written])


def activations() -> dict[str, Callable[[Any], Any]]:
    """The table's functions of one number that have a value everywhere, and those that nn composes of them."""
    rows = {name: row for name, row in ROWS.items() if row.where in EVERYWHERE and not row.infix}
    return {name: _applied(row, DEFAULTS.get(name)) for name, row in rows.items()} | {
        name: _applied(words, DEFAULTS.get(name)) for name, words in COMPOSED.items()
    }


def _applied(words: Callable[..., Any], parameter: float | None) -> Callable[[Any], Any]:
    return words if parameter is None else lambda z: words(z, parameter)


def _activation(name: str, words: Callable[[Any], Any]) -> dict[str, str]:
    """f by its loops over neurons or points, and its formulas; the slope sees z and a."""
    value, slope = derived.value(words, "z"), _slope(name, words)
    row = {
        "value": derived.arrow("z", value),
        "slope": derived.arrow("z, a", slope),
        "formula": _text(words),
        "derivative": _text(lambda z: _textbook(name, z)) if name in ROWS else json.dumps(_short(*slope)),
    }
    row |= {"numpy": json.dumps(derived.numpy(words, "z")), "torch": json.dumps(_torch(name))}
    if name not in USUAL:
        return row
    each = "const z = Z[i], a = A[i]; "
    return row | {
        "run": derived.loop("Z, A", "const z = Z[i]; ", value, "A[i]"),
        "pull": derived.loop("Z, A, U, D", each, (slope[0], f"U[i] * {slope[1]}"), "D[i]"),
    }


def _called(row: Callable[..., Any]) -> dict[str, str]:
    """A function that formulas may call and that has no value somewhere."""
    value = derived.arrow("z", derived.value(row, "z"))
    return {"value": value, "numpy": json.dumps(derived.numpy(row, "z"))}


def _slope(name: str, words: Callable[[Any], Any]) -> tuple[str, str]:
    """A row's own slope, a function of z and a; of what is composed of rows, by the chain rule."""
    if name not in ROWS:
        return derived.slope(words, "z")
    return derived.value(lambda z, a: _row_slope(name, z, a), "z", "a")


def _row_slope(name: str, z: Any, a: Any) -> Any:
    row, parameter = ROWS[name], DEFAULTS.get(name)
    return row.slope(0, (z,) if parameter is None else (z, parameter), a, shown=True)


def _textbook(name: str, z: Formula) -> Any:
    """A row's slope as textbooks write it."""
    return _row_slope(name, z, Formula("a"))


def _short(lines: str, result: str) -> str:
    """A slope that is a number, else its name."""
    return "f′(z)" if lines else result


def _text(words: Callable[[Formula], Any]) -> str:
    formula = words(Formula("z"))
    return json.dumps(formula.term[0] if isinstance(formula, Formula) else f"{formula:g}", ensure_ascii=False)


def _torch(name: str) -> str:
    """What makes the activation in PyTorch; "" where it has none, and Keras neither."""
    if name not in ELSEWHERE:
        return ""
    there, parameter = ELSEWHERE[name], DEFAULTS.get(name)
    options = there.torch_options | ({there.parameter: parameter} if there.parameter else {})
    return f"torch.nn.{there.torch}({', '.join(f'{key}={value}' for key, value in options.items())})"


def _square() -> dict[str, str]:
    """½(a − y)² of one output."""
    words = LOSSES["quadratic"].function
    names, (lines, result) = ("y", "a"), derived.slope(lambda y, a: words([y], [a]), "y", "a", by=1)
    return {
        "value": derived.arrow("y, a", derived.value(lambda y, a: words([y], [a]), *names)),
        "pull": f"(A, y, U, i) => {{ const a = A[i]; {lines}U[i] = {result}; }}",
    }


def _classes(k: int) -> dict[str, str]:
    """−ln softmax(z) of the right class among k, of k outputs; and their probabilities."""
    words = LOSSES["categorical_crossentropy_from_logits"].function
    ys, zs = [f"y{i}" for i in range(k)], [f"a{i}" for i in range(k)]

    def loss(*names: Any) -> Any:
        return words(names[:k], names[k:])

    lines: dict[str, str] = {}
    duals = [derived.Dual(Name(name, lines), 0) for name in ys]
    slopes = []
    for i in range(k):
        along = [derived.Dual(Name(name, lines), int(i == j)) for j, name in enumerate(zs)]
        slopes.append(loss(*duals, *along).slope)
    read = ", ".join([*(f"{z} = A[i + {j}]" for j, z in enumerate(zs)), *(f"y{j} = +(y === {j})" for j in range(k))])
    write = " ".join(f"U[i + {j}] = {slope};" for j, slope in enumerate(slopes))
    shares: dict[str, str] = {}
    chances = softmax([Name(name, shares) for name in zs])
    return {
        "value": f"(y, {', '.join(zs)}) => {{ const {', '.join(f'y{j} = +(y === {j})' for j in range(k))}; "
        + "{}return {}; }}".format(*derived.value(loss, *ys, *zs)),
        "pull": f"(A, y, U, i) => {{ const {read}; {derived.body(lines, *slopes)}{write} }}",
        "chances": f"({', '.join(zs)}) => {{ {derived.body(shares, *chances)}"
        f"return [{', '.join(map(str, chances))}]; }}",
    }


def _penalty(words: Callable[[Any], Any], kills: bool) -> dict[str, str]:
    """A penalty's slope at a weight, and whether its step across 0 kills the link."""
    return {"slope": derived.arrow("w", derived.slope(words, "w")), "kills": json.dumps(kills)}


def _optimizer(name: str) -> dict[str, str]:
    """One of nn's: its arguments, what its averages start from, its rule, its formula and its usual rate."""
    optimizer = OPTIMIZERS[name]()
    formula = (OPTIMIZERS[name].__doc__ or "").splitlines()[0]
    return {
        "numbers": json.dumps(arguments(optimizer)),
        "slots": json.dumps(rules_js.slots(optimizer)),
        "step": rules_js.rule(optimizer),
        "formula": json.dumps(formula, ensure_ascii=False),
        "rate": json.dumps(optimizer.learning_rate),
    }


def _input(formula: str) -> dict[str, str]:
    """An input as a function of x and y, by the language of `parse`."""
    graph = parse(f"f = {formula}", x=0.5, y=0.5)
    lines: dict[str, str] = {}
    names: dict[int, Any] = {id(graph[name]): Name(name, lines) for name in ("x", "y") if name in graph}
    for node in topological(graph["f"]):
        if id(node) not in names:
            row = OPS[node.op] if node.op else None
            operands = [names.get(id(x), x) for x in node.operands]
            names[id(node)] = row(*row.columns(operands)) if row else node.data
    f = names[id(graph["f"])]
    return {"of": derived.arrow("x, y", (derived.body(lines, f), str(f)))}


def _object(rows: Mapping[str, Mapping[str, str]]) -> str:
    return (
        "{\n" + "\n".join(f"  {json.dumps(name)}: {{ {_fields(row.items())} }}," for name, row in rows.items()) + "\n}"
    )


def _fields(items: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{key}: {text}" for key, text in items)
