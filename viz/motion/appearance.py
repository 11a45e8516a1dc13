"""How cards and arrows look after a step: what is not known yet is "…", what the step is about stands out."""

from __future__ import annotations

from dataclasses import replace

from viz.graph.scene import Node
from viz.motion.timeline import Passes
from viz.shapes import Box, Curve, Group, Head, Shape, Text
from viz.theme import Theme

LATER = "…"  # in place of a number that is not computed yet


class Appearance:
    """How cards and arrows look after a step."""

    def __init__(self, both: Passes, theme: Theme, at: int) -> None:
        nodes, steps = both.scene.nodes, both.steps
        done = {(phase, nodes[i].id) for phase, i in steps[: at + 1]}
        self.theme, self.phase, self.current = theme, steps[at][0], nodes[steps[at][1]].id
        self.nodes = {node.id: node for node in nodes}
        results = {nodes[i].id for phase, i in steps if phase == "forward"}
        self.known = {node.id for node in nodes if node.id not in results or ("forward", node.id) in done}
        self.reached = {node.id for node in nodes if ("backward", node.id) in done}
        self.last = at == len(steps) - 1
        self.edges = {edge.id: edge for edge in both.scene.edges}

    def group(self, group: Group) -> Group | None:
        """A card or an arrow as it looks now; None while it is not there."""
        if group.kind == "node":
            return self._card(group, self.nodes[group.id])
        edge = self.edges.get(group.id)
        if edge is None:
            return group
        if group.kind == "backward" and edge.tail not in self.reached:
            return None
        end = edge.head if group.kind == "forward" else edge.tail
        return self._stressed(group) if (self.phase, self.current) == (group.kind, end) else group

    def _stressed(self, group: Group) -> Group:
        ink = self.theme.ink if group.kind == "forward" else self.theme.gradient
        stressed: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Curve():
                    shape = replace(shape, stroke=1.8 * shape.stroke, line=ink)
                case Head():
                    shape = replace(shape, fill=ink)
            stressed.append(shape)
        return replace(group, shapes=tuple(stressed))

    def _card(self, group: Group, node: Node) -> Group:
        theme, known = self.theme, node.id in self.known
        done = node.id in self.reached or (not node.reached and self.last)
        texts = iter((node.title, node.value if known else LATER, node.gradient if done else LATER))
        grey = iter((not known, not known, not done))
        shapes: list[Shape] = []
        for shape in group.shapes:
            match shape:
                case Text():
                    text, muted = next(texts), next(grey)
                    shape = replace(shape, text=text or "", colour=theme.muted if muted else shape.colour)
                case Box() if node.id == self.current:
                    shape = replace(shape, stroke=2.4 * shape.stroke)
                case Box() if not known:
                    shape = replace(shape, fill=theme.background, line=theme.forward)
                case Curve() if not known:
                    shape = replace(shape, line=theme.forward)
            shapes.append(shape)
        return replace(group, shapes=tuple(shapes))
