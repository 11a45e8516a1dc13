"""What is highlighted stays as it is, the rest is pale: a node, all that a leaf reaches, or a path."""

import pytest

import viz
from autograd import DrawingError, Value
from examples import gallery
from tests.viz.graph.test_scene import lecture
from viz.graph.build import build
from viz.layout.pale import mixed
from viz.shapes import Box, Curve, Head, Text
from viz.theme import THEMES


def lit(output, highlight, **options):
    """Names of the cards that stay, and tail → head of the arrows."""
    scene = build(output, highlight=highlight, **options)
    names = {node.id: node.title.split(" ")[0] for node in scene.nodes}
    cards = [names[node.id] for node in scene.nodes if node.id in scene.lit]
    return cards, [f"{names[edge.tail]}→{names[edge.head]}" for edge in scene.edges if edge.id in scene.lit]


@pytest.mark.parametrize(
    ("highlight", "cards", "arrows"),
    [
        ("b", ["b", "u", "v", "J"], ["b→u", "u→v", "v→J"]),  # all that the leaf reaches
        ("u", ["u"], ["b→u", "c→u", "u→v"]),  # itself, and where it comes from and goes to
        (("c", "v"), ["c", "u", "v"], ["c→u", "u→v"]),
        (("b", "u", "J"), ["b", "u", "v", "J"], ["b→u", "u→v", "v→J"]),
        (["a"], ["a", "v", "J"], ["a→v", "v→J"]),
    ],
)
def test_what_is_highlighted(highlight, cards, arrows):
    assert lit(lecture(), highlight) == (cards, arrows)


def test_a_path_by_nodes_takes_no_way_around_its_stations():
    x = Value(2.0, "x")
    u = x.exp().named("u")
    v = (u * x).named("v")
    J = (v + x).named("J")
    assert lit(J, (x, u, J)) == (["x", "u", "v", "J"], ["x→u", "u→v", "v→J"])
    assert viz.draw(J, highlight=u).scene.lit == viz.draw(J, highlight="u").scene.lit


def test_a_node_without_a_card_is_found_in_the_card_that_stands_for_it():
    output = gallery.logistic_regression()
    assert lit(output, "w_1", level="neuron") == (["a", "L"], ["a→L"])


def test_an_unknown_name_and_no_path_are_refused():
    with pytest.raises(DrawingError) as caught:
        viz.draw(lecture(), highlight="q")
    assert str(caught.value) == "'q' is not in the graph. Choose one of a, b, c, u, v, J."
    with pytest.raises(DrawingError, match=r"^That node is not in the graph\."):
        viz.draw(lecture(), highlight=Value(1.0))
    with pytest.raises(DrawingError, match=r"^highlight names no node\. Give a node, or the stations of a path\.$"):
        viz.draw(lecture(), highlight=[])
    with pytest.raises(DrawingError, match=r"^No path leads from the first node to the second\."):
        viz.draw(lecture(), highlight=("J", "b"))


def colours(group):
    for shape in group.shapes:
        match shape:
            case Box():
                yield from (shape.line, shape.fill)
            case Curve():
                yield shape.line
            case Head():
                yield shape.fill
            case Text():
                yield shape.colour


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(share * x for share, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour, background):
    light, dark = sorted([luminance(colour), luminance(background)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_the_rest_is_pale_but_seen_and_what_stays_is_unchanged(name):
    theme = THEMES[name]
    plain = {(g.id, g.kind): g for g in viz.draw(lecture(), theme=name).picture.groups}
    drawing = viz.draw(lecture(), theme=name, highlight="b")
    for group in drawing.picture.groups:
        before = plain[group.id, group.kind]
        if group.id in drawing.scene.lit:
            assert group == before
        else:
            assert list(colours(group)) == [mixed(colour, theme.background) for colour in colours(before)]
            texts = [shape.colour for shape in group.shapes if isinstance(shape, Text)]
            assert all(1.7 < contrast(colour, theme.background) < 4 for colour in texts)
    assert drawing.svg != viz.draw(lecture(), theme=name).svg


def test_what_stays_is_drawn_over_the_rest():
    drawing = viz.draw(lecture(), highlight="b")
    order = [group.id in drawing.scene.lit for group in drawing.picture.groups]
    assert order == sorted(order)
