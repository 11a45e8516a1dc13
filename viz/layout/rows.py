"""Rows as on a typewriter: a wide picture is cut after columns of cards, and its roads go back through the gutters.

Each row is a lattice of its own: roads from the row before enter it on the left, roads to the next one leave it
on the right. The engine places it once more, with the order in its columns pinned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

from viz.graph.scene import Rows
from viz.layout import engines
from viz.layout.heights import lift
from viz.layout.lanes import RADIUS, spread
from viz.layout.lattice import APART, Lattice, Road, Station, Stop

GROWTH = 1.15  # how much larger each further row has to make the text, under "auto", if not large enough
WIDEST = 86.0  # points between two rows, under "auto": two roads of two lanes pass, or five wires
MOST_COLUMNS = 60  # of cards: more are no slide
Size = tuple[float, float]
Bounds = tuple[float, float, float, float]  # left, top, right, bottom


def wrapped(lattice: Lattice, engine: engines.Engine, rows: Rows, page: Size, enough: float) -> Lattice:
    """A lattice that has been placed, in so many rows; under "auto" in as few as make it large enough on the page.

    Args:
        page: width and height, in points.
        enough: how large the page has to show a point so that every text can be read.
    """
    if rows != "auto":
        cuts = _cuts(lattice, rows, page, math.inf)[1]
        return _broken(lattice, cuts, engine) if cuts else lattice
    best, size = lattice, zoom(bounds(lattice), page)
    for count in (2, 3):
        promise, cuts = _cuts(lattice, count, page, WIDEST)
        if size < enough and promise >= min(GROWTH * size, enough):
            broken = _broken(lattice, cuts, engine)
            if zoom(bounds(broken), page) >= min(GROWTH * size, enough):
                best, size = broken, zoom(bounds(broken), page)
    return best


def promised(lattice: Lattice, rows: Rows, page: Size) -> float:
    """About how large the page shows it at most, in so many rows."""
    return _in_rows(lattice, zoom(bounds(lattice), page), rows, page)


def _in_rows(lattice: Lattice, one: float, rows: Rows, page: Size) -> float:
    """The largest that so many rows make it, by the columns alone, if one row shows it as large as `one`."""
    if rows != "auto":
        return _cuts(lattice, rows, page, math.inf)[0] or one
    return max(one, *(_cuts(lattice, count, page, WIDEST)[0] for count in (2, 3)))


def hoped(lattice: Lattice, rows: Rows, page: Size) -> float:
    """How large the page shows a lattice that was not arranged yet, at most: as if no road climbed."""
    stops = {stop.id: stop for stop in lattice.cards.values()}
    stops |= {stop.id: stop for road in lattice.roads for stop in road.between}
    lattice.columns = [[] for _ in lattice.columns]
    for stop in stops.values():
        lattice.columns[stop.column].append(stop)
    spread(lattice)
    one = zoom((0.0, 0.0, _width(lattice.columns), _height(lattice.columns)), page)
    return _in_rows(lattice, one, rows, page)


def bounds(lattice: Lattice) -> Bounds:
    """What its cards, texts and roads take, in points."""
    stops = [stop for column in lattice.columns for stop in column]
    back = [turn for road in lattice.roads for turn in road.back]
    left = min([*(stop.left for stop in stops), *(to for _, to, _ in back)])
    right = max([*(stop.right for stop in stops), *(start for start, _, _ in back)])
    return left, min(stop.top for stop in stops), right, max(stop.top + stop.height for stop in stops)


def zoom(box: Bounds, page: Size) -> float:
    """How large a page shows a point of it."""
    return min(page[0] / (box[2] - box[0]), page[1] / (box[3] - box[1]))


# ── where to cut ──────────────────────────────────────────────────────────────────────────────────


def _cuts(lattice: Lattice, count: int, page: Size, widest: float) -> tuple[float, tuple[int, ...]]:
    """The columns after which rows shall end so that they are large on the page, and about how large at most."""
    last = len(lattice.columns) - 1
    best: tuple[float, tuple[int, ...]] = (0.0, ())
    if count == 1 or last > 2 * MOST_COLUMNS:
        return best
    passing = {cut: _tracks(lattice, cut) for cut in range(0, last, 2)}
    places = [cut for cut in passing if _gutter(lattice, passing[cut]) <= widest]
    for cuts in combinations(places, count - 1):
        parts = [lattice.columns[first : end + 1] for first, end in _spans(cuts, last)]
        tracks = max(passing[cut] for cut in cuts)
        width = max(map(_width, parts)) + 2 * (RADIUS + lattice.style.gutter[1] * tracks)
        height = sum(map(_height, parts)) + sum(_gutter(lattice, passing[cut]) for cut in cuts)
        best = max(best, (zoom((0, 0, width, height), page), cuts))
    return best


def _tracks(lattice: Lattice, cut: int) -> int:
    """How many ways back a cut needs."""
    return len({_trunk(road) for road in lattice.roads if road.tail.column <= cut < road.head.column})


def _trunk(road: Road) -> str:
    """What passes a cut as one: a road; of single lanes from one card, all."""
    return road.edge.id if road.two_way or road.edge.weight is not None else road.tail.id


def _spans(cuts: Iterable[int], last: int) -> Iterator[tuple[int, int]]:
    """The first and the last column of each row.

    >>> list(_spans([2, 4], 8))
    [(0, 2), (3, 4), (5, 8)]
    """
    first = 0
    for end in (*cuts, last):
        yield first, end
        first = end + 1


def _gutter(lattice: Lattice, count: int) -> float:
    """The room between two rows where so many roads go back."""
    room, track = lattice.style.gutter
    return room + count * track


def _width(columns: list[list[Stop]]) -> float:
    stops = [stop for column in columns for stop in column]
    return max(stop.right for stop in stops) - min(stop.left for stop in stops)


def _height(columns: list[list[Stop]]) -> float:
    """What the fullest column needs."""
    return max(sum(stop.height for stop in column) + APART * (len(column) - 1) for column in columns)


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────


class _Row(Lattice):
    """Some columns of a lattice; `entries` and `exits` are where roads come from the row before, go to the next."""

    def __init__(self, whole: Lattice, first: int, last: int) -> None:
        self.scene, self.theme, self.style = whole.scene, whole.theme, whole.style
        self.first, self.last = first, last
        self.columns = [column if first <= i <= last else [] for i, column in enumerate(whole.columns)]
        self.cards = {key: card for key, card in whole.cards.items() if first <= card.column <= last}
        self.order = dict(whole.order)
        self.roads, self.into, self.out_of = [], defaultdict(list), defaultdict(list)
        self.entries: dict[str, Stop] = {}
        self.exits: dict[str, Road] = {}

    def take(self, road: Road) -> None:
        """A road of this row, or the piece of one between its gates."""
        self.roads.append(road)
        if road.tail.kind == "card":
            self.out_of[road.tail.id].append(road)
        if road.head.kind == "card":
            self.into[road.head.id].append(road)

    def gate(self, road: Road, column: int) -> Stop:
        """Where a road enters or leaves, at a margin."""
        stop = Stop(f"{road.edge.id}@{column}", column, 0.0, road.half, road.half, "pass")
        self.columns[column].append(stop)
        self.order[stop.id] = self.order[road.head.id]
        return stop

    def move(self, dx: float, dy: float) -> None:
        for stop in (stop for column in self.columns for stop in column):
            stop.x, stop.left, stop.right, stop.y = stop.x + dx, stop.left + dx, stop.right + dx, stop.y + dy


def _broken(lattice: Lattice, cuts: tuple[int, ...], engine: engines.Engine) -> Lattice:
    """A copy in rows that end with these columns, each placed anew, one below the other."""
    whole = lattice.copy()
    rows = [_Row(whole, first, last) for first, last in _spans(cuts, len(whole.columns) - 1)]
    for road in whole.roads:
        _divide(road, rows)
    for above, row in pairwise(rows):
        _order_gates(above, row)
    for row in rows:
        lift(row, engine)
        spread(row)
    for road in whole.roads:
        if road.pieces:
            road.out_port, road.in_port = road.pieces[0].out_port, road.pieces[-1].in_port
    _stack(rows)
    _lead_back(whole.roads, rows)
    return whole


def _divide(road: Road, rows: list[_Row]) -> None:
    """Give each row the piece of the road that lies in it."""
    key, tail = _trunk(road), road.tail
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if not row.first - 1 <= tail.column <= row.last:
            continue
        between = [stop for stop in road.between if row.first <= stop.column <= row.last]
        if following is None or road.head.column <= row.last:
            if road.pieces:
                road.pieces.append(Road(road.edge, tail, road.head, between))
            row.take(road.pieces[-1] if road.pieces else road)
            return
        if key in row.exits:
            for stop in between:
                if stop not in row.exits[key].between:
                    row.columns[stop.column].remove(stop)
        else:
            row.exits[key] = Road(road.edge, tail, row.gate(road, row.last + 1), between)
            row.take(row.exits[key])
            following.entries[key] = following.gate(road, following.first - 1)
        road.pieces.append(row.exits[key])
        tail = following.entries[key]


def _order_gates(above: _Row, row: _Row) -> None:
    """Roads leave and enter in the order in which they go on."""
    place = {stop.id: i for column in row.columns for i, stop in enumerate(column)}
    following: dict[str, tuple[int, int]] = {}
    for road in row.roads:
        turn = place[road.stops[1].id], road.turn
        following[road.tail.id] = min(turn, following.get(road.tail.id, turn))
    row.entries = dict(sorted(row.entries.items(), key=lambda entry: following[entry[1].id]))
    above.exits = {key: above.exits[key] for key in row.entries}
    row.columns[row.first - 1] = list(row.entries.values())
    above.columns[above.last + 1] = [piece.head for piece in above.exits.values()]


def _stack(rows: list[_Row]) -> None:
    """One row below the other, from the same left margin, apart by gutters."""
    bottom = 0.0
    for row in rows:
        left, top, _, low = bounds(row)
        gutter = _gutter(row, len(row.entries)) if row.entries else 0.0
        row.move(-left, bottom + gutter - top)
        bottom += gutter + low - top


def _lead_back(roads: list[Road], rows: list[_Row]) -> None:
    """Ways round the right margin and through the gutter, one around the other: what is above stays above."""
    right = max((piece.head.x for row in rows for piece in row.exits.values()), default=0.0)
    backs: dict[str, Station] = {}
    track = rows[0].style.gutter[1]
    for above, row in pairwise(rows):
        middle = (bounds(above)[3] + bounds(row)[1]) / 2
        for i, piece in enumerate(above.exits.values()):
            outer = len(above.exits) - 1 - i
            y = middle + (outer - i) / 2 * track
            backs[piece.head.id] = right + RADIUS + outer * track, -RADIUS - i * track, y
    for road in roads:
        road.back = [backs[piece.head.id] for piece in road.pieces[:-1]]
