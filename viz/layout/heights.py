"""How high everything stands: Graphviz straightens the roads, the order in the columns is pinned.

Its coordinates are whole numbers, so that all lengths go in five times as large. A card is a record whose
fields are lines of 1.2 points: ports are at lines, the lines between are fillers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from viz.layout import engines
from viz.layout.lattice import APART, Lattice, Road, Stop
from viz.shapes import INCH

SCALE = 5  # of Graphviz' units in a point
LINE = 1.2  # points: a line of text of that many of its units
UNITS = LINE * SCALE
WEIGHT, NEAR, CHAIN = 20, 2, 3  # of a road's straightness: plain, beside its label's card, along a chain


def lift(lattice: Lattice, engine: engines.Engine) -> None:
    """Set the ports, and every stop's y."""
    _set_ports(lattice)
    stops = {stop.id: stop for column in lattice.columns for stop in column}
    for placed in engines.place(_source(lattice), engine)["objects"]:
        if (stop := stops.get(placed["name"])) is not None:
            stop.y = -float(placed["pos"].split(",")[1]) / SCALE + (_middle(stop) if stop.kind == "label" else 0.0)


# ── ports ─────────────────────────────────────────────────────────────────────────────────────────


def _set_ports(lattice: Lattice) -> None:
    """Where roads arrive and leave: in the order in which they come, on lines."""
    place = {stop.id: i for column in lattice.columns for i, stop in enumerate(column)}
    for card, roads in lattice.into.items():
        roads.sort(key=lambda road: (road.turn, place[road.stops[-2].id], lattice.order[road.tail.id]))
        lattice.style.arrive(lattice.cards[card], roads)
    for card, roads in lattice.out_of.items():
        roads.sort(key=lambda road: (place[road.stops[1].id], lattice.order[road.head.id]))
        lattice.style.leave(lattice.cards[card], roads)
    for road in lattice.roads:
        road.in_port, road.out_port = _on_line(road.head, road.in_port), _on_line(road.tail, road.out_port)


def _lines(stop: Stop) -> int:
    return max(1, math.ceil(stop.height / LINE))


def _port(card: Stop, offset: float) -> int:
    """The line of a port, counted from a card's top."""
    return min(max(round(offset / LINE + _lines(card) / 2 - 0.5), 0), _lines(card) - 1)


def _on_line(card: Stop, offset: float) -> float:
    return 0.0 if card.kind == "pass" else (_port(card, offset) + 0.5 - _lines(card) / 2) * LINE


def _middle(label: Stop) -> float:
    """How far a label's road is below the middle of its lines."""
    return (round(label.above / LINE - 0.5) + 0.5 - _lines(label) / 2) * LINE


# ── DOT ───────────────────────────────────────────────────────────────────────────────────────────


def _pad(lattice: Lattice) -> int:
    """Lines above and below a card, which keep cards further apart than roads."""
    return math.ceil((lattice.style.free - APART) / 2 / LINE)


def _source(lattice: Lattice) -> str:
    lines = [
        f"digraph{{rankdir=LR;splines=none;ranksep=1;nodesep={APART * SCALE / INCH:.4f};"
        f'node[shape=record,fixedsize=true,margin=0,fontsize={SCALE},fontname=Helvetica,label=""];edge[dir=none]'
    ]
    lines += [_node(lattice, stop) for column in lattice.columns for stop in column]
    for a, b, road in sorted(lattice.links(), key=lambda link: lattice.operand_order(link[2])):
        weight = _weight(lattice, a, b, road)
        lines.append(f'"{a.id}"{_tail_port(a, road)}->"{b.id}"{_head_port(b, road)}[weight={weight}]')
    for column in lattice.columns:
        if len(column) > 1:
            lines.append(f"{{rank=same;{'->'.join(_quoted(column))}[weight=1,style=invis]}}")
    return "\n".join(lines) + "}"


def _quoted(stops: Iterable[Stop]) -> Iterator[str]:
    return (f'"{stop.id}"' for stop in stops)


def _node(lattice: Lattice, stop: Stop) -> str:
    size = f"width={max(stop.width, 1.0) * SCALE / INCH:.4f}"
    if stop.kind == "pass":
        return f'"{stop.id}"[shape=box,{size},height={stop.height * SCALE / INCH:.4f}]'
    count, pad = _lines(stop), _pad(lattice)
    if stop.kind == "label":
        label = _fields(count, {"p": round(stop.above / LINE - 0.5)})
    else:
        count += 2 * pad
        into = {f"i{line}": line + pad for line in (_port(stop, r.in_port) for r in lattice.into.get(stop.id, ()))}
        out = {f"o{line}": line + pad for line in (_port(stop, r.out_port) for r in lattice.out_of.get(stop.id, ()))}
        label = f"{{{{{_fields(count, into)}}}|{{{_fields(count, out)}}}}}"
    return f'"{stop.id}"[{size},height={count * UNITS / INCH:.4f},label="{label}"]'


def _fields(count: int, ports: dict[str, int]) -> str:
    """A record's column of so many lines, a field for each port and for what is between; no field may be empty."""
    fields, done = [], 0
    for port, line in sorted(ports.items(), key=lambda item: item[1]):
        fields += [_filler(line - done)] if line > done else []
        fields.append(f"<{port}> i")
        done = line + 1
    return "|".join([*fields, *([_filler(count - done)] if count > done else [])])


def _filler(lines: int) -> str:
    return r"\n".join("i" * lines)


def _tail_port(stop: Stop, road: Road) -> str:
    return {"card": f":o{_port(stop, road.out_port)}:e", "label": ":p:e"}.get(stop.kind, "")


def _head_port(stop: Stop, road: Road) -> str:
    return {"card": f":i{_port(stop, road.in_port)}:w", "label": ":p:w"}.get(stop.kind, "")


def _weight(lattice: Lattice, a: Stop, b: Stop, road: Road) -> int:
    """How much a piece of a road wants to be straight: beside its label's card more, along a chain of results most."""
    into, out = lattice.into, lattice.out_of
    weight = WEIGHT
    if (a.kind == "label" and b is road.head) or (b.kind == "label" and a is road.tail and len(out[a.id]) == 1):
        weight *= NEAR
    results = sum(bool(into.get(other.tail.id)) for other in into[road.head.id])
    if len(out[road.tail.id]) == 1 and into.get(road.tail.id) and results == 1:
        weight *= CHAIN
    return weight
