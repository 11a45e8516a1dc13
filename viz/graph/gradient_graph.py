"""The gradient's own graph: what `grad(create_graph=True)` calculates, drawn as the graph that it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from autograd import DrawingError, Value, topological
from autograd.core.derivatives import adjoints
from autograd.core.value import Number
from autograd.language.names import Labels
from autograd.passes.levels import has_name
from viz.graph.build import DIGITS, MOST_NODES, written
from viz.graph.choices import checked
from viz.graph.inputs import guess_parameters
from viz.graph.levels import Folding
from viz.graph.scene import Level, Scene, Style
from viz.graph.structure import Structure
from viz.graph.view import View

MOST_LEAVES = 40  # by which a picture can differentiate


def build(
    output: Value,
    order: int = 1,
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
    level: Level = "auto",
    style: Style | Literal["auto"] = "cards",
    fits: Callable[[Scene], bool] = lambda scene: True,
) -> Scene:
    """∂J/∂x for each parameter (or each leaf) as a graph, and with order 2 the second derivatives."""
    if order not in (1, 2):
        raise DrawingError(f"Unknown order={order!r}. Choose one of 1, 2.")
    style = checked("backward", style, level).styles[0]
    graph = topological(output)
    leaves = [z for z in graph if not z.op]
    wanted = guess_parameters(leaves) if parameters is None else list(parameters)
    wanted = wanted or leaves
    if len(wanted) > MOST_LEAVES:
        raise DrawingError(f"Gradients by {len(wanted)} leaves are too many. Choose at most {MOST_LEAVES} parameters=.")
    gradients = _Gradients(output, graph, Labels(graph, names), wanted)
    if not gradients.outputs:
        raise DrawingError(
            "The gradient has no graph of its own: no result depends on a leaf. Calculate something first."
        )
    if order == 2:
        gradients.differentiate()
    return _readable(gradients, digits or DIGITS[style], style, level == "value" or style == "circuit", fits)


def _readable(
    gradients: _Gradients, digits: int, style: Style, every_node: bool, fits: Callable[[Scene], bool]
) -> Scene:
    """The graph with a card for each node, or if that cannot be read, for each that is called something."""
    nodes = topological(*gradients.outputs)
    own_names = {z: gradients.labels[z] for z in gradients.graph}  # as in J's own picture
    labels = Labels(topological(gradients.output, *gradients.outputs), {**own_names, **gradients.names})
    structure = Structure(nodes, set(map(id, gradients.outputs)), set(), False)
    named = [z for z in nodes if has_name(z) or id(z) in gradients.known]
    for folding in (Folding(nodes), Folding(named, notes=("nameless results",))):
        if len(folding.kept) <= MOST_NODES:
            view = View(
                gradients.output, structure, folding, labels, digits, {},
                orders=gradients.orders(nodes), aliases=gradients.aliases, names=gradients.names, style=style,
            )  # fmt: skip
            scene = written(view)
            if every_node or fits(scene):
                break
    if len(folding.kept) > MOST_NODES:
        raise DrawingError(
            f"The gradient has {len(folding.kept)} cards, more than {MOST_NODES}. Choose fewer parameters=."
        )
    return scene


class _Gradients:
    """The derivatives as nodes, with their names."""

    def __init__(self, output: Value, graph: list[Value], labels: Labels, wanted: list[Value]) -> None:
        self.output, self.graph, self.labels = output, graph, labels
        chosen = set(map(id, wanted))
        self.own = set(map(id, graph))  # the nodes of J itself
        self.first: list[tuple[Value, Value]] = []  # a wanted leaf, and the gradient by it
        self.outputs: list[Value] = []
        self.names: dict[Value, str] = {}
        self.aliases: dict[int, str] = {}
        self.known: set[int] = set()
        self.y = y = labels[output]
        partials = adjoints(output, graph, create_graph=True, shown=True)
        for x in graph:  # inner results too: ∂J/∂b is made of ∂J/∂u
            if id(x) in partials and x is not output:
                node = getattr(partials[id(x)], "node", partials[id(x)])
                if id(x) in chosen:
                    self.first.append((x, self._add(node, f"∂{y}/∂{labels[x]}")))
                elif isinstance(node, Value) and id(node) not in self.own | self.known:
                    self._name(node, f"∂{y}/∂{labels[x]}")
        self.middle = set(map(id, topological(*self.outputs))) | self.own

    def differentiate(self) -> None:
        """The second derivatives, each pair of leaves once, without those that are 0 everywhere."""
        for i, (a, gradient) in enumerate(self.first):
            if not gradient.op:
                continue
            partials = adjoints(gradient, topological(gradient), create_graph=True, shown=True)
            for b, _ in self.first[i:]:
                if id(b) in partials:
                    below = f"∂{self.labels[a]}²" if a is b else f"∂{self.labels[a]}∂{self.labels[b]}"
                    self._add(getattr(partials[id(b)], "node", partials[id(b)]), f"∂²{self.y}/{below}")

    def _add(self, derivative: Value | Number, name: str) -> Value:
        """One more result to draw; a number becomes a card, a node that has a name is said to be this too."""
        node = derivative if isinstance(derivative, Value) else Value(derivative)
        self.outputs.append(node)
        if id(node) in self.own | self.known:
            self.aliases[id(node)] = " = ".join(filter(None, [self.aliases.get(id(node)), name]))
        else:
            self._name(node, name)
        return node

    def _name(self, node: Value, name: str) -> None:
        self.names[node] = name
        self.known |= {id(node)}

    def orders(self, nodes: list[Value]) -> dict[int, int]:
        """0 for what J is made of, 1 for what its gradient adds, 2 for the second derivatives' nodes."""
        return {id(z): (id(z) not in self.own) + (id(z) not in self.middle) for z in nodes}
