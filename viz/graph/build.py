"""From a graph to what its picture says: choose the part and the folding, then write the cards and arrows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Literal, get_args

from autograd import DrawingError, Value, topological
from autograd.core.derivatives import adjoints
from autograd.core.op import OPS
from autograd.core.value import operands
from autograd.language.names import Labels
from viz.graph import levels
from viz.graph.arrows import arrows, shared
from viz.graph.cards import card, group_card
from viz.graph.circuit import circuit
from viz.graph.highlight import Highlight, highlighted
from viz.graph.inputs import guess_parameters
from viz.graph.levels import Folding
from viz.graph.scene import Direction, Edge, Flow, Level, Rows, Scene, Style
from viz.graph.structure import Structure
from viz.graph.subgraph import neighbourhood, paths
from viz.graph.view import View

DIGITS: Mapping[Style, int] = {"cards": 4, "circuit": 3}  # significant, of numbers on cards and on wires
STYLES = ("auto", *get_args(Style))
MOST_NODES = 400  # a larger picture cannot be read, and its layout takes long
MOST_LEGIBLE = 80  # cards of the smallest kind that a slide could hold
LARGEST_GRAPH = 200_000  # nodes below the output that are looked at
ROWS: tuple[Rows, ...] = ("auto", 1, 2, 3)


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
    shown, flow = _directions(direction)
    styles = legal_styles(style, level, flow)
    choices = ("level", level, levels.names()), ("rows", rows, (1, "auto") if flow == "TB" else ROWS)
    for what, value, legal in choices:
        if value not in legal:
            raise DrawingError(f"Unknown {what} {value!r}. Choose one of {', '.join(map(repr, legal))}.")
    graph = topological(output)
    if len(graph) > LARGEST_GRAPH:
        raise DrawingError(f"The graph has {len(graph)} nodes, more than {LARGEST_GRAPH}. Draw an inner node's graph.")
    leaves = [z for z in graph if not z.op]
    guessed = guess_parameters(leaves) if parameters is None else list(parameters)
    structure = Structure(graph, {id(output)}, set(map(id, guessed)), parameters is None and not guessed)
    labels = Labels(graph, {**structure.names(), **(names or {})})
    gradients = adjoints(output, graph) if shown == "backward" else {}
    forms: dict[int, Any] | None = {} if symbols and shown == "backward" else None
    chosen, left_out = _chosen(graph, around, depth, between)
    foldings = levels.foldings(structure, level if "cards" in styles else "value")
    scenes: dict[object, Scene] = {}
    for folding, terse, style, look in _tries(foldings, styles, 1 if flow == "TB" else rows, level == "auto"):
        view = View(
            output, structure, folding, labels, digits or DIGITS[style], gradients, chosen, forms, terse,
            names=names or {}, style=style, called=called,
        )  # fmt: skip
        number = len(view.cards)
        if number <= (MOST_NODES if level != "auto" or folding is foldings[-1] else MOST_LEGIBLE):
            key = id(folding), terse, style
            scene = scenes[key] = replace(scenes.get(key) or written(view), flow=flow, rows=look)
            if highlight is not None and scene.lit is None:
                scene = scenes[key] = replace(scene, lit=highlighted(view, scene.edges, highlight))
            if level != "auto" or fits(scene):
                break
    if number > MOST_NODES:
        raise DrawingError(
            f"The graph has {number} nodes, and a picture of more than {MOST_NODES} cannot be read. "
            "Draw a part, with around=node or between=(node, node), or fold more, such as with level='layer'."
        )
    notes = (*folding.notes, *(("slopes",) if terse else ()), *left_out)
    return view, replace(scene, folded=notes)


def _directions(words: str) -> tuple[str, Flow]:
    """What is drawn, and how it runs, of one or two words."""
    given = words.split()
    shown, flow = [word for word in given if word in ("backward", "forward")], [x for x in given if x in ("LR", "TB")]
    if not given or len(shown) > 1 or len(flow) > 1 or len(shown) + len(flow) < len(given):
        raise DrawingError(
            f"Unknown direction {words!r}. "
            "Choose one of 'backward', 'forward', 'LR', 'TB', or one of each pair, such as 'forward TB'."
        )
    return [*shown, "backward"][0], "TB" if "TB" in flow else "LR"


def legal_styles(style: str, level: Level, flow: Flow = "LR") -> tuple[Style, ...]:
    """The styles that are tried."""
    if style not in STYLES:
        raise DrawingError(f"Unknown style {style!r}. Choose one of {', '.join(map(repr, STYLES))}.")
    if style == "circuit":
        if level not in ("auto", "value"):
            raise DrawingError(f"A circuit has every node, not level={level!r}. Take level='value' or style='cards'.")
        if flow == "TB":
            raise DrawingError("A circuit runs from left to right. Take direction='LR' or style='cards'.")
        return ("circuit",)
    return ("cards", "circuit") if style == level == "auto" and flow == "LR" else ("cards",)


def _tries(
    foldings: list[Folding], styles: tuple[Style, ...], rows: Rows, auto: bool
) -> Iterator[tuple[Folding, bool, Style, Rows]]:
    """A folding, whether numbers stand alone on edges, a style, and rows: what says most comes first.

    Cards, a circuit, both in rows, then the same of the next folding, though a circuit is never folded.
    """
    looks: tuple[Rows, ...] = (1, "auto") if auto and rows == "auto" else (rows,)
    for terse in (False, True) if auto and "cards" in styles else (False,):
        for folding in foldings:
            whole = folding is foldings[0] and not terse
            for look, style in product(looks, styles if whole else ("cards",)):
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
    """What a view's cards and arrows say, in words and as LaTeX."""
    scene, latex = _written(view), _written(replace(view, dialect="latex"))
    return replace(scene, latex=dict(zip(scene.texts(), latex.texts(), strict=True)))


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
