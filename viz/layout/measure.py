"""How large a card is: its texts, row by row, measured with the font's own widths."""

from __future__ import annotations

from viz import fonts as font
from viz.graph.scene import Node, Scene
from viz.theme import Theme

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
    return round(widest + 2 * theme.padding, 2), round(theme.row * len(texts), 2)


def text_size(scene: Scene, theme: Theme) -> float:
    """The size of the smallest text, in points."""
    on_edges = any(edge.slope or edge.label for edge in scene.edges)
    return min(theme.card_size, theme.edge_size) if on_edges or scene.folded or scene.note else theme.card_size


def is_dense(scene: Scene) -> bool:
    """Whether it has a bundle of weights that are too many for their numbers."""
    return any(edge.weight is not None and edge.label is None for edge in scene.edges)


def column_gap(scene: Scene, theme: Theme) -> float:
    """The room between columns of cards, in points: more for many lines, less where edges have no texts."""
    if is_dense(scene):
        return 4 * theme.column_gap
    return theme.column_gap * (0.5 if any(node.entries for node in scene.nodes) else 1)


def longest_chain(scene: Scene, theme: Theme) -> float:
    """The length of the longest chain of cards, in points: no layout is narrower."""
    ends = {node.id: card_size(node, theme)[0] for node in scene.nodes}
    widths, gap = dict(ends), column_gap(scene, theme)
    for edge in scene.edges:  # operands first
        ends[edge.head] = max(ends[edge.head], ends[edge.tail] + gap + widths[edge.head])
    return max(ends.values())
