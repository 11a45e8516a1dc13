"""The order in the columns: of a few candidates, Graphviz's among them, the one in which the fewest roads cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from viz.layout import engines
from viz.layout.crossings import Columns, faults, places, price, sifted
from viz.layout.lattice import Lattice, Stop


def arrange(lattice: Lattice, engine: engines.Engine) -> None:
    """Put the stops into the columns, in their order from the top."""
    best, least = None, 0
    for candidate in _candidates(lattice, engine):
        crossed = faults(lattice, candidate)
        if best is None or crossed < least:
            best, least = candidate, crossed
        if not least:
            break
    lattice.columns = best or []


def _candidates(lattice: Lattice, engine: engines.Engine) -> Iterator[Columns]:
    first = _depth_first(lattice)
    if not lattice.style.sifts:
        yield from _first_candidates(lattice, first, engine)
        return
    for candidate in _first_candidates(lattice, first, engine):
        yield from _sifted(lattice, candidate, places(first))


def sketched(lattice: Lattice) -> Iterator[Columns]:
    """The candidates that need no engine."""
    first = _depth_first(lattice)
    yield from _sifted(lattice, _settled(lattice, first), places(first))


def _sifted(lattice: Lattice, columns: Columns, wished: dict[str, int]) -> Iterator[Columns]:
    """Sifted as they are, and upside down; what that has turned over is turned back where it may be."""
    yield sifted(lattice, columns, wished)
    turned = sifted(lattice, _upside_down(columns), wished)
    back = sifted(lattice, _upside_down(turned), wished)
    yield back if faults(lattice, back) <= faults(lattice, turned) else turned


def _upside_down(columns: Columns) -> Columns:
    return [column[::-1] for column in columns]


def _first_candidates(lattice: Lattice, first: Columns, engine: engines.Engine) -> Iterator[Columns]:
    yield _settled(lattice, first)
    for ordering in ("ordering=in;", ""):
        source = _source(lattice, first, ordering)
        found = {each["name"]: -int(each["order"]) for each in engines.place(source, engine)["objects"]}
        yield _settled(lattice, [sorted(column, key=lambda stop: found.get(stop.id, 0)) for column in first])


def _depth_first(lattice: Lattice) -> Columns:
    """From the outputs back, operands in their order; in the first column the leaves as they are wished."""
    columns: Columns = [[] for _ in lattice.columns]
    seen: dict[str, Stop] = {}

    def visit(card: Stop) -> None:
        seen[card.id] = card
        for road in sorted(lattice.into.get(card.id, ()), key=lattice.operand_order):
            if road.tail.id not in seen:
                visit(road.tail)
            for stop in road.between:
                if stop.id not in seen:
                    seen[stop.id] = stop
                    columns[stop.column].append(stop)
        columns[card.column].append(card)

    for card in lattice.cards.values():
        if not lattice.out_of.get(card.id):
            visit(card)
    wished = [lattice.cards[leaf] for leaf in lattice.scene.column if not lattice.cards[leaf].column]
    leaves, following = set(map(id, wished)), iter(wished)
    columns[0] = [next(following) if id(stop) in leaves else stop for stop in columns[0]]
    return columns


def _settled(lattice: Lattice, columns: Columns) -> Columns:
    """Between columns of cards, roads in the order of where they go to, then of where they come from."""
    place = places(columns[::2])
    between: dict[int, list[tuple[int, int, int, Stop]]] = defaultdict(list)
    for i, road in enumerate(lattice.roads):
        for before, stop, after in zip(road.stops, road.between, road.stops[2:], strict=False):
            if stop.column % 2:
                between[stop.column].append((place[after.id], place[before.id], i, stop))
    odd = {column: [stop for *_, stop in sorted(rows, key=lambda row: row[:3])] for column, rows in between.items()}
    return [odd.get(i, []) if i % 2 else list(column) for i, column in enumerate(columns)]


def _source(lattice: Lattice, columns: Columns, ordering: str) -> str:
    """The cards and the roads beside them as DOT; a road that costs more is drawn more often."""
    lines = [f"digraph{{rankdir=LR;splines=none;phase=2;{ordering}"]
    lines += ['node[shape=box,fixedsize=true,label=""];edge[dir=none]']
    lines += [f'"{stop.id}"' for column in columns[::2] for stop in column]
    for road in sorted(lattice.roads, key=lattice.operand_order):
        for a, b in pairwise(stop for stop in road.stops if not stop.column % 2):
            lines += [f'"{a.id}"->"{b.id}"'] * price(lattice, road)
    return "\n".join(lines) + "}"
