"""From a graph to what its picture says: choose the part and the folding, then write the cards and arrows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Literal

from autograd import DrawingError, Value, topological
from autograd.core.derivatives import adjoints
from autograd.core.op import OPS
from autograd.core.value import operands
from autograd.language.names import Labels
from viz.graph import levels
from viz.graph.arrows import arrows, shared
from viz.graph.cards import card, group_card
from viz.graph.choices import Choices, checked
from viz.graph.circuit import circuit
from viz.graph.highlight import highlighted
from viz.graph.inputs import guess_parameters
from viz.graph.levels import Folding
from viz.graph.scene import Direction, Edge, Level, Rows, Scene, Style
from viz.graph.structure import Structure
from viz.graph.subgraph import Highlight, neighbourhood, paths
from viz.graph.view import View

DIGITS: Mapping[Style, int] = {"cards": 4, "circuit": 3}  # significant, of numbers on cards and on wires
MOST_NODES = 400  # a larger picture cannot be read, and its layout takes long
MOST_LEGIBLE = 80  # cards of the smallest kind that a slide could hold
LARGEST_GRAPH = 200_000  # nodes below the output that are looked at


def build(*arguments: Any, **options: Any) -> Scene:
    """The scene that `draw` shows; its docstring has the arguments."""
    return viewed(*arguments, **options)[1]


def viewed(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
    *,
    style: Style | Literal["auto"] = "cards",
    around: Value | str | None = None,
    depth: int = 2,
    between: tuple[Value | str, Value | str] | None = None,
    symbols: bool = False,
    rows: Rows = "auto",
    highlight: Highlight | None = None,
    called: bool = False,
    fits: Callable[[Scene], bool] = lambda scene: True,
) -> tuple[View, Scene]:
    """A scene with the view that it was written from; `fits` judges the foldings of "auto"."""
    choice = checked(direction, style, level, rows)
    graph = topological(output)
    if len(graph) > LARGEST_GRAPH:
        raise DrawingError(f"The graph has {len(graph)} nodes, more than {LARGEST_GRAPH}. Draw an inner node's graph.")
    structure = _structure(output, graph, parameters)
    labels = Labels(graph, {**structure.names(), **(names or {})})
    chosen, left_out = _chosen(graph, around, depth, between)
    whole = View(
        output, structure, Folding(graph), labels, digits or 0,
        adjoints(output, graph) if choice.backward else {}, chosen, {} if symbols and choice.backward else None,
        names=names or {}, called=called, highlight=highlight,
    )  # fmt: skip
    view, scene = _readable(whole, choice, fits)
    return view, replace(scene, folded=(*view.folding.notes, *(("slopes",) if view.terse else ()), *left_out))


def _structure(output: Value, graph: list[Value], parameters: Iterable[Value] | None) -> Structure:
    """What the graph is made of, with these parameters or those that leaves' names tell."""
    leaves = [z for z in graph if not z.op]
    learned = guess_parameters(leaves) if parameters is None else list(parameters)
    return Structure(graph, {id(output)}, set(map(id, learned)), parameters is None and not learned)


def _readable(whole: View, choice: Choices, fits: Callable[[Scene], bool]) -> tuple[View, Scene]:
    """The first try that fits, or the last one."""
    foldings = levels.foldings(whole.structure, choice.level if "cards" in choice.styles else "value")
    scenes: dict[object, Scene] = {}
    for folding, terse, style, rows in _tries(foldings, choice):
        digits = whole.digits or DIGITS[style]
        view = replace(whole, folding=folding, digits=digits, terse=terse, style=style, decided={})
        is_last_resort = choice.level != "auto" or folding is foldings[-1]
        if len(view.cards) <= (MOST_NODES if is_last_resort else MOST_LEGIBLE):
            key = id(folding), terse, style
            scenes[key] = scenes.get(key) or written(view)
            scene = replace(scenes[key], flow=choice.flow, rows=rows)
            if choice.level != "auto" or fits(scene):
                return view, scene
    if len(view.cards) > MOST_NODES:
        raise DrawingError(
            f"The graph has {len(view.cards)} nodes, and a picture of more than {MOST_NODES} cannot be read. "
            "Draw a part, with around=node or between=(node, node), or fold more, such as with level='layer'."
        )
    return view, scene


def _tries(foldings: list[Folding], choice: Choices) -> Iterator[tuple[Folding, bool, Style, Rows]]:
    """A folding, whether numbers stand alone on edges, a style, and rows: what says most comes first.

    Cards, a circuit, both in rows, then the same of the next folding, though a circuit is never folded.
    """
    auto = choice.level == "auto"
    looks: tuple[Rows, ...] = (1, "auto") if auto and choice.rows == "auto" else (choice.rows,)
    for terse in (False, True) if auto and "cards" in choice.styles else (False,):
        for folding in foldings:
            whole = folding is foldings[0] and not terse
            for look, style in product(looks, choice.styles if whole else ("cards",)):
                yield folding, terse, style, look


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


def written(view: View) -> Scene:
    """What a view's cards and arrows say, in words and as LaTeX, and which of them are not pale."""
    other = replace(view, dialect="latex")
    other.__dict__["spans"] = view.spans  # which have no dialect
    scene, latex = _written(view), _written(other)
    lit = None if view.highlight is None else highlighted(view, scene.edges, view.highlight)
    return replace(scene, latex=dict(zip(scene.texts(), latex.texts(), strict=True)), lit=lit)


def _written(view: View) -> Scene:
    caption = view.symbol(view.labels[view.output])
    if view.style == "circuit":
        nodes, edges = circuit(view)
        return Scene(nodes, edges, (), caption, view.folding.notes, style="circuit")
    first = {view.ids[id(z)]: z for z in reversed(view.kept)}
    cards = [group_card(view, view.groups[i]) if i in view.groups else card(view, first[i], i) for i in view.cards]
    edges = arrows(view)
    many = shared(view) if any(edge.gradient for edge in edges) else []
    totals = [card(view, w, f"w{i}") for i, w in enumerate(many)]
    column = (*_column(view, edges), *(node.id for node in totals))
    return Scene((*cards, *totals), edges, column, caption, view.folding.notes)


def _column(view: View, edges: Iterable[Edge]) -> tuple[str, ...]:
    """The leaves used early, together on the left; a leaf used late stands near its use.

    A use is early if the longest way from it to the output starts at most one card from the left.
    """
    edges = list(edges)  # by their heads, in topological order
    depth = dict.fromkeys(view.cards, 0)
    for edge in edges:
        depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
    latest = dict.fromkeys(depth, max(depth.values(), default=0))
    for edge in reversed(edges):
        latest[edge.tail] = min(latest[edge.tail], latest[edge.head] - 1)
    cards = dict.fromkeys(view.ids[id(z)] for z in _interleaved(view))
    return tuple(card for card in cards if latest[card] <= 1)


def _interleaved(view: View) -> list[Value]:
    """The leaves in order of creation, but those of vectors entry by entry: w₁, x₁, w₂, x₂, …"""
    leaves = [z for z in view.kept if not z.op]
    place = {id(z): i for i, z in enumerate(leaves)}
    for z in view.structure.graph:
        columns = OPS[z.op].columns(operands(z)) if z.op and OPS[z.op].variadic else []
        entries = [x for entry in zip(*columns, strict=True) for x in entry if id(x) in place]
        unique = list({id(x): x for x in entries}.values())
        places = sorted(place[id(x)] for x in unique)
        place |= {id(x): i for x, i in zip(unique, places, strict=True)}
    return sorted(leaves, key=lambda z: place[id(z)])
