"""A picture to be filled in: an exercise's graph, blanks where its answers would stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograd.passes.exercises import BLANK, Exercise
from autograd.passes.marking import asked
from viz.drawing import Drawing
from viz.graph.build import build
from viz.graph.scene import Edge, Node, Scene

OPTIONS = ("direction", "level", "names", "parameters", "digits")


def draw_exercise(exercise: Exercise, **options: Any) -> Drawing:
    """The picture of an exercise's graph with blanks for what it asks.

    Args:
        exercise: what `autograd.exercise` made.
        options: those of `draw`.

    Returns:
        A Drawing. Where gradients are asked, arrows name the local slopes and leave their numbers out.

    Example:
        >>> from autograd import exercise
        >>> picture = draw_exercise(exercise("a = 5; b = 3; u = a*b; J = 2*u"))
        >>> "∂J/∂a = ____" in picture.svg, "∂u/∂a = b" in picture.svg
        (True, False)
    """
    scene = build(exercise.output, **{name: options.pop(name) for name in OPTIONS if name in options})
    return Drawing(blanked(scene, exercise), **options)


def blanked(scene: Scene, exercise: Exercise) -> Scene:
    """The scene without the answers: values and gradients that are asked, and the slopes that tell them."""
    asks = {asked(step) for step in exercise.hidden}
    slopes = any(step.phase == "backward" for step in exercise.hidden)
    gradients = {step.phase for step in exercise.hidden} != {"forward"}
    nodes = tuple(_node(node, asks, gradients) for node in scene.nodes)
    edges = tuple(_edge(edge) if slopes else replace(edge, slope=None) for edge in scene.edges)
    return replace(scene, nodes=nodes, edges=edges)


def _node(node: Node, asks: set[str], gradients: bool) -> Node:
    blank = BLANK["unicode"]
    value = blank if node.title.partition(" = ")[0] in asks else node.value
    name = (node.gradient or "").partition(" = ")[0]
    gradient = node.gradient if gradients else None
    if name in asks:
        gradient = f"{name} = {blank}"
    return replace(node, value=value, gradient=gradient)


def _edge(edge: Edge) -> Edge:
    name, equals, _ = (edge.slope or "").partition(" = ")
    return replace(edge, slope=edge.slope and (name if equals else BLANK["unicode"]))
