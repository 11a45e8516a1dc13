"""Pictures in rows and from the top down: they read as those in one row do, and rows are taken where the text grows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import viz
from autograd import DrawingError, Value
from benchmarks.legibility import Seen, along, distance, inside
from examples import gallery
from tests.viz.graph.test_scene import lecture
from tests.viz.layout.test_circuit import recurrent
from tests.viz.layout.test_roads import ENGINE, random_graph
from viz.graph.build import build
from viz.layout.lanes import lane
from viz.layout.place import laid_out
from viz.layout.rows import _spans, bounds, wrapped, zoom
from viz.shapes import Box, Curve, Text, smallest_text
from viz.shapes import bounds as bounds_of
from viz.theme import THEME

PAGE = (13.3 * 72, 7.5 * 72)
NAMED = [lecture, gallery.residual, gallery.xor, gallery.chain, gallery.softmax_classifier, gallery.logistic_regression]
GRAPHS = [pytest.param(make, id=make.__name__) for make in NAMED]
GRAPHS += [pytest.param(lambda seed=seed: random_graph(seed), id=f"random {seed}") for seed in (3, 5, 9, 14)]
LOOKS = [{"rows": 2}, {"rows": 3}, {"direction": "TB"}]


def picture(make, look, level="neuron"):
    return viz.draw(make(), level=level, **look)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("make", GRAPHS)
def test_no_line_runs_through_a_card_or_a_text_and_nothing_overlaps(make, look):
    seen = Seen(picture(make, look))
    for road, _, points, _ in seen.lanes:
        assert not any(inside(points, box, 1).any() for _, box in seen.cards), road
        assert not any(inside(points, box, 1).any() for *_, box in seen.texts), road
    boxes = [box for *_, box in seen.texts] + [box for _, box in seen.cards]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("make", GRAPHS)
def test_texts_stand_nearest_to_their_own_road(make, look):
    seen = Seen(picture(make, look))
    for road, _, box in seen.texts:
        own = min(distance(points, box) for other, _, points, _ in seen.lanes if other == road)
        others = [distance(points, box) for other, _, points, _ in seen.lanes if other != road]
        assert own <= min(others, default=own) + 0.5


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("make", GRAPHS)
def test_lanes_are_whole_and_end_at_their_cards(make, look):
    drawing = picture(make, look)
    seen, downward = Seen(drawing), drawing.scene.flow == "TB"
    cards, edges = dict(seen.cards), {edge.id: edge for edge in drawing.scene.edges}
    for road, kind, points, _ in seen.lanes:
        start, end = points[0], points[-1]
        if kind == "backward":
            start, end = end, start
        along, across = (1, 0) if downward else (0, 1)
        tail, head = cards[edges[road].tail], cards[edges[road].head]
        assert tail[along + 2] - 0.05 <= start[along] <= tail[along + 2] + 16.05
        assert head[along] - 16.05 <= end[along] <= head[along] + 0.05
        assert tail[across] < start[across] < tail[across + 2] and head[across] < end[across] < head[across + 2]


@pytest.mark.parametrize("rows", [2, 3])
def test_each_card_stands_in_one_row_and_rows_are_read_from_left_to_right(rows):
    drawing = picture(gallery.chain, {"rows": rows})
    scene, seen = drawing.scene, dict(Seen(drawing).cards)
    middles = {card: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for card, box in seen.items()}
    backs = [edge for edge in scene.edges if middles[edge.head][0] < middles[edge.tail][0]]
    assert len(backs) == rows - 1
    assert all(seen[edge.head][1] > seen[edge.tail][3] for edge in backs)  # all of the next row is below


def test_both_lanes_of_a_way_back_have_round_corners_and_keep_their_distance():
    forward, backward = (np.array(lane([(0, 10, 50), (140, -22, 120), (0, 30, 200)], side)) for side in (-5, 5))
    middle = np.array(lane([(0, 10, 50), (140, -22, 120), (0, 30, 200)], 0))
    assert forward[0].tolist() == [0, 45] and forward[-1].tolist() == [30, 195]
    for points in (forward, backward):
        assert np.abs(np.hypot(*(points - middle).T) - 5).max() < 2.2  # in the corners' handles
    assert middle[:, 0].max() == 140 and middle[:, 0].min() == -22


@pytest.mark.parametrize(
    ("make", "level", "rows", "least"),
    [
        (gallery.chain, "neuron", 3, 11.5),  # 4.3 pt in one row
        (gallery.residual, "value", 2, 12.0),  # 6.7
        (gallery.residual, "neuron", 2, 17.0),  # 10.6
        (gallery.xor, "neuron", 2, 14.5),  # 12.9
    ],
)
def test_rows_make_the_text_of_long_graphs_larger(make, level, rows, least):
    drawing = viz.draw(make(), level=level)
    assert drawing.label_size() > least
    assert drawing.placed == viz.draw(make(), level=level, rows=rows).placed


def test_rows_are_not_taken_where_they_gain_too_little_are_not_needed_or_too_many_roads_pass():
    one = laid_out(build(gallery.chain(), level="neuron"), THEME, ENGINE)
    small, large = zoom(bounds(one), PAGE), zoom(bounds(wrapped(one, ENGINE, 3, PAGE, 1)), PAGE)
    assert wrapped(one, ENGINE, "auto", PAGE, small) is one  # large enough
    assert zoom(bounds(wrapped(one, ENGINE, "auto", PAGE, 1)), PAGE) == large > 2 * small
    high = laid_out(build(gallery.softmax_classifier(), level="value"), THEME, ENGINE)
    assert wrapped(high, ENGINE, "auto", PAGE, 9) is high
    wide = viz.draw(gallery.xor(), level="value", rows=1)  # up to eight roads pass between its columns
    backs = [road for road in wrapped(wide.lattice, ENGINE, "auto", PAGE, 9).roads if road.back]
    assert len({road.back[0] for road in backs}) <= 4  # two a cut


def test_one_row_stays_as_it_was_when_its_copy_is_broken():
    drawing = viz.draw(gallery.residual(), level="value", rows=1)
    before = drawing.placed
    wrapped(drawing.lattice, ENGINE, 3, PAGE, 1)
    del drawing.__dict__["placed"]
    assert drawing.placed == before


def test_single_lanes_from_one_card_go_back_as_one():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = (x * y).named("z")
    u = (z.tanh().named("t") * z).named("u")
    drawing = viz.draw_forward((u * z).named("J"), level="value", rows=2)
    roads = [road for road in wrapped(drawing.lattice, ENGINE, 2, PAGE, 1).roads if road.back]
    tails = {road.tail.id for road in roads}
    assert len({road.back[0] for road in roads}) == len(tails)


def test_a_graph_of_one_card_has_one_row():
    assert viz.draw(Value(2.0, "x"), rows=3).placed == viz.draw(Value(2.0, "x"), rows=1).placed


@pytest.mark.parametrize("rows", [2, 3])
@pytest.mark.parametrize("make", GRAPHS)
def test_wires_of_circuits_in_rows_run_through_no_sign_and_no_number(make, rows):
    drawing = viz.draw(make(), style="circuit", level="value", rows=rows)
    lines, texts = [], []
    for group in drawing.placed.groups:
        for shape in group.shapes:
            if group.kind == "forward" and isinstance(shape, Curve):
                lines.append(along(shape.points))
            elif isinstance(shape, Text):
                texts.append(bounds_of(shape))
    for points in lines:
        assert not any(inside(points, box, 1).any() for box in texts)
    for a, b in combinations(texts, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


@pytest.mark.parametrize(
    ("make", "least"),
    [(gallery.residual, 18), (gallery.xor, 14), (gallery.two_layers, 14), (gallery.chain, 16), (recurrent, 14)],
)
def test_auto_keeps_every_node_of_graphs_of_lectures_and_its_text_large(make, least):
    drawing = viz.draw(make())
    assert drawing.folded == () and drawing.label_size() >= least


@pytest.mark.parametrize("seed", range(40))
def test_auto_makes_the_text_of_random_graphs_large_without_folding(seed):
    drawing = viz.draw(random_graph(seed))
    assert drawing.folded == () and drawing.label_size() >= 14


def test_styles_and_rows_are_tried_before_folding():
    seen = []
    build(gallery.residual(), style="auto", fits=lambda scene: seen.append(scene) or False)
    looks = [(scene.style, scene.rows) for scene in seen]
    assert looks[:4] == [("cards", 1), ("circuit", 1), ("cards", "auto"), ("circuit", "auto")]
    assert set(looks[4:]) == {("cards", 1), ("cards", "auto")}
    assert not any(scene.folded for scene in seen[:4]) and seen[4].folded


def test_an_unknown_number_of_rows_and_rows_from_the_top_are_refused():
    with pytest.raises(DrawingError) as caught:
        viz.draw(lecture(), rows=4)
    assert str(caught.value) == "Unknown rows 4. Choose one of 'auto', 1, 2, 3."
    with pytest.raises(DrawingError) as caught:
        viz.draw(lecture(), "TB", rows=2)
    assert str(caught.value) == "Unknown rows 2. Choose one of 1, 'auto'."


def test_from_the_top_down_texts_are_upright_and_operands_stand_above():
    across, down = viz.draw(lecture()), viz.draw(lecture(), "TB")
    cards = dict(Seen(down).cards)
    for edge in down.scene.edges:
        assert cards[edge.tail][3] < cards[edge.head][1]
    texts = [{(s.text, s.size, round(s.width, 3)) for g in d.placed.groups for s in g.shapes if isinstance(s, Text)}
             for d in (across, down)]  # fmt: skip
    assert texts[0] == texts[1]
    boxes = [sorted(round(s.height) for g in d.placed.groups if g.kind == "node"
             for s in g.shapes if isinstance(s, Box)) for d in (across, down)]  # fmt: skip
    assert boxes[0] == boxes[1]
    assert len({round(cards[leaf][2] - cards[leaf][0]) for leaf in ("n0", "n1", "n2")}) > 1  # beside each other
    assert "rankdir=TB" in down.dot and down.mermaid.startswith("flowchart TB")


def test_directions_are_one_or_two_words():
    assert viz.draw(lecture(), "forward TB").svg == viz.draw_forward(lecture(), direction="TB").svg
    assert viz.draw(lecture(), "LR").svg == viz.draw(lecture(), "backward").svg
    for words in ("up", "", "LR TB", "forward backward"):
        with pytest.raises(DrawingError) as caught:
            viz.draw(lecture(), words)
        assert str(caught.value) == (
            f"Unknown direction {words!r}. "
            "Choose one of 'backward', 'forward', 'LR', 'TB', or one of each pair, such as 'forward TB'."
        )


def test_columns_of_rows():
    assert list(_spans((), 4)) == [(0, 4)]
    assert smallest_text(viz.draw(lecture(), rows=2).picture, (13.3, 7.5)) > 14
