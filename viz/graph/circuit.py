"""What a circuit says: operations by their signs, values and gradients by their numbers, a wire an operand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from autograd import Value
from autograd.core.op import OPS
from autograd.core.value import operands, slopes
from autograd.language.formula import chain
from autograd.language.names import handed_on
from autograd.language.signs import commutes, operation_sign
from viz.graph.cards import closed
from viz.graph.scene import Edge, Node
from viz.graph.view import View


def circuit(view: View) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """The nodes, and a wire for each operand, from the first to the last."""
    nodes = [z for z in view.kept if _wire(view, z) is z]
    ends = [(_wire(view, x), z, k) for z in nodes for k, x in enumerate(_operands(z)) if id(x) in view.ids]
    first = {id(x): i for i, (x, *_) in reversed(list(enumerate(ends)))}
    uses = _uses(view)
    wires = (
        Edge(
            f"e{i}", view.ids[id(x)], view.ids[id(z)], operand=k,
            again=None if x.op or i == first[id(x)] else _again(view, x, (z, k), uses[id(z), k]),
        )
        for i, (x, z, k) in enumerate(ends)
    )  # fmt: skip
    return tuple(_node(view, z) for z in nodes), tuple(wires)


def _operands(z: Value) -> list[Value]:
    """The operands that a wire comes from: constants stand in the sign."""
    return [x for x in operands(z) if isinstance(x, Value)]


def _wire(view: View, z: Value) -> Value:
    """The node whose wire carries z: z itself, or what z is if only 0 was added to it and nobody gave that a name."""
    while not view.is_named(z) and z is not view.output and (x := handed_on(z)) is not None and id(x) in view.ids:
        z = x
    return z


def _uses(view: View) -> dict[tuple[int, int], int]:
    """Of each operand which use it is of what its wire comes from, in the whole graph: 1, 2, 3, …"""
    whole, count, numbers = replace(view, chosen=None), Counter[int](), dict[tuple[int, int], int]()
    for z in (z for z in whole.kept if _wire(whole, z) is z):
        for k, x in enumerate(_operands(z)):
            count[id(_wire(whole, x))] += 1
            numbers[id(z), k] = count[id(_wire(whole, x))]
    return numbers


def _again(view: View, x: Value, place: tuple[Value, int], use: int) -> Node | None:
    """A leaf x as it is drawn again for one use, x⁽²⁾ with its share of the gradient; None if that is another's name.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 10.2.2: w⁽²⁾ is w in its second use.
    """
    z, k = place
    name = f"{view.labels[x]}^({use})"
    if view.labels[x].endswith(")") or name in map(view.labels.__getitem__, view.structure.graph):
        return None
    slope = [slope for y, slope in zip(operands(z), slopes(z), strict=True) if isinstance(y, Value)][k]
    share, gradient = view.gradients.get(id(z)), view.mark("—")
    if reached := share is not None and slope is not None:
        gradient = view.number(share * slope)
    leaf, shown = _node(view, x), gradient if view.gradients else None
    return replace(leaf, id=f"{leaf.id}u{use}", title=view.symbol(name), gradient=shown, reached=reached)


def _node(view: View, z: Value) -> Node:
    return Node(
        view.ids[id(z)],
        view.role(z),
        _name(view, z),
        view.number(z.data, given=not z.op),
        _gradient(view, z) if view.gradients else None,
        id(z) in view.gradients,
        operation=(operation_sign(z, view.labels), operation_sign(z, view.labels, "latex")) if z.op else ("", ""),
        wires=len(_operands(z)),
        ordered=bool(z.op) and not commutes(OPS[z.op]),
        lent=not view.is_named(z) and id(z) not in view.aliases,
        asked=(view.symbol(view.labels[z]), view.derivative(z)),
    )


def _name(view: View, z: Value) -> str:
    """What it is called, if it is, and which derivative it is besides."""
    names = [view.labels[z]] if view.called or view.is_named(z) else []
    return chain(*map(view.symbol, [*names, *filter(None, [view.aliases.get(id(z))])] or [""]))


def _gradient(view: View, z: Value) -> str:
    """∂J/∂z as a number, in front of it a formula if it is wished; a dash where no gradient arrives."""
    if id(z) not in view.gradients:
        return view.mark("—")
    return chain(*closed(view, z), view.number(view.gradients[id(z)]))
