"""What is wrong with an order in the columns: roads that cross, and names against their index; and a better order."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

from viz.layout.lattice import Lattice, Road, Stop

Columns = list[list[Stop]]
Place = tuple[int, int]  # in a column, and where a card's roads arrive in their operands' order, in that
Sides = dict[str, list[tuple[Stop, Road]]]  # of each stop what is joined to it in the column before, or behind

AGAINST = 6  # what x₂ above x₁ costs, in crossings of two leaves' roads


def faults(lattice: Lattice, columns: Columns) -> int:
    """How often roads cross, and names stand against the order of their index."""
    return crossings(lattice, columns) + sum(
        against(lattice, *pair) for column in columns[::2] for pair in combinations(column, 2)
    )


def against(lattice: Lattice, above: Stop, below: Stop) -> int:
    """What it costs that one stands above the other, as x₂ above x₁."""
    one, two = lattice.indexed.get(above.id), lattice.indexed.get(below.id)
    return AGAINST * bool(one and two and one[0] == two[0] and one[1] > two[1])


def crossings(lattice: Lattice, columns: Columns) -> int:
    """How often roads cross between columns; each crossing by the price of both roads."""
    place = places(columns)
    pieces: dict[tuple[int, int], dict[tuple[int, Place], int]] = defaultdict(dict)  # what several roads share is one
    for tail, head, road in lattice.links():
        ends = place[tail.id], arrival(place, head, road)
        pieces[tail.column, head.column][ends] = price(lattice, road)
    total = 0
    for column in pieces.values():
        for ((a, b), one), ((c, d), two) in combinations(column.items(), 2):
            total += one * two * (a != c and b != d and (a < c) != (b < d))
    return total


def arrival(place: dict[str, int], head: Stop, road: Road) -> Place:
    """Where a piece of a road ends in its column; at a card by its turn."""
    return place[head.id], road.turn * (head is road.head)


def price(lattice: Lattice, road: Road) -> int:
    """What a crossing of the road costs: more with two lanes; more from a result, so that a neuron stays together."""
    return (1 + road.two_way) * (1 + bool(lattice.into.get(road.tail.id)))


def sifted(lattice: Lattice, columns: Columns, wished: dict[str, int]) -> Columns:
    """Neighbours change places while fewer roads cross then, or as few and they come to stand in the wished order."""
    columns, place = [list(column) for column in columns], places(columns)
    sides: tuple[Sides, Sides] = defaultdict(list), defaultdict(list)
    for tail, head, road in {(a.id, b.id, road.turn): (a, b, road) for a, b, road in lattice.links()}.values():
        sides[0][head.id].append((tail, road))
        sides[1][tail.id].append((head, road))

    def crossed(above: Stop, below: Stop) -> int:
        pairs = (pair for side in sides for pair in product(side[above.id], side[below.id]))
        return against(lattice, above, below) + sum(
            price(lattice, one) * price(lattice, two)
            for (a, one), (b, two) in pairs
            if arrival(place, a, one) > arrival(place, b, two)
        )

    settled = False
    while not settled:
        settled = True
        for column, i in [(stops, i) for stops in columns for i in range(len(stops) - 1)]:
            a, b = column[i : i + 2]
            if (crossed(b, a), wished[b.id]) < (crossed(a, b), wished[a.id]):
                column[i : i + 2] = b, a
                place[a.id], place[b.id] = i + 1, i
                settled = False
    return columns


def places(columns: Columns) -> dict[str, int]:
    return {stop.id: i for column in columns for i, stop in enumerate(column)}
