"""A scene as DOT, for Graphviz; the only file that imports the graphviz package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz

from viz import escape
from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.theme import Theme

if TYPE_CHECKING:
    from viz.networks.diagram import NetworkDrawing

_NARROW = 0.222  # of the size: the advance of "i" in Helvetica, as every Graphviz has it built in
INCH = 72.0
BETWEEN = "    "  # a value and its gradient in one row


def rows(node: Node) -> tuple[str, ...]:
    """A card's texts, from the top; of a card for several nodes, a row each."""
    entries = tuple(BETWEEN.join(filter(None, entry)) for entry in node.entries)
    return (node.title, node.value, *entries) + ((node.gradient,) if node.gradient is not None else ())


def card_size(node: Node, theme: Theme) -> tuple[float, float]:
    """Width and height of a card, in points."""
    texts = rows(node)
    bold = [i in (0, 2) and not node.entries for i in range(len(texts))]
    bold[0] = True
    widest = max(font.width(text, theme.card_size, b) for text, b in zip(texts, bold, strict=True))
    return round(widest + 2 * theme.padding, 2), round(theme.row * len(rows(node)), 2)


def is_dense(scene: Scene) -> bool:
    """Whether it has a bundle of weights that are too many for their numbers."""
    return any(edge.weight is not None and edge.label is None for edge in scene.edges)


def source(scene: Scene, theme: Theme, texts: bool = True) -> str:
    """The scene as DOT.

    Args:
        scene: what to draw.
        theme: how.
        texts: write the texts, for readers and other tools; without them the labels are blanks of
            the same size, so that a layout depends neither on fonts nor on what a name contains.
    """
    graph = graphviz.Digraph("chalkgrad")
    dense = is_dense(scene)
    gap = (
        4 * theme.column_gap if dense else theme.column_gap * (0.5 if any(node.entries for node in scene.nodes) else 1)
    )  # layers' edges have no texts
    graph.attr(
        rankdir="LR",
        ranksep=f"{gap / INCH:.3f}",
        nodesep=f"{theme.row_gap / INCH:.3f}",
        splines="line" if dense else "true",
    )
    graph.attr(
        "node", ordering="in", shape="Mrecord", fixedsize="true", fontname="Helvetica", fontsize=f"{theme.card_size:g}"
    )
    graph.attr("edge", fontname="Helvetica", fontsize=f"{theme.edge_size:g}", arrowsize="1")
    cards = {node.id: node for node in scene.nodes}
    with graph.subgraph() as column:
        column.attr(rank="same")
        for leaf in scene.column:
            column.node(leaf)
    for node in scene.nodes:
        graph.node(node.id, **_card(node, theme, texts))
    place = {leaf: i for i, leaf in enumerate(scene.column)}
    for edge in sorted(scene.edges, key=lambda edge: place.get(edge.tail, len(place)), reverse=dense):
        _arrows(graph, edge, "v" if cards[edge.tail].gradient is None else "g", theme, texts)
    return str(graph.source)


def _card(node: Node, theme: Theme, texts: bool) -> dict[str, str]:
    width, height = card_size(node, theme)
    paint = theme.roles[node.role]
    ports = ["t", "v", *(f"e{i}" for i in range(len(node.entries))), "g"]
    fields = [f"<{port}> {escape.record(text) if texts else ''}" for port, text in zip(ports, rows(node), strict=False)]
    size = {"width": f"{width / INCH:.4f}", "height": f"{height / INCH:.4f}"}
    style = {"style": "filled", "fillcolor": paint.fill, "color": paint.line, "fontcolor": theme.ink}
    return {"label": graphviz.nohtml("|".join(fields))} | size | (style if texts else {})


def _arrows(graph: graphviz.Digraph, edge: Edge, port: str, theme: Theme, texts: bool) -> None:
    """The value's way forward, and on a second edge the gradient's way back, to the card's last row."""
    forward = {"id": f"{edge.id}f"}
    if texts:
        line = weight_line(edge, theme)
        forward |= {"color": line[0], "penwidth": f"{line[1]:g}"} | ({"style": "dashed"} if line[2] else {})
        forward |= {"fontcolor": line[0]} if edge.label else {}
    if edge.label:
        forward |= _label(edge.label, theme, texts)
    bare = edge.weight is not None and edge.label is None  # of a bundle: from the middle to the middle
    graph.edge(f"{edge.tail}{':e' if bare else ':v:e'}", f"{edge.head}:w" if bare else edge.head, **forward)
    if edge.slope is None:
        return
    backward = {"dir": "back", "id": f"{edge.id}b"}
    if texts:
        backward |= {"color": theme.gradient, "fontcolor": theme.gradient, "style": "dashed"}
        backward |= {"penwidth": f"{theme.backward_width:g}"}
    if edge.slope:
        backward |= _label(edge.slope, theme, texts)
    graph.edge(f"{edge.tail}:{port}:e", edge.head, **backward)


def _label(text: str, theme: Theme, texts: bool) -> dict[str, str]:
    """A text on an edge, or blanks of its size."""
    if texts:
        return {"label": graphviz.nohtml(escape.label(text))}
    size = theme.edge_size * theme.air
    return {"label": "i" * round(font.width(text, theme.edge_size) / (_NARROW * size)), "fontsize": f"{size:g}"}


def weight_line(edge: Edge, theme: Theme) -> tuple[str, float, bool]:
    """Colour, width and whether dashed: of a weight by its sign and size, of a plain way forward the theme's."""
    if edge.weight is None:
        return theme.forward, theme.forward_width, False
    width = theme.forward_width * 0.6 + abs(edge.weight) * (theme.widest_weight - theme.forward_width * 0.6)
    return theme.positive if edge.weight >= 0 else theme.negative, round(width, 2), edge.weight < 0


def diagram(drawing: NetworkDrawing) -> str:
    """A network's circles and lines as DOT, pinned to their places for `neato -n`."""
    graph, page = graphviz.Digraph("chalkgrad"), drawing.page
    graph.attr(layout="neato", splines="line")
    graph.attr("node", shape="circle", fixedsize="true", style="filled", fontname="Helvetica")
    graph.attr("node", width=f"{drawing.diameter / INCH:.4f}", fontsize=f"{drawing.theme.edge_size:g}")
    head = {"none": "none", "empty": "empty", "solid": "normal"}[drawing.style.arrowheads]
    graph.attr("edge", arrowhead=head)
    for unit in (unit for column in drawing.units for unit in column):
        x, y = page(unit.x, unit.y)
        lines = [text for text, *_ in unit.texts] or [unit.name]
        look = drawing.paint(unit.role) if unit.role else None
        paint = {"color": look.line, "fillcolor": look.fill} if look else {"shape": "plain", "style": ""}
        text = r"\n".join(map(escape.label, lines)) if look else "…"
        graph.node(unit.id, graphviz.nohtml(text), pos=f"{x:.2f},{-y:.2f}!", **paint)
    for link in drawing.links:
        colour, width, dash, opacity = drawing.look(link.weight)
        shade = f"{colour}{round(255 * opacity):02X}" if opacity < 1 else colour
        known = {} if link.weight is None else {"weight_": f"{link.weight:.6g}"}
        style = "dashed" if dash else "solid"
        graph.edge(link.tail.id, link.head.id, color=shade, penwidth=f"{width:.3g}", style=style, **known)
    return str(graph.source)
