"""How large a card is: its texts, row by row, measured with the font's own widths."""

from __future__ import annotations

from collections.abc import Sequence

from viz import fonts as font
from viz.graph.scene import Node, Scene
from viz.shapes import Text
from viz.theme import Theme

BETWEEN = "   "  # a value and its gradient in one row


def rows(node: Node) -> tuple[str, ...]:
    """A card's texts, from the top; of a card for several nodes, a row each."""
    entries = tuple(BETWEEN.join(filter(None, entry)) for entry in node.entries)
    return (node.heading, node.value, *entries) + ((node.gradient,) if node.gradient is not None else ())


def lines(node: Node, scene: Scene, theme: Theme) -> list[tuple[Text, ...]]:
    """A card's rows as texts, at no place yet; the row of one of several nodes has its value and its gradient."""
    grey = theme.gradient if node.reached else theme.muted
    title = theme.roles[node.role].line
    texts = [[(node.heading, title, True)], [(node.value, theme.ink, False)]]
    if scene.joins(node):
        texts = [[(node.given, title, True)]]
    for value, gradient in node.entries:
        texts.append([(value, theme.ink, False), (gradient, theme.gradient, False)][: 1 + bool(gradient)])
    texts += [[(node.gradient, grey, node.reached)]] if node.gradient is not None else []
    return [tuple(scene.text(text, theme.card_size, colour, bold) for text, colour, bold in row) for row in texts]


def row_width(row: Sequence[Text], theme: Theme) -> float:
    """What a row's texts take side by side."""
    return sum(text.width for text in row) + font.width(BETWEEN, theme.card_size) * (len(row) - 1)


def card_heights(node: Node, scene: Scene, theme: Theme) -> list[float]:
    """The heights of a card's rows: more for a fraction."""
    return [max([theme.row, *(text.height + 0.4 * theme.row for text in row)]) for row in lines(node, scene, theme)]


def card_size(node: Node, scene: Scene, theme: Theme) -> tuple[float, float]:
    """Width and height of a card, in points."""
    widest = max(row_width(row, theme) for row in lines(node, scene, theme))
    return round(widest + 2 * theme.padding, 2), round(sum(card_heights(node, scene, theme)), 2)


def text_size(scene: Scene, theme: Theme) -> float:
    """The size of the smallest text, in points."""
    others = any(edge.texts for edge in scene.edges)  # than on cards
    return min(theme.card_size, theme.edge_size) if others else theme.card_size


def is_dense(scene: Scene) -> bool:
    """Whether it has a bundle of weights that are too many for their numbers."""
    return any(edge.weight is not None and edge.label is None for edge in scene.edges)


def column_gap(scene: Scene, theme: Theme) -> float:
    """The room between columns of cards, in points: more for many lines, less where edges have no texts."""
    if is_dense(scene):
        return 4 * theme.column_gap
    return theme.column_gap * (0.5 if any(node.entries for node in scene.nodes) else 1)
