"""How good pictures are, in numbers: limits for the graphs that `python -m benchmarks drawing` measures."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise
from math import comb
from operator import add

import numpy as np
import pytest

import viz
from autograd import parse
from benchmarks import lectures
from benchmarks.legibility import Measured, Seen, distance, measure
from viz.drawing import LEGIBLE
from viz.shapes import Box, Curve, Group, Picture, Text

NAMED = [pytest.param(name, id=name) for name in lectures.NAMED]
LEAST = {"MLP, 8 samples": 12.8}
CROSSED = {"batch norm of four": 7}  # for the order of operands
MANY = 3  # texts of forty graphs that may stand nearer to another road


@pytest.mark.filterwarnings("ignore::autograd.SmallTextWarning")
@pytest.mark.parametrize("name", NAMED)
def test_a_named_graph_is_read_from_the_last_row_and_has_no_faults(name):
    measured = measure(viz.draw(lectures.NAMED[name][0]()))
    assert measured.points >= LEAST.get(name, LEGIBLE)
    assert measured.faults == (0, 0, 0, 0, 0)
    assert measured.crossings <= CROSSED.get(name, 0) and measured.bent <= 1


def together(make, seeds, level) -> Measured:
    return reduce(add, (measure(viz.draw(make(seed), level=level)) for seed in seeds))


@pytest.mark.slow
def test_random_graphs_have_few_crossings_and_no_faults():
    measured = together(lectures.random_graph, lectures.RANDOM["random graphs"], "value")
    assert measured.faults == (0, 0, 0, 0, 0)
    assert measured.crossings <= 8 and measured.bent <= 4


@pytest.mark.slow
def test_graphs_that_no_setting_was_tuned_by_have_few_faults():
    [_, seeds] = lectures.RANDOM.values()
    measured = together(lectures.random_graph, seeds, "value")
    assert (measured.on_lines, measured.overlaps, measured.pierced, measured.unordered) == (0, 0, 0, 0)
    assert measured.foreign <= MANY and measured.crossings <= 8 and measured.bent <= 4


@pytest.mark.slow
def test_networks_cross_as_often_as_their_layers_must():
    measured = together(lectures.network, lectures.NETWORKS, "neuron")
    assert measured.faults == (0, 0, 0, 0, 0)
    assert measured.crossings <= 2 + sum(least_crossings(lectures.network(seed)) for seed in lectures.NETWORKS)


def least_crossings(output) -> int:
    """Any two cards of a layer and any two of the next have four roads, of which two cross, however they stand."""
    edges = [edge for edge in viz.draw(output, level="neuron").scene.edges if edge.weight is not None]
    sources = Counter(frozenset(edge.tail for edge in edges if edge.head == head) for head in {e.head for e in edges})
    return sum(comb(len(tails), 2) * comb(neurons, 2) for tails, neurons in sources.items())


# ── the measures themselves ───────────────────────────────────────────────────────────────────────


class Drawn:
    """A picture that never was a graph, as far as the measures look at it."""

    def __init__(self, *groups, scene=None):
        self.picture, self.scene = Picture(400, 300, groups, ""), scene


def road(name, *points, text=None):
    pieces = [np.linspace(start, end, 4)[bool(i) :] for i, (start, end) in enumerate(pairwise(np.array(points)))]
    curve = tuple(map(tuple, np.concatenate(pieces)))
    texts = [Text(*text, "w = 1", 10, "#000000")] if text else []
    return Group(name, "forward", (Curve(curve, "#000000", 1.0), *texts))


def card(name, x, y):
    return Group(name, "node", (Box(x, y, 60, 40, 4, "#000000", "none", 1),))


def test_lines_that_cross_are_counted_but_not_where_they_start_together():
    cross = Seen(Drawn(road("e0", (0, 0), (100, 100)), road("e1", (0, 100), (100, 0))))
    fork = Seen(Drawn(road("e0", (0, 0), (100, 100)), road("e1", (0, 2), (100, 0))))
    trunk = [road("e2", (0, 50), (50, 50), (100, 100)), road("e3", (0, 50), (50, 50), (100, 10))]
    crossed = Seen(Drawn(road("e0", (20, 0), (25, 100)), *trunk))  # where they are one line still
    parted = Seen(Drawn(road("e0", (80, 0), (80, 140)), *trunk))
    assert [seen.crossings() for seen in (cross, fork, crossed, parted)] == [1, 0, 1, 2]


def test_a_text_on_a_line_and_one_beside_another_road_are_seen():
    on = Seen(Drawn(road("e0", (0, 0), (100, 0), text=(50, 4))))
    foreign = Seen(Drawn(road("e0", (0, 0), (100, 0), text=(50, 40)), road("e1", (0, 50), (100, 50))))
    assert list(on.on_lines()) == ["e0"] and list(foreign.on_lines()) == []
    assert list(foreign.foreign()) == ["e0"] and list(on.foreign()) == []


def test_cards_that_overlap_or_are_pierced_are_seen():
    seen = Seen(Drawn(card("n0", 0, 0), card("n1", 50, 30), road("e0", (0, 60), (200, 60))))
    assert len(list(seen.overlaps())) == 1 and list(seen.pierced()) == ["n1"]
    apart = Seen(Drawn(card("n0", 0, 0), card("n1", 60, 0), road("e0", (0, 60), (200, 60))))
    assert list(apart.overlaps()) == list(apart.pierced()) == []


def test_a_bent_chain_and_siblings_out_of_order_are_seen():
    scene = viz.draw(parse("y = x_1 + x_2", x_1=1, x_2=2)["y"]).scene
    [first, second, *_] = (node.id for node in scene.nodes)
    assert len(list(Seen(Drawn(card(second, 0, 0), card(first, 0, 50), scene=scene)).unordered())) == 1
    assert list(Seen(Drawn(card(first, 0, 0), card(second, 0, 50), scene=scene)).unordered()) == []
    chain = viz.draw(parse("y = exp(x)", x=1)["y"]).scene
    [edge] = (edge.id for edge in chain.edges)
    assert list(Seen(Drawn(road(edge, (0, 0), (100, 5)), scene=chain)).bent()) == [edge]
    assert list(Seen(Drawn(road(edge, (0, 0), (100, 1)), scene=chain)).bent()) == []
    assert list(Seen(Drawn(road(edge, (100, 0), (0, 50)), scene=chain)).bent()) == []  # into the next row


def test_of_a_circuit_circles_names_and_numbers_are_seen():
    drawing = viz.draw(parse("y = (x_1 - x_2) * x_1", x_1=1, x_2=2)["y"], style="circuit")
    seen = Seen(drawing)
    assert [card for card, _ in seen.cards] == [node.id for node in drawing.scene.nodes]
    assert Counter(card for card, *_ in seen.texts) == {node.id: 2 for node in drawing.scene.nodes}
    assert len(seen.names) == 1 and seen.measured().faults == (0, 0, 0, 0, 0)  # y's


def test_the_distance_of_a_line_is_that_of_its_nearest_point():
    assert distance(np.array([[0.0, 0.0], [3.0, 14.0]]), (0, 10, 10, 12)) == 2
