"""Cards from the top down: placed as from left to right, with the two axes exchanged; texts stay upright."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from viz.graph.scene import Edge, Node, Scene
from viz.layout.cards import AIR, ROAD, Cards
from viz.layout.lattice import LANE, Lattice, Road, Stop
from viz.layout.measure import card_size
from viz.shapes import Box, Curve, Head, Shape, Text
from viz.theme import Theme


class Downward(Cards):
    """Cards whose columns are rows: a stop's width is its height on the page, and above a road is left of it."""

    even = False

    def size(self, node: Node, scene: Scene, theme: Theme) -> tuple[float, float]:
        width, height = card_size(node, scene, theme)
        return height, width

    def shortest(self, edge: Edge, scene: Scene, theme: Theme) -> float:
        texts = [scene.text(text, theme.edge_size, theme.ink).height for text in edge.texts]
        return max(texts, default=0.0) + ROAD

    def stop(self, node: Node, column: int, scene: Scene, theme: Theme) -> Stop:
        width, height = card_size(node, scene, theme)
        return Stop(node.id, column, height, width / 2, width / 2)

    def between(self, road: Road, column: int, scene: Scene, theme: Theme) -> Stop | None:
        stop = super().between(road, column, scene, theme)
        if stop is None or stop.kind != "label":
            return stop
        texts = [scene.text(text, theme.edge_size, theme.ink) for text in road.texts]
        left, right = (text.width + 2 * AIR if text.text else 0.0 for text in texts)
        half = road.half + theme.weight_line(road.edge.weight)[1] / 2
        return replace(stop, width=max(text.height for text in texts) + 2 * AIR, above=half + left, below=half + right)

    def forward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        yield from _turned(super().forward(road, lattice))
        colour = lattice.theme.weight_line(road.edge.weight)[0]
        yield from _beside(road, road.edge.label, colour, lattice, -1)
        yield from _beside(road, road.edge.gradient, lattice.theme.gradient, lattice, 1)

    def backward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        yield from _turned(super().backward(road, lattice))
        yield from _beside(road, road.edge.slope, lattice.theme.gradient, lattice, 1)

    def card(self, node: Node, stop: Stop, lattice: Lattice) -> Iterator[Shape]:
        half = stop.width / 2
        yield from super().card(
            node, replace(stop, x=stop.y, y=stop.x, width=stop.height, above=half, below=half), lattice
        )


def _turned(shapes: Iterator[Shape]) -> Iterator[Shape]:
    """Lines with their axes exchanged, without texts."""
    for shape in shapes:
        match shape:
            case Box():
                yield replace(shape, x=shape.y, y=shape.x)
            case Curve() | Head():
                yield replace(shape, points=tuple((y, x) for x, y in shape.points))


def _beside(road: Road, text: str | None, colour: str, lattice: Lattice, side: int) -> Iterator[Text]:
    """A text left or right of its road, where that is straight."""
    if text:
        line = lattice.scene.text(text, lattice.theme.edge_size, colour)
        lane = (LANE if road.two_way else 0.0) + lattice.theme.weight_line(road.edge.weight)[1] / 2
        label = road.stops[-2]
        yield line.at(label.y + side * (lane + AIR + line.width / 2), label.x)
