"""A scene as DOT, as Graphviz reads it."""

from __future__ import annotations

import graphviz

from viz import escape
from viz.graph.scene import Edge, Node, Scene
from viz.layout.measure import BETWEEN, card_size, column_gap, is_dense, lines
from viz.shapes import INCH
from viz.theme import Theme


def source(scene: Scene, theme: Theme) -> str:
    """The scene as DOT, for readers and other tools."""
    graph = graphviz.Digraph("chalkgrad")
    dense = is_dense(scene)
    graph.attr(
        rankdir=scene.flow,
        ranksep=f"{column_gap(scene, theme) / INCH:.3f}",
        nodesep=f"{theme.row_gap / INCH:.3f}",
        splines="line" if dense else "true",
    )
    graph.attr(
        "node", ordering="in", shape="Mrecord", fixedsize="true", fontname="Helvetica", fontsize=f"{theme.card_size:g}"
    )
    graph.attr("edge", fontname="Helvetica", fontsize=f"{theme.edge_size:g}", arrowsize="1")
    if scene.note:
        graph.attr(label=graphviz.nohtml(escape.label(scene.note)), fontname="Helvetica")
    cards = {node.id: node for node in scene.nodes}
    with graph.subgraph() as column:
        column.attr(rank="same")
        for leaf in scene.column:
            column.node(leaf)
    for node in scene.nodes:
        graph.node(node.id, **_card(node, scene, theme))
    place = {leaf: i for i, leaf in enumerate(scene.column)}
    for edge in sorted(scene.edges, key=lambda edge: place.get(edge.tail, len(place)), reverse=dense):
        _arrows(graph, edge, "v" if cards[edge.tail].gradient is None else "g", theme)
    return str(graph.source)


def _card(node: Node, scene: Scene, theme: Theme) -> dict[str, str]:
    width, height = card_size(node, scene, theme)
    paint = theme.roles[node.role]
    rows = lines(node, scene, theme)
    above = ["v"] if scene.joins(node) else ["t", "v"]
    ports = [*above, *(f"e{i}" for i in range(len(node.entries))), "g"]
    written = [escape.record(BETWEEN.join(text.text for text in row)) for row in rows]
    fields = [f"<{port}> {text}" for port, text in zip(ports, written, strict=False)]
    size = {"width": f"{width / INCH:.4f}", "height": f"{height / INCH:.4f}"}
    style = {"style": "filled", "fillcolor": paint.fill, "color": paint.line, "fontcolor": theme.ink}
    return {"label": graphviz.nohtml("|".join(fields))} | size | style


def _arrows(graph: graphviz.Digraph, edge: Edge, port: str, theme: Theme) -> None:
    """The value's way forward, and on a second edge the gradient's way back, to the card's last row."""
    bare = edge.weight is not None and edge.label is None  # of a bundle: from the middle to the middle
    tail, head = (f"{edge.tail}:e", f"{edge.head}:w") if bare else (f"{edge.tail}:v:e", edge.head)
    text = "\n".join(filter(None, [edge.label, edge.gradient])) or None
    graph.edge(tail, head, id=f"{edge.id}f", **_look(*theme.weight_line(edge.weight), text))
    if edge.slope is not None:
        look = _look(theme.gradient, theme.backward_width, True, edge.slope)
        graph.edge(f"{edge.tail}:{port}:e", edge.head, dir="back", id=f"{edge.id}b", **look)


def _look(colour: str, width: float, dashed: bool, text: str | None) -> dict[str, str]:
    """An arrow's line and text."""
    look = {"color": colour, "penwidth": f"{width:g}"} | ({"style": "dashed"} if dashed else {})
    look |= {} if text is None else {"fontcolor": colour}
    return look | ({"label": graphviz.nohtml(escape.label(text))} if text else {})
