"""What stands on each card: formula, value and gradient; of several nodes a row each."""

from __future__ import annotations

import re
from contextlib import suppress

from autograd import DrawingError, LengthError, Value, closed_form
from autograd.core.notation import ATOM
from autograd.core.op import OPS
from autograd.core.value import operands
from autograd.language.formula import chain
from autograd.language.names import Labels, indexed
from viz.graph.levels import Group
from viz.graph.scene import Node
from viz.graph.view import LONGEST_TITLE, View, stems

MOST_ENTRIES = 8  # rows of a card that stands for several nodes; of more, the first, … and the last
MOST_OF_A_BATCH = 4  # the same of a card for the samples of a batch
MOST_SYMBOLS = 40  # gradients that are written in symbols


def card(view: View, z: Value, i: str) -> Node:
    """The card i, of a node: a leaf's name, or how it is made."""
    name = view.symbol(view.labels[z])
    title = _title(view, z, name) if z.op else name
    gradient = _gradient(view, z) if view.gradients and view.has_gradient(z) else None
    reached = id(z) in view.gradients
    if id(z) in view.aliases:
        gradient, reached = "= " + view.symbol(view.aliases[id(z)]), True
    return Node(i, view.role(z), title, view.number(z.data, given=not z.op), gradient, reached)


def _title(view: View, z: Value, name: str) -> str:
    """`L = −log(a)`, or where that is too long for a card, `L(a, y)`."""
    inside = view.spans.inside(z)
    if terms := view.words.written(inside):
        formula = terms[id(z)][0]
        if view.decide(("title", id(z)), len(formula) <= LONGEST_TITLE):
            return chain(name, formula)
    names = dict.fromkeys(view.symbol(view.labels[x]) for x in view.spans.around(inside))
    call = f"{name}({', '.join(names)})"
    return call if view.decide(("call", id(z)), len(call) <= LONGEST_TITLE) else f"{name}({view.mark('…')})"


def _gradient(view: View, z: Value) -> str:
    """∂J/∂b = 3 · c = 6, or a dash where no gradient arrives."""
    if id(z) not in view.gradients:
        return chain(view.derivative(z), view.mark("—"))
    return chain(view.derivative(z), *closed(view, z), view.number(view.gradients[id(z)]))


def closed(view: View, z: Value) -> list[str]:
    """∂J/∂z as a simplified formula, if wished and short enough for a card; looked for once, in both dialects."""
    forms = view.forms
    if forms is None:
        return []
    if id(z) not in forms:
        forms[id(z)] = None
        if len(forms) > MOST_SYMBOLS:
            raise DrawingError(f"More than {MOST_SYMBOLS} gradients in symbols take long. Take symbols=False.")
        own = Labels(view.structure.graph)  # the formula's letters, which have to be the picture's
        alike = all(own[x] == view.labels[x] for x in view.structure.graph if x is z or not x.op)
        with suppress(LengthError):
            form = closed_form(view.output, wrt=z)
            if alike and len(form.unicode) <= LONGEST_TITLE:
                forms[id(z)] = form.unicode, form.latex
    form_of_z = forms[id(z)]
    return [form_of_z[view.dialect == "latex"]] if form_of_z else []


def group_card(view: View, group: Group) -> Node:
    """A card for several nodes: what they are, how many, then a row each; of many the first, … and the last."""
    nodes, first = group.nodes, group.nodes[0]
    if len(nodes) > (MOST_OF_A_BATCH if view.samples(group) else MOST_ENTRIES):
        nodes = [*nodes[:3], nodes[-1]]
    names = [re.sub(r"\^\[\w+\]", "", indexed(view.labels[z])) for z in nodes]  # the title says which layer it is
    entries = [
        (chain(view.symbol(name), view.brief(z.data)), _partial(view, z)) for name, z in zip(names, nodes, strict=True)
    ]
    if len(nodes) < len(group.nodes):
        dots = view.mark("…")
        entries.insert(3, (dots, dots if entries[0][1] else ""))
    title, size = TITLES[group.kind](view, group)
    return Node(view.ids[id(first)], view.role(first), title, size, None, True, tuple(entries))


def _size(view: View, group: Group, shape: str = "") -> str:
    """How many values or samples a card stands for; of a layer the shape of its weights, and how many samples."""
    count = view.samples(group)
    if shape:
        return shape + (view.text(f", {count} samples") if count else "")
    return view.text(f"{count} samples" if count else f"{len(group.nodes)} values")


def _partial(view: View, z: Value) -> str:
    """A node's gradient in its row: the number alone, as a row says whose it is."""
    if not view.gradients or not view.has_gradient(z):
        return ""
    gradient = view.gradients.get(id(z))
    return view.mark("∂") + (view.mark("—") if gradient is None else view.brief(gradient))


def _layer_title(view: View, group: Group) -> tuple[str, str]:
    """A layer's formula and the shape of its weights."""
    neuron = group.neurons[0]
    result, total = neuron.result, neuron.sums[0]
    w, b, z, a = (view.symbol(f"{letter}^[{neuron.above}]") for letter in "Wbza")
    rows = {id(n.sums[0].weights[0][0]) for n in group.neurons}  # a batch uses each neuron's weights again
    shape = _size(view, group, f"{w}: {len(rows)}{view.mark('×')}{len(total.weights)}")
    if result is total.root:
        bias = f" + {b}" if total.biases else ""
        return chain(z, f"{w}{view.mark('·')}{_source(view, group)}{bias}"), shape
    sums = view.structure.sums
    terms = [(z, ATOM) if id(x) in sums else view.labels.term(x, view.dialect) for x in operands(result)]
    return chain(a, OPS[result.op].write(view.dialect, terms)[0]), shape


def _group_title(view: View, group: Group) -> tuple[str, str]:
    """The common name of leaves, or the first and last one's; and how many they are."""
    names, size = [view.labels[z] for z in group.nodes], _size(view, group)
    own = {*map(id, group.nodes)}
    others = stems(view.labels[z] for z in view.kept if not z.op and id(z) not in own)
    if group.kind == "leaves" and len(stems(names)) == 1 and stems(names)[0] not in others:
        return view.symbol(*stems(names)), size
    return f"{view.symbol(names[0])}, {view.mark('…')}, {view.symbol(names[-1])}", size


def _sample_title(view: View, group: Group) -> tuple[str, str]:
    """How the node is made in any sample; and how many samples there are."""
    return card(view.generic, group.nodes[0], "").title, _size(view, group)


TITLES = {"layer": _layer_title, "samples": _sample_title, "leaves": _group_title, "run": _group_title}


def _source(view: View, group: Group) -> str:
    """What a layer's weights are multiplied with: the card of the layer before, or its inputs."""
    inputs = {view.ids.get(id(x)): x for n in group.neurons for total in n.sums for _, x in total.weights}
    if len(inputs) == 1:
        [(card, x)] = inputs.items()
        if card in view.groups:
            return view.symbol(*stems([view.labels[view.groups[card].nodes[0]]]))
        return view.symbol(view.labels[x])
    names = stems(view.labels[x] for x in inputs.values())
    return view.symbol(names[0] if len(names) == 1 else "x")
