"""A scene as DOT, for Graphviz; the only file that imports the graphviz package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz

from viz import escape, font
from viz.scene import Edge, Node, Scene
from viz.style import Theme

if TYPE_CHECKING:
    from viz.diagram import NetworkDrawing

_NARROW = 0.222  # of the size: the advance of "i" in Helvetica, as every Graphviz has it built in
INCH = 72.0


def rows(node: Node) -> tuple[str, ...]:
    """A card's texts, from the top."""
    return (node.title, node.value) + ((node.gradient,) if node.gradient is not None else ())


def card_size(node: Node, theme: Theme) -> tuple[float, float]:
    """Width and height of a card, in points."""
    bold = (True, False, True)
    widest = max(font.width(text, theme.card_size, b) for text, b in zip(rows(node), bold, strict=False))
    return round(widest + 2 * theme.padding, 2), round(theme.row * len(rows(node)), 2)


def source(scene: Scene, theme: Theme, texts: bool = True) -> str:
    """The scene as DOT.

    Args:
        scene: what to draw.
        theme: how.
        texts: write the texts, for readers and other tools; without them the labels are blanks of
            the same size, so that a layout depends neither on fonts nor on what a name contains.
    """
    graph = graphviz.Digraph("chalkgrad")
    graph.attr(
        rankdir="LR", ranksep=f"{theme.column_gap / INCH:.3f}", nodesep=f"{theme.row_gap / INCH:.3f}", splines="true"
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
    for edge in sorted(scene.edges, key=lambda edge: place.get(edge.tail, len(place))):
        _arrows(graph, edge, "vg"[len(rows(cards[edge.tail])) - 2], theme, texts)
    return str(graph.source)


def _card(node: Node, theme: Theme, texts: bool) -> dict[str, str]:
    width, height = card_size(node, theme)
    paint = theme.roles[node.role]
    fields = [f"<{port}> {escape.record(text) if texts else ''}" for port, text in zip("tvg", rows(node), strict=False)]
    size = {"width": f"{width / INCH:.4f}", "height": f"{height / INCH:.4f}"}
    style = {"style": "filled", "fillcolor": paint.fill, "color": paint.line, "fontcolor": theme.ink}
    return {"label": graphviz.nohtml("|".join(fields))} | size | (style if texts else {})


def _arrows(graph: graphviz.Digraph, edge: Edge, port: str, theme: Theme, texts: bool) -> None:
    """The value's way forward, and on a second edge the gradient's way back, to the card's last row."""
    forward = {"color": theme.forward, "penwidth": f"{theme.forward_width:g}"} if texts else {}
    graph.edge(f"{edge.tail}:v:e", edge.head, id=f"{edge.id}f", **forward)
    if edge.slope is None:
        return
    backward = {"dir": "back", "id": f"{edge.id}b"}
    if texts:
        text = graphviz.nohtml(escape.label(edge.slope))
        backward |= {"color": theme.gradient, "fontcolor": theme.gradient, "style": "dashed"}
        backward |= {"penwidth": f"{theme.backward_width:g}"}
    else:
        size = theme.edge_size * theme.air
        text = "i" * round(font.width(edge.slope, theme.edge_size) / (_NARROW * size))
        backward["fontsize"] = f"{size:g}"
    graph.edge(f"{edge.tail}:{port}:e", edge.head, label=text, **backward)


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
