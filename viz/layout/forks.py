"""Where wires from one card part: before what stands between their ways to their heads, where fewer cross then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from viz.layout.crossings import Columns, faults, places, sifted
from viz.layout.lattice import Lattice, Stop


def forked(lattice: Lattice) -> Lattice:
    """A lattice that has been arranged; or one in which wires part a column earlier, if fewer roads cross there."""
    least = faults(lattice, lattice.columns)
    if not least or not lattice.style.sifts:
        return lattice
    other = lattice.copy()
    columns = _apart(other)
    other.columns = _joined(other, sifted(other, columns, places(columns)))
    return other if faults(other, other.columns) < least else lattice


def _apart(lattice: Lattice) -> Columns:
    """The columns with a stop for each head where its wire passes last, below the one for what goes on."""
    own: dict[str, dict[str, Stop]] = defaultdict(dict)
    for road in lattice.roads:
        if road.between:
            last = road.between[-1]
            stop = own[last.id].setdefault(road.head.id, replace(last, id=f"{last.id}>{road.head.id}"))
            road.between = [*road.between[:-1], stop]
    used = {stop.id for road in lattice.roads for stop in road.between}
    columns = [[each for stop in column for each in (stop, *own[stop.id].values())] for column in lattice.columns]
    return [[stop for stop in column if stop.kind == "card" or stop.id in used] for column in columns]


def _joined(lattice: Lattice, columns: Columns) -> Columns:
    """The columns with one stop for wires from one card that pass side by side."""
    tails = {stop.id: road.tail.id for road in lattice.roads for stop in road.between}
    first: dict[str, Stop] = {}
    for above, below in (pair for column in columns for pair in pairwise(column)):
        if below.id in tails and tails[below.id] == tails.get(above.id):
            first[below.id] = first.get(above.id, above)
    for road in lattice.roads:
        road.between = [first.get(stop.id, stop) for stop in road.between]
    return [[stop for stop in column if stop.id not in first] for column in columns]
