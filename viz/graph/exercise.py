"""A picture to be filled in: an exercise's graph, blanks where its answers would stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from autograd.passes.exercises import BLANK, Exercise
from autograd.passes.marking import asked
from viz.graph.scene import Edge, Node, Scene


def blanked(scene: Scene, exercise: Exercise) -> Scene:
    """The scene without the answers: values and gradients that are asked, and the slopes that tell them."""
    asks = {asked(step) for step in exercise.hidden}
    slopes = any(step.phase == "backward" for step in exercise.hidden)
    gradients = {step.phase for step in exercise.hidden} != {"forward"}
    nodes = tuple(_node(node, asks, gradients) for node in scene.nodes)
    edges = tuple(_edge(edge) if slopes else replace(_edge(edge), slope=None, gradient=None) for edge in scene.edges)
    return replace(scene, nodes=nodes, edges=edges, latex={**scene.latex, **dict(_typeset(scene.latex))})


def _typeset(latex: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each name as it stands without its number, and in front of a blank, with its LaTeX."""
    blank, rule = BLANK["unicode"], BLANK["latex"]
    yield blank, rule
    for text, formula in latex.items():
        name, in_latex = _name(text), _name(formula)
        if name != text:
            yield from ((name, in_latex), (f"{name} = {blank}", f"{in_latex} = {rule}"))


def _node(node: Node, asks: set[str], gradients: bool) -> Node:
    blank = BLANK["unicode"]
    in_circuit = any(node.asked)
    own, name = node.asked if in_circuit else (_name(node.title), _name(node.gradient or ""))
    value = blank if own in asks else node.value
    gradient = node.gradient if gradients else None
    if name in asks:
        gradient = blank if in_circuit else f"{name} = {blank}"
    return replace(node, value=value, gradient=gradient)


def _edge(edge: Edge) -> Edge:
    again = edge.again and replace(edge.again, gradient=None)  # a leaf's share, where gradients are asked
    return replace(edge, slope=_unanswered(edge.slope), gradient=_unanswered(edge.gradient), again=again)


def _unanswered(text: str | None) -> str | None:
    """The name on an arrow without its number, or where there is no name a blank."""
    return text and (_name(text) if _name(text) != text else BLANK["unicode"])


def _name(text: str) -> str:
    """What stands before the first equals sign."""
    return re.split(r" (?:=|≈|\\approx) ", text, maxsplit=1)[0]
