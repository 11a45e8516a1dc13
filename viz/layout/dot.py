"""A scene as DOT, as Graphviz reads it."""

from __future__ import annotations

import graphviz

from viz import escape
from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.layout.measure import card_size, column_gap, is_dense, rows
from viz.shapes import INCH
from viz.theme import Theme

LINE = 1.2  # of the size: from one row to the next
_NARROW = 0.222  # of the size: the advance of "i" in Helvetica, as every Graphviz has it built in


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
    graph.attr(
        rankdir="LR",
        ranksep=f"{column_gap(scene, theme) / INCH:.3f}",
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
    bare = edge.weight is not None and edge.label is None  # of a bundle: from the middle to the middle
    tail, head = (f"{edge.tail}:e", f"{edge.head}:w") if bare else (f"{edge.tail}:v:e", edge.head)
    text = "\n".join(filter(None, [edge.label, edge.gradient])) or None
    graph.edge(tail, head, id=f"{edge.id}f", **_look(*theme.weight_line(edge.weight), text, theme, texts))
    if edge.slope is not None:
        look = _look(theme.gradient, theme.backward_width, True, edge.slope, theme, texts)
        graph.edge(f"{edge.tail}:{port}:e", edge.head, dir="back", id=f"{edge.id}b", **look)


def line(theme: Theme) -> float:
    """The height of a row of an arrow's texts, in points, as Graphviz sets them."""
    return theme.edge_size * theme.air * LINE


def _look(colour: str, width: float, dashed: bool, text: str | None, theme: Theme, texts: bool) -> dict[str, str]:
    """An arrow's line and text, or just blanks of the text's size."""
    if not texts:
        size = theme.edge_size * theme.air
        widths = [font.width(row, theme.edge_size) for row in (text or "").split("\n")]
        blanks = r"\n".join("i" * round(width / (_NARROW * size)) for width in widths)
        return {"label": blanks, "fontsize": f"{size:g}"} if text else {}
    look = {"color": colour, "penwidth": f"{width:g}"} | ({"style": "dashed"} if dashed else {})
    look |= {} if text is None else {"fontcolor": colour}
    return look | ({"label": graphviz.nohtml(escape.label(text))} if text else {})
