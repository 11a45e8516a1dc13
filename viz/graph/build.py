"""From a graph to what its picture says: choose the part and the folding, then let the cards be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from autograd import DrawingError, Value, topological
from autograd.core.derivatives import adjoints
from autograd.language.names import Labels
from viz.graph.cards import Builder, Path
from viz.graph.scene import (
    FEW_NODES,
    LARGEST_GRAPH,
    LEVELS,
    LONGEST_SLOPE,
    LONGEST_TITLE,
    MOST_ENTRIES,
    MOST_LEGIBLE,
    MOST_NODES,
    MOST_SYMBOLS,
    SMALL,
    Direction,
    Edge,
    Level,
    Node,
    Scene,
)
from viz.graph.structure import Folding, Structure
from viz.graph.subgraph import neighbourhood, paths

__all__ = [
    "FEW_NODES",
    "LARGEST_GRAPH",
    "LEVELS",
    "LONGEST_SLOPE",
    "LONGEST_TITLE",
    "MOST_ENTRIES",
    "MOST_LEGIBLE",
    "MOST_NODES",
    "MOST_SYMBOLS",
    "SMALL",
    "Builder",
    "Direction",
    "Edge",
    "Level",
    "Node",
    "Path",
    "Scene",
    "build",
    "guess_parameters",
]


def build(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
    *,
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
    symbols: bool = False,
    fits: Callable[[Scene], bool] = lambda scene: True,
) -> Scene:
    """Lay out in words what `draw` shows; its docstring has the arguments. `fits` judges the levels of "auto"."""
    for value, legal in ((direction, ("backward", "forward")), (level, LEVELS)):
        if value not in legal:
            raise DrawingError(f"There is no {value!r} here. Choose from {', '.join(map(repr, legal))}.")
    graph = topological(output)
    if len(graph) > LARGEST_GRAPH:
        raise DrawingError(f"The graph has {len(graph)} nodes, more than {LARGEST_GRAPH}. Draw an inner node's graph.")
    leaves = [z for z in graph if not z.op]
    guessed = guess_parameters(leaves) if parameters is None else list(parameters)
    structure = Structure(graph, {id(output)}, set(map(id, guessed)), parameters is None and not guessed)
    labels = Labels(graph, {**structure.names(), **(names or {})})
    gradients = adjoints(output, graph) if direction == "backward" else {}
    chosen, left_out = _chosen(graph, around, depth, between)
    foldings = structure.foldings(level)
    tries = [(folding, False) for folding in foldings]
    tries += [(folding, True) for folding in foldings if level == "auto"]  # as a last resort, numbers alone on edges
    for folding, terse in tries:
        kept = [z for z in folding.kept if chosen is None or id(z) in chosen]
        number = _cards(kept, folding) if chosen is None else len(kept)
        if number <= (MOST_NODES if level != "auto" or folding is foldings[-1] else MOST_LEGIBLE):
            forms: dict[int, Any] | None = {} if symbols and direction == "backward" else None
            builder = Builder(output, graph, kept, folding, structure, chosen, gradients, labels, digits, forms, terse)
            scene = builder.scene()
            if level != "auto" or fits(scene):
                break
    else:
        left_out = (*left_out, SMALL) if level == "auto" else left_out
    if number > MOST_NODES:
        raise DrawingError(
            f"The graph has {number} nodes, and a picture of more than {MOST_NODES} cannot be read. "
            "Draw a part, with around=node or between=(node, node), or fold more, as with level='layer'."
        )
    notes = (*folding.notes, *(("slopes",) if terse else ()), *left_out)
    return builder.with_latex(replace(scene, folded=notes))


def _cards(kept: list[Value], folding: Folding) -> int:
    return len(kept) - sum(len(group.nodes) - 1 for group in folding.groups)


def _chosen(
    graph: list[Value], around: Value | str | None, depth: int, between: tuple[Value | str, Value | str] | None
) -> tuple[set[int] | None, tuple[str, ...]]:
    """The ids of the nodes of a part of the graph, and a note on the others."""
    if around is None and between is None:
        return None, ()
    chosen = set(map(id, graph))
    if around is not None:
        chosen &= neighbourhood(graph, around, depth)
    if between is not None:
        chosen &= paths(graph, *between)
    missing = len(graph) - len(chosen)
    return chosen, (f"{missing} of {len(graph)} nodes left out",) if missing else ()


def guess_parameters(leaves: Iterable[Value]) -> list[Value]:
    """The leaves that are learned, by their names: weights (w, w_1, layer1.w0, theta), and biases beside them."""
    weights = [x for x in leaves if re.search(r"(^|\.)(w|W|theta|θ|weights?)(_?\d+)*$", x.name or "")]
    biases = [x for x in leaves if re.search(r"(^|\.)(b|B|bias|biases)(_?\d+)*$", x.name or "")]
    return weights + biases if weights else []
